"""The jump overlay: `g` and a letter goes to a screen, `g` and a number to a pane, `gg` to the top."""

from collections.abc import Sequence

from textual.strip import Strip

from tui_trader.actions import Tab
from tui_trader.screens.dialogs.box import BoxDialog
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.dialog_rows import boxed
from tui_trader.widgets.drawing.lines import Piece, left_in

_FRAME = 4
_COLUMNS = 2
TOP, BOTTOM = "top", "bottom"


def jump_letters(tabs: Sequence[Tab]) -> dict[str, Tab]:
    """A letter of its own for every screen: the first of its name that is free.

    `g` is not free: `gg` goes to the top.
    """
    letters: dict[str, Tab] = {}
    for tab in tabs:
        spare = (*tab.name, *"abcdefhijklmnopqrstuvwxyz")
        letter = next(each for each in spare if each not in letters and each != "g")
        letters[letter] = tab
    return letters


class JumpDialog(BoxDialog[str]):
    """The result is `screen NAME`, `pane N` or `top`; `None` when another key is pressed."""

    WIDTH = 64

    def __init__(self, tabs: Sequence[Tab], panes: dict[int, str]) -> None:
        super().__init__()
        self._letters, self._panes = jump_letters(tabs), panes

    def draw(self, width: int, height: int, palette: Palette) -> Sequence[Strip]:  # noqa: ARG002
        """Letters of the screens, numbers of the panes."""
        cells = [(letter, tab.name) for letter, tab in self._letters.items()]
        cells += [(str(number), f"pane {name}") for number, name in sorted(self._panes.items())]
        cells.append(("g", "top of the list"))
        half = -(-len(cells) // _COLUMNS)
        inner = (width - _FRAME) // _COLUMNS
        rows: list[list[Piece]] = []
        for place in range(half):
            row: list[Piece] = []
            for key, name in cells[place::half]:
                row += [(f" {key} ", palette.strong), (left_in(name, inner - 3), None)]
            rows.append(row)
        return boxed("JUMP · any other key goes back", rows, width=width, palette=palette)

    def press(self, key: str, character: str) -> None:  # noqa: ARG002
        """Go there, or back."""
        if character in self._letters:
            self.dismiss(f"screen {self._letters[character].name}")
        elif character.isdecimal() and int(character) in self._panes:
            self.dismiss(f"pane {character}")
        else:
            self.dismiss(TOP if character == "g" else None)
