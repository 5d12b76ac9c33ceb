"""One or several of a list: type a part of a name; Enter takes the marked one, or all that are ticked."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.strip import Strip

from tui_trader.screens.dialogs.box import BoxDialog
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.dialog_rows import boxed
from tui_trader.widgets.drawing.lines import Piece, left_in, wrapped

_FRAME = 4
_LINES_AROUND = 9
_LIST_MAX = 16
_NAME_WIDTH = 22
_TYPED_MAX = 30
_STEPS = {"down": 1, "up": -1, "pagedown": 10, "pageup": -10, "tab": 1, "shift+tab": -1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line: `says` is shown below the list while it is marked."""

    name: str
    title: str = ""
    says: str = ""


class ListedDialog(BoxDialog[tuple[str, ...]]):
    """The result is the names that were chosen, none when the person backs out."""

    WIDTH = 76

    def __init__(
        self, title: str, items: Sequence[Item], *, chosen: Sequence[str], may_many: bool
    ) -> None:
        super().__init__()
        self._title_text, self._items, self._may_many = title, tuple(items), may_many
        names = [item.name for item in items]
        # One alone is only marked: whoever moves on and presses Enter wants the other one.
        several = may_many and len(chosen) > 1
        self._ticked = {name for name in chosen if name in names} if several else set()
        self._marked = names.index(chosen[0]) if chosen and chosen[0] in names else 0
        self._typed = ""

    @property
    def _found(self) -> list[Item]:
        words = self._typed.lower()
        return [item for item in self._items if words in f"{item.name} {item.title}".lower()]

    def draw(self, width: int, height: int, palette: Palette) -> Sequence[Strip]:
        """What was typed, the list, and the sentence of the marked one."""
        inner, found = width - _FRAME, self._found
        self._marked = max(0, min(self._marked, len(found) - 1))
        room = max(1, min(_LIST_MAX, height - _LINES_AROUND))
        first = max(0, self._marked - room + 1)
        rows: list[list[Piece]] = [
            [("find ", palette.muted), (left_in(f"{self._typed}▏", inner - 5), palette.field)],
            [],
        ]
        for place, item in enumerate(found[first : first + room], first):
            is_marked = place == self._marked
            tick = ("[x] " if item.name in self._ticked else "[ ] ") if self._may_many else ""
            text = f"{'▸' if is_marked else ' '} {tick}{left_in(item.name, _NAME_WIDTH)}"
            rows.append([(f"{text}{item.title}", palette.active if is_marked else None)])
        if not found:
            rows.append([("  nothing of that name", palette.muted)])
        marked = found[self._marked].says if found else ""
        rows.append([])
        rows += [[(part, palette.accent)] for part in wrapped(marked, inner, lines_max=2)]
        tick_words = "Space ticks · " if self._may_many else ""
        rows.append([(f"{tick_words}Enter takes · ↑ ↓ move · Esc goes back", palette.muted)])
        return boxed(self._title_text, rows, width=width, palette=palette)

    def press(self, key: str, character: str) -> None:
        """Type, move, tick, take or back out."""
        if key == "escape":
            self.dismiss(())
            return
        if key == "enter":
            self._take()
            return
        if key in _STEPS:
            self._marked += _STEPS[key]
        elif key == "space" and self._may_many:
            if self._found:
                self._ticked ^= {self._found[self._marked].name}
        elif key == "backspace":
            self._typed, self._marked = self._typed[:-1], 0
        elif character.isprintable() and character:
            self._typed, self._marked = (self._typed + character)[:_TYPED_MAX], 0
        self.redraw()

    def _take(self) -> None:
        ticked = tuple(item.name for item in self._items if item.name in self._ticked)
        if ticked:
            self.dismiss(ticked)
        elif self._found:
            self.dismiss((self._found[self._marked].name,))
