"""Where closed candles are kept."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.instruments import Symbol


class DownloadMark(msgspec.Struct, frozen=True, kw_only=True):
    """How far an unfinished download has come.

    Args:
        start_ms: Where it began, UTC.
        cursor_ns: After which trade it goes on, UTC nanoseconds.
    """

    start_ms: int
    cursor_ns: int


class CandleStore(Protocol):
    """Closed candles of one venue, each moment once; what is missing stays missing.

    Its methods block on the disk: call them on a thread that may wait.
    """

    def append(
        self, symbol: Symbol, interval: Interval, candles: Sequence[Candle], *, is_better: bool
    ) -> int:
        """Add closed candles; all of them are durable on return, or none is.

        Args:
            symbol: Their pair.
            interval: Their length.
            candles: In any order; those that are there already change nothing.
            is_better: Whether these win over stored ones that say something else.

        Returns:
            How many stored ones said something else.

        Raises:
            StoreError: they could not be written.
            ConfigError: one of them is impossible.
        """
        ...

    def newest_ms(self, symbol: Symbol, interval: Interval) -> int | None:
        """Start of the newest stored candle, `None` when there is none.

        Raises:
            StoreError: it cannot be read.
        """
        ...


class DownloadStore(CandleStore, Protocol):
    """A candle store that also remembers unfinished downloads."""

    def read_mark(self, symbol: Symbol, interval: Interval) -> DownloadMark | None:
        """The mark of a download that did not finish; `None` also when it cannot be read."""
        ...

    def write_mark(self, symbol: Symbol, interval: Interval, mark: DownloadMark) -> None:
        """Remember how far it has come.

        Raises:
            StoreError: it cannot be written.
        """
        ...

    def remove_mark(self, symbol: Symbol, interval: Interval) -> None:
        """It is finished.

        Raises:
            StoreError: the mark is still there.
        """
        ...
