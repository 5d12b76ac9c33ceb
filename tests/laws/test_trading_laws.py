"""What must hold whatever the exchange does: the trader against an adversary, step by step."""

from collections import Counter
from decimal import Decimal

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.core.rig import Bench
from tests.laws.hostile_exchange import CASH, HostileExchange
from tui_trader.engine.messages.codec import decode_event, encode
from tui_trader.engine.messages.events import AnomalyFound
from tui_trader.engine.messages.requests import SubmitOrder
from tui_trader.engine.settings.model import ExecutionSettings, LimitSettings, Settings
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.values.orders import OrderStatus, Side

WIDE = Settings(
    limits=msgspec.structs.replace(
        LimitSettings(),
        order_value_max_quote=Decimal(10_000_000),
        position_value_max_quote=Decimal(10_000_000),
    ),
    execution=msgspec.structs.replace(ExecutionSettings(), reconcile_every_s=Decimal(10)),
)
ACTIONS = ("place", "place", "trade", "trade", "gossip", "gossip", "gossip", "wait", "cancel")
RARE = ("halt", "resume", "cancel_all", "crash", "long_wait")


class Drama:
    """One trader, one adversary, and what is checked after every step."""

    settings = WIDE

    def __init__(self, choose) -> None:
        self.choose = choose
        self.exchange = HostileExchange(choose)
        self.bench = Bench(settings=self.settings)
        self.begin()
        self.placed = 0
        self.all_events = []

    def begin(self) -> None:
        self.bench.start(connected=False)
        self.bench.connect()
        self.bench.quote("64000.0")
        self.bench.wait(0.25)
        self.deliver_requests()

    def play(self, action: str) -> None:
        getattr(self, f"do_{action}")()
        self.deliver_requests()
        self.check()

    def deliver_requests(self) -> None:
        self.exchange.now_ms = self.bench.now_ms
        requests, self.bench.requests = self.bench.requests, []
        for request in requests:
            if isinstance(request, SubmitOrder):
                assert self.bench.state.halt is None
                assert self.bench.state.is_reconciled
            self.exchange.carry_out(request)

    def do_place(self) -> None:
        self.placed += 1
        side = Side.SELL if self.choose(3) == 0 else Side.BUY
        quantity = str(Decimal("0.001") * (1 + self.choose(20)))
        self.bench.place(f"order-{self.placed}", side=side, quantity=quantity, price="64000.0")

    def do_trade(self) -> None:
        self.exchange.trade()

    def do_gossip(self) -> None:
        self.exchange.gossip(self.bench)

    def do_wait(self) -> None:
        self.bench.wait(0.5)

    def do_long_wait(self) -> None:
        for _ in range(30):
            self.bench.wait(0.5)
            self.deliver_requests()

    def do_cancel(self) -> None:
        names = [order.client_order_id for order in self.bench.state.open_orders()]
        if names:
            self.bench.cancel(names[self.choose(len(names))])

    def do_cancel_all(self) -> None:
        self.bench.cancel_all()

    def do_halt(self) -> None:
        self.bench.halt()

    def do_resume(self) -> None:
        self.bench.resume()

    def do_crash(self) -> None:
        """Lose everything but the journal; answers to the dead never arrive."""
        self.all_events += self.bench.events
        state = TradingState()
        for event in self.all_events:
            state.apply(decode_event(encode(event)))
        assert state == self.bench.state
        now_ms = self.bench.now_ms
        self.bench = Bench(state, self.settings)
        self.bench.now_ms = now_ms + 1_000
        self.exchange.rumours.clear()
        self.begin()

    def check(self) -> None:
        state = self.bench.state
        assert max(Counter(self.exchange.received).values(), default=0) <= 1
        for order in state.orders.values():
            assert Decimal(0) <= order.filled_base <= order.quantity_base
        assert set(state.open_ids) == {name for name, o in state.orders.items() if o.is_open}
        told = {fill.execution_id for fill in self.exchange.fills}
        assert state.execution_ids <= told

    def settle(self) -> None:
        """Let the exchange be honest for long enough: then both must agree."""
        self.exchange.is_honest = True
        for _ in range(400):
            self.bench.wait(0.25)
            self.deliver_requests()
            while self.exchange.rumours:
                self.exchange.gossip(self.bench)
                self.deliver_requests()


def play(choose, actions) -> Drama:
    drama = Drama(choose)
    for action in actions:
        drama.play(action)
    return drama


@given(
    data=st.data(),
    actions=st.lists(st.sampled_from(ACTIONS * 3 + RARE), min_size=5, max_size=60),
)
def test_an_honest_end_finds_journal_and_exchange_in_agreement(data, actions):
    drama = play(lambda n: data.draw(st.integers(0, n - 1)), actions)
    drama.settle()
    state, exchange = drama.bench.state, drama.exchange
    anomalies = [event for event in drama.bench.events if isinstance(event, AnomalyFound)]
    assert state.execution_ids == {fill.execution_id for fill in exchange.fills}
    for name, truth in exchange.orders.items():
        record = state.orders[name]
        assert record.filled_base == truth.filled_base
        assert record.is_open == (truth.status not in {OrderStatus.CANCELLED, OrderStatus.FILLED})
    for name, record in state.orders.items():
        if name not in exchange.orders:
            assert record.status in {OrderStatus.REJECTED, OrderStatus.NOT_PLACED}
    assert state.balances.get("USD") == exchange.balances()["USD"]
    assert state.balances.get("BTC", Decimal(0)) == exchange.balances()["BTC"]
    assert state.is_reconciled
    assert not anomalies
    if state.halt is not None:
        assert not state.open_orders()


@given(
    data=st.data(),
    actions=st.lists(st.sampled_from(ACTIONS * 3 + RARE), min_size=5, max_size=60),
)
def test_the_ledger_is_what_the_fills_say(data, actions):
    drama = play(lambda n: data.draw(st.integers(0, n - 1)), actions)
    drama.settle()
    position = drama.bench.state.positions.get("BTC/USD")
    fills = drama.exchange.fills
    if position is None:
        assert not fills
        return
    moved = sum((-fill.side.sign * fill.quantity_base * fill.price for fill in fills), Decimal(0))
    assert position.fees_quote == sum(fill.fee for fill in fills)
    if not position.untracked_sold_base:
        assert abs(position.realised_quote - position.cost_quote - moved) < Decimal("1e-15")
    assert drama.exchange.balances()["USD"] == CASH + moved - position.fees_quote
