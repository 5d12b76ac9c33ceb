"""New terms for open orders: through the gate, out once, and looked up where no answer came.

Law: until it is known which terms an order has, both count at their worst. Only three things tell: the
answer, a look that began after the request, and a fill that does not fit the old quantity. The stream
repeats old states late, so its word for an order's terms decides nothing.
"""

from collections.abc import Iterator

import msgspec

from tui_trader.engine.core.decision import Decision
from tui_trader.engine.core.gate_context import GateContext, OrderDraft
from tui_trader.engine.core.pacing import Pacing
from tui_trader.engine.core.placement import deadline_ms, judged, refuse
from tui_trader.engine.core.risk_gate import first_refusal, judge
from tui_trader.engine.messages.commands import AmendPlacedOrder
from tui_trader.engine.messages.hand_events import (
    AmendOutcomeUnknown,
    AmendRejected,
    AmendRequested,
    OrderAmended,
)
from tui_trader.engine.messages.queries import GateVerdict
from tui_trader.engine.messages.reports import AmendReport, Outcome
from tui_trader.engine.messages.requests import AmendOrder
from tui_trader.engine.state.order_life import Amendment, OrderRecord
from tui_trader.engine.values.account import ExchangeFill, ExchangeOrder
from tui_trader.engine.values.money import ZERO
from tui_trader.engine.values.orders import ClientOrderId, OrderStatus, OrderType, Side
from tui_trader.engine.values.time import MS_PER_SECOND

_AMENDABLE = frozenset({OrderStatus.OPEN, OrderStatus.PARTIALLY_FILLED})
_NOT_NOW = {
    OrderStatus.SUBMITTED: "is still on its way to the exchange; wait a moment",
    OrderStatus.UNKNOWN: "may or may not exist; it is being looked up",
    OrderStatus.CANCELLING: "is being cancelled",
}


def amend(desk: Decision, command: AmendPlacedOrder) -> None:
    """Give an order new terms, or say why not."""
    verdict = try_amend(desk, command)
    if verdict is not None:
        refuse(desk, command, gate=verdict.gate, reason=verdict.text)


def try_amend(desk: Decision, command: AmendPlacedOrder) -> GateVerdict | None:
    """Let every gate judge the order as it would be; then write that down, and ask for it, once.

    The verdict that stops it comes back, and nothing has happened.
    """
    order = desk.state.orders.get(command.client_order_id)
    if order is None:
        text = f"no order {command.client_order_id} is known"
        return GateVerdict(gate="order", is_passed=False, text=text)
    if fault := next(_faults(order, command), ""):
        return GateVerdict(gate="order", is_passed=False, text=fault)
    context = judged(desk, amended_draft(order, command))
    verdict = first_refusal(judge(context))
    if verdict is None:
        _send(desk, order, command, context=context)
    return verdict


def amended_draft(order: OrderRecord, command: AmendPlacedOrder) -> OrderDraft:
    """The order as it would be."""
    terms = order.terms
    if command.trigger_price is not None:
        terms = msgspec.structs.replace(terms, trigger_price=command.trigger_price)
    return OrderDraft(
        client_order_id=None,
        symbol=order.symbol,
        side=order.side,
        order_type=order.order_type,
        quantity_base=command.quantity_base or order.quantity_base,
        price=order.price if command.price is None else command.price,
        post_only=order.post_only,
        terms=terms,
        actor=command.actor,
        amends=order,
    )


def weigh_amend(desk: Decision, pacing: Pacing, report: AmendReport) -> None:
    """The answer to new terms, or the lack of one."""
    order = desk.state.orders[report.client_order_id]
    asked = order.amendment
    if asked is None or not order.is_open or asked.command_id != report.command_id:
        return  # A look, a fill or the order's end was faster.
    match report.outcome:
        case Outcome.ACCEPTED:
            if asked.quantity_base is not None and asked.quantity_base <= order.filled_base:
                # It filled that much meanwhile: whether it still rests only a look can tell.
                doubt(desk, pacing, order, reason="it filled while it was amended")
            else:
                desk.emit(_amended(desk, order, asked))
        case Outcome.REFUSED:
            name = order.client_order_id
            desk.emit(
                AmendRejected(time_ms=desk.now_ms, client_order_id=name, reason=report.reason)
            )
        case Outcome.UNKNOWN:
            doubt(desk, pacing, order, reason=report.reason)


def doubt(desk: Decision, pacing: Pacing, order: OrderRecord, *, reason: str) -> None:
    """Nobody knows whether the order has its new terms: look, before anything else."""
    name = order.client_order_id
    desk.emit(AmendOutcomeUnknown(time_ms=desk.now_ms, client_order_id=name, reason=reason))
    pacing.lookup_not_before_ms[name] = desk.now_ms


def weigh_terms(
    desk: Decision, name: ClientOrderId, found: ExchangeOrder, *, asked_ms: int
) -> None:
    """What a look that began at `asked_ms` says of terms that are in question."""
    order = desk.state.orders[name]
    asked = order.amendment
    if asked is None:
        if asked_ms > order.changed_ms:
            _take_in(desk, order, found)
        return
    if not order.is_open or asked_ms < asked.requested_ms:
        return
    if _has_terms(found, order, asked):
        desk.emit(_amended(desk, order, asked))
    elif asked_ms > asked.deadline_ms + _margin_ms(desk):
        reason = "looked up after the deadline, it does not have them"
        desk.emit(AmendRejected(time_ms=desk.now_ms, client_order_id=name, reason=reason))
        # Neither ours nor the old ones: somebody else amended it since.
        _take_in(desk, desk.state.orders[name], found)


