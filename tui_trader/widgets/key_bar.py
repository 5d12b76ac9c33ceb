"""The key bar: hints for where the person is, or a short notice; STOP always in its corner."""

from collections.abc import Sequence

from textual.strip import Strip

from tui_trader.actions import TABS, Where, bar_actions
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.key_rows import key_bar
from tui_trader.widgets.drawing.lines import Piece
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.scene import Notice, Scene


class KeyBar(Pane):
    """Bottom line of every screen."""

    pane_name = "keys"

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """Where the person is, and the notice."""
        return (_where(scene), scene.pane, scene.state.halt is None, scene.current_notice)

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """One line."""
        notice = scene.current_notice
        said = _said(notice, palette) if notice is not None else None
        actions = [
            action
            for action in bar_actions(_where(scene), scene.pane)
            if action.id != "resume" or scene.state.halt is not None
        ]
        return [key_bar(actions, said, width=self.size.width, palette=palette)]


def _said(notice: Notice, palette: Palette) -> Piece:
    return notice.text, palette.bad if notice.is_bad else palette.accent


def _where(scene: Scene) -> Where:
    tab = next(tab for tab in TABS if tab.name == scene.screen)
    return Where.TICKET if scene.ticket is not None and tab.where is Where.DESK else tab.where
