"""The help overlay, made from the table of actions: every key, to scroll and to search."""

from collections.abc import Sequence

from textual.strip import Strip

from tui_trader.actions import Where
from tui_trader.actions.key_table import KeyTable
from tui_trader.screens.dialogs.box import BoxDialog
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.dialog_rows import boxed
from tui_trader.widgets.drawing.key_rows import help_lines
from tui_trader.widgets.drawing.lines import Piece, left_in

_FRAME = 4
_EDGES = 3
_TYPED_MAX = 30
_FAR = 100_000
_STEPS = {
    "down": 1, "j": 1, "up": -1, "k": -1, "pagedown": 10, "ctrl+d": 10, "space": 10, "pageup": -10,
    "ctrl+u": -10, "G": _FAR, "end": _FAR, "g": -_FAR, "home": -_FAR,
}  # fmt: skip
_CLOSING = frozenset({"escape", "q", "enter", "question_mark", "f1"})
_ARROWS = frozenset({"down", "up", "pagedown", "pageup", "ctrl+d", "ctrl+u"})


class HelpScreen(BoxDialog[None]):
    """Every key and what it does, those of this screen first."""

    WIDTH = 96

    def __init__(self, where: Where, keys: KeyTable) -> None:
        super().__init__()
        self._where, self._keys = where, keys
        self._first, self._search, self._is_typing = 0, "", False

    def draw(self, width: int, height: int, palette: Palette) -> Sequence[Strip]:
        """As many lines as fit, from the first one shown; the search below them."""
        lines = help_lines(
            self._where,
            width=width - _FRAME,
            palette=palette,
            keys=self._keys,
            search=self._search,
        )
        if not lines:
            lines = [[("  no key says that", palette.muted)]]
        room = height - _EDGES
        self._first = max(0, min(self._first, len(lines) - room))
        last = min(len(lines), self._first + room)
        shown = [*lines[self._first : last], *([[]] * (room - last + self._first))]
        title = f"KEYS of the {self._where.value} and of all screens"
        place = f" · {last}/{len(lines)}" if len(lines) > room else ""
        foot = self._foot(place, width - _FRAME, palette)
        return boxed(title, [*shown, foot], width=width, palette=palette)

    def _foot(self, place: str, width: int, palette: Palette) -> list[Piece]:
        if self._is_typing or self._search:
            caret = "▏" if self._is_typing else ""
            words = left_in(f"{self._search}{caret}", min(_TYPED_MAX + 1, width - 40))
            hint = " Enter keeps it · Esc ends it" if self._is_typing else " Esc goes back"
            return [("/", palette.strong), (words, palette.field), (hint + place, palette.muted)]
        return [(f"/ searches · j k scroll · Esc goes back{place}", palette.muted)]

    def press(self, key: str, character: str) -> None:
        """Search, scroll, or close."""
        if self._is_typing and key not in _ARROWS:
            self._type(key, character)
        elif key == "slash":
            self._is_typing = True
        elif key in _STEPS:
            self._first = max(0, self._first + _STEPS[key])
        elif key in _CLOSING:
            self.dismiss(None)
            return
        self.redraw()

    def _type(self, key: str, character: str) -> None:
        if key in {"enter", "escape"}:
            self._is_typing = False
            self._search = self._search if key == "enter" else ""
        elif key == "backspace":
            self._search = self._search[:-1]
        elif character.isprintable() and character:
            self._search = (self._search + character)[:_TYPED_MAX]
        self._first = 0
