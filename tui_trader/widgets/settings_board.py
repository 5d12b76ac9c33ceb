"""What a person does on the settings screen: the marked setting, what is typed for it, and what the file says of the next start."""

from dataclasses import dataclass
from enum import Enum

import msgspec

from tui_trader.engine.messages.queries import SettingRow
from tui_trader.engine.settings.limit_table import limits
from tui_trader.engine.values.text import sanitize


class Which(Enum):
    """Which settings are listed; the value is how that is called."""

    ALL = "all"
    CHANGED = "not at their defaults"
    LIMITS = "limits"


class SettingsShown(msgspec.Struct, frozen=True, kw_only=True):
    """What `config show --json` prints, as far as it is needed here."""

    settings: tuple[SettingRow, ...]
    config_path: str | None = None


class SettingChange(msgspec.Struct, frozen=True, kw_only=True):
    """What `config set --json` and `config undo --json` print."""

    key: str
    before: str
    after: str
    path: str
    diff: tuple[str, ...]
    is_written: bool


@dataclass(slots=True, kw_only=True)
class SettingsBoard:
    """All of the screen.

    Args:
        chosen: Key of the marked setting; the first where it is not listed.
        is_editing: Keys go into `text`.
        text: What is typed for the marked setting.
        fault: What is wrong with it, or why a change was not made.
        is_busy: The program is asked beside the console.
        next_start: Settings as the file has them now; None before anybody looked.
        file: Path of the settings file; "" where there is none yet.
        next_fault: Why they cannot be had: the file has a mistake.
    """

    chosen: str = ""
    which: Which = Which.ALL
    filter: str = ""
    is_typing: bool = False
    is_editing: bool = False
    text: str = ""
    fault: str = ""
    is_busy: bool = False
    next_start: dict[str, SettingRow] | None = None
    file: str = ""
    next_fault: str = ""
    version: int = 0

    def lists(self, row: SettingRow) -> bool:
        """Whether a setting is among those asked for."""
        if self.which is Which.CHANGED and not is_changed(row):
            return False
        if self.which is Which.LIMITS and row.key not in limits():
            return False
        words = f"{row.key} {row.value} {row.help}".casefold()
        return not self.filter or self.filter.casefold() in words

    def begin(self, row: SettingRow) -> None:
        """Type another value, beginning with the one there is."""
        self.is_editing, self.fault = True, ""
        self.text = typed_form(row.value)

    def take_shown(self, shown: SettingsShown) -> None:
        """What the next start would read."""
        self.next_start = {row.key: row for row in shown.settings}
        self.file, self.next_fault = shown.config_path or "", ""
        self.version += 1


def is_changed(row: SettingRow) -> bool:
    """Whether a value is another than its default; one that is a secret counts once it is set."""
    return row.value != row.default if row.default else row.source != "default"


def typed_form(value: str) -> str:
    """A value as a person types it: no quotes, a list with commas."""
    try:
        found = msgspec.json.decode(value)
    except msgspec.DecodeError:
        return value
    if isinstance(found, list):
        return ", ".join(sanitize(str(item)) for item in found)
    return sanitize(found) if isinstance(found, str) else value
