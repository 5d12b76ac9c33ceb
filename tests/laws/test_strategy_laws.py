"""What must hold of a strategy that trades live, whatever the exchange does and whenever the engine dies."""

from decimal import Decimal

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.core.rig import BTC
from tests.laws.test_trading_laws import RARE, WIDE, Drama
from tui_trader.engine.core.host_notes import book_of, note_of
from tui_trader.engine.core.risk_limits import PLAY
from tui_trader.engine.messages.commands import StartStrategy, StopStrategy
from tui_trader.engine.messages.strategy_reports import (
    CandlesBeganReport,
    CandlesClosedReport,
    CandlesOpenedReport,
    ClosedCandle,
)
from tui_trader.engine.settings.rulebook import WITHOUT_LIMITS, RuleSettings
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.orders import Side
from tui_trader.engine.values.strategies import StrategyPhase

NAME = "test"
PRICE = 64_000.0
LIMIT = Decimal(1_500)
HOUR_MS = 3_600_000
# A hundredth of a coin: this exchange fills in whole thousandths.
RULES = RuleSettings(
    sizing="amount", amount_quote=Decimal(640), slippage_bps=Decimal(0), spread_bps=Decimal(0)
)


class StrategyDrama(Drama):
    """The same adversary, with a strategy on the same account and a limit on positions."""

    settings = msgspec.structs.replace(
        WIDE, rules=RULES, risk=msgspec.structs.replace(WITHOUT_LIMITS, position_max_quote=LIMIT)
    )

    def __init__(self, choose) -> None:
        super().__init__(choose)
        self.candle_ms = 480_000 * HOUR_MS
        self.entered_while_held = 0

    def do_start(self) -> None:
        self.bench.tell(
            StartStrategy(
                command_id=self.bench.command_id(),
                actor="test",
                name=NAME,
                symbols=(BTC,),
                interval=Interval.H1,
            )
        )

    def do_stop(self) -> None:
        self.bench.tell(
            StopStrategy(
                command_id=self.bench.command_id(),
                actor="test",
                name=NAME,
                is_flattening=self.choose(2) == 0,
            )
        )

    def do_candle(self) -> None:
        signal = self.choose(3) - 1
        candle = Candle(
            open_time_ms=self.candle_ms,
            open=PRICE,
            high=PRICE,
            low=PRICE,
            close=PRICE,
            volume_base=1.0,
        )
        closed = ClosedCandle(symbol=BTC, candle=candle, signal=signal)
        self.candle_ms += HOUR_MS
        bench, time_ms = self.bench, self.bench.now_ms
        bench.tell(CandlesClosedReport(time_ms=time_ms, strategy=NAME, closes=(closed,)))
        bench.tell(CandlesBeganReport(time_ms=time_ms, strategy=NAME, open_time_ms=self.candle_ms))
        before = self.bought()
        record = bench.state.strategies.get(NAME)
        bench.tell(CandlesOpenedReport(time_ms=time_ms, strategy=NAME, symbols=(BTC,)))
        if record is not None and record.phase is not StrategyPhase.RUNNING:
            assert self.bought() == before

    def do_fall(self) -> None:
        """The stop, 5 % below, is touched; then everything is as before."""
        self.bench.quote("60000.0")
        self.deliver_requests()
        self.bench.quote("64000.0")

    def do_calm(self) -> None:
        """A quiet minute, in which everything that is owed is told and a person puts things right."""
        self.do_resume()
        self.exchange.is_honest = True
        for _ in range(60):
            self.bench.wait(0.5)
            self.deliver_requests()
            while self.exchange.rumours:
                self.exchange.gossip(self.bench)
                self.deliver_requests()
        self.exchange.is_honest = False
        self.do_start()

    def bought(self) -> int:
        return sum(
            order.side is Side.BUY and order.actor == f"strategy {NAME}"
            for order in self.bench.state.orders.values()
        )

    def check(self) -> None:
        super().check()
        state = self.bench.state
        pending = sum(
            order.remaining_base for order in state.open_orders() if order.side is Side.BUY
        )
        held = max(
            state.balances.get("BTC", Decimal(0)),
            state.positions[BTC].quantity_base if BTC in state.positions else Decimal(0),
        )
        bought = any(order.side is Side.BUY for order in state.orders.values())
        if bought and not any(order.actor == "external" for order in state.orders.values()):
            assert (held + pending) * Decimal("64000.0") <= LIMIT * PLAY + Decimal(10)
        for record in state.strategies.values():
            assert note_of(book_of(record.note)) == record.note

    def check_end(self) -> None:
        """What the strategy holds is what its own orders filled since it was started, and what is there."""
        state = self.bench.state
        record = state.strategies.get(NAME)
        if record is None:
            return
        own = [
            order
            for order in state.orders.values()
            if order.actor == f"strategy {NAME}" and order.submitted_ms >= record.spec.started_ms
        ]
        lots = sum(order.side.sign * order.filled_base for order in own) * 10**8
        pair, gone = record.note.pairs[BTC], record.written_off.get(BTC, Decimal(0)) * 10**8
        held = 0 if pair.held is None else pair.held.lots
        # A sale that was told after its coins had been written off takes them twice from `lots`.
        assert held == lots or (gone and lots - gone <= held)
        if pair.order is None:
            assert held <= max(Decimal(0), self.exchange.balances()["BTC"]) * 10**8


ONCE = ("place", "cancel", "wait", "fall", "stop", *RARE)
KINDS = (*ONCE, *("candle", "trade", "gossip") * 5, *("calm",) * 4)


@given(data=st.data(), actions=st.lists(st.sampled_from(KINDS), min_size=8, max_size=60))
def test_limits_hold_after_every_step_and_every_restart_knows_the_strategy(data, actions):
    """Each crash rebuilds the state from the events alone and compares it; UNKNOWN orders count."""
    drama = StrategyDrama(lambda n: data.draw(st.integers(0, n - 1)))
    for action in ("calm", *actions):
        drama.play(action)
    drama.do_crash()
    drama.settle()
    drama.check_end()
