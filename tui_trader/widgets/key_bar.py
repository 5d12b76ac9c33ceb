"""The key bar: hints for where the person is, or a short notice; STOP always in its corner."""

from collections.abc import Sequence

from textual.strip import Strip

from tui_trader.actions import STOP, TABS, Action, Group, Where
from tui_trader.engine.values.modes import Mode
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.key_rows import hint_at, key_bar
from tui_trader.widgets.drawing.lines import Piece
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.scene import Notice, Scene


class KeyBar(Pane):
    """Bottom line of every screen."""

    pane_name = "keys"

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """Where the person is, and the notice."""
        return (
            _where(scene),
            scene.pane,
            scene.state.halt is None,
            scene.current_notice,
            scene.state.mode,
            scene.is_asleep,
        )

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """One line."""
        notice = scene.current_notice
        said = _said(notice, palette) if notice is not None else None
        return [
            key_bar(
                _offered(scene),
                said,
                width=self.size.width,
                palette=palette,
                asleep=_asleep(scene),
            )
        ]

    def action_at(self, scene: Scene, column: int) -> Action | None:
        """What a click in that column means."""
        offered = _offered(scene) if scene.current_notice is None else []
        action = hint_at(offered, width=self.size.width, column=column, asleep=_asleep(scene))
        return scene.keys.stop if action is STOP else action


def _offered(scene: Scene) -> list[Action]:
    """Hints for where the person is; those that would do nothing now are left out."""
    mute = set()
    if scene.state.halt is None:
        mute.add("resume")
    if scene.state.mode is not Mode.LIVE:
        mute.add("arm")
    return [action for action in scene.keys.bar(_where(scene), scene.pane) if action.id not in mute]


def _asleep(scene: Scene) -> frozenset[str]:
    """Trading keys that do nothing until they are armed; what takes risk away is not among them."""
    if not scene.is_asleep:
        return frozenset()
    return frozenset(
        action.id
        for action in scene.keys.actions
        if action.group is Group.TRADING and not action.id.startswith("cancel")
    ) | {"ticket_send", "carry"}


def _said(notice: Notice, palette: Palette) -> Piece:
    return notice.text, palette.bad if notice.is_bad else palette.accent


def _where(scene: Scene) -> Where:
    tab = next(tab for tab in TABS if tab.name == scene.screen)
    return Where.TICKET if scene.ticket is not None and tab.where is Where.DESK else tab.where
