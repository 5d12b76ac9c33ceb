"""The console: attach to the engine of this home, after starting one if need be."""

import argparse
import asyncio

from tui_trader.app import run_console
from tui_trader.cli.parser import Subparsers
from tui_trader.cli.starter import ensure_engine
from tui_trader.cli.surroundings import chosen_config_file, chosen_home, chosen_mode


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
    home = chosen_home(args)
    if args.command != "attach":
        asyncio.run(ensure_engine(home, engine_options(args)))
    return run_console(home, is_read_only=getattr(args, "read_only", False))


def engine_options(args: argparse.Namespace) -> list[str]:
    """What a new engine must be told beside its home."""
    config_file = chosen_config_file(args)
    named = ["--config", str(config_file)] if config_file else []
    return [*named, "--mode", chosen_mode(args)]
