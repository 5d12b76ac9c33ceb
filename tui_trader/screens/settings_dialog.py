"""The question before a setting is written: the change as a diff, when it counts, and for a looser limit a word to type."""

from collections.abc import Sequence

from textual.strip import Strip

from tui_trader.screens.dialogs.box import BoxDialog
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.dialog_rows import boxed
from tui_trader.widgets.drawing.lines import Piece, left_in, wrapped
from tui_trader.widgets.drawing.setting_rows import diff_pieces
from tui_trader.widgets.settings_board import SettingChange

_FRAME = 4
_FIELD_WIDTH = 16


class ChangeDialog(BoxDialog[bool]):
    """True when the person wants it written; with a `word`, only who has typed it does.

    Args:
        change: What would be written.
        effect: When it counts, and what it means, in a sentence.
        word: What must be typed; "" where `y` is enough.
    """

    WIDTH = 76

    def __init__(self, change: SettingChange, *, effect: str, word: str = "") -> None:
        super().__init__()
        self._change, self._effect, self._word = change, effect, word
        self._typed = ""
        self._is_wrong = False

    def draw(self, width: int, height: int, palette: Palette) -> Sequence[Strip]:
        """The diff, its meaning, the field."""
        inner = width - _FRAME
        tail = self._tail(inner, palette)
        rows = diff_pieces(self._change.diff, width=inner, palette=palette)
        room = max(2, height - 2 - len(tail))
        if len(rows) > room:
            rows = [*rows[: room - 1], [("…", palette.muted)]]
        return boxed(f"WRITE {self._change.key}", [*rows, *tail], width=width, palette=palette)

    def _tail(self, inner: int, palette: Palette) -> list[list[Piece]]:
        ink = palette.warn if self._word else None
        rows: list[list[Piece]] = [[]]
        rows += [[(part, ink)] for part in wrapped(self._effect, inner, lines_max=4)]
        rows.append([])
        if not self._word:
            return [*rows, [("y writes it · Esc goes back", palette.muted)]]
        field = left_in(f" {self._typed}▏", _FIELD_WIDTH)
        rows.append([(f"Type {self._word}: ", palette.muted), (field, palette.field)])
        hint = f"that is not {self._word}" if self._is_wrong else "Enter writes it · Esc goes back"
        return [*rows, [(hint, palette.warn if self._is_wrong else palette.muted)]]

    def press(self, key: str, character: str) -> None:
        """Write, type, or back out."""
        self._is_wrong = False
        if key == "escape":
            self.dismiss(False)  # noqa: FBT003 a dialog's result
        elif not self._word:
            if character in {"y", "n"} and character:
                self.dismiss(character == "y")
        elif key == "enter":
            if self._typed == self._word:
                self.dismiss(True)  # noqa: FBT003 a dialog's result
                return
            self._is_wrong = True
            self.redraw()
        else:
            if key == "backspace":
                self._typed = self._typed[:-1]
            elif character.isprintable() and len(self._typed) + len(character) < _FIELD_WIDTH - 2:
                self._typed += character
            self.redraw()
