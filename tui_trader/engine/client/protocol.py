"""What every client form offers: send, ask, snapshot, updates."""

from collections.abc import AsyncIterator
from typing import Protocol

from tui_trader.engine.client.frames import UpdateFrame, Welcome
from tui_trader.engine.messages.commands import Command
from tui_trader.engine.messages.queries import Answer, Query


class EngineClient(Protocol):
    """One attached client. All waiting is bounded; a lost engine is `NothingRunning`."""

    @property
    def welcome(self) -> Welcome:
        """The snapshot this client started from; feed it to a Mirror."""
        ...

    async def send(self, command: Command) -> None:
        """Hand a command over. The answer is an event with its `command_id`, among the updates.

        Raises:
            NothingRunning: the engine is gone; the command may or may not have arrived.
        """
        ...

    async def ask(self, query: Query) -> Answer:
        """Answer to a read-only question (`QueryFailed` when there is none).

        Raises:
            NothingRunning: the engine is gone.
        """
        ...

    def updates(self) -> AsyncIterator[UpdateFrame]:
        """Everything after the snapshot, in order; ends when the engine is gone. One reader only."""
        ...

    async def close(self) -> None:
        """Detach; the engine trades on."""
        ...
