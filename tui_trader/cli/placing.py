"""Placing one order: hand it over once, listen until it is known what became of it."""

import asyncio

import msgspec

from tui_trader.cli.exit_codes import EXIT_OK, Refused, Unconfirmed
from tui_trader.cli.narration import tell
from tui_trader.engine.client.conversation import carry_out, follow_order
from tui_trader.engine.client.mirror import Mirror
from tui_trader.engine.client.protocol import EngineClient
from tui_trader.engine.messages.commands import PlaceOrder
from tui_trader.engine.messages.events import CommandRefused
from tui_trader.engine.messages.queries import AskTicket, TicketAnswer
from tui_trader.engine.state.order_life import OrderRecord
from tui_trader.engine.state.trading_state import BookedFill
from tui_trader.engine.values.errors import NothingRunning, OutcomeUnknown, TraderError
from tui_trader.engine.values.orders import OrderStatus, OrderType

ANSWER_SECONDS = 20.0
"""Longest wait for the first word about the order."""
UNKNOWN_SECONDS = 30.0
"""Longest wait for the engine's look-ups, once the exchange's answer did not come."""
SETTLE_SECONDS = dict.fromkeys(OrderType, 0.5) | {OrderType.MARKET: 5.0}
"""Fills follow the acceptance by themselves: how long to listen for them."""

_STANDING = {OrderStatus.OPEN, OrderStatus.PARTIALLY_FILLED, OrderStatus.CANCELLING}
_DEAD = {
    OrderStatus.REJECTED,
    OrderStatus.NOT_PLACED,
    OrderStatus.CANCELLED,
    OrderStatus.EXPIRED,
}


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one order, as far as it is known."""

    command: PlaceOrder
    order: OrderRecord | None = None
    fills: tuple[BookedFill, ...] = ()
    refusal: CommandRefused | None = None

    @property
    def outcome(self) -> str:
        """`refused`, `unknown`, or the status of the order."""
        if self.refusal is not None:
            return "refused"
        if self.order is None or self.order.status is OrderStatus.SUBMITTED:
            return "unknown"
        return str(self.order.status.value)

    def exit_code(self) -> int:
        """0 when the order stands or has filled.

        Raises:
            TraderError: it was refused, it ended without a fill, or nobody knows.
        """
        if fault := self._fault():
            raise fault
        return EXIT_OK

    def _fault(self) -> TraderError | None:
        if self.refusal is not None:
            return Refused(f"{self.refusal.gate}: {self.refusal.reason}; nothing was sent")
        if self.outcome == "unknown":
            return Unconfirmed(
                f"order {self.command.client_order_id} may or may not exist at the exchange. Do not "
                "send it again: the engine keeps looking it up; see `tui-trader orders`"
            )
        order = self.order
        if order is not None and order.status in _DEAD and not order.filled_base:
            reason = order.reason or "no reason was given"
            if order.status is OrderStatus.NOT_PLACED:
                reason = f"looked up and proven absent, it may be sent again ({reason})"
            return Refused(f"the order is {order.status.value.replace('_', ' ')}: {reason}")
        return None


async def ask_ticket(client: EngineClient, order: PlaceOrder) -> TicketAnswer:
    """What the order would cost, and what every gate says.

    Raises:
        Refused: the engine cannot price it.
    """
    reply = await client.ask(
        AskTicket(
            symbol=order.symbol,
            side=order.side,
            order_type=order.order_type,
            quantity_base=order.quantity_base,
            price=order.price,
            post_only=order.post_only,
            terms=order.terms,
        )
    )
    if not isinstance(reply, TicketAnswer):
        message = f"the order cannot be judged: {getattr(reply, 'reason', 'no answer')}"
        raise Refused(message)
    return reply


async def place(client: EngineClient, command: PlaceOrder) -> Placed:
    """Hand the order over, once, and listen until its fate is known or patience ends."""
    mirror = Mirror(client.welcome)
    try:
        events = await carry_out(client, command, mirror=mirror, timeout_s=ANSWER_SECONDS)
        if isinstance(events[-1], CommandRefused):
            return Placed(command=command, refusal=events[-1])
        await _fate(client, mirror, command)
    except (OutcomeUnknown, NothingRunning) as silence:
        tell(str(silence))
    except asyncio.CancelledError:
        tell(f"order {command.client_order_id} is with the engine; see `tui-trader orders --all`")
        raise
    name = command.client_order_id
    return Placed(
        command=command,
        order=mirror.state.orders.get(name),
        fills=tuple(booked for booked in mirror.state.fills if booked.client_order_id == name),
    )


async def _fate(client: EngineClient, mirror: Mirror, command: PlaceOrder) -> None:
    """Listen until the order has ended; rests a moment on one that stands."""
    name = command.client_order_id
    order = await follow_order(
        client, mirror, name, timeout_s=ANSWER_SECONDS, until=lambda order: not _is_waiting(order)
    )
    if order is not None and order.status is OrderStatus.UNKNOWN:
        tell("the exchange did not answer; the engine is looking the order up …")
        order = await follow_order(
            client,
            mirror,
            name,
            timeout_s=UNKNOWN_SECONDS,
            until=lambda order: order.status is not OrderStatus.UNKNOWN,
        )
    if order is not None and order.status in _STANDING:
        settle = SETTLE_SECONDS[command.order_type]
        await follow_order(client, mirror, name, timeout_s=settle, until=_has_ended)


def _is_waiting(order: OrderRecord) -> bool:
    return order.status is OrderStatus.SUBMITTED


def _has_ended(order: OrderRecord) -> bool:
    return order.status.is_terminal
