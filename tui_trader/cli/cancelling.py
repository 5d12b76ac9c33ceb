"""Cancelling: find the order meant, ask, listen until the exchange has confirmed."""

from collections.abc import Callable

import msgspec

from tui_trader.cli.conversation import ACTOR, new_command_id, raise_if_refused
from tui_trader.cli.exit_codes import Refused, Unconfirmed
from tui_trader.engine.client.conversation import carry_out, follow_order
from tui_trader.engine.client.mirror import Mirror
from tui_trader.engine.client.protocol import EngineClient
from tui_trader.engine.messages.commands import CancelAllOrders, CancelOrder
from tui_trader.engine.messages.events import CancelAllConfirmed, CommandRefused, Event
from tui_trader.engine.state.order_life import OrderRecord
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.values.errors import (
    ConfigError,
    NothingRunning,
    OutcomeUnknown,
    TraderError,
)
from tui_trader.engine.values.orders import ClientOrderId, CommandId

ANSWER_SECONDS = 20.0
NAMED_MAX = 5


class Cancelled(msgspec.Struct, frozen=True, kw_only=True):
    """The order as it is after the cancel."""

    order: OrderRecord

    def fault(self) -> TraderError:
        """Why the order is not cancelled."""
        if self.order.status.is_terminal:
            return Refused(f"the order had ended before: {self.order.status.value}")
        return Unconfirmed(
            f"the exchange did not confirm the cancel{_said(self.order)}; the order may still fill: "
            "see `tui-trader orders`, then cancel again (asking twice is safe)"
        )


def order_named(name: str, state: TradingState) -> OrderRecord:
    """The order with that id of ours or of the exchange, or the only one that begins so.

    Raises:
        ConfigError: there is none, or more than one.
    """
    orders = list(state.orders.values())
    exact = [order for order in orders if name in _names(order)]
    open_ones = [order for order in orders if order.is_open and _begins(order, name)]
    found = exact or open_ones or [order for order in orders if _begins(order, name)]
    if not found:
        message = f"no order begins with {name!r}; `tui-trader orders` lists them"
        raise ConfigError(message)
    if len(found) > 1:
        some = ", ".join(order.client_order_id for order in found[:NAMED_MAX])
        message = f"{len(found)} orders begin with {name!r}: {some}; write more of the id"
        raise ConfigError(message)
    return found[0]


async def cancel(client: EngineClient, client_order_id: ClientOrderId) -> Cancelled:
    """Ask for the cancel of one order and listen until it has ended.

    Raises:
        Refused: the engine would not ask.
        Unconfirmed: the engine went away.
    """
    mirror = Mirror(client.welcome)
    command = CancelOrder(command_id=new_command_id(), actor=ACTOR, client_order_id=client_order_id)
    try:
        events = await carry_out(client, command, mirror=mirror, timeout_s=ANSWER_SECONDS)
        raise_if_refused(events[-1])
        await follow_order(
            client,
            mirror,
            client_order_id,
            timeout_s=ANSWER_SECONDS,
            until=lambda order: order.status.is_terminal,
        )
    except OutcomeUnknown:
        pass
    except NothingRunning as gone:
        message = f"{gone}; the order may be cancelled or not: start the engine, it will look"
        raise Unconfirmed(message) from None
    return Cancelled(order=mirror.state.orders[client_order_id])


async def cancel_all(client: EngineClient) -> int | None:
    """Ask for the cancel of everything; how many it was, or `None` when nobody confirmed.

    Raises:
        Refused: the engine would not ask.
        Unconfirmed: the engine went away.
    """
    command = CancelAllOrders(command_id=new_command_id(), actor=ACTOR)
    try:
        events = await carry_out(
            client,
            command,
            mirror=Mirror(client.welcome),
            until=confirmation_of(command.command_id),
            timeout_s=ANSWER_SECONDS,
        )
    except OutcomeUnknown:
        return None
    except NothingRunning as gone:
        message = f"{gone}; the orders may be cancelled or not: start the engine, it will look"
        raise Unconfirmed(message) from None
    raise_if_refused(events[-1])
    return events[-1].count if isinstance(events[-1], CancelAllConfirmed) else None


def confirmation_of(command_id: CommandId) -> Callable[[Event], bool]:
    """Whether the exchange has confirmed the cancel of everything that this command asked for.

    A confirmation before our own request is about an earlier one. A refusal is an end, too.
    """
    is_asked = False

    def is_end(event: Event) -> bool:
        nonlocal is_asked
        is_ours = event.command_id == command_id
        is_asked = is_asked or (is_ours and not isinstance(event, CommandRefused))
        is_refused = is_ours and isinstance(event, CommandRefused)
        return is_refused or (is_asked and isinstance(event, CancelAllConfirmed))

    return is_end


def _names(order: OrderRecord) -> tuple[str, ...]:
    return tuple(name for name in (order.client_order_id, order.exchange_order_id) if name)


def _begins(order: OrderRecord, prefix: str) -> bool:
    return any(name.lower().startswith(prefix.lower()) for name in _names(order))


def _said(order: OrderRecord) -> str:
    return f" ({order.reason})" if order.reason else ""
