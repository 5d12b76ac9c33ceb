"""What a restart or a gap in the stream may have hidden."""

from tests.engine.core.rig import T0, Bench, D, fill_of, order_of
from tui_trader.engine.messages.events import (
    CommandRefused,
    OrderAdopted,
    OrderFilled,
    OrderOutcomeUnknown,
    ReconcileCompleted,
    ReconcileFailed,
)
from tui_trader.engine.messages.reports import AccountReport, LinkReport, TimerReport
from tui_trader.engine.messages.requests import (
    FetchAccount,
    LookUpOrder,
    SubmitOrder,
    WithdrawAllOrders,
)
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.values.modes import LinkState
from tui_trader.engine.values.orders import OrderStatus


def replayed(events) -> TradingState:
    state = TradingState()
    for event in events:
        state.apply(event)
    return state


def test_start_asks_for_the_account_once():
    bench = Bench().start()
    bench.wait(3)
    assert len(bench.fetches()) == 1
    assert bench.state.is_reconciled


def test_start_asks_even_when_the_stream_does_not_come():
    bench = Bench().start(connected=False)
    bench.wait(4)
    assert len(bench.fetches()) == 1


def test_failed_look_is_repeated_with_growing_pauses():
    bench = Bench().start(connected=False)
    bench.connect()
    for _ in range(400):
        bench.wait(0.25)
        if bench.trader._pacing.is_fetching:
            bench.tell(AccountReport(time_ms=0, snapshot=None, reason="busy"))
    assert 4 <= len(bench.happened(ReconcileFailed)) <= 8
    assert not bench.state.is_reconciled


def test_order_on_its_way_when_the_engine_died_is_unknown_then_booked_once():
    bench = Bench().start()
    bench.place(price="63000.0")
    restarted = Bench(replayed(bench.events))
    restarted.start(connected=False)
    assert restarted.status() is OrderStatus.UNKNOWN
    restarted.connect()
    restarted.wait(0.25)
    assert restarted.fetches()[0].since_ms <= T0
    restarted.answer_account(
        closed_orders=[order_of(status=OrderStatus.FILLED, filled="0.01")],
        fills=[fill_of(named=False)],
    )
    assert restarted.status() is OrderStatus.FILLED
    restarted.fill()
    assert len(restarted.happened(OrderFilled)) == 1
    assert not restarted.sent(SubmitOrder)


def test_fills_missed_while_disconnected_are_booked():
    bench = Bench().start()
    bench.place(price="63000.0")
    bench.accept()
    bench.tell(LinkReport(time_ms=0, link="kraken private", state=LinkState.DOWN))
    bench.now_ms += 2_000
    bench.tell(LinkReport(time_ms=0, link="kraken private", state=LinkState.UP))
    assert not bench.state.is_reconciled
    bench.wait(0.25)
    fills = [fill_of(execution=f"e{i}", quantity="0.0001", named=False) for i in range(100)]
    bench.answer_account(
        closed_orders=[order_of(status=OrderStatus.FILLED, filled="0.01")], fills=fills
    )
    assert bench.status() is OrderStatus.FILLED
    assert bench.happened(ReconcileCompleted)[-1].fills_found == 100


def test_order_the_exchange_does_not_show_is_looked_up():
    bench = Bench().start()
    bench.place(price="63000.0")
    bench.accept()
    bench.now_ms += 61_000
    bench.wait(0.25)
    assert len(bench.fetches()) == 2
    bench.answer_account(taken_ms=bench.now_ms)
    assert bench.happened(OrderOutcomeUnknown)
    bench.wait(0.25)
    assert bench.sent(LookUpOrder)


def test_order_placed_after_the_look_began_is_not_doubted():
    bench = Bench().start()
    look_began_ms = bench.now_ms
    bench.now_ms += 500
    bench.place(price="63000.0")
    bench.accept()
    bench.answer_account(taken_ms=look_began_ms)
    assert bench.status() is OrderStatus.OPEN


def test_stranger_with_fills_is_adopted_and_booked():
    bench = Bench().start(connected=False)
    bench.connect()
    bench.wait(0.25)
    bench.answer_account(
        closed_orders=[order_of("web", status=OrderStatus.FILLED, filled="0.01", named=False)],
        fills=[fill_of("web", named=False)],
    )
    assert bench.happened(OrderAdopted)
    assert bench.status("external-tx-web") is OrderStatus.FILLED
    assert bench.state.positions["BTC/USD"].quantity_base == D("0.01")


def test_balance_that_the_exchange_no_longer_lists_is_zero():
    bench = Bench().start()
    bench.answer_account(coins="1")
    assert bench.state.balances["BTC"] == D(1)
    bench.answer_account(coins="0")
    assert bench.state.balances["BTC"] == D(0)


def test_gap_during_a_look_demands_another():
    bench = Bench().start(connected=False)
    bench.connect()
    bench.wait(0.25)
    assert len(bench.sent(FetchAccount)) == 1
    bench.tell(LinkReport(time_ms=0, link="kraken private", state=LinkState.DOWN))
    bench.tell(LinkReport(time_ms=0, link="kraken private", state=LinkState.UP))
    bench.answer_account()
    assert not bench.state.is_reconciled
    bench.wait(0.25)
    assert len(bench.sent(FetchAccount)) == 2
    bench.answer_account()
    assert bench.state.is_reconciled


def test_clock_set_back_asks_everything_anew():
    bench = Bench().start()
    bench.halt()
    bench.now_ms -= 7_200_000
    bench.hear()
    bench.tell(TimerReport(time_ms=0))
    assert not bench.state.is_reconciled
    assert len(bench.sent(WithdrawAllOrders)) == 2
    assert bench.fetches()[-1].since_ms <= bench.now_ms - 86_400_000
    bench.answer_account()
    bench.resume()
    bench.wait(0.25)
    bench.answer_account()
    bench.place(price="63000.0")
    assert bench.sent(SubmitOrder)


def test_link_heard_in_a_future_that_was_set_back_is_not_alive():
    bench = Bench().start()
    bench.now_ms -= 7_200_000
    bench.tell(TimerReport(time_ms=0))
    bench.answer_account()
    bench.place(price="63000.0")
    assert bench.happened(CommandRefused)[-1].gate == "feed"


def test_what_nobody_can_read_is_named_in_the_journal_and_stops_nothing():
    bench = Bench().start()
    sentence = "O2 is of GONEUSD, which is not listed any more"
    bench.answer_account(unread=(sentence,))
    assert bench.happened(ReconcileCompleted)[-1].unread == (sentence,)
    bench.place()
    assert bench.sent(SubmitOrder)
