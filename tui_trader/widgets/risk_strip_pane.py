"""The risk strip of the desk: every limit of [risk] and what is left of it."""

from collections.abc import Sequence

from textual.strip import Strip

from tui_trader.engine.messages.risk_queries import RiskAnswer, RiskRow
from tui_trader.engine.values.text import sanitize
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.lines import line
from tui_trader.widgets.drawing.numbers import age
from tui_trader.widgets.drawing.risk_strip import risk_strip, risk_words
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.risk_view import RISK
from tui_trader.widgets.scene import Attachment, Scene

OLD_MS = 10_000
"""Older than this an answer says how old it is; a new one is asked for every two seconds."""


class RiskStripPane(Pane):
    """Gauges with what is left, the most urgent first where there is room for a few only."""

    pane_name = "risk-strip"

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The engine's answer, and how old it is."""
        return (told_rows(scene), _age_words(scene), scene.topic(RISK).fault)

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """Title and gauges."""
        width, height = self.size
        rows, old = told_rows(scene), _age_words(scene)
        words = f"OLD {old} " if old else f"{risk_words(rows)} " if rows else ""
        is_calm = not old and words.startswith("all free")
        right = [(words, None if is_calm else palette.warn)]
        title = self.head(scene, palette, title="RISK", right=right)
        if not rows:
            fault = scene.topic(RISK).fault
            text = f" {sanitize(fault)}" if fault else " asking the engine…"
            return [title, line(width, palette.base, [(text, palette.muted)])]
        size = (width, height - 1)
        return [title, *risk_strip(rows, size=size, palette=palette, is_old=bool(old))]


def told_rows(scene: Scene) -> tuple[RiskRow, ...]:
    """As the engine last told them; none before that."""
    answer = scene.topic(RISK).answer
    return answer.rows if isinstance(answer, RiskAnswer) else ()


def _age_words(scene: Scene) -> str:
    topic = scene.topic(RISK)
    if topic.answer is None:
        return ""
    age_ms = max(0, scene.now_ms - topic.answered_ms)
    is_gone = scene.attachment is not Attachment.ATTACHED
    if is_gone or age_ms > OLD_MS:
        return age(age_ms)
    # Counted a moment ago, with prices that are not of now.
    return age(scene.market_age_ms) if scene.is_market_old else ""
