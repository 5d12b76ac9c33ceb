"""What whoever starts an engine decides."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from tui_trader.engine.messages.queries import JournalEntry, SettingRow
from tui_trader.engine.settings.model import Settings
from tui_trader.engine.values.modes import Mode


class LaunchOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How to start, and where to tell the story.

    Args:
        version: Of this program, for the journal.
        rows: The settings with where each came from, for those who ask.
        tell: Is given sentences for people.
        show: Is given every event once it is durable. Both are called on a thread of their own, so
            that a terminal that does not keep up cannot hold up trading.
    """

    home: Path
    mode: Mode
    settings: Settings
    version: str
    tell: Callable[[str], None]
    show: Callable[[JournalEntry], None]
    rows: tuple[SettingRow, ...] = ()
