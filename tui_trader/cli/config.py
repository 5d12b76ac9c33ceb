"""Settings: check them, show where each comes from, change one, write the examples."""

import argparse
import os

from tui_trader.cli.config_change import SET, UNDO, change_settings
from tui_trader.cli.exit_codes import EXIT_OK
from tui_trader.cli.narration import answer
from tui_trader.cli.parser import Subparsers
from tui_trader.cli.surroundings import chosen_config_file, chosen_home
from tui_trader.cli.table import print_json, print_table
from tui_trader.engine.config.example import example_dotenv, example_toml
from tui_trader.engine.config.load import DEFAULT, LoadedSettings, load_settings

HEADS = ("SETTING", "VALUE", "FROM")


def add_parser(subparsers: Subparsers) -> None:
    """Declare `config check`, `show`, `example`, `set` and `undo`."""
    config = subparsers.add_parser(
        "config",
        description="Settings come from the environment, .env, the settings file and defaults, in "
        "this order.",
        examples="tui-trader config check\n"
        "tui-trader config show --json\n"
        "tui-trader config example > ~/desk/config.toml\n"
        "tui-trader config set risk.daily_loss_max_percent 2 --dry-run\n"
        "tui-trader config set market.pairs BTC/USD,ETH/USD\n"
        "tui-trader config undo",
    )
    actions = config.add_subparsers(
        dest="action", metavar="check|show|example|set|undo", required=True
    )
    check = actions.add_parser("check", description="Tell every fault, with its line.")
    show = actions.add_parser("show", description="Every setting in force, and where it is from.")
    change = actions.add_parser(
        SET, description="Change one setting of the settings file; comments and order stay."
    )
    change.add_argument("key", metavar="KEY", help="as `config show` names it")
    change.add_argument("value", metavar="VALUE", help="as in the file; a list with commas between")
    undo = actions.add_parser(UNDO, description="Put back what the last `config set` replaced.")
    for parser in (change, undo):
        parser.add_argument("--dry-run", action="store_true", help="show the change, write nothing")
    for parser in (check, show, change, undo):
        parser.add_argument("--json", action="store_true", help="JSON on stdout")
    example = actions.add_parser("example", description="Print the settings file at its defaults.")
    kind = example.add_mutually_exclusive_group()
    kind.add_argument("--toml", action="store_true", help="config.toml (the default)")
    kind.add_argument("--env", action="store_true", help=".env")


def run(args: argparse.Namespace) -> int:
    """Carry out the one that was called."""
    if args.action == "example":
        answer((example_dotenv() if args.env else example_toml()).rstrip("\n"))
        return EXIT_OK
    if args.action in {SET, UNDO}:
        return change_settings(args)
    loaded = load_settings(
        config_file=chosen_config_file(args), home=chosen_home(args), environ=os.environ
    )
    if args.action == "show":
        show_settings(loaded, args)
    else:
        tell_sources(loaded, args)
    return EXIT_OK


def show_settings(loaded: LoadedSettings, args: argparse.Namespace) -> None:
    """Print every setting."""
    if args.json:
        print_json(_document(loaded, args) | {"settings": loaded.rows})
        return
    print_table(HEADS, [(row.key, row.value, row.source) for row in loaded.rows], empty="")


def tell_sources(loaded: LoadedSettings, args: argparse.Namespace) -> None:
    """Say that all is well, and what was read."""
    changed = sum(row.source != DEFAULT for row in loaded.rows)
    if args.json:
        print_json(_document(loaded, args) | {"is_valid": True, "changed": changed})
        return
    read = [str(path) for path in (loaded.config_path, loaded.dotenv_path) if path]
    answer(
        f"all {len(loaded.rows)} settings are fine; {changed} set by file or variable, the others "
        f"at their defaults (read: {', '.join(read) or 'no file'})"
    )


def _document(loaded: LoadedSettings, args: argparse.Namespace) -> dict[str, object]:
    return {
        "home": str(chosen_home(args)),
        "config_path": loaded.config_path and str(loaded.config_path),
        "dotenv_path": loaded.dotenv_path and str(loaded.dotenv_path),
    }
