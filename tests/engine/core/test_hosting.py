"""Strategies started on an account: gates, restarts, halts, ends, and what each decided."""

import msgspec
import pytest

from tests.engine.core.rig import BTC, INSTRUMENT, T0, Bench, D, fill_of
from tui_trader.engine.core.decision_log import ROWS_MAX, PastDecisions
from tui_trader.engine.core.host_notes import book_of, note_of
from tui_trader.engine.core.hosting import STRATEGIES_MAX
from tui_trader.engine.core.sale_retries import FIRST_MS, PAUSE_MS_MAX
from tui_trader.engine.messages.codec import decode_event, decode_input, encode
from tui_trader.engine.messages.commands import HoldStrategy, StartStrategy, StopStrategy
from tui_trader.engine.messages.events import (
    CommandRefused,
    StrategyClosing,
    StrategyContinued,
    StrategyHeld,
    StrategyNoted,
    StrategyRefilled,
    StrategyStarted,
    StrategyStopped,
)
from tui_trader.engine.messages.reports import (
    BalanceReport,
    BookReport,
    FillReport,
    InstrumentsReport,
    TickerReport,
)
from tui_trader.engine.messages.requests import SubmitOrder
from tui_trader.engine.messages.strategy_queries import AskDecisions
from tui_trader.engine.messages.strategy_reports import (
    CandlesBeganReport,
    CandlesClosedReport,
    CandlesOpenedReport,
    ClosedCandle,
    SignalMissingReport,
    StrategyFaultReport,
    WindowRefilledReport,
)
from tui_trader.engine.settings.model import Settings
from tui_trader.engine.settings.rulebook import RuleSettings
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.values.account import ExchangeBalance
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.instruments import Asset
from tui_trader.engine.values.orders import Side
from tui_trader.engine.values.strategies import StrategyPhase

HOUR = 3_600_000
FIRST = 1_568_400_000_000 - 1_568_400_000_000 % HOUR
SETTINGS = Settings(rules=RuleSettings(slippage_bps=D(0), spread_bps=D(0)))


class StrategyBench(Bench):
    """A bench with one strategy, `test`, on BTC/USD."""

    def __init__(self, state=None, settings=SETTINGS, past=None) -> None:
        super().__init__(state, settings, past)
        self.candle_ms = FIRST

    def start_strategy(self, name="test", symbols=(BTC,), **changes):
        return self.tell(
            StartStrategy(
                command_id=self.command_id(),
                actor="test",
                name=name,
                symbols=symbols,
                interval=Interval.H1,
                **changes,
            )
        )

    def stop_strategy(self, name="test", *, is_flattening=False):
        return self.tell(
            StopStrategy(
                command_id=self.command_id(),
                actor="test",
                name=name,
                is_flattening=is_flattening,
            )
        )

    def close(self, signal=0, *, price=64_000.0, low=None, is_late=False):
        candle = Candle(
            open_time_ms=self.candle_ms,
            open=price,
            high=price,
            low=low or price,
            close=price,
            volume_base=100.0,
        )
        closed = ClosedCandle(symbol=BTC, candle=candle, signal=signal)
        self.candle_ms += HOUR
        return self.tell(
            CandlesClosedReport(time_ms=0, strategy="test", closes=(closed,), is_late=is_late)
        )

    def open(self):
        self.tell(CandlesBeganReport(time_ms=0, strategy="test", open_time_ms=self.candle_ms))
        return self.tell(CandlesOpenedReport(time_ms=0, strategy="test", symbols=(BTC,)))

    def answer(self, *, price="64000.0", execution="exec-1", cash="9000", coins="0.015625"):
        order = self.sent(SubmitOrder)[-1]
        fill = fill_of(
            order.client_order_id,
            execution=execution,
            quantity=str(order.quantity_base),
            price=price,
            side=order.side,
        )
        self.tell(FillReport(time_ms=0, fill=fill))
        totals = (("USD", D(cash)), ("BTC", D(coins)))
        return self.tell(
            BalanceReport(
                time_ms=0,
                balances=tuple(ExchangeBalance(asset=Asset(a), total=t) for a, t in totals),
            )
        )

    def enter(self):
        self.close(1)
        self.open()
        self.answer()
        return self

    def again(self, *, coins="0.015625") -> "StrategyBench":
        """Another engine on the same journal."""
        state, past = TradingState(), PastDecisions()
        for event in self.events:
            told = decode_event(encode(event))
            state.apply(told)
            past.hear(told)
        assert state == self.state
        bench = StrategyBench(state, past=past)
        bench.candle_ms = self.candle_ms
        bench.start(connected=False)
        bench.connect()
        bench.tell(InstrumentsReport(time_ms=0, instruments=(INSTRUMENT,)))
        bench.wait(4)
        bench.answer_account(cash="9000", coins=coins)
        bench.quote("64000.0")
        return bench

    @property
    def record(self):
        return self.state.strategies["test"]

    @property
    def held(self):
        return self.record.note.pairs[BTC].held

    def decided(self):
        answer = self.trader.decisions(AskDecisions(strategy="test", limit=ROWS_MAX))
        return [(row.outcome, row.gate) for row in answer.rows]


