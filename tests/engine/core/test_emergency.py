"""The emergency stop: at once, for ever, and only resumed by a person."""

from tests.engine.core.rig import Bench, D, order_of
from tui_trader.engine.messages.events import (
    CancelAllConfirmed,
    CancelAllFailed,
    CommandRefused,
    TradingHalted,
)
from tui_trader.engine.messages.reports import CancelAllReport, Outcome
from tui_trader.engine.messages.requests import SubmitOrder, WithdrawAllOrders, WithdrawOrder
from tui_trader.engine.state.trading_state import TradingState


def confirm(bench: Bench, count: int = 1):
    bench.tell(CancelAllReport(time_ms=0, outcome=Outcome.ACCEPTED, count=count))


def test_halt_latches_and_cancels_in_one_step():
    bench = Bench().start()
    bench.place(price="63000.0")
    bench.accept()
    step = bench.halt("too much")
    assert isinstance(step.requests[0], WithdrawAllOrders)
    halt = bench.state.halt
    assert halt is not None
    assert (halt.actor, halt.reason, halt.open_order_count) == ("test", "too much", 1)
    assert not halt.is_cancel_confirmed


def test_halt_works_before_anything_is_connected():
    bench = Bench().start(connected=False)
    assert bench.halt().requests == (WithdrawAllOrders(),)


def test_confirmation_is_shown_with_its_count():
    bench = Bench().start()
    bench.halt()
    confirm(bench, 3)
    assert bench.state.halt.is_cancel_confirmed
    assert bench.state.halt.cancelled_count == 3


def test_unconfirmed_cancel_is_asked_again_until_confirmed():
    bench = Bench().start()
    bench.halt()
    for _ in range(20):
        bench.tell(CancelAllReport(time_ms=0, outcome=Outcome.UNKNOWN, reason="timeout"))
        bench.wait(2)
    assert len(bench.happened(CancelAllFailed)) == 20
    assert len(bench.sent(WithdrawAllOrders)) == 21
    confirm(bench)
    asked = len(bench.sent(WithdrawAllOrders))
    bench.wait(30)
    assert len(bench.sent(WithdrawAllOrders)) == asked


def test_second_press_cancels_again_and_keeps_who_was_first():
    bench = Bench().start()
    bench.halt("first")
    bench.halt("second")
    assert len(bench.happened(TradingHalted)) == 1
    assert len(bench.sent(WithdrawAllOrders)) == 2
    assert bench.state.halt.reason == "first"


def test_order_that_lands_after_the_cancel_is_withdrawn():
    bench = Bench().start()
    bench.place(price="63000.0")
    bench.halt()
    confirm(bench, 0)
    bench.accept()
    assert [request.client_order_id for request in bench.sent(WithdrawOrder)] == ["order-1"]


def test_order_found_open_later_is_withdrawn():
    bench = Bench().start()
    bench.halt()
    confirm(bench, 0)
    bench.order("stranger", named=False)
    bench.wait(3)
    assert [request.exchange_order_id for request in bench.sent(WithdrawOrder)] == ["tx-stranger"]


def test_halt_survives_a_restart_and_owes_its_cancel():
    bench = Bench().start()
    bench.place(price="63000.0")
    bench.accept()
    bench.halt("night")
    state = TradingState()
    for event in bench.events:
        state.apply(event)
    restarted = Bench(state).start()
    assert restarted.state.halt.reason == "night"
    restarted.wait(1)
    assert restarted.sent(WithdrawAllOrders)
    restarted.place("new", price="63000.0")
    assert restarted.happened(CommandRefused)[0].gate == "halted"
    assert not restarted.sent(SubmitOrder)


def test_resume_compares_the_account_before_the_first_order():
    bench = Bench().start()
    bench.halt()
    confirm(bench)
    bench.resume()
    bench.place("early", price="63000.0")
    assert bench.happened(CommandRefused)[-1].gate == "session"
    bench.wait(0.25)
    bench.answer_account()
    bench.place("later", price="63000.0")
    assert [request.client_order_id for request in bench.sent(SubmitOrder)] == ["later"]


def test_resume_without_a_halt_is_refused():
    bench = Bench().start()
    bench.resume()
    assert bench.happened(CommandRefused)[0].gate == "halted"


def test_cancel_all_by_hand_goes_on_trading():
    bench = Bench().start()
    bench.place(price="63000.0")
    bench.accept()
    bench.cancel_all()
    confirm(bench)
    assert bench.happened(CancelAllConfirmed)
    assert bench.state.halt is None
    bench.place("next", price="62000.0", quantity="0.001")
    assert len(bench.sent(SubmitOrder)) == 2


def test_cancel_all_by_hand_gives_up_asking_after_a_few_tries():
    bench = Bench().start()
    bench.cancel_all()
    for _ in range(20):
        if bench.trader._pacing.is_cancelling_all:
            bench.tell(CancelAllReport(time_ms=0, outcome=Outcome.UNKNOWN, reason="timeout"))
        bench.wait(2)
    assert len(bench.sent(WithdrawAllOrders)) == 5


def test_halted_position_is_still_shown():
    bench = Bench().start()
    bench.place()
    bench.accept()
    bench.fill()
    bench.halt()
    assert bench.state.positions["BTC/USD"].quantity_base == D("0.01")
    assert order_of().status is not None
