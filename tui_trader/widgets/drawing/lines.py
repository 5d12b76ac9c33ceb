"""One line of the screen: pieces of text with a style each, cut or padded to an exact width."""

from collections.abc import Iterable, Sequence

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

_VARIATION = "\ufe0f"

Piece = tuple[str, Style | None]
"""Text and its style; `None` is the base style of the line."""


def pieces_width(pieces: Iterable[Piece]) -> int:
    """Cells the pieces take."""
    return sum(cell_len(text) for text, _ in pieces)


def line(width: int, base: Style, left: Iterable[Piece], *, right: Sequence[Piece] = ()) -> Strip:
    """Strip of exactly `width` cells: `left` cut where `right` begins, `right` flush.

    Every cell has the colours of `base` where its piece names none: blank cells too, since Textual
    gives them no background of their own.
    """
    right_width = min(width, pieces_width(right))
    segments = _fitted(left, width - right_width, base)
    if right_width:
        segments += _fitted(right, right_width, base)
    return Strip(segments, width)


def _fitted(pieces: Iterable[Piece], width: int, base: Style) -> list[Segment]:
    segments: list[Segment] = []
    room = width
    for raw, style in pieces:
        if room <= 0:
            break
        text = shown_as_text(raw)
        if not text:
            continue
        size = cell_len(text)
        shown = text if size <= room else clipped(text, room)
        room -= min(size, room)
        segments.append(Segment(shown, base + style if style is not None else base))
    if room > 0:
        segments.append(Segment(" " * room, base))
    return segments


def shown_as_text(text: str) -> str:
    """`text` without anything a terminal could obey: the last gate before the screen.

    What comes from outside was cleaned where it came in; this holds for whatever was forgotten.
    """
    # A variation selector makes rich and a terminal disagree about the width of what is before it.
    if text.isprintable() and _VARIATION not in text:
        return text
    return "".join("�" if not char.isprintable() else char for char in text if char != _VARIATION)


def clipped(text: str, width: int) -> str:
    """`text` in exactly `width` cells at the most; a cut ends in an ellipsis."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1) + "…" if width > 0 else ""


def left_in(text: str, width: int) -> str:
    """`text` flush left in exactly `width` cells."""
    return set_cell_size(clipped(text, width), width)


def right_in(text: str, width: int) -> str:
    """`text` flush right in exactly `width` cells."""
    shown = clipped(text, width)
    return " " * (width - cell_len(shown)) + shown


def wrapped(text: str, width: int, *, lines_max: int) -> list[str]:
    """Words of `text` in at most `lines_max` lines of `width` cells; a cut ends in an ellipsis."""
    lines: list[str] = []
    current = ""
    for word in text.split():
        joined = f"{current} {word}" if current else word
        if cell_len(joined) <= width:
            current = joined
            continue
        if current:
            lines.append(current)
        current = word
    lines.append(current)
    if len(lines) > lines_max:
        rest = " ".join(lines[lines_max - 1 :])
        lines = [*lines[: lines_max - 1], rest]
    return [clipped(text, width) for text in lines]


def blank(width: int, base: Style) -> Strip:
    """Empty line."""
    return Strip([Segment(" " * width, base)], width)
