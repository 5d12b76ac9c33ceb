"""One conversation with the running engine: attach, say, listen, detach."""

import argparse
import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

from tui_trader.cli.surroundings import chosen_home
from tui_trader.engine.client.frames import EventFrame
from tui_trader.engine.client.mirror import Mirror
from tui_trader.engine.client.protocol import EngineClient
from tui_trader.engine.client.socket_client import connect
from tui_trader.engine.messages.events import Event
from tui_trader.engine.values.errors import NothingRunning
from tui_trader.engine.values.orders import CommandId

ACTOR = "cli"

Said = TypeVar("Said")


class Listener:
    """The engine's events, and the state they lead to."""

    def __init__(self, client: EngineClient) -> None:
        self.mirror = Mirror(client.welcome)
        self._updates = client.updates()

    async def events(self) -> AsyncIterator[Event]:
        """Every event from the snapshot on, each already in the mirror.

        Raises:
            NothingRunning: the engine went away.
        """
        async for frame in self._updates:
            self.mirror.apply(frame)
            if isinstance(frame, EventFrame):
                yield frame.event
        message = f"the engine went away: {self.mirror.farewell or 'the connection broke'}"
        raise NothingRunning(message)


def talk(
    args: argparse.Namespace,
    say: Callable[[EngineClient], Awaitable[Said]],
    *,
    is_read_only: bool = False,
) -> Said:
    """Attach to the engine of this call's home, have `say` speak with it, detach.

    Raises:
        NothingRunning: no engine answers there.
    """

    async def attached() -> Said:
        client = await connect(chosen_home(args), name=ACTOR, is_read_only=is_read_only)
        try:
            return await say(client)
        finally:
            await client.close()

    return asyncio.run(attached())


def new_command_id() -> CommandId:
    """Name by which the answer to one command is recognised."""
    return CommandId(str(uuid.uuid4()))
