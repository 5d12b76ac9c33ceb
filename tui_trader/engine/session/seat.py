"""One attached client, from the inside: its outbox, its commands, its questions."""

from typing import Protocol

from tui_trader.engine.client.frames import Hello
from tui_trader.engine.client.outbox import Outbox
from tui_trader.engine.messages.commands import Command, HaltTrading
from tui_trader.engine.messages.queries import Answer, Query, QueryFailed
from tui_trader.engine.session.admission import NotAdmitted, admit_command, check_numbers
from tui_trader.engine.values.text import sanitize

READ_ONLY = "read-only client may not send commands"
OVERLOADED = "engine overloaded: the command was not taken in; attach again in a moment"
STOPPING = "the engine is stopping; the command was not taken in"
NAME_LENGTH_MAX = 40


class Backstage(Protocol):
    """What a seat needs of its session."""

    @property
    def is_stopping(self) -> bool:
        """No command is taken in any more."""
        ...

    def now_ms(self) -> int:
        """The engine's time."""
        ...

    def take_in(self, command: Command) -> bool:
        """Queue an admitted command; False when there is no room."""
        ...

    async def answer(self, query: Query) -> Answer:
        """Answer a question."""
        ...

    def leave(self, outbox: Outbox) -> None:
        """Publish to this outbox no more."""
        ...


class SessionSeat:
    """The `Seat` that a session gives to a client.

    Args:
        welcome_line: The snapshot as of the last event before the outbox begins.
    """

    def __init__(
        self, session: Backstage, hello: Hello, *, outbox: Outbox, welcome_line: bytes
    ) -> None:
        self._session = session
        self._is_read_only = hello.is_read_only
        self._name = sanitize(hello.name, length_max=NAME_LENGTH_MAX) or "client"
        self.outbox = outbox
        self.welcome_line = welcome_line

    def command(self, command: Command) -> None:
        """Take a command in, or end the outbox with the reason why not."""
        if self._is_read_only:
            self._turn_away(READ_ONLY)
        elif self._session.is_stopping and not isinstance(command, HaltTrading):
            self._turn_away(STOPPING)
        else:
            self._admit(command)

    async def answer(self, query: Query) -> Answer:
        """Answer a question."""
        try:
            check_numbers(query)
        except NotAdmitted as error:
            return QueryFailed(reason=str(error))
        return await self._session.answer(query)

    def leave(self) -> None:
        """Detach."""
        self._session.leave(self.outbox)
        self.outbox.end(None)

    def _admit(self, command: Command) -> None:
        try:
            admitted = admit_command(command, client_name=self._name, now_ms=self._session.now_ms())
        except NotAdmitted as error:
            self._turn_away(str(error))
            return
        if not self._session.take_in(admitted):
            self._turn_away(OVERLOADED)

    def _turn_away(self, reason: str) -> None:
        self._session.leave(self.outbox)
        self.outbox.end(reason)
