"""Answers that come, come late, come twice, or never."""

from itertools import permutations

import pytest

from tests.engine.core.rig import Bench, D, fill_of, order_of
from tui_trader.engine.messages.events import (
    AnomalyFound,
    OrderAccepted,
    OrderFilled,
    OrderNotPlaced,
    OrderOutcomeUnknown,
    OrderRejected,
    TradingHalted,
)
from tui_trader.engine.messages.reports import CancelReport, Outcome, SubmitReport
from tui_trader.engine.messages.requests import LookUpOrder, SubmitOrder, WithdrawOrder
from tui_trader.engine.values.orders import ClientOrderId, OrderStatus


def placed(**order) -> Bench:
    bench = Bench().start()
    bench.place(price="63000.0", **order)
    return bench


def test_accept_fill_and_position():
    bench = placed()
    bench.accept()
    bench.fill(quantity="0.004", price="63000")
    assert bench.status() is OrderStatus.PARTIALLY_FILLED
    bench.fill(quantity="0.006", price="62000", execution="exec-2")
    assert bench.status() is OrderStatus.FILLED
    position = bench.state.positions["BTC/USD"]
    assert position.quantity_base == D("0.01")
    assert position.price_average == D("62400")


def test_fill_before_the_answer_is_booked_and_the_answer_changes_nothing():
    bench = placed()
    bench.fill()
    assert bench.status() is OrderStatus.FILLED
    bench.accept()
    assert bench.status() is OrderStatus.FILLED
    assert len(bench.happened(OrderAccepted)) == 1


def test_the_same_fill_three_times_is_booked_once():
    bench = placed()
    bench.accept()
    for named in (True, False, True):
        bench.fill(named=named)
    assert len(bench.happened(OrderFilled)) == 1


def test_definite_no_rejects():
    bench = placed()
    bench.tell(
        SubmitReport(
            time_ms=0,
            client_order_id=ClientOrderId("order-1"),
            outcome=Outcome.REFUSED,
            reason="EOrder:Insufficient funds",
        )
    )
    assert bench.happened(OrderRejected)[0].reason == "EOrder:Insufficient funds"


def test_lost_answer_is_unknown_and_never_sent_again():
    bench = placed()
    bench.lose_answer()
    assert bench.status() is OrderStatus.UNKNOWN
    bench.wait(60)
    assert len(bench.sent(SubmitOrder)) == 1


def test_unknown_order_is_looked_up_at_once_and_found():
    bench = placed()
    bench.lose_answer()
    bench.wait(0.25)
    assert len(bench.sent(LookUpOrder)) == 1
    bench.look_up(
        order=order_of(status=OrderStatus.FILLED, filled="0.01"), fills=[fill_of(named=False)]
    )
    assert bench.status() is OrderStatus.FILLED


def test_absence_before_the_deadline_proves_nothing():
    bench = placed()
    bench.lose_answer()
    bench.wait(0.25)
    bench.look_up()
    bench.look_up()
    assert bench.status() is OrderStatus.UNKNOWN


def test_two_looks_after_deadline_and_margin_prove_absence():
    bench = placed()
    bench.lose_answer()
    for _ in range(240):
        bench.wait(0.25)
        if bench.happened(OrderNotPlaced):
            break
        if bench.trader._pacing.lookups_under_way:
            bench.look_up()
    assert bench.status() is OrderStatus.NOT_PLACED
    assert 10_000 < bench.now_ms - bench.state.orders["order-1"].submitted_ms <= 32_000
    assert len(bench.sent(LookUpOrder)) <= 4


def test_order_that_shows_itself_after_its_proof_of_absence_halts():
    bench = placed()
    bench.lose_answer()
    bench.now_ms += 20_000
    bench.look_up()
    bench.look_up()
    assert bench.status() is OrderStatus.NOT_PLACED
    bench.fill()
    assert bench.happened(AnomalyFound)
    assert bench.state.halt is not None
    assert bench.state.positions["BTC/USD"].quantity_base == D("0.01")


def test_fill_larger_than_its_order_is_set_aside_and_halts():
    bench = placed()
    bench.accept()
    bench.fill(quantity="0.02")
    assert not bench.happened(OrderFilled)
    assert bench.happened(TradingHalted)


def test_fill_after_cancel_is_booked():
    bench = placed()
    bench.accept()
    bench.order(status=OrderStatus.CANCELLED)
    bench.fill(quantity="0.004")
    assert bench.status() is OrderStatus.CANCELLED
    assert bench.state.orders["order-1"].filled_base == D("0.004")


def test_status_filled_without_its_fills_asks_for_them():
    bench = placed()
    bench.accept()
    bench.order(status=OrderStatus.FILLED, filled="0.01")
    assert bench.status() is OrderStatus.OPEN
    bench.wait(2)
    assert bench.sent(LookUpOrder)


def test_refused_cancel_is_looked_up_not_believed():
    bench = placed()
    bench.accept()
    bench.cancel()
    assert len(bench.sent(WithdrawOrder)) == 1
    bench.tell(
        CancelReport(
            time_ms=0,
            client_order_id=ClientOrderId("order-1"),
            outcome=Outcome.REFUSED,
            reason="EOrder:Unknown order",
        )
    )
    assert bench.status() is OrderStatus.UNKNOWN
    bench.wait(0.25)
    bench.look_up(order=order_of(status=OrderStatus.FILLED, filled="0.01"), fills=[fill_of()])
    assert bench.status() is OrderStatus.FILLED


def test_cancel_whose_end_is_never_told_is_looked_up():
    bench = placed()
    bench.accept()
    bench.cancel()
    bench.wait(6)
    assert bench.sent(LookUpOrder)


def test_stray_order_is_adopted_and_can_be_cancelled():
    bench = Bench().start()
    bench.order("stranger", named=False)
    assert bench.status("external-tx-stranger") is OrderStatus.OPEN
    bench.cancel("external-tx-stranger")
    assert bench.sent(WithdrawOrder)[0].exchange_order_id == "tx-stranger"


EVIDENCE = [
    lambda bench: bench.accept(),
    lambda bench: bench.fill(quantity="0.004", execution="a"),
    lambda bench: bench.fill(quantity="0.003", execution="b", named=False),
    lambda bench: bench.order(status=OrderStatus.CANCELLED, filled="0.007"),
    lambda bench: bench.fill(quantity="0.004", execution="a"),
]


@pytest.mark.parametrize("order", list(permutations(range(len(EVIDENCE)))))
def test_every_order_of_the_same_evidence_gives_the_same_end(order):
    bench = placed()
    for index in order:
        EVIDENCE[index](bench)
    # What only names the exchange's id is asked for again by the account comparison.
    bench.fill(quantity="0.003", execution="b", named=False)
    record = bench.state.orders["order-1"]
    assert record.filled_base == D("0.007")
    assert record.status is OrderStatus.CANCELLED
    assert not bench.happened(AnomalyFound)


def test_unknown_events_are_written_with_their_reason():
    bench = placed()
    bench.lose_answer()
    assert bench.happened(OrderOutcomeUnknown)[0].reason == "no answer"


def test_refused_cancel_does_not_hide_why_an_order_is_unknown():
    bench = placed()
    bench.lose_answer()
    bench.cancel()
    bench.tell(
        CancelReport(
            time_ms=0,
            client_order_id=ClientOrderId("order-1"),
            outcome=Outcome.REFUSED,
            reason="EOrder:Unknown order",
        )
    )
    assert bench.state.orders["order-1"].reason == "no answer"
