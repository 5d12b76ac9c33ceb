"""Cancelling: find the order meant, ask, listen until the exchange has confirmed."""

import asyncio

import msgspec

from tui_trader.cli.conversation import ACTOR, Listener, new_command_id
from tui_trader.cli.exit_codes import Refused, Unconfirmed
from tui_trader.engine.client.protocol import EngineClient
from tui_trader.engine.messages.commands import CancelAllOrders, CancelOrder
from tui_trader.engine.messages.events import (
    CancelAllConfirmed,
    CancelAllRequested,
    CancelRejected,
    CommandRefused,
)
from tui_trader.engine.state.order_life import OrderRecord
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.values.errors import ConfigError, NothingRunning, TraderError
from tui_trader.engine.values.orders import ClientOrderId

ANSWER_SECONDS = 20.0
NAMED_MAX = 5


class Cancelled(msgspec.Struct, frozen=True, kw_only=True):
    """The order as it is after the cancel; `rejection` is the exchange's no, if it said one."""

    order: OrderRecord
    rejection: str = ""

    def fault(self) -> TraderError:
        """Why the order is not cancelled."""
        if self.order.status.is_terminal:
            return Refused(f"the order had ended before: {self.order.status.value}")
        if self.rejection:
            return Refused(f"the cancel was rejected: {self.rejection}; see `tui-trader orders`")
        return Unconfirmed(
            "the exchange did not confirm the cancel; the order may still fill: "
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
    listener = Listener(client)
    orders = listener.mirror.state.orders
    command = CancelOrder(command_id=new_command_id(), actor=ACTOR, client_order_id=client_order_id)
    rejection = ""
    try:
        await client.send(command)
        async with asyncio.timeout(ANSWER_SECONDS):
            async for event in listener.events():
                if isinstance(event, CommandRefused) and event.command_id == command.command_id:
                    message = f"{event.gate}: {event.reason}"
                    raise Refused(message)
                if isinstance(event, CancelRejected) and event.client_order_id == client_order_id:
                    # The engine looks the order up now; what it finds is the answer.
                    rejection = event.reason
                if orders[client_order_id].status.is_terminal:
                    break
    except TimeoutError:
        pass
    except NothingRunning as gone:
        message = f"{gone}; the order may be cancelled or not: start the engine, it will look"
        raise Unconfirmed(message) from None
    return Cancelled(order=orders[client_order_id], rejection=rejection)


async def cancel_all(client: EngineClient) -> int | None:
    """Ask for the cancel of everything; how many it was, or `None` when nobody confirmed.

    Raises:
        Refused: the engine would not ask.
        Unconfirmed: the engine went away.
    """
    listener = Listener(client)
    command = CancelAllOrders(command_id=new_command_id(), actor=ACTOR)
    is_asked = False
    try:
        await client.send(command)
        async with asyncio.timeout(ANSWER_SECONDS):
            async for event in listener.events():
                match event:
                    case CommandRefused() if event.command_id == command.command_id:
                        message = f"{event.gate}: {event.reason}"
                        raise Refused(message)
                    case CancelAllRequested():
                        is_asked = is_asked or event.command_id == command.command_id
                    case CancelAllConfirmed() if is_asked:
                        return event.count
                    case _:
                        pass
    except TimeoutError:
        return None
    except NothingRunning as gone:
        message = f"{gone}; the orders may be cancelled or not: start the engine, it will look"
        raise Unconfirmed(message) from None
    return None


def _names(order: OrderRecord) -> tuple[str, ...]:
    return tuple(name for name in (order.client_order_id, order.exchange_order_id) if name)


def _begins(order: OrderRecord, prefix: str) -> bool:
    return any(name.lower().startswith(prefix.lower()) for name in _names(order))
