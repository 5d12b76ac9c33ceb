"""Pane 6: what happened, in plain words, newest on top."""

from collections.abc import Sequence
from itertools import islice

from textual.strip import Strip

from tui_trader.themes import Palette
from tui_trader.widgets.drawing.log_rows import log_rows
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.scene import Scene


class LogPane(Pane):
    """The newest events; scrolls by line while it is active."""

    pane_name = "log"
    number = 6

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The log's version: it grows with every line."""
        return (scene.pane == self.pane_name, scene.log_version, scene.log_offset)

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """Title and as many lines as fit."""
        width, height = self.size
        offset = min(scene.log_offset, max(0, len(scene.log) - 1))
        lines = list(islice(reversed(scene.log), offset, offset + height))
        right = [(f"{offset} newer above ", None)] if offset else []
        title = self.head(scene, palette, title="LOG", right=right)
        return [title, *log_rows(lines, width=width, height=height - 1, palette=palette)]
