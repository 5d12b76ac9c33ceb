"""Bulletins: full-width lines that stay until what they say is over."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from textual.strip import Strip

from tui_trader.themes import Palette
from tui_trader.widgets.drawing.lines import line, wrapped

LINES_EACH_MAX = 3


class Tone(Enum):
    """How loud a bulletin is."""

    NOTE = "note"
    WARN = "warn"
    HALT = "halt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """One message above the desk."""

    tone: Tone
    text: str


def banner(bulletins: Sequence[Bulletin], *, width: int, palette: Palette) -> list[Strip]:
    """Every bulletin on its colour, wrapped; a mark in front says the tone without colour."""
    strips = []
    for bulletin in bulletins:
        base, mark = {
            Tone.NOTE: (palette.bar + palette.accent, " · "),
            Tone.WARN: (palette.bar + palette.warn, " ! "),
            Tone.HALT: (palette.base + palette.halt, " ■ "),
        }[bulletin.tone]
        lines = wrapped(bulletin.text, width - 4, lines_max=LINES_EACH_MAX)
        strips += [
            line(width, base, [(mark if not index else "   ", None), (text, None)])
            for index, text in enumerate(lines)
        ]
    return strips
