"""One conversation with the running engine: attach, say, listen, detach."""

import argparse
import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tui_trader.cli.exit_codes import Refused
from tui_trader.cli.surroundings import chosen_home
from tui_trader.engine.client.protocol import EngineClient
from tui_trader.engine.client.socket_client import CONNECT_TIMEOUT_S, connect
from tui_trader.engine.messages.events import CommandRefused, Event
from tui_trader.engine.values.orders import CommandId

ACTOR = "cli"

Said = TypeVar("Said")


def talk(
    args: argparse.Namespace,
    say: Callable[[EngineClient], Awaitable[Said]],
    *,
    is_read_only: bool = False,
    connect_seconds: float = CONNECT_TIMEOUT_S,
) -> Said:
    """Attach to the engine of this call's home, have `say` speak with it, detach.

    Raises:
        NothingRunning: no engine answers there.
    """

    async def attached() -> Said:
        client = await connect(
            chosen_home(args), name=ACTOR, is_read_only=is_read_only, timeout_s=connect_seconds
        )
        try:
            return await say(client)
        finally:
            await client.close()

    return asyncio.run(attached())


def new_command_id() -> CommandId:
    """Name by which the answer to one command is recognised."""
    return CommandId(str(uuid.uuid4()))


def raise_if_refused(answer: Event) -> None:
    """Turn a gate's no into the end of this call.

    Raises:
        Refused: the engine refused the command.
    """
    if isinstance(answer, CommandRefused):
        message = f"{answer.gate}: {answer.reason}"
        raise Refused(message)