@pytest.fixture
def bench() -> StrategyBench:
    bench = StrategyBench().start()
    bench.start_strategy()
    return bench


def ticker(last) -> TickerReport:
    return TickerReport(
        time_ms=T0,
        symbol=BTC,
        bid=D(last),
        ask=D(last) + 1,
        last=D(last),
        volume_24h_base=1.0,
        change_24h_percent=0.0,
    )


def refusal(bench) -> CommandRefused:
    return bench.happened(CommandRefused)[-1]


def test_a_started_strategy_trades_with_the_rules_of_the_settings(bench):
    bench.enter()
    (order,) = bench.sent(SubmitOrder)
    assert order.quantity_base == D("0.015625")
    assert bench.held.stop == 60_800.0
    assert bench.record.spec.rules["stop_ratio"] == 0.05


def test_a_note_is_the_book_and_the_book_the_note(bench):
    bench.enter().close(0)
    note = bench.record.note
    assert note_of(book_of(note)) == note
    assert note.pairs[BTC].atr is None


def test_a_restart_goes_on_and_the_stop_still_holds(bench):
    again = bench.enter().again()
    assert again.held == bench.held
    again.quote("60000.0")
    (order,) = again.sent(SubmitOrder)
    assert (order.side, order.quantity_base) == (Side.SELL, D("0.015625"))


def test_an_order_on_its_way_is_known_after_a_restart(bench):
    bench.close(1)
    bench.open()
    name = bench.sent(SubmitOrder)[-1].client_order_id
    again = bench.again()
    assert again.record.note.pairs[BTC].order == name
    again.tell(FillReport(time_ms=0, fill=fill_of(name, quantity="0.015625", price="64000.0")))
    assert again.held.lots == 1_562_500
    assert again.record.note.pairs[BTC].order is None


def test_a_signal_from_before_a_restart_is_too_old_to_enter_on(bench):
    bench.close(1)
    again = bench.again()
    again.open()
    assert again.sent(SubmitOrder) == []
    assert ("missed", "late") in again.decided()


def test_events_alone_rebuild_a_strategy_through_its_whole_life(bench):
    bench.enter().close(-1)
    bench.open()
    bench.answer(execution="exec-2", cash="10000", coins="0")
    bench.halt()
    bench.resume()
    bench.stop_strategy()
    state = TradingState()
    for event in bench.events:
        state.apply(decode_event(encode(event)))
    assert state == bench.state
    assert state.strategies == {}


def test_reports_of_a_strategy_are_journal_rows():
    report = CandlesOpenedReport(time_ms=1, strategy="test", symbols=(BTC,))
    assert decode_input(encode(report)) == report


