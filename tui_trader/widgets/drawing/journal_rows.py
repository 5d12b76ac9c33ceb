"""Lines of the journal, newest on top, with the day where it changes; and one of them in full."""

from collections.abc import Sequence

from textual.strip import Strip

from tui_trader.engine.values.time import MS_PER_DAY, format_clock, format_rfc3339
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.event_words import LogLine, Weight
from tui_trader.widgets.drawing.lines import clipped, line, wrapped
from tui_trader.widgets.drawing.log_rows import MARKS, inks_of

_DAY_LENGTH = 10
_LEFT = 12
_NAMES = {
    Weight.QUIET: "routine",
    Weight.NORMAL: "news",
    Weight.GOOD: "good news",
    Weight.WARN: "warning",
    Weight.BAD: "error",
}


def journal_rows(
    entries: Sequence[LogLine], *, cursor: int, width: int, palette: Palette
) -> list[Strip]:
    """A line each; `cursor` is the index of the marked one. Days are told by ` ─ 2026-11-19 ─ `."""
    inks, strips = inks_of(palette), []
    for index, entry in enumerate(entries):
        is_marked = index == cursor
        base = palette.base + palette.cursor if is_marked else palette.base
        ink = inks[entry.weight]
        before = entries[index - 1] if index else None
        is_new_day = before is not None and _day(before) != _day(entry)
        mark = MARKS.get(entry.weight, " ")
        room = width - _LEFT - 1
        pieces = [
            ("▸" if is_marked else " ", palette.accent),
            (format_clock(entry.time_ms), palette.muted),
            (f" {mark} ", ink),
        ]
        if is_new_day:
            day = f" {format_rfc3339(entry.time_ms)[:_DAY_LENGTH]} "
            pieces += [(clipped(_words(entry), room - len(day)), ink)]
            strips.append(line(width, base, pieces, right=[(day, palette.warn)]))
        else:
            pieces.append((clipped(_words(entry), room), ink))
            strips.append(line(width, base, pieces))
    return strips


def journal_detail(entry: LogLine, *, width: int, lines_max: int, palette: Palette) -> list[Strip]:
    """The whole text, and when it was, to the second."""
    moment = format_rfc3339(entry.time_ms)[:19].replace("T", " ")
    said = f"{moment} UTC · {_NAMES[entry.weight]}"
    ink = inks_of(palette)[entry.weight]
    parts = wrapped(_words(entry), max(1, width - 2), lines_max=max(1, lines_max - 1))
    return [
        line(width, palette.base, [(f" {said}", palette.muted)]),
        *(line(width, palette.base, [(f" {part}", ink)]) for part in parts),
    ]


def _words(entry: LogLine) -> str:
    is_counted = entry.count > 1 and entry.fill is None
    return entry.text + (f" ({entry.count} times)" if is_counted else "")


def _day(entry: LogLine) -> int:
    return entry.time_ms // MS_PER_DAY
