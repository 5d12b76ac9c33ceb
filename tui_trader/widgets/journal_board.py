"""What the console has read of the journal, newest last, and which of it is shown. No drawing.

How to think about it: lines grow at the new end as events come, and at the old end page by page, when
somebody looks that far back or searches for what is not in them. Both ends have a written maximum.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from tui_trader.engine.messages.events import CommandRefused, Event
from tui_trader.engine.messages.queries import JournalEntry
from tui_trader.widgets.drawing.event_words import LogLine, add_line, in_words
from tui_trader.widgets.line_board import LINES_MAX, LineBoard

PAGE = 1_000
"""Events a page: as many as the engine tells at once."""
PAGES_MAX = 50
REFUSED_MAX = 500


@dataclass(slots=True, kw_only=True)
class JournalBoard(LineBoard):
    """The journal as far as it was read.

    Args:
        refused: Commands that a gate refused, oldest first.
        oldest: Number of the oldest event that was read; what is before it can be asked for.
        asked_ms: When the last page was asked for.
    """

    refused: deque[CommandRefused] = field(default_factory=lambda: deque(maxlen=REFUSED_MAX))
    oldest: int = 0
    asked_ms: int = 0

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
        if not self.is_following and len(self.lines) > count and self.passes(new):
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
