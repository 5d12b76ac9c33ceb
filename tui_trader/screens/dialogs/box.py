"""Base of the dialogs: one box in the middle, keys in, a result out."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.message import Message
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widget import Widget

from tui_trader.themes import Palette, palette_of

Result = TypeVar("Result")
_TOP, _BOTTOM = 5, 1
"""Lines above a box (status, modes, the first of the banner) and below it that stay in sight."""


def _let_go(widget: Widget) -> None:
    """Drop the strips that a dead widget remembers.

    Textual keeps the drawing cache of every widget it ever drew in an `lru_cache` of a method: half a
    megabyte for each dialog that was opened (measured). A refresh empties that drawing cache.
    """
    widget.refresh()


class _Box(Widget):
    """Draws what its dialog says, and nothing else."""

    def __init__(self) -> None:
        super().__init__(id="box")
        self.strips: list[Strip] = []

    def show(self, strips: Sequence[Strip]) -> None:
        self.strips = list(strips)
        self.refresh()

    def on_unmount(self) -> None:
        _let_go(self)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(BoxDialog.Clicked(event.y))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.post_message(BoxDialog.Wheeled("down"))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.post_message(BoxDialog.Wheeled("up"))

    def render_line(self, y: int) -> Strip:
        if y < len(self.strips):
            return self.strips[y]
        return Strip.blank(self.size.width, self.visual_style.rich_style)


class _Middle(Layout):
    """Places the one child in the middle, at the size its strips have."""

    name = "middle"

    def __init__(self, *, is_at_bottom: bool = False) -> None:
        self.size = Size(0, 0)
        self._is_at_bottom = is_at_bottom

    def arrange(  # noqa: PLR0917 the signature is Textual's
        self,
        parent: Widget,  # noqa: ARG002
        children: list[Widget],
        size: Size,
        greedy: bool = True,  # noqa: ARG002, FBT001, FBT002
    ) -> ArrangeResult:
        width, height = min(self.size.width, size.width), min(self.size.height, size.height)
        top = min(max(_TOP, (size.height - height) // 2), size.height - height)
        if self._is_at_bottom:
            top = max(0, size.height - height - _BOTTOM)
        region = Region((size.width - width) // 2, top, width, height)
        return [WidgetPlacement(region, NULL_OFFSET, NULL_SPACING, child) for child in children]


class BoxDialog(ModalScreen[Result], Generic[Result]):
    """A dialog: subclasses draw strips and take keys.

    The desk below stays live and undimmed: what moves behind a question may matter to the answer.
    """

    WIDTH: ClassVar[int] = 60
    IS_AT_BOTTOM: ClassVar[bool] = False
    """Above the key bar instead of in the middle."""

    class Clicked(Message):
        """A line of the box was clicked; 0 is its upper edge."""

        def __init__(self, row: int) -> None:
            super().__init__()
            self.row = row

    class Wheeled(Message):
        """The wheel was turned above the box: it stands for the arrow key of that name."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self) -> None:
        super().__init__()
        self._middle = _Middle(is_at_bottom=self.IS_AT_BOTTOM)

    def compose(self) -> ComposeResult:
        """The box alone."""
        yield _Box()

    @property
    def layout(self) -> Layout:
        """The box stands in the middle."""
        return self._middle

    def on_mount(self) -> None:
        """First drawing."""
        self.redraw()

    def on_unmount(self) -> None:
        """Leave nothing behind."""
        _let_go(self)

    def on_resize(self) -> None:
        """Fit the new size."""
        self.redraw()

    @abstractmethod
    def draw(self, width: int, height: int, palette: Palette) -> Sequence[Strip]:
        """Strips of the box, at most `width` by `height`."""

    @abstractmethod
    def press(self, key: str, character: str) -> None:
        """Take a key."""

    def click(self, row: int) -> None:
        """Take a click on a line; 0 is the upper edge."""

    def on_box_dialog_clicked(self, message: Clicked) -> None:
        """A click inside the box."""
        message.stop()
        self.click(message.row)

    def on_box_dialog_wheeled(self, message: Wheeled) -> None:
        """The wheel moves as the arrows do."""
        message.stop()
        self.press(message.key, "")

    def redraw(self) -> None:
        """Draw again after a change."""
        edges = 0 if self.IS_AT_BOTTOM else 2
        width = min(self.WIDTH, self.app.size.width - edges)
        height = max(1, self.app.size.height - _TOP - _BOTTOM)
        strips = self.draw(width, height, palette_of(self.app.theme))
        self._middle.size = Size(width, len(strips))
        box = self.query_one(_Box)
        box.show(strips)
        box.refresh(layout=True)

    def on_key(self, event: events.Key) -> None:
        """Every key that is not a priority one belongs to the dialog, until it has its answer."""
        event.stop()
        event.prevent_default()
        if self.is_active:
            self.press(event.key, event.character or "")
        else:
            # Typed ahead of the answer's effect: it is meant for what is on top now.
            self.app.screen.post_message(events.Key(event.key, event.character))

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Answer, once: a second answer would take the screen below away."""
        return super().dismiss(result) if self.is_active else AwaitComplete()
