"""What the settings screen lists, as a function of the scene."""

from tui_trader.engine.messages.queries import SettingRow
from tui_trader.widgets.scene import Scene
from tui_trader.widgets.strategies_view import setting_rows


def listed_settings(scene: Scene) -> list[SettingRow]:
    """Settings in force, of which the ones that are asked for; the file's own where no engine answers."""
    board = scene.settings
    rows = setting_rows(scene) or board.next_start or {}
    return [row for row in rows.values() if board.lists(row)]


def chosen_setting(scene: Scene) -> SettingRow | None:
    """The marked one."""
    rows = listed_settings(scene)
    named = [row for row in rows if row.key == scene.settings.chosen]
    return next(iter(named or rows), None)


def waiting_value(scene: Scene, row: SettingRow) -> SettingRow | None:
    """What the next start of the engine will read instead, where that is something else."""
    later = (scene.settings.next_start or {}).get(row.key)
    return later if later is not None and later.value != row.value else None
