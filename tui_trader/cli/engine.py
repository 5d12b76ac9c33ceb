"""The engine from outside: start it in the foreground, ask for its status, end it."""

import argparse
import asyncio

from tui_trader.cli.parser import Subparsers
from tui_trader.cli.surroundings import chosen_config_file, chosen_home, chosen_mode


def add_parser(subparsers: Subparsers) -> None:
    """Declare `start`, `status` and `shutdown`."""
    start = subparsers.add_parser(
        "start",
        description="Run the engine alone, in the foreground, until it is told to end.",
        examples="tui-trader start\ntui-trader start --home ~/desk --json",
    )
    start.add_argument("--json", action="store_true", help="events as JSON lines on stdout")


def run(args: argparse.Namespace) -> int:
    """Carry out the one that was called."""
    return start_engine(args)


def start_engine(args: argparse.Namespace) -> int:
    """Run the engine in this process until it ends; its exit code."""
    from tui_trader.engine.launch import LaunchOptions, run_engine

    options = LaunchOptions(
        home=chosen_home(args), config_file=chosen_config_file(args), mode=chosen_mode(args)
    )
    return asyncio.run(run_engine(options))