@pytest.mark.parametrize(
    ("changes", "gate", "words"),
    [
        ({}, "strategy", "running already"),
        ({"name": "b"}, "pairs", "traded by test"),
        ({"name": "b", "symbols": ("ABC/USD",)}, "pairs", "known pairs: BTC/USD"),
        ({"name": "b", "symbols": ()}, "pairs", "from 1 to"),
    ],
)
def test_a_start_that_cannot_be_is_refused(bench, changes, gate, words):
    bench.start_strategy(**changes)
    assert refusal(bench).gate == gate
    assert words in refusal(bench).reason


def test_rules_that_contradict_each_other_start_nothing():
    rules = RuleSettings(sizing="risk", stop_percent=D(0))
    bench = StrategyBench(settings=Settings(rules=rules)).start()
    bench.start_strategy()
    assert refusal(bench).gate == "rules"
    assert bench.state.strategies == {}


def test_no_more_than_so_many_run(bench):
    spec = bench.record
    for number in range(STRATEGIES_MAX - 1):
        bench.state.strategies[f"s{number}"] = spec
    bench.start_strategy("one-more")
    assert f"{STRATEGIES_MAX} strategies" in refusal(bench).reason


def test_nothing_starts_while_trading_is_halted():
    bench = StrategyBench().start()
    bench.halt()
    bench.start_strategy()
    assert refusal(bench).gate == "halted"


def test_a_halt_holds_it_and_a_resume_alone_does_not_let_it_enter(bench):
    bench.close(1)
    bench.halt()
    bench.resume()
    bench.wait(2)
    bench.answer_account()
    assert bench.record.phase is StrategyPhase.HELD
    bench.open()
    bench.close(1)
    bench.open()
    assert bench.sent(SubmitOrder) == []
    assert ("missed", "held") in bench.decided()
    bench.start_strategy()
    assert bench.happened(StrategyContinued)
    bench.close(1)
    bench.open()
    assert len(bench.sent(SubmitOrder)) == 1


def test_a_strategy_that_goes_on_goes_on_with_the_file_as_it_is_now():
    bench = StrategyBench().start()
    bench.start_strategy(file="mine.py", file_digest="before")
    assert bench.record.spec.file_digest == "before"
    bench.tell(StrategyFaultReport(time_ms=0, strategy="test", reason="it is not what it was"))
    bench.start_strategy(file="mine.py", file_digest="after")
    assert bench.record.phase is StrategyPhase.RUNNING
    assert bench.record.spec.file_digest == "after"


def test_a_held_strategy_is_not_continued_with_other_parameters(bench):
    bench.tell(StrategyFaultReport(time_ms=0, strategy="test", reason="its file is gone"))
    assert bench.happened(StrategyHeld)[0].reason == "its file is gone"
    bench.start_strategy(parameters={"fast": 3})
    assert "as before" in refusal(bench).reason


def test_a_held_strategy_still_protects_what_it_holds(bench):
    bench.enter()
    bench.tell(StrategyFaultReport(time_ms=0, strategy="test", reason="its file is gone"))
    bench.quote("60000.0")
    assert bench.sent(SubmitOrder)[-1].side is Side.SELL


def test_nobody_enters_on_a_candle_that_is_late_but_exits_count(bench):
    bench.tell(WindowRefilledReport(time_ms=0, strategy="test", missed_count=1, reason="asleep"))
    assert bench.happened(StrategyRefilled)[0].missed_count == 1
    bench.close(1, is_late=True)
    bench.open()
    assert bench.sent(SubmitOrder) == []
    bench.enter().close(-1, is_late=True)
    bench.open()
    assert bench.sent(SubmitOrder)[-1].side is Side.SELL


def test_a_stop_that_was_touched_between_two_prices_sells_when_the_candle_is_known(bench):
    bench.enter().close(0, low=60_000.0)
    assert bench.sent(SubmitOrder)[-1].side is Side.SELL