def prove_by_fill(desk: Decision, name: ClientOrderId, fill: ExchangeFill) -> None:
    """A fill that only the new quantity has room for proves that the exchange took it."""
    order = desk.state.orders[name]
    asked = order.amendment
    if asked is None or asked.quantity_base is None or not order.is_open:
        return
    filled_base = order.filled_base + fill.quantity_base
    room_before = max(order.quantity_base, order.reach_base or order.quantity_base)
    if room_before < filled_base <= asked.quantity_base:
        desk.emit(_amended(desk, order, asked))


def latest_deadline_ms(order: OrderRecord) -> int:
    """Moment after which nothing of an order can come into being any more."""
    asked = order.amendment
    return order.deadline_ms if asked is None else max(order.deadline_ms, asked.deadline_ms)


def _send(
    desk: Decision, order: OrderRecord, command: AmendPlacedOrder, *, context: GateContext
) -> None:
    hold, until_ms = context.hold_quote, deadline_ms(desk)
    assert hold is not None, command
    desk.emit(
        AmendRequested(
            time_ms=desk.now_ms,
            command_id=command.command_id,
            actor=command.actor,
            client_order_id=order.client_order_id,
            quantity_base=command.quantity_base,
            price=command.price,
            trigger_price=command.trigger_price,
            hold_quote=hold,
            deadline_ms=until_ms,
        )
    )
    desk.request(
        AmendOrder(
            client_order_id=order.client_order_id,
            exchange_order_id=order.exchange_order_id,
            symbol=order.symbol,
            quantity_base=command.quantity_base,
            price=command.price,
            trigger_price=command.trigger_price,
            post_only=order.post_only,
            deadline_ms=until_ms,
            command_id=command.command_id,
        )
    )


def _take_in(desk: Decision, order: OrderRecord, found: ExchangeOrder) -> None:
    """Somebody amended the order elsewhere: what it has there is what it can fill."""
    if order.status not in _AMENDABLE or order.order_type is OrderType.MARKET:
        return
    is_same_price = None in {found.price, order.price} or found.price == order.price
    if found.quantity_base == order.quantity_base and is_same_price:
        return
    if found.quantity_base < max(order.filled_base, found.filled_base):
        return  # No terms an order can have.
    price = order.price if is_same_price else found.price
    dearest = price or order.terms.trigger_price or ZERO
    instrument = desk.market.instruments.get(order.symbol)
    fee = ZERO if instrument is None else instrument.fee_taker_ratio
    is_buy = order.side is Side.BUY
    desk.emit(
        OrderAmended(
            time_ms=desk.now_ms,
            client_order_id=order.client_order_id,
            quantity_base=found.quantity_base,
            price=price,
            trigger_price=order.terms.trigger_price,
            hold_quote=dearest * found.quantity_base * (1 + fee) if is_buy else ZERO,
        )
    )


def _faults(order: OrderRecord, command: AmendPlacedOrder) -> Iterator[str]:
    """Why an order cannot be amended now."""
    name, quantity = order.client_order_id, command.quantity_base
    if not order.is_open:
        yield f"order {name} has already ended: {order.status.value}"
    elif order.status not in _AMENDABLE:
        yield f"order {name} {_NOT_NOW[order.status]}"
    if order.amendment is not None:
        yield f"order {name} is already being amended"
    if order.order_type is OrderType.MARKET:
        yield f"order {name} is a market order, which has no terms to amend"
    if not _changes(order, command):
        yield f"order {name} has these terms already"
    if quantity is not None and quantity <= order.filled_base:
        filled = order.filled_base.normalize()
        yield f"order {name} has filled {filled:f} of {quantity:f} already; cancel it instead"


def _changes(order: OrderRecord, command: AmendPlacedOrder) -> bool:
    pairs = (
        (command.quantity_base, order.quantity_base),
        (command.price, order.price),
        (command.trigger_price, order.terms.trigger_price),
    )
    return any(new is not None and new != old for new, old in pairs)


def _amended(desk: Decision, order: OrderRecord, asked: Amendment) -> OrderAmended:
    trigger = order.terms.trigger_price
    return OrderAmended(
        time_ms=desk.now_ms,
        client_order_id=order.client_order_id,
        quantity_base=asked.quantity_base or order.quantity_base,
        price=order.price if asked.price is None else asked.price,
        trigger_price=trigger if asked.trigger_price is None else asked.trigger_price,
        hold_quote=asked.hold_quote,
    )


def _has_terms(found: ExchangeOrder, order: OrderRecord, asked: Amendment) -> bool:
    pairs = (
        (asked.quantity_base, found.quantity_base, order.quantity_base),
        (asked.price, found.price, order.price),
        (asked.trigger_price, found.trigger_price, order.terms.trigger_price),
    )
    # What was asked for and is what it was before proves nothing.
    news = [(new, told) for new, told, old in pairs if new is not None and new != old]
    return all(new == told for new, told in news)


def _margin_ms(desk: Decision) -> int:
    return int(desk.settings.execution.lookup_margin_s * MS_PER_SECOND)
