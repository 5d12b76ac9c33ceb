"""A question with a few answers; Enter takes the marked one."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.strip import Strip

from tui_trader.screens.dialogs.box import BoxDialog
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.dialog_rows import boxed
from tui_trader.widgets.drawing.lines import Piece, left_in, wrapped

_FRAME = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer: its key, its words, what it stands for."""

    key: str
    label: str
    result: str


class ChoiceDialog(BoxDialog[str]):
    """Asks; the result is the chosen one's, `""` when the person backs out."""

    def __init__(self, title: str, text: str, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._title_text, self._text, self._choices = title, text, tuple(choices)
        self._marked = 0
        self._above = 0

    def draw(self, width: int, height: int, palette: Palette) -> Sequence[Strip]:
        """The text, and one line a choice."""
        inner = width - _FRAME
        rows: list[list[Piece]] = [
            [(part, None)] for part in wrapped(self._text, inner, lines_max=height)
        ]
        rows.append([])
        self._above = len(rows) + 1
        for index, choice in enumerate(self._choices):
            is_marked = index == self._marked
            ink = palette.active if is_marked else None
            text = f"{'▸' if is_marked else ' '} {choice.key}  {choice.label}"
            rows.append([(left_in(text, inner), ink)])
        rows += [[], [("Enter takes the marked one · Esc goes back", palette.muted)]]
        return boxed(self._title_text, rows, width=width, palette=palette)

    def click(self, row: int) -> None:
        """Take the answer on that line."""
        place = row - self._above
        if 0 <= place < len(self._choices):
            self.dismiss(self._choices[place].result)

    def press(self, key: str, character: str) -> None:
        """Move, take, take by letter, or back out."""
        if key == "escape":
            self.dismiss("")
        elif key == "enter":
            self.dismiss(self._choices[self._marked].result)
        elif key in {"up", "down", "k", "j", "tab"}:
            step = -1 if key in {"up", "k"} else 1
            self._marked = (self._marked + step) % len(self._choices)
            self.redraw()
        else:
            for choice in self._choices:
                if character and character == choice.key:
                    self.dismiss(choice.result)
                    return
