"""What the outside says of single orders, weighed against the journal.

Law: evidence may come late, twice, or out of order, from the stream, from an answer or from a look;
whichever comes first is booked and the rest changes nothing. An order is named by our id or by the
exchange's; the first message that links the two is written down.
"""

from tui_trader.engine.core.amending import latest_deadline_ms, prove_by_fill, weigh_terms
from tui_trader.engine.core.decision import Decision
from tui_trader.engine.core.halting import halt_on_anomaly
from tui_trader.engine.core.pacing import FETCH_AGAIN_MS, LOOKUP_AGAIN_MS, Pacing
from tui_trader.engine.core.placement import withdraw
from tui_trader.engine.messages.events import (
    CancelRejected,
    OrderAccepted,
    OrderAdopted,
    OrderCancelled,
    OrderEvent,
    OrderExpired,
    OrderFilled,
    OrderFoundAbsent,
    OrderNotPlaced,
    OrderOutcomeUnknown,
    OrderRejected,
)
from tui_trader.engine.messages.hand_events import OrderCompleted
from tui_trader.engine.messages.reports import (
    CancelReport,
    LookupReport,
    Outcome,
    SubmitReport,
)
from tui_trader.engine.state.order_life import OrderRecord, may_follow
from tui_trader.engine.values.account import ExchangeFill, ExchangeOrder
from tui_trader.engine.values.orders import ClientOrderId, ExchangeOrderId, OrderStatus
from tui_trader.engine.values.time import MS_PER_SECOND

ABSENT_PROOF_COUNT = 2
"""Looks after the deadline and margin that must agree before an order counts as never placed."""


def weigh_submit(desk: Decision, pacing: Pacing, report: SubmitReport) -> None:
    """The answer to an order we sent, or the lack of one."""
    order = desk.state.orders[report.client_order_id]
    match report.outcome:
        case Outcome.ACCEPTED:
            assert report.exchange_order_id is not None, report
            _link(desk, order.client_order_id, report.exchange_order_id)
            _check_belief(desk, pacing, order)
            order = desk.state.orders[order.client_order_id]
            is_let_pass = desk.state.leaving.is_sale(order.client_order_id)
            is_live = order.status is OrderStatus.OPEN
            if desk.state.halt is not None and is_live and not is_let_pass:
                # It was on its way when the stop latched, so the cancel-all may have missed it.
                withdraw(desk, pacing, order)
        case Outcome.REFUSED:
            if order.exchange_order_id is not None or order.filled_base:
                # The stream has already shown the order: a look decides between the two.
                _doubt(desk, pacing, order, reason=report.reason)
            else:
                _emit_if_allowed(
                    desk,
                    OrderRejected(
                        time_ms=desk.now_ms,
                        client_order_id=order.client_order_id,
                        reason=report.reason,
                    ),
                )
        case Outcome.UNKNOWN:
            if order.exchange_order_id is None:
                _doubt(desk, pacing, order, reason=report.reason)


def weigh_cancel(desk: Decision, pacing: Pacing, report: CancelReport) -> None:
    """Taken in: its end is told by itself. Refused or unknown: only a look can tell."""
    order = desk.state.orders[report.client_order_id]
    if report.outcome is Outcome.ACCEPTED or not order.is_open:
        return
    event = CancelRejected(
        time_ms=desk.now_ms, client_order_id=order.client_order_id, reason=report.reason
    )
    if _emit_if_allowed(desk, event):
        pacing.lookup_not_before_ms[order.client_order_id] = desk.now_ms


def weigh_order(desk: Decision, pacing: Pacing, found: ExchangeOrder) -> None:
    """The state of one order, as the exchange tells it."""
    order = desk.find(found.client_order_id, found.exchange_order_id)
    if order is None:
        if found.status.is_terminal:
            return
        order = adopt(desk, found)
    _link(desk, order.client_order_id, found.exchange_order_id)
    if not found.status.is_terminal:
        _check_belief(desk, pacing, order)
    order = desk.state.orders[order.client_order_id]
    if found.filled_base > order.filled_base:
        pacing.fills_expected[order.client_order_id] = (found.filled_base, desk.now_ms)
    end = _end_event(desk, order, found)
    if end is not None and _emit_if_allowed(desk, end):
        pacing.forget_unless_fills_missing(order.client_order_id)


def weigh_fill(
    desk: Decision,
    pacing: Pacing,
    fill: ExchangeFill,
    *,
    name: ClientOrderId | None = None,
) -> bool:
    """Book one fill, once; whether it was new.

    `name` is our order, where the evidence tells it although the fill itself does not.
    """
    if fill.execution_id in desk.state.execution_ids:
        return False
    order = desk.find(fill.client_order_id or name, fill.exchange_order_id)
    if order is None:
        # An order we never saw: the account tells the order together with its fills.
        pacing.want_fetch()
        return False
    _link(desk, order.client_order_id, fill.exchange_order_id)
    prove_by_fill(desk, order.client_order_id, fill)
    order = desk.state.orders[order.client_order_id]
    if _contradicts(order, fill):
        text = (
            f"{order.symbol}: fill {fill.execution_id} of {fill.quantity_base} at {fill.price} does"
            f" not fit order {order.client_order_id} ({order.side.value} {order.quantity_base},"
            f" filled {order.filled_base}); compare with the exchange by hand"
        )
        halt_on_anomaly(desk, pacing, text)
        return False
    desk.emit(OrderFilled(time_ms=desk.now_ms, client_order_id=order.client_order_id, fill=fill))
    _check_belief(desk, pacing, order)
    order = desk.state.orders[order.client_order_id]
    expected = pacing.fills_expected.get(order.client_order_id)
    if expected is not None and order.filled_base >= expected[0]:
        del pacing.fills_expected[order.client_order_id]
    return True


