"""What the console has read of the log files, newest last. No drawing, no reading.

How to think about it: only lines that are asked for are kept, so that an error of last week is not pushed
out by a million lines of routine; another level or other words begin anew at the newest line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tui_trader.widgets.drawing.event_words import LogLine
from tui_trader.widgets.line_board import LINES_MAX, Level, LineBoard


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPlace:
    """A place between two lines: file and byte."""

    file: Path
    byte: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """Lines of one reading, oldest first.

    Args:
        begin: Where they begin; None where there is nothing before them.
        end: Where they end.
        oldest_ms: Of what was looked at, whether it was asked for or not; 0 for nothing.
    """

    lines: tuple[LogLine, ...]
    begin: LogPlace | None
    end: LogPlace | None
    oldest_ms: int = 0


@dataclass(slots=True, kw_only=True)
class LogBoard(LineBoard):
    """The log files as far as they were read.

    Args:
        folder: Where they are; None for a console without a home.
        is_shown: The journal screen shows them instead of the journal.
        begin: Where what was read begins; `end` where it ends.
        has_begun: Something was read since the lines were chosen.
        is_all_read: Nothing older is there.
        is_apart: Newer lines were let go for the moment that is sought: nothing new is added to these.
        chosen: Counts the choices: what was read for an earlier one is thrown away.
    """

    folder: Path | None = None
    is_shown: bool = False
    begin: LogPlace | None = None
    end: LogPlace | None = None
    has_begun: bool = False
    is_all_read: bool = False
    is_apart: bool = False
    chosen: int = 0
    read_ms: int = 0

    @property
    def is_at_its_end(self) -> bool:
        """Nothing older is there to be read, or none of it is taken in any more."""
        return self.is_all_read or (len(self.lines) >= LINES_MAX and self.seek_ms is None)

    def choose(self, *, level: Level | None = None, text: str | None = None) -> None:
        """Show other lines: everything is read anew, from the newest on."""
        # Two arguments: with slots a dataclass is made anew, and `super()` means the first one.
        super(LogBoard, self).choose(level=level, text=text)
        self.lines.clear()
        self.begin = self.end = None
        self.has_begun = self.is_all_read = self.is_apart = False
        self.oldest_ms, self.pages, self.fault = 0, 0, ""
        self.chosen += 1
        self.version += 1

    def take_older(self, page: LogPage) -> None:
        """What is before everything that was read; who seeks a moment goes on through a full board."""
        kept = [entry for entry in page.lines if self.passes(entry)]
        if self.seek_ms is not None and len(self.lines) + len(kept) > LINES_MAX:
            self.lines.clear()
            self.is_apart = True
        room = LINES_MAX - len(self.lines)
        self.lines.extendleft(reversed(kept[-room:] if room else ()))
        if not self.has_begun:
            self.end = page.end
        self.begin, self.has_begun = page.begin, True
        self.is_all_read = page.begin is None
        self.oldest_ms = page.oldest_ms or self.oldest_ms
        self.pages += 1
        self.version += 1

    def take_newer(self, page: LogPage) -> None:
        """What was written since."""
        self.end = page.end
        self._append([entry for entry in page.lines if self.passes(entry)])

    def _append(self, kept: Sequence[LogLine]) -> None:
        if kept:
            self.lines.extend(kept)
            self.version += 1
            if not self.is_following:
                self.cursor += len(kept)
