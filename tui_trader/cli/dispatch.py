"""From arguments to the one command module that is imported and run."""

import argparse
from collections.abc import Sequence

from tui_trader.cli.commands import COMMANDS, RESERVED, CommandEntry, entry_named
from tui_trader.cli.exit_codes import EXIT_OK
from tui_trader.cli.parser import CommandParser, nearest
from tui_trader.cli.surroundings import chosen_mode, refuse_unready_mode
from tui_trader.engine.values.errors import ConfigError

EXAMPLES = """\
tui-trader                               console on the demo exchange; no account, no network
tui-trader start --home ~/desk           the engine alone; attach from anywhere with `attach`
tui-trader trade BTC/USD buy 0.01        one market order, after showing what it would cost
tui-trader status --json                 the running engine, for scripts
tui-trader halt                          emergency stop
"""
VALUED_OPTIONS = ("--config", "--home", "--mode")
CONSOLE = CommandEntry("", "console", "console")


def run_command_line(arguments: Sequence[str]) -> int:
    """Parse, import what was called, run it.

    Raises:
        ConfigError: the call is wrong.
        TraderError: what the command raises.
    """
    name = command_name(arguments)
    entry = _entry_for(name) if name is not None else None
    args = build_parser(entry).parse_args(arguments, namespace=blank_namespace())
    if args.version:
        # Needs the package index of the interpreter, which nothing else on this path does.
        from tui_trader.cli.version import version_lines

        print("\n".join(version_lines()))
        return EXIT_OK
    if entry is not None and args.no_ui:
        message = f"--no-ui stands alone; leave `{entry.name}` or --no-ui out"
        raise ConfigError(message)
    if entry is None:
        entry = entry_named("start") if args.no_ui else CONSOLE
        assert entry is not None
        args.command = entry.name
    if entry.is_mode_bound:
        refuse_unready_mode(chosen_mode(args))
    return entry.load().run(args)


def blank_namespace() -> argparse.Namespace:
    """Shared options as they are when nobody gave them."""
    return argparse.Namespace(
        config=None,
        home=None,
        mode=None,
        json=False,
        quiet=False,
        no_ui=False,
        version=False,
        command=None,
    )


def build_parser(entry: CommandEntry | None) -> CommandParser:
    """Parser of the program with one command, or with none: its help then lists all of them."""
    parser = CommandParser(
        prog="tui-trader",
        usage="tui-trader [options] [command]",
        examples=EXAMPLES,
        description="A crypto trading desk in the terminal. Without a command: the console.",
        epilog=None if entry else _catalogue(),
    )
    suppress = argparse.SUPPRESS
    parser.add_argument("--version", action="store_true", default=suppress, help="print versions")
    parser.add_argument(
        "--no-ui", action="store_true", default=suppress, help="the engine alone, in the foreground"
    )
    parser.add_argument(
        "--json",
        action="store_true",
        default=suppress,
        help="JSON on stdout (with --no-ui: events)",
    )
    parser.add_argument(
        "--quiet", action="store_true", default=suppress, help="with --no-ui: no events, only words"
    )
    if entry is not None:
        subparsers = parser.add_subparsers(dest="command", metavar="command", prog="tui-trader")
        entry.load().add_parser(subparsers)
    return parser


def command_name(arguments: Sequence[str]) -> str | None:
    """First argument that is neither an option nor the value of one."""
    is_value = False
    for argument in arguments:
        if is_value:
            is_value = False
        elif argument.startswith("-"):
            is_value = argument in VALUED_OPTIONS
        else:
            return argument
    return None


def _entry_for(name: str) -> CommandEntry:
    if entry := entry_named(name):
        return entry
    names = tuple(entry.name for entry in COMMANDS)
    if name == "stop":
        message = (
            "`stop` could mean two things: `halt` cancels every order and allows no new one, "
            "`shutdown` ends the engine and leaves orders as they are"
        )
    elif name in RESERVED:
        message = f"`{name}` is not in this version yet; there are: {', '.join(names)}"
    else:
        message = f"there is no command `{name}`{nearest(name, names)}; see `tui-trader --help`"
    raise ConfigError(message)


def _catalogue() -> str:
    width = max(len(entry.name) for entry in COMMANDS)
    lines = [f"  {entry.name:<{width}}  {entry.summary}" for entry in COMMANDS]
    return "commands:\n" + "\n".join(lines) + "\n\n`tui-trader COMMAND --help` tells more."
