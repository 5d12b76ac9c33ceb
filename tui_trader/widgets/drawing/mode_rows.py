"""The mode bar: every screen by its key, the one that is shown marked."""

from collections.abc import Sequence

from textual.strip import Strip

from tui_trader.actions import Tab
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.lines import Piece, line

_GAP = 1


def mode_bar(
    tabs: Sequence[Tab], shown: str, *, right: Sequence[Piece], width: int, palette: Palette
) -> Strip:
    """One strip: tabs from the left, `right` flush right. Brackets mark the tab without colour."""
    pieces: list[Piece] = []
    for tab in tabs:
        is_shown = tab.name == shown
        key, name = _words(tab)
        if is_shown:
            pieces.append((f"[{key} {name}]", palette.active))
        else:
            pieces += [(f" {key} ", palette.muted), (f"{name} ", None)]
        pieces.append((" " * _GAP, None))
    return line(width, palette.bar, pieces, right=right)


def tab_at(tabs: Sequence[Tab], column: int) -> Tab | None:
    """The tab that is drawn in that column."""
    start = 0
    for tab in tabs:
        end = start + len(" ".join(_words(tab))) + 2
        if start <= column < end:
            return tab
        start = end + _GAP
    return None


def _words(tab: Tab) -> tuple[str, str]:
    return tab.key.upper(), tab.name
