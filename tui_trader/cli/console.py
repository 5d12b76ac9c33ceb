"""The console: attach to the engine of this home, after starting one if need be."""

import argparse
import asyncio
import gc
import json
import os
import sys
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from tui_trader.actions.key_table import KeyTable
from tui_trader.cli.exit_codes import EXIT_BUG, EXIT_CONFLICT, EXIT_OK
from tui_trader.cli.keys import keys_of_home
from tui_trader.cli.narration import tell
from tui_trader.cli.parser import Subparsers
from tui_trader.cli.starter import ensure_engine
from tui_trader.cli.surroundings import chosen_config_file, chosen_home, chosen_mode
from tui_trader.engine.client.protocol import EngineClient
from tui_trader.engine.client.socket_client import connect
from tui_trader.engine.messages.queries import AskSettings, SettingsAnswer
from tui_trader.engine.values.errors import ConfigError

if TYPE_CHECKING:
    from tui_trader.app import ConsoleExit, ConsoleOptions

NAME = "console"
CONFIG_NAME = "config.toml"
FIRST_START = "the demo, by the defaults: , and then w asks what you would like"
PROGRAM = (sys.executable, "-m", "tui_trader")


def add_parser(subparsers: Subparsers) -> None:
    """Declare `attach`; the console itself is the program without a command."""
    attach = subparsers.add_parser(
        "attach",
        description="Open a console on the running engine; exits with 3 when none runs.",
        examples="tui-trader attach\ntui-trader attach --read-only      look, touch nothing",
    )
    attach.add_argument("--read-only", action="store_true", help="send no command")


def run(args: argparse.Namespace) -> int:
    """Open a console; leaving it leaves the engine at work."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        message = "the console needs a terminal; `tui-trader start` runs the engine without one"
        raise ConfigError(message)
    home = chosen_home(args)
    # A wrong line in it is said before anything is started.
    keys = keys_of_home(home)
    # Nothing that is loaded is garbage; the console collects again once it is up.
    gc.disable()
    if args.command != "attach":
        screens = partial(import_module, "tui_trader.app")
        asyncio.run(ensure_engine(home, engine_options(args), meanwhile=screens))
    options = asyncio.run(
        _options(
            home,
            is_read_only=getattr(args, "read_only", False),
            options=_surroundings(args, home),
            keys=keys,
        )
    )
    # Loaded only here: a new engine must not wait for the screens, but they come up beside it.
    from tui_trader.app import run_console
    from tui_trader.screens.starting_again import halted_beside, run_until_left
    from tui_trader.widgets.terminal import read_key

    async def attach() -> EngineClient:
        return await connect(home, name=NAME, is_read_only=options.is_read_only)

    end = run_until_left(
        partial(run_console, attach, options=options),
        read_key=read_key,
        halt=partial(halted_beside, options.halt_command),
    )
    return _tell_end(end)


def engine_options(args: argparse.Namespace) -> list[str]:
    """What a new engine must be told beside its home."""
    config_file = chosen_config_file(args)
    named = ["--config", str(config_file)] if config_file else []
    return [*named, "--mode", chosen_mode(args)]


def _surroundings(args: argparse.Namespace, home: Path) -> tuple[str, ...]:
    """What a command that runs beside the console must be told."""
    config_file = chosen_config_file(args)
    named = ("--config", str(config_file)) if config_file else ()
    return ("--home", str(home), *named)


async def _options(
    home: Path, *, is_read_only: bool, options: tuple[str, ...], keys: KeyTable
) -> "ConsoleOptions":
    """Speed and colours as the engine's settings say; the console reads no settings file.

    Raises:
        NothingRunning: no engine answers.
    """
    from tui_trader.app import ConsoleOptions
    from tui_trader.widgets.drawing.glyphs import AUTO, glyphs_for
    from tui_trader.widgets.program import Program

    client = await connect(home, name=NAME, is_read_only=True)
    try:
        reply = await client.ask(AskSettings())
    finally:
        await client.close()
    rows = reply.rows if isinstance(reply, SettingsAnswer) else ()
    values = {row.key: json.loads(row.value) for row in rows if row.key.startswith("console.")}
    plain = ConsoleOptions()
    return ConsoleOptions(
        fps=values.get("console.fps", plain.fps),
        theme=values.get("console.theme", plain.theme),
        glyphs=glyphs_for(values.get("console.glyphs", AUTO), os.environ),
        rings_bell=values.get("console.bell", plain.rings_bell),
        notes_on_desktop=values.get("console.desktop_notes", plain.notes_on_desktop),
        keys=keys,
        armed_minutes=values.get("console.armed_minutes", plain.armed_minutes),
        idle_minutes=values.get("console.idle_minutes", plain.idle_minutes),
        setting_keys=tuple(row.key for row in rows if not row.is_secret),
        is_read_only=is_read_only,
        report_folder=home / "logs",
        greeting=_greeting(home, options, is_read_only=is_read_only),
        # Who only looks leaves nothing behind.
        export_folder=home / "exports",
        set_up_file=None if is_read_only else home / "console.json",
        halt_command=_halt_command(home),
        beside=Program(words=PROGRAM, options=options),
    )


def _greeting(home: Path, options: tuple[str, ...], *, is_read_only: bool) -> str:
    """An offer to whoever has set nothing yet; nobody is held up by a question."""
    has_settings = "--config" in options or (home / CONFIG_NAME).exists()
    return "" if has_settings or is_read_only else FIRST_START


def _halt_command(home: Path) -> tuple[str, ...]:
    reason = "emergency stop key, without an engine"
    return (*PROGRAM, "halt", "--json", "--home", str(home), "--reason", reason)


def _tell_end(end: "ConsoleExit") -> int:
    from tui_trader.app import Departure

    detail = f": {end.detail}" if end.detail else ""
    match end.how:
        case Departure.DETACHED:
            tell(
                f"detached{detail}; the engine runs on: `tui-trader attach`, `tui-trader shutdown`"
            )
            return EXIT_OK
        case Departure.SHUT_DOWN:
            tell(f"the engine ended{detail}")
            return EXIT_OK
        case Departure.ENGINE_GONE:
            tell(f"the engine is gone{detail}; `tui-trader` starts it again")
            return EXIT_CONFLICT
        case Departure.CRASHED:
            report = f"; please file the report {end.report}" if end.report else ""
            tell(f"tui-trader: this is a bug of the console{detail}{report}. The engine runs on")
            return EXIT_BUG
