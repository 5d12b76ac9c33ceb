"""The pane of the toasts: above the others, gone when they are."""

from collections.abc import Sequence

from textual.geometry import Region
from textual.strip import Strip

from tui_trader.themes import Palette
from tui_trader.widgets.drawing.toast_rows import toast_place, toast_rows, toast_width
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.scene import Scene


class ToastPane(Pane):
    """What has just happened and matters."""

    pane_name = "toasts"

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The toasts that are shown."""
        return (scene.toasts.shown, scene.toasts.more)

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """All of them."""
        return _rows(scene, self.size.width, palette)


def with_toasts(regions: dict[str, Region], scene: Scene, palette: Palette) -> dict[str, Region]:
    """The regions of a screen, and that of the toasts where there are some and they have room."""
    scene.toasts.let_go(scene.now_ms)
    keys = regions.get("keys")
    if keys is None or not scene.toasts.shown:
        return regions
    width = toast_width(keys.width)
    height = len(_rows(scene, width, palette))
    place = toast_place(regions, width=width, height=height)
    return regions if place is None else {**regions, ToastPane.pane_name: place}


def _rows(scene: Scene, width: int, palette: Palette) -> list[Strip]:
    lines = [toast.line for toast in scene.toasts.shown]
    return toast_rows(lines, scene.toasts.more, width=width, palette=palette)
