"""A question that only a typed word answers."""

from collections.abc import Sequence

from textual.strip import Strip

from tui_trader.screens.dialogs.box import BoxDialog
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.dialog_rows import boxed
from tui_trader.widgets.drawing.lines import Piece, left_in, wrapped

_FRAME = 4
_FIELD_WIDTH = 16


class TypedDialog(BoxDialog[bool]):
    """True when the person typed `word` in full and pressed Enter."""

    def __init__(self, title: str, text: str, word: str) -> None:
        super().__init__()
        self._title_text, self._text, self._word = title, text, word
        self._typed = ""
        self._is_wrong = False

    def draw(self, width: int, height: int, palette: Palette) -> Sequence[Strip]:
        """The text and the field."""
        inner = width - _FRAME
        rows: list[list[Piece]] = [
            [(part, None)] for part in wrapped(self._text, inner, lines_max=height)
        ]
        field = left_in(f" {self._typed}▏", _FIELD_WIDTH)
        rows += [[], [(f"Type {self._word}: ", palette.muted), (field, palette.field)], []]
        hint = f"that is not {self._word}" if self._is_wrong else "Enter confirms · Esc goes back"
        rows.append([(hint, palette.warn if self._is_wrong else palette.muted)])
        return boxed(self._title_text, rows, width=width, palette=palette)

    def press(self, key: str, character: str) -> None:
        """Type, erase, confirm or back out."""
        self._is_wrong = False
        if key == "escape":
            self.dismiss(False)  # noqa: FBT003 a dialog's result
            return
        if key == "enter":
            if self._typed == self._word:
                self.dismiss(True)  # noqa: FBT003 a dialog's result
                return
            self._is_wrong = True
        elif key == "backspace":
            self._typed = self._typed[:-1]
        elif character.isprintable() and len(self._typed) + len(character) < _FIELD_WIDTH - 2:
            self._typed += character
        self.redraw()
