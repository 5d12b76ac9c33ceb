"""The keys of the console on the command line: what there is, after what a person wished for."""

import argparse
from pathlib import Path

from tui_trader.actions import Action
from tui_trader.actions.key_names import key_shown
from tui_trader.actions.key_table import FIXED, KeyTable, remapped
from tui_trader.cli.exit_codes import EXIT_OK
from tui_trader.cli.narration import answer, tell
from tui_trader.cli.parser import Subparsers
from tui_trader.cli.surroundings import chosen_home
from tui_trader.cli.table import print_json, print_table
from tui_trader.engine.config.key_file import NAME, read_key_wishes

HEADS = ("KEYS", "PLACE", "NAME", "DOES")


def add_parser(subparsers: Subparsers) -> None:
    """Declare `keys`."""
    keys = subparsers.add_parser(
        "keys",
        description=f"Every key of the console, as {NAME} in the home has them. An action is named by "
        "its place and its name; STOP can have more keys, never fewer.",
        examples="tui-trader keys\ntui-trader keys --place desk\n"
        f"tui-trader keys --example > {NAME}     every action, to be changed\n"
        "tui-trader keys --json",
    )
    keys.add_argument("--place", metavar="P", help="of one place alone: desk, markets, screens …")
    keys.add_argument("--example", action="store_true", help=f"a {NAME} with the keys as they are")
    keys.add_argument("--json", action="store_true", help="JSON on stdout")


def run(args: argparse.Namespace) -> int:
    """Print the table."""
    table = keys_of_home(chosen_home(args))
    actions = [
        action
        for action in table.actions
        if args.place is None or action.where.name.lower() == args.place.lower()
    ]
    if args.place is not None and not actions:
        tell(f"no action belongs to a place called {args.place}")
    if args.json:
        print_json([_document(action) for action in actions])
    elif args.example:
        answer(_example(actions))
    else:
        rows = [
            (_shown(action), action.where.name.lower(), action.name, action.tooltip)
            for action in actions
        ]
        print_table(HEADS, rows, empty="there are none")
    return EXIT_OK


def keys_of_home(home: Path) -> KeyTable:
    """The table of actions with the keys that this home wishes for.

    Raises:
        ConfigError: a wish that cannot be had.
    """
    wishes, source = read_key_wishes(home)
    return remapped(wishes, source=source) if wishes else KeyTable()


def _shown(action: Action) -> str:
    names = dict.fromkeys(key_shown(key) for key in action.keys)
    # Terminals have many names for the key of STOP; people have one.
    return " ".join(names) if action.id != "stop" else action.shown


def _document(action: Action) -> dict[str, object]:
    return {
        "place": action.where.name.lower(),
        "name": action.name,
        "keys": [key_shown(key) for key in action.keys],
        "does": action.tooltip,
        "group": action.group.value,
        "may_change": action.where not in FIXED,
    }


def _example(actions: list[Action]) -> str:
    lines = [
        "# Keys of the console. A line that is taken away, or stays a comment, leaves the key as it is.",
        '# A key: b, B, ?, ctrl+b, F9, Enter, PgDn, Home, Left. Several: ["b", "F9"]. None: [].',
    ]
    place = None
    for action in actions:
        if action.where in FIXED:
            continue
        if action.where is not place:
            place = action.where
            lines += ["", f"[{place.name.lower()}]"]
        keys = ", ".join(_quoted(key_shown(key)) for key in _named(action))
        lines.append(f"# {action.tooltip}")
        lines.append(f"# {action.name} = [{keys}]")
    return "\n".join(lines)


def _named(action: Action) -> tuple[str, ...]:
    return action.keys[:1] if action.id == "stop" else action.keys


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
