"""The help overlay, made from the table of actions."""

from collections.abc import Sequence

from textual.strip import Strip

from tui_trader.actions import Where
from tui_trader.screens.dialogs.box import BoxDialog
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.dialog_rows import boxed
from tui_trader.widgets.drawing.key_rows import help_lines

_FRAME = 4
_EDGES = 2


class HelpScreen(BoxDialog[None]):
    """Every key and what it does, those of this screen first; any other key closes it."""

    WIDTH = 78

    def __init__(self, where: Where) -> None:
        super().__init__()
        self._where = where
        self._first = 0

    def draw(self, width: int, height: int, palette: Palette) -> Sequence[Strip]:
        """As many lines as fit, from the first one shown."""
        lines = help_lines(self._where, width=width - _FRAME, palette=palette)
        room = height - _EDGES
        self._first = max(0, min(self._first, len(lines) - room))
        more = " · j k scroll" if len(lines) > room else ""
        title = f"KEYS · any other key closes{more}"
        shown = lines[self._first : self._first + room]
        return boxed(title, shown, width=width, palette=palette)

    def press(self, key: str, character: str) -> None:  # noqa: ARG002
        """Scroll, or close."""
        steps = {"down": 1, "j": 1, "up": -1, "k": -1, "pagedown": 10, "pageup": -10, "space": 10}
        if key not in steps:
            self.dismiss(None)
            return
        self._first = max(0, self._first + steps[key])
        self.redraw()
