"""An engine client without a socket: for tests, and for code that lives in the engine's process.

The two protocols say what a session offers; the socket server stands on the same ones, so that both
forms of client see the same engine.
"""

import asyncio
from typing import Protocol

from tui_trader.engine.client.frames import (
    PROTOCOL_VERSION,
    Hello,
    Welcome,
    decode_server_frame,
)
from tui_trader.engine.client.outbox import Outbox
from tui_trader.engine.client.protocol import EngineClient
from tui_trader.engine.messages.commands import Command
from tui_trader.engine.messages.queries import Answer, Query
from tui_trader.engine.values.errors import NothingRunning

ANSWER_TIMEOUT_S = 30.0


class Seat(Protocol):
    """One attached client, as the session sees it."""

    @property
    def welcome_line(self) -> bytes:
        """The Welcome, encoded in the moment of attaching; the outbox goes on from there."""
        ...

    @property
    def outbox(self) -> Outbox:
        """What the client has not fetched yet."""
        ...

    def command(self, command: Command) -> None:
        """Take a command in, or end the outbox with the reason why not."""
        ...

    async def answer(self, query: Query) -> Answer:
        """Answer a question."""
        ...

    def leave(self) -> None:
        """Detach."""
        ...


class Host(Protocol):
    """What clients attach to."""

    def attach(self, hello: Hello) -> Seat:
        """Give a client a seat, from the next event on."""
        ...


class InProcessClient:
    """The `EngineClient` on a seat in this process."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat
        # Decoded from the line: a copy of its own, which the engine will not change any more.
        frame = decode_server_frame(seat.welcome_line)
        assert isinstance(frame, Welcome), frame
        self._welcome = frame

    @property
    def welcome(self) -> Welcome:
        """The snapshot this client started from."""
        return self._welcome

    async def send(self, command: Command) -> None:
        """Hand a command over."""
        self._require_engine()
        self._seat.command(command)

    async def ask(self, query: Query) -> Answer:
        """Answer to a read-only question."""
        self._require_engine()
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                return await self._seat.answer(query)
        except TimeoutError as error:
            message = f"the engine did not answer within {ANSWER_TIMEOUT_S:g} s"
            raise NothingRunning(message) from error

    def updates(self) -> Outbox:
        """Everything after the snapshot, in order."""
        return self._seat.outbox

    async def close(self) -> None:
        """Detach; the engine trades on."""
        self._seat.leave()

    def _require_engine(self) -> None:
        if self._seat.outbox.ended.is_set():
            message = "the engine has let this client go; attach again"
            raise NothingRunning(message)


def connect_in_process(host: Host, *, name: str, is_read_only: bool = False) -> EngineClient:
    """Attach to a session of this process."""
    hello = Hello(protocol=PROTOCOL_VERSION, name=name, is_read_only=is_read_only)
    return InProcessClient(host.attach(hello))
