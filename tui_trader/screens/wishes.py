"""What screens ask of the app: messages that travel up."""

from textual.message import Message

from tui_trader.engine.messages.commands import Command
from tui_trader.screens.exporting import ExportTable, Format


class CommandWanted(Message):
    """Send this command to the engine, once."""

    def __init__(self, command: Command) -> None:
        super().__init__()
        self.command = command


class AnswersWanted(Message):
    """What is shown has changed (pair, timeframe, columns): the engine is to be asked about it."""


class ExportWanted(Message):
    """Write this table to a file of the home."""

    def __init__(self, table: ExportTable, kind: Format) -> None:
        super().__init__()
        self.table, self.kind = table, kind


class CopyWanted(Message):
    """Put this text on the clipboard of the terminal; `what` names it."""

    def __init__(self, text: str, what: str) -> None:
        super().__init__()
        self.text, self.what = text, what


class ThemeWanted(Message):
    """Wear the theme of that name."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


class SettingWanted(Message):
    """Take a setting to where settings are changed; `value` as typed, empty for none."""

    def __init__(self, key: str, value: str) -> None:
        super().__init__()
        self.key, self.value = key, value


class LeaveWanted(Message):
    """The person wants to leave; ask how, or just go when there is no engine."""
