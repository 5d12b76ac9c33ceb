"""Where the decisions on signals are kept, so that "why did it not trade?" can be asked next week."""

from collections.abc import Sequence
from typing import Protocol

from tui_trader.engine.messages.signal_queries import AskWaterfalls, Waterfall


class WaterfallStore(Protocol):
    """Keeps rows; called from one thread at a time, never from the engine's loop."""

    def keep(self, rows: Sequence[Waterfall]) -> None:
        """Write rows down; a later decision on the same candle takes the place of the earlier one.

        Raises:
            StoreError: they cannot be written.
        """
        ...

    def search(self, query: AskWaterfalls) -> tuple[Waterfall, ...]:
        """Rows that match, newest first, with their numbers.

        Raises:
            StoreError: they cannot be read.
        """
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...
