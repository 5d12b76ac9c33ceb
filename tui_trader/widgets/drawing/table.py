"""Tables: columns that give way by priority when the pane is narrow, and rows that line up."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style
from textual.strip import Strip

from tui_trader.widgets.drawing.lines import Piece, left_in, line, right_in

GAP = 2


def first_row(cursor: int, count: int, room: int) -> int:
    """First of `count` rows to show in `room` lines, so that the one under the cursor is in sight."""
    return max(0, min(cursor - room // 2, count - room))


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column.

    Args:
        priority: 0 stays always; the highest number leaves first.
        is_flexible: Takes what is left over.
    """

    title: str
    width: int
    priority: int = 0
    is_right: bool = False
    is_flexible: bool = False


def fitting(columns: Sequence[Column], width: int) -> tuple[list[int], list[int]]:
    """Indices of the columns that fit, and their widths; leftover space widens the flexible one."""
    kept = list(range(len(columns)))

    def total() -> int:
        return sum(columns[index].width for index in kept) + GAP * (len(kept) - 1)

    while len(kept) > 1 and total() > width:
        kept.remove(max(kept, key=lambda index: (columns[index].priority, index)))
    widths = [columns[index].width for index in kept]
    flexible = next((i for i, index in enumerate(kept) if columns[index].is_flexible), None)
    if flexible is not None:
        widths[flexible] += max(0, width - total())
    return kept, widths


def table(
    columns: Sequence[Column],
    rows: Sequence[Sequence[Piece]],
    *,
    width: int,
    base: Style,
    title_style: Style,
    cursor: tuple[int, Style] | None = None,
) -> list[Strip]:
    """Title line and one line a row.

    `cursor` is the index of the marked row and its style; the row also starts with a ▸.
    """
    kept, widths = fitting(columns, width - 2)
    shown = [columns[index] for index in kept]
    titles: list[Piece] = [(column.title, title_style) for column in shown]
    strips = [line(width, base, _pieces(shown, widths, titles))]
    for index, row in enumerate(rows):
        is_marked = cursor is not None and cursor[0] == index
        style = base + cursor[1] if cursor is not None and is_marked else base
        pieces = _pieces(shown, widths, [row[place] for place in kept])
        strips.append(line(width, style, [("▸" if is_marked else " ", None), *pieces[1:]]))
    return strips


def _pieces(columns: Sequence[Column], widths: list[int], row: Sequence[Piece]) -> list[Piece]:
    pieces: list[Piece] = [(" ", None)]
    for column, width, (text, style) in zip(columns, widths, row, strict=True):
        if len(pieces) > 1:
            pieces.append((" " * GAP, None))
        place = right_in if column.is_right else left_in
        pieces.append((place(text, width), style))
    return pieces
