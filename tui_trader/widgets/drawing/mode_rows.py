"""The mode bar: every screen by its key, the one that is shown marked."""

from collections.abc import Sequence

from textual.strip import Strip

from tui_trader.actions import Tab
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.lines import Piece, line, pieces_width

_GAP = 1
_MORE = 1
"""Cells of the mark that says there are more tabs on that side."""


def mode_bar(
    tabs: Sequence[Tab], shown: str, *, right: Sequence[Piece], width: int, palette: Palette
) -> Strip:
    """One strip: tabs from the left, `right` flush right. Brackets mark the tab without colour.

    Tabs have the room first. Where not all have it, those around the shown one are there, and `«` and
    `»` say that there are more.
    """
    places = tab_places(tabs, shown, width=width)
    pieces: list[Piece] = []
    if places[0][0] is not tabs[0]:
        pieces.append(("«", palette.muted))
    for tab, start in places:
        pieces.append((" " * (start - pieces_width(pieces)), None))
        key, name = _words(tab)
        if tab.name == shown:
            pieces.append((f"[{key} {name}]", palette.active))
        else:
            pieces += [(f" {key} ", palette.muted), (f"{name} ", None)]
    if places[-1][0] is not tabs[-1]:
        pieces.append(("»", palette.muted))
    room = width - pieces_width(pieces)
    return line(width, palette.bar, pieces, right=right if pieces_width(right) < room else ())


def tab_at(tabs: Sequence[Tab], shown: str, *, width: int, column: int) -> Tab | None:
    """The tab that is drawn in that column."""
    for tab, start in tab_places(tabs, shown, width=width):
        if start <= column < start + _width(tab):
            return tab
    return None


def tab_places(tabs: Sequence[Tab], shown: str, *, width: int) -> list[tuple[Tab, int]]:
    """Those that have room, each with its first column; the shown one among them."""
    for gap in (_GAP, 0):
        if sum(_width(tab) + gap for tab in tabs) - gap <= width:
            return _in_a_row(tabs, gap=gap, start=0)
    first = last = next(index for index, tab in enumerate(tabs) if tab.name == shown)
    room = width - 2 * _MORE - _width(tabs[first])
    while True:
        # Onwards first, then back: the nearest are the ones `<` and `>` go to.
        if last + 1 < len(tabs) and _width(tabs[last + 1]) <= room:
            last += 1
            room -= _width(tabs[last])
        elif first and _width(tabs[first - 1]) <= room:
            first -= 1
            room -= _width(tabs[first])
        else:
            return _in_a_row(tabs[first : last + 1], gap=0, start=_MORE if first else 0)


def _in_a_row(tabs: Sequence[Tab], *, gap: int, start: int) -> list[tuple[Tab, int]]:
    places = []
    for tab in tabs:
        places.append((tab, start))
        start += _width(tab) + gap
    return places


def _width(tab: Tab) -> int:
    return len(" ".join(_words(tab))) + 2


def _words(tab: Tab) -> tuple[str, str]:
    return tab.shown, tab.name
