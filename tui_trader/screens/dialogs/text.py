"""One line of text to type or paste: a path."""

from collections.abc import Sequence

from textual import events
from textual.strip import Strip

from tui_trader.screens.dialogs.box import BoxDialog
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.dialog_rows import boxed
from tui_trader.widgets.drawing.lines import Piece, left_in, wrapped

_FRAME = 4
_TYPED_MAX = 400


class TextDialog(BoxDialog[str]):
    """The result is what was typed, `""` when the person backs out."""

    WIDTH = 72

    def __init__(self, title: str, text: str, value: str = "") -> None:
        super().__init__()
        self._title_text, self._text, self._typed = title, text, value

    def draw(self, width: int, height: int, palette: Palette) -> Sequence[Strip]:
        """The question, and the end of what is typed."""
        inner = width - _FRAME
        rows: list[list[Piece]] = [
            [(part, None)] for part in wrapped(self._text, inner, lines_max=height - 6)
        ]
        shown = self._typed if len(self._typed) < inner - 2 else f"…{self._typed[-inner + 4 :]}"
        rows += [[], [(left_in(f" {shown}▏", inner), palette.field)], []]
        rows.append([("Enter takes it · Esc goes back", palette.muted)])
        return boxed(self._title_text, rows, width=width, palette=palette)

    def press(self, key: str, character: str) -> None:
        """Type, erase, take or back out."""
        if key == "escape":
            self.dismiss("")
            return
        if key == "enter":
            if self._typed.strip():
                self.dismiss(self._typed.strip())
            return
        if key == "backspace":
            self._typed = self._typed[:-1]
        elif key == "ctrl+u":
            self._typed = ""
        elif character.isprintable():
            self._typed = (self._typed + character)[:_TYPED_MAX]
        self.redraw()

    def on_paste(self, event: events.Paste) -> None:
        """A path is more often pasted than typed."""
        event.stop()
        pasted = "".join(char for char in event.text if char.isprintable())
        self._typed = (self._typed + pasted)[:_TYPED_MAX]
        self.redraw()
