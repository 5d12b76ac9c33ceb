"""Log lines, newest on top."""

from collections.abc import Sequence

from rich.style import Style
from textual.strip import Strip

from tui_trader.engine.values.time import format_clock
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.event_words import LogLine, Weight
from tui_trader.widgets.drawing.lines import line, wrapped

_CLOCK_WIDTH = 11
_LINES_EACH_MAX = 2
MARKS = {Weight.BAD: "■", Weight.WARN: "!", Weight.GOOD: "+"}


def inks_of(palette: Palette) -> dict[Weight, Style | None]:
    """Colour of each weight."""
    return {
        Weight.QUIET: palette.muted,
        Weight.NORMAL: None,
        Weight.GOOD: palette.up,
        Weight.WARN: palette.warn,
        Weight.BAD: palette.down,
    }


def log_rows(lines: Sequence[LogLine], *, width: int, height: int, palette: Palette) -> list[Strip]:
    """As many of `lines` (newest first) as fit in `height`; the mark tells the weight by itself."""
    inks = inks_of(palette)
    strips: list[Strip] = []
    for entry in lines:
        if len(strips) >= height:
            break
        ink = inks[entry.weight]
        is_counted = entry.count > 1 and entry.fill is None
        text = entry.text + (f" ({entry.count} times)" if is_counted else "")
        parts = wrapped(text, max(1, width - _CLOCK_WIDTH - 2), lines_max=_LINES_EACH_MAX)
        for index, part in enumerate(parts):
            clock = format_clock(entry.time_ms) if not index else " " * 8
            mark = MARKS.get(entry.weight, " ") if not index else " "
            pieces = [(f" {clock} ", palette.muted), (f"{mark} ", ink), (part, ink)]
            strips.append(line(width, palette.base, pieces))
    if not strips:
        strips.append(line(width, palette.base, [(" nothing has happened yet", palette.muted)]))
    return strips[:height]
