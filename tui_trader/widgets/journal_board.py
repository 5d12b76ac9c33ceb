"""What the console has read of the journal, newest last, and which of it is shown. No drawing.

How to think about it: lines grow at the new end as events come, and at the old end page by page, when
somebody looks that far back or searches for what is not in them. Both ends have a written maximum.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from tui_trader.engine.messages.events import CommandRefused, Event
from tui_trader.engine.messages.queries import JournalEntry
from tui_trader.widgets.drawing.event_words import LogLine, Weight, add_line, in_words

PAGE = 1_000
"""Events a page: as many as the engine tells at once."""
PAGES_MAX = 50
LINES_MAX = 10_000
REFUSED_MAX = 500
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
class JournalBoard:
    """The journal as far as it was read.

    Args:
        lines: Events in words, oldest first.
        refused: Commands that a gate refused, oldest first.
        oldest: Number of the oldest event that was read; what is before it can be asked for.
        oldest_ms: When that was, 0 before anything was read.
        pages: How many were read.
        fault: Why the last page did not come, else empty.
        version: Grows with every change of the lines.
        cursor: Marked line, counted from the newest of those that are shown.
        is_following: The newest line is marked, whatever comes.
    """

    lines: deque[LogLine] = field(default_factory=lambda: deque(maxlen=LINES_MAX))
    refused: deque[CommandRefused] = field(default_factory=lambda: deque(maxlen=REFUSED_MAX))
    oldest: int = 0
    oldest_ms: int = 0
    pages: int = 0
    is_under_way: bool = False
    asked_ms: int = 0
    fault: str = ""
    version: int = 0
    level: Level = Level.USUAL
    filter: str = ""
    is_typing: bool = False
    cursor: int = 0
    is_following: bool = True
    _shown: list[LogLine] = field(default_factory=list)
    _shown_as_of: tuple[int, Level, str] | None = None

    @property
    def shown(self) -> list[LogLine]:
        """Lines of the chosen level that contain the filter, newest first."""
        as_of = (self.version, self.level, self.filter)
        if self._shown_as_of != as_of:
            self._shown_as_of = as_of
            self._shown = [entry for entry in reversed(self.lines) if self._passes(entry)]
        return self._shown

    @property
    def is_at_its_end(self) -> bool:
        """Nothing older is there to be read, or none of it is taken in any more."""
        return self.oldest <= 1 or self.pages >= PAGES_MAX or len(self.lines) >= LINES_MAX

    def start(self, sequence: int) -> None:
        """Begin anew behind event `sequence`."""
        self.lines.clear()
        self.refused.clear()
        self.oldest, self.oldest_ms, self.pages, self.fault = sequence + 1, 0, 0, ""
        self.asked_ms, self.cursor, self.is_following = 0, 0, True
        self.version += 1

    def add(self, event: Event) -> None:
        """Something happened."""
        if isinstance(event, CommandRefused):
            self.refused.append(event)
        new = in_words(event)
        if new is None:
            return
        count = len(self.lines)
        add_line(self.lines, new)
        self.version += 1
        if not self.is_following and len(self.lines) > count and self._passes(new):
            self.cursor += 1

    def take_page(self, entries: Iterable[JournalEntry]) -> None:
        """Older events, oldest first."""
        page: list[LogLine] = []
        refused: list[CommandRefused] = []
        first: JournalEntry | None = None
        for entry in entries:
            first = first or entry
            if entry.sequence >= self.oldest:
                # It has come live, too.
                continue
            if isinstance(entry.event, CommandRefused):
                refused.append(entry.event)
            words = in_words(entry.event)
            if words is not None:
                add_line(page, words)
        room = LINES_MAX - len(self.lines)
        # A full deque would let the newest go for what is put in front of them.
        self.lines.extendleft(reversed(page[-room:] if room else ()))
        spare = REFUSED_MAX - len(self.refused)
        self.refused.extendleft(reversed(refused[-spare:] if spare else ()))
        self.pages += 1
        self.version += 1
        self.oldest = min(self.oldest, first.sequence) if first is not None else 1
        if first is not None:
            self.oldest_ms = first.event.time_ms

    def wants_older_than(self, time_ms: int) -> bool:
        """Whether events since `time_ms` are still to be read."""
        is_needed = not self.oldest_ms or self.oldest_ms > time_ms
        return is_needed and not self.is_at_its_end

    def wants_lines_below(self, place: int) -> bool:
        """Whether lines as far down as `place` are still to be read."""
        return place + AHEAD >= len(self.shown) and not self.is_at_its_end

    def move(self, step: int) -> None:
        """Mark another line; back at the newest one follows again."""
        self.cursor = max(0, min(len(self.shown) - 1, self.cursor + step))
        self.is_following = self.cursor == 0

    def choose(self, *, level: Level | None = None, text: str | None = None) -> None:
        """Show other lines, from the newest on."""
        self.level = level or self.level
        self.filter = self.filter if text is None else text
        self.cursor, self.is_following = 0, True

    def _passes(self, entry: LogLine) -> bool:
        if entry.weight not in _WEIGHTS[self.level]:
            return False
        return not self.filter or self.filter.casefold() in entry.text.casefold()
