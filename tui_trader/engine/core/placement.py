"""Orders and cancels by command: through the gate into an intent, or a refusal with its reason."""

from hashlib import sha256

from tui_trader.engine.core.decision import Decision
from tui_trader.engine.core.gate_context import GateContext, OrderDraft
from tui_trader.engine.core.pacing import CANCEL_AGAIN_MS, Pacing
from tui_trader.engine.core.risk_gate import first_refusal, judge
from tui_trader.engine.messages.commands import (
    AmendPlacedOrder,
    CancelOrder,
    ClosePosition,
    Command,
    PlaceOrder,
)
from tui_trader.engine.messages.events import CancelRequested, CommandRefused, OrderSubmitted
from tui_trader.engine.messages.requests import SubmitOrder, WithdrawOrder
from tui_trader.engine.state.order_life import OrderRecord
from tui_trader.engine.values.orders import ClientOrderId, OrderStatus
from tui_trader.engine.values.time import MS_PER_SECOND


def refuse(desk: Decision, command: Command, *, gate: str, reason: str) -> None:
    """Answer a command with a no."""
    desk.emit(
        CommandRefused(
            time_ms=desk.now_ms,
            command_id=command.command_id,
            actor=command.actor,
            gate=gate,
            reason=reason,
            subject=_words(command),
        )
    )


def order_name(decided: str) -> ClientOrderId:
    """Name of an order that the words of its decision determine, in the form of a UUID.

    Kraken wants a UUID; chance is not at hand here, and the same decision needs the same name.
    """
    digits = sha256(decided.encode()).hexdigest()
    parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32])
    return ClientOrderId("-".join(parts))


def place(desk: Decision, command: PlaceOrder) -> None:
    """Let every gate judge; then write the intent and ask for it to be sent, once."""
    context = judged(desk, draft_of(command))
    verdict = first_refusal(judge(context))
    if verdict is not None:
        refuse(desk, command, gate=verdict.gate, reason=verdict.text)
        return
    submit(desk, command, context)


def draft_of(command: PlaceOrder, *, is_closing: bool = False) -> OrderDraft:
    """What the gates are asked about."""
    return OrderDraft(
        client_order_id=command.client_order_id,
        symbol=command.symbol,
        side=command.side,
        order_type=command.order_type,
        quantity_base=command.quantity_base,
        price=command.price,
        post_only=command.post_only,
        terms=command.terms,
        actor=command.actor,
        is_closing=is_closing,
    )


def judged(desk: Decision, draft: OrderDraft) -> GateContext:
    """What the gates look at, now."""
    return GateContext(draft, desk.settings, desk.state, market=desk.market, now_ms=desk.now_ms)


def deadline_ms(desk: Decision) -> int:
    """Moment after which the exchange must not take in what leaves now."""
    return desk.now_ms + int(desk.settings.execution.order_deadline_s * MS_PER_SECOND)


def submit(desk: Decision, command: PlaceOrder, context: GateContext) -> None:
    """Write the intent of an order that passed every gate, and ask for it to be sent, once."""
    hold, until_ms = context.hold_quote, deadline_ms(desk)
    assert hold is not None, context.draft
    desk.emit(
        OrderSubmitted(
            time_ms=desk.now_ms,
            command_id=command.command_id,
            actor=command.actor,
            client_order_id=command.client_order_id,
            symbol=command.symbol,
            side=command.side,
            order_type=command.order_type,
            quantity_base=command.quantity_base,
            price=command.price,
            post_only=command.post_only,
            hold_quote=hold,
            deadline_ms=until_ms,
            terms=command.terms,
            is_closing=context.draft.is_closing,
        )
    )
    desk.request(
        SubmitOrder(
            client_order_id=command.client_order_id,
            symbol=command.symbol,
            side=command.side,
            order_type=command.order_type,
            quantity_base=command.quantity_base,
            price=command.price,
            post_only=command.post_only,
            deadline_ms=until_ms,
            terms=command.terms,
        )
    )


def cancel(desk: Decision, pacing: Pacing, command: CancelOrder) -> None:
    """Ask the exchange to cancel one order of ours."""
    order = desk.state.orders.get(command.client_order_id)
    if order is None:
        reason = f"no order {command.client_order_id} is known"
        refuse(desk, command, gate="order", reason=reason)
        return
    if not order.is_open:
        reason = f"order {order.client_order_id} has already ended: {order.status.value}"
        refuse(desk, command, gate="order", reason=reason)
        return
    if order.status is OrderStatus.CANCELLING:
        reason = f"order {order.client_order_id} is already being cancelled"
        refuse(desk, command, gate="order", reason=reason)
        return
    withdraw(desk, pacing, order, command=command)


def withdraw(
    desk: Decision, pacing: Pacing, order: OrderRecord, *, command: CancelOrder | None = None
) -> None:
    """Write down that a cancel leaves, and let it leave; without a command it is the engine's own."""
    pacing.cancel_not_before_ms[order.client_order_id] = desk.now_ms + CANCEL_AGAIN_MS
    desk.emit(
        CancelRequested(
            time_ms=desk.now_ms,
            command_id=None if command is None else command.command_id,
            actor="engine" if command is None else command.actor,
            client_order_id=order.client_order_id,
        )
    )
    desk.request(
        WithdrawOrder(
            client_order_id=order.client_order_id, exchange_order_id=order.exchange_order_id
        )
    )


def _words(command: Command) -> str:
    if isinstance(command, AmendPlacedOrder):
        return f"amend order {command.client_order_id}"
    if isinstance(command, ClosePosition):
        return f"close {command.symbol}"
    if not isinstance(command, PlaceOrder):
        return ""
    price = "at market" if command.price is None else f"at {command.price:f}"
    if command.order_type.is_triggered:
        price = f"{command.order_type.value} {price}"
    return f"{command.side.value} {command.quantity_base:f} {command.symbol} {price}"
