"""Boxes with a title and lines, for dialogs."""

from collections.abc import Sequence

from rich.style import Style
from textual.strip import Strip

from tui_trader.themes import Palette
from tui_trader.widgets.drawing.lines import Piece, line, pieces_width


def boxed(
    title: str,
    rows: Sequence[Sequence[Piece]],
    *,
    width: int,
    palette: Palette,
    edge: Style | None = None,
) -> list[Strip]:
    """A frame with the title in its upper edge around `rows`; `edge` is its colour."""
    edge = edge or palette.accent
    head: list[Piece] = [("┌─ ", edge), (title, palette.strong), (" ", edge)]
    head.append(("─" * max(0, width - pieces_width(head) - 1) + "┐", edge))
    strips = [line(width, palette.box, head)]
    strips += [line(width, palette.box, [("│ ", edge), *row], right=[(" │", edge)]) for row in rows]
    strips.append(line(width, palette.box, [("└" + "─" * (width - 2) + "┘", edge)]))
    return strips
