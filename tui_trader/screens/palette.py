"""The palette: any action, screen, pair, theme or setting, found by parts of its name."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.strip import Strip

from tui_trader.actions import TABS, Action, Where
from tui_trader.actions.sentence_reader import SYNONYMS
from tui_trader.screens.dialogs.box import BoxDialog
from tui_trader.screens.sentence_meaning import order_words
from tui_trader.themes import THEMES
from tui_trader.themes import Palette as Colours
from tui_trader.widgets.drawing.dialog_rows import boxed
from tui_trader.widgets.drawing.lines import Piece, left_in, right_in, wrapped
from tui_trader.widgets.drawing.position_rows import held
from tui_trader.widgets.fuzzy import best
from tui_trader.widgets.scene import INTERVALS, Scene

_FRAME = 4
_LINES_AROUND = 7
_KEY_WIDTH = 9
_KIND_WIDTH = 9
_TYPED_MAX = 40
_ORDERS_MAX = 50
_FIRST_ROW = 3
"""Lines of the box above the first entry."""
_STEPS = {
    "down": 1, "up": -1, "ctrl+n": 1, "ctrl+p": -1, "tab": 1, "shift+tab": -1, "pagedown": 10,
    "pageup": -10,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line.

    Args:
        line: What would be typed after `:` for it.
        action: The action of this screen that it is.
        is_begun: The line wants more words: it is put on the `:` line to be finished.
    """

    kind: str
    title: str
    line: str
    key: str = ""
    action: Action | None = None
    is_begun: bool = False


def entries(scene: Scene, where: Where) -> list[Entry]:
    """Everything there is to find from a screen: its own actions first."""
    found = [
        Entry(
            kind=action.where.value if action.where is where else "",
            title=action.tooltip,
            line=action.name,
            key=action.shown,
            action=action,
        )
        for action in scene.keys.of_screen(where)
        if action.shown and not action.id.startswith("screen(") and action.id != "palette"
    ]
    found += [
        Entry(kind="screen", title=f"{tab.name}: {tab.says}", line=f"screen {tab.name}", key=key)
        for tab in TABS
        for key in [next(iter(scene.keys.keys_of(f"screen('{tab.name}')")), "").upper()]
    ]
    found += [
        Entry(kind="pair", title=str(symbol), line=f"pair {symbol.lower()}")
        for symbol in scene.symbols
    ]
    found += _of_account(scene)
    found += [
        Entry(kind="candles", title=interval.value, line=f"tf {interval.value}")
        for interval in INTERVALS
    ]
    found += [Entry(kind="theme", title=name, line=f"theme {name}") for name in THEMES]
    found += [
        Entry(kind="setting", title=key, line=f"set {key} ", is_begun=True)
        for key in scene.setting_keys
    ]
    found += _of_other_screens(scene, where)
    return found


def _words_of(entry: Entry) -> str:
    """What an entry is found by: its own words, and those that mean the same."""
    same = [word for word, name in SYNONYMS.items() if name == entry.line and len(word) > 1]
    return " ".join([entry.kind, entry.title, entry.line, *same])


def _of_account(scene: Scene) -> list[Entry]:
    """What is held and what is open, each with what can be done to it."""
    found = [
        Entry(kind="position", title=f"close {place.symbol}", line=f"close {place.symbol.lower()}")
        for place in held(scene.state.positions)
    ]
    for order in scene.orders[:_ORDERS_MAX]:
        # By its id: numbers move as orders come and go.
        name, words = order.client_order_id.lower(), order_words(order)
        found.append(Entry(kind="order", title=f"cancel {words}", line=f"cancel {name}"))
        found.append(Entry(kind="order", title=f"amend {words}", line=f"amend {name}"))
    return found


def _of_other_screens(scene: Scene, where: Where) -> list[Entry]:
    """Actions that another screen has: choosing one goes there, and does nothing yet."""
    return [
        Entry(kind=tab.name, title=action.tooltip, line=f"screen {tab.name}", key=action.shown)
        for tab in TABS
        if tab.where is not where
        for action in scene.keys.in_place(tab.where)
        if action.shown
    ]


class PaletteDialog(BoxDialog[Entry]):
    """The result is the chosen entry, `None` when the person backs out."""

    WIDTH = 100

    def __init__(self, found: Sequence[Entry]) -> None:
        super().__init__()
        self._entries = [(_words_of(entry), entry) for entry in found]
        self._typed, self._marked, self._first = "", 0, 0

    @property
    def _found(self) -> list[Entry]:
        return best(self._typed, self._entries)

    def draw(self, width: int, height: int, palette: Colours) -> Sequence[Strip]:
        """What was typed, the list, and the whole sentence of the marked one."""
        inner, found = width - _FRAME, self._found
        self._marked = max(0, min(self._marked, len(found) - 1))
        room = max(1, height - _LINES_AROUND)
        first = self._first = max(0, self._marked - room + 1)
        rows: list[list[Piece]] = [
            [("find ", palette.muted), (left_in(f"{self._typed}▏", inner - 5), palette.field)],
            [],
        ]
        shown = found[first : first + room]
        rows += [
            self._row(entry, inner, is_marked=place == self._marked, palette=palette)
            for place, entry in enumerate(shown, first)
        ]
        if not found:
            rows.append([("  nothing answers to that", palette.muted)])
        rows += [[] for _ in range(room - max(1, len(shown)))]
        marked = found[self._marked].title if found else ""
        said = (wrapped(marked, inner, lines_max=1) or [""])[0]
        rows.append([(said, palette.accent)])
        rows.append([("Enter takes it · ↑ ↓ move · Esc goes back", palette.muted)])
        return boxed(f"PALETTE {len(found)}", rows, width=width, palette=palette)

    def _row(self, entry: Entry, width: int, *, is_marked: bool, palette: Colours) -> list[Piece]:
        ink = palette.active if is_marked else None
        title_width = width - _KIND_WIDTH - _KEY_WIDTH - 3
        return [
            ("▸ " if is_marked else "  ", ink),
            (left_in(entry.title, title_width), ink),
            (right_in(entry.kind, _KIND_WIDTH), ink or palette.muted),
            (right_in(entry.key, _KEY_WIDTH), ink or palette.strong),
        ]

    def click(self, row: int) -> None:
        """Take the entry on that line."""
        found, place = self._found, self._first + row - _FIRST_ROW
        if row >= _FIRST_ROW and place < len(found):
            self.dismiss(found[place])

    def press(self, key: str, character: str) -> None:
        """Type, move, take or back out."""
        if key == "escape":
            self.dismiss(None)
            return
        if key == "enter":
            if self._found:
                self.dismiss(self._found[self._marked])
            return
        if key in _STEPS:
            self._marked += _STEPS[key]
        elif key == "backspace":
            self._typed, self._marked = self._typed[:-1], 0
        elif key == "ctrl+u":
            self._typed, self._marked = "", 0
        elif character.isprintable() and character:
            self._typed, self._marked = (self._typed + character)[:_TYPED_MAX], 0
        self.redraw()
