"""Choosing one indicator of the catalogue: type a part of its name, Enter takes the marked one."""

from collections.abc import Sequence

from textual.strip import Strip

from tui_trader.engine.messages.analysis_queries import IndicatorCard
from tui_trader.screens.dialogs.box import BoxDialog
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.dialog_rows import boxed
from tui_trader.widgets.drawing.lines import Piece, left_in, wrapped

_FRAME = 4
_LINES_AROUND = 7
_LIST_MAX = 16
_TYPED_MAX = 30


class PickerDialog(BoxDialog[str]):
    """The result is the name of the chosen one, `""` when the person backs out."""

    WIDTH = 76

    def __init__(self, cards: Sequence[IndicatorCard]) -> None:
        super().__init__()
        self._cards = tuple(cards)
        self._typed = ""
        self._marked = 0

    @property
    def found(self) -> list[IndicatorCard]:
        """Those that contain what was typed: names that begin with it, other names, then the rest."""
        words = self._typed.lower()
        named = sorted(
            (card for card in self._cards if words in card.name),
            key=lambda card: not card.name.startswith(words),
        )
        others = [
            card
            for card in self._cards
            if card not in named and words in f"{card.title} {card.group}".lower()
        ]
        return [*named, *others]

    def draw(self, width: int, height: int, palette: Palette) -> Sequence[Strip]:
        """What was typed, the list, and the sentence of the marked one."""
        inner, found = width - _FRAME, self.found
        self._marked = max(0, min(self._marked, len(found) - 1))
        room = max(1, min(_LIST_MAX, height - _LINES_AROUND - 2))
        first = max(0, self._marked - room + 1)
        rows: list[list[Piece]] = [
            [("find ", palette.muted), (left_in(f"{self._typed}▏", inner - 5), palette.field)],
            [],
        ]
        for index, card in enumerate(found[first : first + room], first):
            is_marked = index == self._marked
            ink = palette.active if is_marked else None
            text = f"{'▸' if is_marked else ' '} {left_in(card.name, 24)}{left_in(card.title, 32)}"
            rows.append([(text, ink), (f" {card.group}", palette.muted)])
        if not found:
            rows.append([("  nothing of that name", palette.muted)])
        rows += [[] for _ in range(room - max(1, len(found[first : first + room])))]
        said = wrapped(found[self._marked].says, inner, lines_max=2) if found else []
        rows.append([])
        rows += [[(text, palette.accent)] for text in said]
        rows += [[] for _ in range(2 - len(said))]
        rows.append([("Enter takes it · ↑ ↓ move · Esc goes back", palette.muted)])
        return boxed(f"INDICATORS {len(found)}", rows, width=width, palette=palette)

    def press(self, key: str, character: str) -> None:
        """Type, move, take or back out."""
        steps = {"down": 1, "up": -1, "pagedown": 10, "pageup": -10, "tab": 1, "shift+tab": -1}
        if key == "escape":
            self.dismiss("")
            return
        if key == "enter":
            if self.found:
                self.dismiss(self.found[self._marked].name)
            return
        if key in steps:
            self._marked += steps[key]
        elif key == "backspace":
            self._typed, self._marked = self._typed[:-1], 0
        elif character.isprintable() and character:
            self._typed, self._marked = (self._typed + character)[:_TYPED_MAX], 0
        self.redraw()