def test_an_exit_waits_for_the_end_of_a_halt_and_fills_no_journal_meanwhile(bench):
    bench.enter()
    bench.halt()
    for _ in range(20):
        bench.quote("60000.0")
    assert bench.happened(CommandRefused) == []
    assert bench.decided()[-1] == ("refused", "halted")
    bench.resume()
    bench.wait(6)
    bench.answer_account(cash="9000", coins="0.015625")
    bench.wait(FIRST_MS / 1_000)
    assert bench.sent(SubmitOrder)[-1].side is Side.SELL


def test_a_refused_exit_is_tried_again_but_not_with_every_price(bench):
    bench.enter()
    bench.tell(BookReport(time_ms=0, symbol=BTC, bids=(), asks=(), is_verified=False))
    for _ in range(20):
        bench.tell(ticker("60000.0"))
    assert len(bench.happened(CommandRefused)) == 1
    bench.quote("60000.0")
    assert len(bench.happened(CommandRefused)) == 1
    bench.wait(FIRST_MS / 1_000)
    assert bench.sent(SubmitOrder)[-1].side is Side.SELL


def test_a_sale_that_can_never_be_is_asked_for_once_a_minute(bench):
    """Somebody sold the coins by hand."""
    bench.enter()
    bench.answer_account(cash="9500", coins="0")
    bench.quote("60000.0")
    bench.wait(600)
    refused = [event.time_ms for event in bench.happened(CommandRefused)]
    assert 14 <= len(refused) <= 18
    assert PAUSE_MS_MAX <= refused[-1] - refused[-2] < PAUSE_MS_MAX + 500


def test_an_exit_by_signal_outlives_a_feed_that_is_silent(bench):
    bench.enter().close(-1)
    bench.now_ms += 20_000
    bench.open()
    assert refusal(bench).gate == "feed"
    bench.now_ms += FIRST_MS
    bench.hear()
    bench.quote("64000.0")
    assert bench.sent(SubmitOrder)[-1].side is Side.SELL


def test_stop_leaves_a_position_and_says_so(bench):
    bench.enter().stop_strategy()
    assert bench.happened(StrategyStopped)[0].left == "0.01562500 BTC"
    bench.quote("50000.0")
    assert len(bench.sent(SubmitOrder)) == 1


def test_flattening_sells_first_and_ends_then(bench):
    bench.enter().stop_strategy(is_flattening=True)
    assert bench.happened(StrategyClosing)
    assert not bench.happened(StrategyStopped)
    assert bench.sent(SubmitOrder)[-1].side is Side.SELL
    bench.answer(execution="exec-2", cash="10000", coins="0")
    assert bench.happened(StrategyStopped)[0].left == ""


def test_flattening_goes_on_after_a_restart(bench):
    bench.enter()
    bench.now_ms += 20_000
    bench.stop_strategy(is_flattening=True)
    assert refusal(bench).gate == "feed"
    again = bench.again()
    again.wait(FIRST_MS / 1_000)
    assert again.sent(SubmitOrder)[-1].side is Side.SELL


def test_orders_of_a_second_run_have_other_names(bench):
    bench.close(1)
    bench.open()
    bench.answer()
    bench.stop_strategy()
    bench.now_ms += 1
    bench.candle_ms -= HOUR
    bench.start_strategy()
    bench.close(1)
    bench.open()
    first, second = (order.client_order_id for order in bench.sent(SubmitOrder))
    assert first != second


def test_an_order_of_an_earlier_run_fills_nothing_of_the_next(bench):
    bench.close(1)
    bench.open()
    name = bench.sent(SubmitOrder)[-1].client_order_id
    bench.stop_strategy()
    assert "under way" in bench.happened(StrategyStopped)[0].left
    bench.now_ms += 1
    bench.start_strategy()
    bench.tell(FillReport(time_ms=0, fill=fill_of(name, quantity="0.015625", price="64000.0")))
    assert bench.held is None
    assert bench.state.positions[BTC].quantity_base == D("0.015625")


