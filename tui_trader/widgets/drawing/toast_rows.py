"""Toasts: a few lines above the keys, each with the mark of its weight, and where they may stand."""

from collections.abc import Mapping, Sequence

from textual.geometry import Region
from textual.strip import Strip

from tui_trader.themes import Palette
from tui_trader.widgets.drawing.event_words import LogLine
from tui_trader.widgets.drawing.lines import line, wrapped
from tui_trader.widgets.drawing.log_rows import MARKS, inks_of

WIDTH_MAX = 66
_LINES_EACH_MAX = 2
_EDGE = 4


def toast_rows(lines: Sequence[LogLine], more: int, *, width: int, palette: Palette) -> list[Strip]:
    """Oldest first, as they stand above the key bar."""
    inks = inks_of(palette)
    strips = []
    if more:
        words = f"{more} more before, see the log"
        strips.append(line(width, palette.box, [(f"▌ {words}", palette.muted)]))
    for entry in lines:
        ink = inks[entry.weight] or palette.plain
        is_counted = entry.count > 1 and entry.fill is None
        text = entry.text + (f" ({entry.count} times)" if is_counted else "")
        parts = wrapped(text, max(1, width - _EDGE), lines_max=_LINES_EACH_MAX)
        for index, part in enumerate(parts):
            mark = MARKS.get(entry.weight, " ") if not index else " "
            strips.append(line(width, palette.box, [(f"▌{mark} ", ink), (part, palette.plain)]))
    return strips


def toast_place(regions: Mapping[str, Region], *, width: int, height: int) -> Region | None:
    """Room for `height` lines just above the keys; none where mode, P&L, STOP or a ticket would be covered."""
    keys, top = regions.get("keys"), _lowest(regions)
    if keys is None or not height or keys.y - top < height:
        return None
    for x in (0, keys.width - width):
        place = Region(x, keys.y - height, width, height)
        if not any(place.overlaps(regions[name]) for name in ("ticket",) if name in regions):
            return place
    return None


def toast_width(columns: int) -> int:
    """Cells a toast takes on a terminal of so many columns."""
    return min(WIDTH_MAX, columns - 2)


def _lowest(regions: Mapping[str, Region]) -> int:
    """First line below everything that must stay in sight."""
    return max(
        (regions[name].bottom for name in ("status", "banner") if name in regions), default=0
    )
