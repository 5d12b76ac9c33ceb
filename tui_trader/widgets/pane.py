"""Base of every live pane: rows of strips, of which only those that differ are painted again."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui_trader.themes import Palette
from tui_trader.widgets.drawing.lines import Piece, blank, line
from tui_trader.widgets.scene import Scene


class Pane(Widget):
    """One live pane.

    Attributes down: `sync` hands it the scene, `draw` is a pure function of what it finds there.
    Messages up: a click says which line was meant. It keeps nothing else.
    """

    can_focus = False
    pane_name: ClassVar[str] = ""
    number: ClassVar[int] = 0
    """Key that goes to the pane; 0 for one that cannot be active."""

    class Clicked(Message):
        """The person clicked a cell of the pane; row 0 is the first below the title."""

        def __init__(self, pane_name: str, row: int, column: int) -> None:
            super().__init__()
            self.pane_name = pane_name
            self.row = row
            self.column = column

    class Wheeled(Message):
        """The person turned the wheel above the pane: down is 1, up is -1."""

        def __init__(self, pane_name: str, step: int) -> None:
            super().__init__()
            self.pane_name, self.step = pane_name, step

    def __init__(self) -> None:
        super().__init__(id=self.pane_name)
        self._rows: list[Strip] = []
        self._drawn_from: tuple[object, ...] | None = None
        self._base = Style.null()
        self._last: tuple[Scene, Palette] | None = None

    @abstractmethod
    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """What the drawing depends on; the pane is drawn again only when this differs."""

    @abstractmethod
    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """Rows for the present size."""

    def sync(self, scene: Scene, palette: Palette) -> None:
        """Take in the scene; repaint the rows that differ."""
        self._last = (scene, palette)
        if not self.size.area or not self.is_attached:
            return
        drawn_from = (self.size, palette.name, *self.inputs(scene))
        if drawn_from == self._drawn_from:
            return
        self._drawn_from = drawn_from
        self._base = palette.base
        self._set_rows(list(self.draw(scene, palette))[: self.size.height])

    def _set_rows(self, rows: list[Strip]) -> None:
        width, old = self.size.width, self._rows
        rows += [blank(width, self._base)] * (self.size.height - len(rows))
        self._rows = rows
        changed = [
            Region(0, y, width, 1) for y, row in enumerate(rows) if y >= len(old) or old[y] != row
        ]
        if changed:
            self.refresh(*changed)

    def render_line(self, y: int) -> Strip:
        """One line, as Textual asks for it."""
        if y < len(self._rows):
            return self._rows[y]
        # Before the first drawing. With both colours: Textual's NO_COLOR filter wants them.
        return Strip.blank(self.size.width, self.visual_style.rich_style)

    def on_resize(self, event: events.Resize) -> None:
        """Draw for the new size at once."""
        event.stop()
        self._rows, self._drawn_from = [], None
        if self._last is not None:
            self.sync(*self._last)

    def on_click(self, event: events.Click) -> None:
        """Tell the screen which line was meant."""
        event.stop()
        self.post_message(self.Clicked(self.pane_name, event.y - 1, event.x))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel, towards the person."""
        event.stop()
        self.post_message(self.Wheeled(self.pane_name, 1))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel, away from the person."""
        event.stop()
        self.post_message(self.Wheeled(self.pane_name, -1))

    def head(
        self, scene: Scene, palette: Palette, *, title: str, right: Sequence[Piece] = ()
    ) -> Strip:
        """Title line: number and name, marked ▌ when the pane is active."""
        is_active = bool(self.number) and scene.pane == self.pane_name
        base = palette.base + (palette.active if is_active else palette.head)
        if is_active:
            # Inks are made for the quiet grounds; on the loud one only a ground of their own stays.
            right = [(text, ink if ink and ink.bgcolor else None) for text, ink in right]
        number = f"{self.number} " if self.number else ""
        mark = "▌" if is_active else " "
        return line(self.size.width, base, [(f"{mark}{number}{title}", None)], right=right)
