"""The signal panel of the desk: what is said of the selected pair, and the plain truth where nothing is."""

from collections.abc import Sequence

from textual.strip import Strip

from tui_trader.themes import Palette
from tui_trader.widgets.drawing.lines import line, wrapped
from tui_trader.widgets.drawing.signal_brief import brief_rows
from tui_trader.widgets.drawing.signal_words import age_words
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.scene import Attachment, Scene
from tui_trader.widgets.signals_view import SIGNALS, has_model, row_of, signal_rows, trouble

_NO_MODEL = "No model is trained: no signal, no confidence."


class SignalPane(Pane):
    """Side, confidence beside break-even, record, age, and the gate that stood in the way."""

    pane_name = "signals"

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The row of the pair, its age, and why it may not be of now."""
        row = row_of(scene, scene.symbol)
        age = age_words(row, scene.now_ms) if row is not None else ""
        return (row, age, has_model(scene), _plain_truth(scene))

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """Title and rows."""
        width, height = self.size
        title = self.head(scene, palette, title="AI SIGNALS")
        row, truth = row_of(scene, scene.symbol), _plain_truth(scene)
        if truth or row is None:
            parts = wrapped(truth, max(1, width - 2), lines_max=max(1, height - 1))
            return [title, *(line(width, palette.base, [(f" {p}", palette.muted)]) for p in parts)]
        rows = brief_rows(row, now_ms=scene.now_ms, size=(width, height - 1), palette=palette)
        return [title, *rows]


def _plain_truth(scene: Scene) -> str:
    """Why there is nothing to tell of the pair; empty when there is something."""
    why = trouble(scene, scene.topic(SIGNALS))
    if scene.attachment is not Attachment.ATTACHED:
        return "No engine: nothing is known."
    if signal_rows(scene) is None or why:
        return why
    row = row_of(scene, scene.symbol)
    if row is None or row.state == "no_model":
        if not has_model(scene):
            return _NO_MODEL
        return f"No model is trained for {scene.symbol}: no signal."
    return ""
