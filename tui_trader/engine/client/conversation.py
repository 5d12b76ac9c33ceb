"""Short conversations with an engine: a command and what came of it.

For the command line, which says one thing and waits for its end. A console follows its mirror instead.
"""

import asyncio
from collections.abc import Callable

from tui_trader.engine.client.frames import EventFrame, Goodbye
from tui_trader.engine.client.mirror import Mirror
from tui_trader.engine.client.protocol import EngineClient
from tui_trader.engine.messages.commands import Command
from tui_trader.engine.messages.events import Event
from tui_trader.engine.state.order_life import OrderRecord
from tui_trader.engine.values.errors import NothingRunning, OutcomeUnknown
from tui_trader.engine.values.orders import ClientOrderId, CommandId, OrderStatus

ANSWER_S = 10.0

_SETTLED = frozenset({OrderStatus.OPEN, OrderStatus.PARTIALLY_FILLED})


def answers(command_id: CommandId) -> Callable[[Event], bool]:
    """Whether an event answers this command."""
    return lambda event: event.command_id == command_id


async def carry_out(
    client: EngineClient,
    command: Command,
    *,
    mirror: Mirror | None = None,
    until: Callable[[Event], bool] | None = None,
    timeout_s: float = ANSWER_S,
) -> tuple[Event, ...]:
    """Send a command, and return the events from then on, up to the one that `until` names.

    Without `until`, the first event that answers the command is the last. A mirror is fed with every
    frame that passes, so that it can be asked afterwards.

    Raises:
        OutcomeUnknown: no such event came in time; the command may have been carried out.
        NothingRunning: the engine went away, or let this client go, before it came.
    """
    is_last = until or answers(command.command_id)
    events: list[Event] = []
    await client.send(command)
    try:
        async with asyncio.timeout(timeout_s):
            while not events or not is_last(events[-1]):
                events.append(await _next_event(client, mirror))
    except TimeoutError as error:
        message = (
            f"the engine did not answer within {timeout_s:g} s; the command may have been carried out: "
            "look with tui-trader status"
        )
        raise OutcomeUnknown(message) from error
    return tuple(events)


async def follow_order(
    client: EngineClient,
    mirror: Mirror,
    client_order_id: ClientOrderId,
    *,
    timeout_s: float = ANSWER_S,
    until: Callable[[OrderRecord], bool] | None = None,
) -> OrderRecord | None:
    """The order once it rests at the exchange or has ended, or as it is when the time is over.

    The mirror is fed here. `until` asks for another end than "open or ended".

    Raises:
        NothingRunning: the engine went away.
    """
    is_settled = until or _is_settled
    try:
        async with asyncio.timeout(timeout_s):
            while True:
                order = mirror.state.orders.get(client_order_id)
                if order is not None and is_settled(order):
                    return order
                await _next_event(client, mirror)
    except TimeoutError:
        return mirror.state.orders.get(client_order_id)


def _is_settled(order: OrderRecord) -> bool:
    return order.status in _SETTLED or order.status.is_terminal


async def _next_event(client: EngineClient, mirror: Mirror | None) -> Event:
    async for frame in client.updates():
        if mirror is not None:
            mirror.apply(frame)
        if isinstance(frame, EventFrame):
            return frame.event
        if isinstance(frame, Goodbye):
            raise NothingRunning(frame.reason)
    message = "the engine is gone; whether it took the command in is not known"
    raise NothingRunning(message)