def test_why_it_did_not_trade_is_told_with_gate_and_margin():
    risk = msgspec.structs.replace(SETTINGS.risk, cool_down_minutes=150)
    bench = StrategyBench(settings=msgspec.structs.replace(SETTINGS, risk=risk)).start()
    bench.start_strategy()
    bench.enter()
    bench.quote("60000.0")
    bench.answer(price="60000.0", execution="exec-2", cash="9900", coins="0")
    bench.close(1)
    bench.open()
    row = bench.trader.decisions(AskDecisions(strategy="test")).rows[-1]
    assert (row.outcome, row.gate, row.signal) == ("blocked", "cool_down", 1)
    assert row.margin == 90.0
    assert "no entry before" in row.text


def hold(bench, name="test"):
    command = HoldStrategy(command_id=bench.command_id(), actor="console", name=name)
    assert decode_input(encode(command)) == command
    return bench.tell(command)


def test_held_by_hand_it_enters_nothing_until_it_is_started_again(bench):
    bench.close(1)
    hold(bench)
    record = bench.state.strategies["test"]
    assert (record.phase, record.reason) == (StrategyPhase.HELD, "asked by console")
    assert ("missed", "held") in bench.decided()
    bench.open()
    assert bench.sent(SubmitOrder) == []
    hold(bench)
    assert "held already" in refusal(bench).reason
    bench.start_strategy()
    bench.close(1)
    bench.open()
    assert bench.state.strategies["test"].phase is StrategyPhase.RUNNING
    assert len(bench.sent(SubmitOrder)) == 1


def test_one_that_was_never_started_cannot_be_held(bench):
    hold(bench, "nobody")
    assert "no strategy nobody was started" in refusal(bench).reason


def test_a_candle_that_could_not_be_learned_is_a_decision_too(bench):
    bench.tell(
        SignalMissingReport(time_ms=0, strategy="test", candle_ms=FIRST, reason="no history")
    )
    assert bench.decided() == [("missed", "candles")]


def test_decisions_are_bounded(bench):
    for _ in range(ROWS_MAX + 10):
        bench.close(0)
    assert len(bench.decided()) == ROWS_MAX
    assert bench.trader.decisions(AskDecisions(strategy="other")) is None


def test_decisions_outlive_the_engine_and_end_with_the_strategy(bench):
    bench.enter().close(0)
    before = bench.decided()
    assert ("bought", "") in before
    again = bench.again()
    assert again.decided() == before
    again.close(0)
    assert again.decided() == [*before, ("nothing", "")]
    again.stop_strategy()
    again.start_strategy()
    assert again.decided() == []


def test_of_decisions_before_a_restart_the_newest_are_kept():
    past, started = PastDecisions(), StrategyBench().start()
    started.start_strategy()
    for _ in range(ROWS_MAX + 10):
        started.close(0)
    for event in started.events:
        past.hear(event)
    rows = past.of("test")
    assert len(rows) == ROWS_MAX
    assert rows[-1].candle_ms == started.candle_ms - HOUR


def test_only_what_changed_is_written_down(bench):
    bench.wait(5)
    bench.quote("64000.0")
    assert bench.happened(StrategyStarted)
    assert bench.happened(StrategyNoted) == []


def test_the_risk_gate_holds_a_strategy_to_the_limits_of_the_account():
    risk = msgspec.structs.replace(SETTINGS.risk, exposure_max_percent=D(5))
    bench = StrategyBench(settings=msgspec.structs.replace(SETTINGS, risk=risk)).start()
    bench.start_strategy()
    bench.answer_account(cash="9000", coins="0.01")
    bench.close(1)
    bench.open()
    assert refusal(bench).gate == "exposure"
    assert ("refused", "exposure") in bench.decided()