def weigh_lookup(desk: Decision, pacing: Pacing, report: LookupReport) -> None:
    """Answer to "does this order exist?"."""
    pacing.lookups_under_way.discard(report.client_order_id)
    order = desk.state.orders[report.client_order_id]
    if report.finding is None:
        pacing.lookup_not_before_ms[order.client_order_id] = desk.now_ms + FETCH_AGAIN_MS
        return
    pacing.lookup_not_before_ms[order.client_order_id] = desk.now_ms + LOOKUP_AGAIN_MS
    if report.finding.order is not None:
        weigh_terms(desk, order.client_order_id, report.finding.order, asked_ms=report.asked_ms)
        for fill in report.finding.fills:
            weigh_fill(desk, pacing, fill, name=order.client_order_id)
        weigh_order(desk, pacing, report.finding.order)
    elif order.status is OrderStatus.UNKNOWN and report.asked_ms > proof_after_ms(desk, order):
        _count_absence(desk, pacing, order)


def proof_after_ms(desk: Decision, order: OrderRecord) -> int:
    """Moment from which "not found" is evidence: the deadline has passed, with a margin."""
    return latest_deadline_ms(order) + int(desk.settings.execution.lookup_margin_s * MS_PER_SECOND)


def adopt(desk: Decision, found: ExchangeOrder) -> OrderRecord:
    """Take in an order that this journal did not send, so that it counts and can be cancelled."""
    name = found.client_order_id or ClientOrderId(f"external-{found.exchange_order_id}")
    desk.emit(OrderAdopted(time_ms=desk.now_ms, client_order_id=name, order=found))
    return desk.state.orders[name]


def _link(desk: Decision, name: ClientOrderId, exchange_order_id: ExchangeOrderId) -> None:
    order = desk.state.orders[name]
    is_news = order.exchange_order_id is None or order.status is OrderStatus.UNKNOWN
    if is_news and order.is_open:
        _emit_if_allowed(
            desk,
            OrderAccepted(
                time_ms=desk.now_ms, client_order_id=name, exchange_order_id=exchange_order_id
            ),
        )


def _check_belief(desk: Decision, pacing: Pacing, order: OrderRecord) -> None:
    """An order that the journal holds for never placed shows itself: stop until a person looked."""
    if order.status in {OrderStatus.NOT_PLACED, OrderStatus.REJECTED}:
        text = f"{order.symbol}: order {order.client_order_id} exists, but was held for {order.status.value}"
        halt_on_anomaly(desk, pacing, text)


def _contradicts(order: OrderRecord, fill: ExchangeFill) -> bool:
    return (
        fill.symbol != order.symbol
        or fill.side is not order.side
        or order.filled_base + fill.quantity_base > order.fillable_base
        or not may_follow(
            order, OrderFilled(time_ms=0, client_order_id=order.client_order_id, fill=fill)
        )
    )


def _end_event(desk: Decision, order: OrderRecord, found: ExchangeOrder) -> OrderEvent | None:
    name, now_ms = order.client_order_id, desk.now_ms
    match found.status:
        case OrderStatus.CANCELLED:
            return OrderCancelled(time_ms=now_ms, client_order_id=name, reason=found.reason)
        case OrderStatus.EXPIRED:
            return OrderExpired(time_ms=now_ms, client_order_id=name, reason=found.reason)
        case OrderStatus.REJECTED:
            return OrderRejected(time_ms=now_ms, client_order_id=name, reason=found.reason)
        case OrderStatus.FILLED if order.quantity_base <= order.filled_base == found.filled_base:
            # Where an amendment left doubt about the quantity, its fills alone cannot tell the end.
            return OrderCompleted(time_ms=now_ms, client_order_id=name)
        case _:
            # FILLED comes from the fills themselves: money is booked by what moved, not by a status.
            return None


def _doubt(desk: Decision, pacing: Pacing, order: OrderRecord, *, reason: str) -> None:
    event = OrderOutcomeUnknown(
        time_ms=desk.now_ms, client_order_id=order.client_order_id, reason=reason
    )
    if _emit_if_allowed(desk, event):
        pacing.lookup_not_before_ms[order.client_order_id] = desk.now_ms


def _count_absence(desk: Decision, pacing: Pacing, order: OrderRecord) -> None:
    name = order.client_order_id
    desk.emit(OrderFoundAbsent(time_ms=desk.now_ms, client_order_id=name))
    if desk.state.orders[name].absent_count < ABSENT_PROOF_COUNT:
        return
    if order.exchange_order_id is None:
        desk.emit(OrderNotPlaced(time_ms=desk.now_ms, client_order_id=name))
    else:
        reason = "the exchange no longer knows the order"
        desk.emit(OrderCancelled(time_ms=desk.now_ms, client_order_id=name, reason=reason))
        text = f"{order.symbol}: {reason} {order.exchange_order_id}; its fills cannot be checked"
        halt_on_anomaly(desk, pacing, text)
    pacing.forget(name)


def _emit_if_allowed(desk: Decision, event: OrderEvent) -> bool:
    """Emit what the order table allows; late evidence about an ended order is no news."""
    if not may_follow(desk.state.orders[event.client_order_id], event):
        return False
    desk.emit(event)
    return True
