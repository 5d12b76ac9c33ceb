"""docs/commands.md, written from the parsers themselves.

Run `python -m tests.architecture.command_page --write` after a change of a command.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from tui_trader.cli.commands import COMMANDS, RESERVED
from tui_trader.cli.parser import CommandParser

PAGE = Path(__file__).resolve().parents[2] / "docs" / "commands.md"
SHARED = {"--config", "--home", "--mode", "--help"}
HEAD = """\
# Commands

This page is written from the program's own parsers; `tui-trader COMMAND --help` says the same.

stdout is data, stderr is narration. `--json` prints one JSON document (streams: one per line) and nothing else on stdout;
amounts of money are text, so that no digit is lost. Every command takes `--config FILE`, `--home DIR` (also
`TUI_TRADER_HOME`) and `--mode demo|paper|live`, before or after its name.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | a bug; there is a report to file |
| 2 | the call, the configuration or an input file is wrong: what, where, how to mend it |
| 3 | another instance is in the way, or nothing is running to talk to |
| 4 | refused by a rule or by the exchange, with the gate and its numbers |
| 5 | the outside did not answer: the outcome is unknown, with what to do |
| 130 | you said no, or pressed Ctrl-C |

`tui-trader` without a command opens the console: it attaches to the engine of this home, or starts one. `--no-ui` is `start`.
"""


def parsers() -> Iterator[tuple[str, str, CommandParser]]:
    """Every command with its summary and its parser; one of several verbs gives one row a verb."""
    root = CommandParser(prog="tui-trader")
    commands = root.add_subparsers(dest="command")
    for module in {entry.module: entry for entry in COMMANDS}.values():
        module.load().add_parser(commands)
    for entry in COMMANDS:
        parser = commands.choices[entry.name]
        verbs = [action for action in parser._actions if hasattr(action, "choices")]
        inner = next((a.choices for a in verbs if isinstance(a, argparse._SubParsersAction)), None)
        if inner is None:
            yield entry.name, entry.summary, parser
            continue
        for verb, verb_parser in inner.items():
            yield f"{entry.name} {verb}", entry.summary, verb_parser


def draw() -> str:
    """The whole page."""
    parts = [HEAD]
    for name, summary, parser in parsers():
        parts.append(f"## {name}\n\n{parser.description or summary.capitalize() + '.'}\n")
        if parser.examples:
            parts.append(f"```sh\n{parser.examples.strip()}\n```\n")
        rows = [row for action in parser._actions if (row := _row(action))]
        if rows:
            parts.append("| | |\n|---|---|\n" + "\n".join(rows) + "\n")
    reserved = ", ".join(f"`{name}`" for name in RESERVED)
    parts.append(
        f"## Names kept for later\n\n{reserved}: refused with exit code 2 until they exist.\n"
    )
    return "\n".join(parts)


def _row(action: argparse.Action) -> str:
    if action.help == argparse.SUPPRESS or SHARED & set(action.option_strings):
        return ""
    shown = action.option_strings[-1] if action.option_strings else ""
    value = "" if action.nargs == 0 else str(action.metavar or "")
    text = (action.help or "") % {"default": action.default, "prog": "tui-trader"}
    name = " ".join(part for part in (shown, value) if part).replace("|", "\\|")
    return f"| `{name}` | {text.replace('|', chr(92) + '|')} |"


if __name__ == "__main__":
    if "--write" in sys.argv:
        PAGE.write_text(draw())
    else:
        sys.stdout.write(draw())
