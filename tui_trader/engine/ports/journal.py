"""Where the truth is kept."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from tui_trader.engine.messages.codec import Input
from tui_trader.engine.messages.events import Event
from tui_trader.engine.messages.queries import JournalEntry


class Journal(Protocol):
    """Events, durable before anything leaves; inputs beside them, for replay."""

    def append(self, events: Sequence[Event], inputs: Sequence[Input]) -> int:
        """Write all or nothing; on return it survives a power cut.

        Returns:
            Sequence number of the last event ever written; numbers have no gaps.

        Raises:
            StoreError: it could not be written, or nobody knows whether it was.
        """
        ...

    def read(self) -> Iterator[JournalEntry]:
        """Every event, oldest first.

        Raises:
            StoreError: a row cannot be read; the message names it.
        """
        ...

    def recent(self, limit: int, *, before: int = 0) -> tuple[JournalEntry, ...]:
        """The newest `limit` events, oldest first; those before number `before`, if it is not 0."""
        ...

    def close(self) -> None:
        """Release the file."""
        ...
