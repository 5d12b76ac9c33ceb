"""The signal panel, while no model is trained: it says so, and never shows a number."""

from collections.abc import Sequence

from textual.strip import Strip

from tui_trader.themes import Palette
from tui_trader.widgets.drawing.lines import line, wrapped
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.scene import Scene

_TEXT = "No model is trained: no signal, no confidence."


class SignalPane(Pane):
    """Empty on purpose."""

    pane_name = "signals"

    def inputs(self, scene: Scene) -> tuple[object, ...]:  # noqa: ARG002
        """Nothing: it never changes."""
        return ()

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """Title and the plain truth."""
        width, height = self.size
        title = self.head(scene, palette, title="AI SIGNALS")
        text = wrapped(_TEXT, max(1, width - 2), lines_max=max(1, height - 1))
        return [title, *(line(width, palette.base, [(f" {part}", palette.muted)]) for part in text)]
