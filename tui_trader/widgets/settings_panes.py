"""Panes of the settings screen: all settings, and the marked one with the field that changes it."""

from collections.abc import Sequence

from textual.strip import Strip

from tui_trader.engine.values.text import sanitize
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.lines import line, wrapped
from tui_trader.widgets.drawing.setting_rows import (
    SettingLine,
    edit_rows,
    setting_detail,
    setting_table,
)
from tui_trader.widgets.drawing.table import first_row
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.scene import Scene
from tui_trader.widgets.settings_view import chosen_setting, listed_settings, waiting_value
from tui_trader.widgets.strategies_view import SETTINGS


def _board_state(scene: Scene) -> tuple[object, ...]:
    board, topic = scene.settings, scene.topic(SETTINGS)
    return (
        (board.chosen, board.which, board.filter, board.is_typing),
        (board.version, board.next_fault, topic.answered_ms, topic.fault),
    )


class SettingsPane(Pane):
    """The list."""

    pane_name = "settings"
    number = 1

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """What is listed."""
        return _board_state(scene)

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """A table, or why there is none."""
        width, height = self.size
        rows = listed_settings(scene)
        title = self.head(scene, palette, title=_title(scene), right=[(f"{len(rows)} ", None)])
        said = _said(scene)
        parts = wrapped(sanitize(said), max(1, width - 2), lines_max=3) if said else []
        told = [line(width, palette.base, [(f" {part}", palette.warn)]) for part in parts]
        if not rows:
            return [title, *told, line(width, palette.base, [(_nothing(scene), palette.muted)])]
        lines = [SettingLine(row=row, later=waiting_value(scene, row)) for row in rows]
        size = (width, height - 1 - len(told))
        return [title, *told, *setting_table(lines, _cursor(scene), size=size, palette=palette)]

    def place_of(self, scene: Scene, row: int) -> int:
        """Place in the list of the line that was clicked; row 0 is the first below the title."""
        count = len(listed_settings(scene))
        room = max(1, self.size.height - 2)
        return first_row(_cursor(scene), count, room) + row - 1


def _cursor(scene: Scene) -> int:
    keys = [row.key for row in listed_settings(scene)]
    return keys.index(scene.settings.chosen) if scene.settings.chosen in keys else 0


def _title(scene: Scene) -> str:
    board = scene.settings
    if board.is_typing:
        return f"SETTINGS  search: {board.filter}▏ Enter keeps it, Esc takes it away"
    words = f"SETTINGS  {board.which.value}"
    return f"{words} with “{board.filter}”" if board.filter else words


def _said(scene: Scene) -> str:
    board = scene.settings
    if board.next_start is not None and not board.file and not board.filter:
        return "No settings file yet: w asks the few questions of a first start."
    if board.next_fault:
        return f"The settings file has a mistake: {board.next_fault}"
    return scene.topic(SETTINGS).fault


def _nothing(scene: Scene) -> str:
    if scene.settings.filter:
        return f"  none contains “{scene.settings.filter}”; Esc takes the search away"
    return "  asking the engine…" if scene.settings.which.value == "all" else "  none"


class SettingPane(Pane):
    """The marked one."""

    pane_name = "setting"

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The setting, and what is typed for it."""
        board = scene.settings
        typed = (board.is_editing, board.text, board.fault, board.is_busy)
        return (*_board_state(scene), *typed)

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """Its help, or the field."""
        width, height = self.size
        board, row = scene.settings, chosen_setting(scene)
        if row is None:
            return [self.head(scene, palette, title="")]
        title = self.head(scene, palette, title=sanitize(row.key))
        field: list[Strip] = []
        if board.is_editing:
            field = edit_rows(
                board.text, board.fault, is_busy=board.is_busy, width=width, palette=palette
            )
        elif board.fault:
            parts = wrapped(sanitize(board.fault), max(1, width - 2), lines_max=2)
            field = [line(width, palette.base, [(f" {part}", palette.warn)]) for part in parts]
        each = SettingLine(row=row, later=waiting_value(scene, row))
        room = max(1, height - 1 - len(field))
        return [title, *field, *setting_detail(each, width=width, lines_max=room, palette=palette)]
