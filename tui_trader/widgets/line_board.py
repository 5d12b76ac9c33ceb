"""Lines of a story, newest last, of which some are shown: by weight and words, with a cursor that follows the newest.

What the journal and the log files have in common. No drawing.
"""

from collections import deque
from dataclasses import dataclass, field
from enum import Enum

from tui_trader.widgets.drawing.event_words import LogLine, Weight

LINES_MAX = 10_000
AHEAD = 100
"""Lines below the last one in sight that are read beforehand."""


class Level(Enum):
    """The least weight that is shown; the value is how it is called."""

    ALL = "everything"
    USUAL = "without routine"
    WARNINGS = "warnings and errors"
    ERRORS = "errors"


_WEIGHTS = {
    Level.ALL: frozenset(Weight),
    Level.USUAL: frozenset(Weight) - {Weight.QUIET},
    Level.WARNINGS: frozenset({Weight.WARN, Weight.BAD}),
    Level.ERRORS: frozenset({Weight.BAD}),
}


@dataclass(slots=True, kw_only=True)
class LineBoard:
    """Lines as far as they were read.

    Args:
        lines: Oldest first.
        oldest_ms: Of what was read, 0 before anything was.
        pages: How many were read.
        fault: Why the last page did not come, else empty.
        version: Grows with every change of the lines.
        cursor: Marked line, counted from the newest of those that are shown.
        is_following: The newest line is marked, whatever comes.
        seek_ms: The line of that moment, or the one before it, is to be marked once it was read.
    """

    lines: deque[LogLine] = field(default_factory=lambda: deque(maxlen=LINES_MAX))
    oldest_ms: int = 0
    pages: int = 0
    is_under_way: bool = False
    fault: str = ""
    version: int = 0
    level: Level = Level.USUAL
    filter: str = ""
    is_typing: bool = False
    cursor: int = 0
    is_following: bool = True
    seek_ms: int | None = None
    _shown: list[LogLine] = field(default_factory=list)
    _shown_as_of: tuple[int, Level, str] | None = None

    @property
    def shown(self) -> list[LogLine]:
        """Lines of the chosen level that contain the filter, newest first."""
        as_of = (self.version, self.level, self.filter)
        if self._shown_as_of != as_of:
            self._shown_as_of = as_of
            self._shown = [entry for entry in reversed(self.lines) if self.passes(entry)]
        return self._shown

    @property
    def is_at_its_end(self) -> bool:
        """Nothing older is there to be read, or none of it is taken in any more."""
        return len(self.lines) >= LINES_MAX

    @property
    def marked(self) -> LogLine | None:
        """The line under the cursor."""
        return self.shown[min(self.cursor, len(self.shown) - 1)] if self.shown else None

    def wants_lines_below(self, place: int) -> bool:
        """Whether lines as far down as `place`, or as old as one seeks, are still to be read."""
        is_sought = self.seek_ms is not None and (
            not self.oldest_ms or self.oldest_ms > self.seek_ms
        )
        return (is_sought or place + AHEAD >= len(self.shown)) and not self.is_at_its_end

    def seek(self, time_ms: int) -> None:
        """Mark the newest line that is not after a moment, as soon as it has been read."""
        self.seek_ms, self.is_following = time_ms, False
        self.settle()

    def settle(self) -> bool:
        """Mark what is sought, if it has been read by now; whether the search is over."""
        if self.seek_ms is None:
            return True
        places = (place for place, entry in enumerate(self.shown) if entry.time_ms <= self.seek_ms)
        place = next(places, None)
        if place is None and not self.is_at_its_end:
            return False
        self.cursor = place if place is not None else max(0, len(self.shown) - 1)
        self.seek_ms, self.is_following = None, False
        return True

    def move(self, step: int) -> None:
        """Mark another line; back at the newest one follows again."""
        self.cursor = max(0, min(len(self.shown) - 1, self.cursor + step))
        self.is_following, self.seek_ms = self.cursor == 0, None

    def choose(self, *, level: Level | None = None, text: str | None = None) -> None:
        """Show other lines, from the newest on."""
        self.level = level or self.level
        self.filter = self.filter if text is None else text
        self.cursor, self.is_following, self.seek_ms = 0, True, None

    def passes(self, entry: LogLine) -> bool:
        """Whether a line is among those that are shown."""
        if entry.weight not in _WEIGHTS[self.level]:
            return False
        return not self.filter or self.filter.casefold() in entry.text.casefold()
