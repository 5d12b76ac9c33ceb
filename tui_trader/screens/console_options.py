"""How a console is to be: what the command line hands to it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from tui_trader.actions.key_table import KeyTable
from tui_trader.widgets.program import Program


def wall_clock_ms() -> int:
    """UTC milliseconds."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleOptions:
    """How a console is to be.

    Args:
        fps: Most repaints of the live panes a second.
        theme: Name of a theme of `themes`.
        glyphs: `full` or `ascii`.
        rings_bell: Whether fills, refusals and trips ring the terminal's bell.
        notes_on_desktop: Whether they are sent to the desktop (OSC 9).
        report_folder: Where a crash report goes; `None` writes none.
        greeting: Said once when it is up; "" for nothing.
        set_up_file: Where columns and lines are kept from one console to the next; `None` keeps none.
        keys: The table of actions, with the keys as this person wants them.
        armed_minutes: How long trading keys act once they were armed, in live mode.
        idle_minutes: Without a key pressed they sleep after as long as that.
        setting_keys: Dotted names of all settings, for the palette and the `:` line.
        export_folder: Where tables are written to; `None` writes none.
        halt_command: Program and arguments that halt this home without an engine; empty for none.
        beside: How to run this program beside the console, for what it computes.
        clock: UTC milliseconds.
        make_id: Fresh name for a command or an order.
    """

    fps: int = 4
    theme: str = "dark"
    glyphs: str = "full"
    rings_bell: bool = False
    notes_on_desktop: bool = False
    is_read_only: bool = False
    report_folder: Path | None = None
    greeting: str = ""
    set_up_file: Path | None = None
    keys: KeyTable = field(default_factory=KeyTable)
    armed_minutes: int = 10
    idle_minutes: int = 3
    setting_keys: tuple[str, ...] = ()
    export_folder: Path | None = None
    halt_command: tuple[str, ...] = ()
    beside: Program = field(default_factory=Program)
    clock: Callable[[], int] = wall_clock_ms
    make_id: Callable[[], str] = lambda: str(uuid4())
