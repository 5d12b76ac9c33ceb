"""Every command with its verbs, options and words, read from the parsers themselves.

Completion and the manual page are made from it, so that they cannot promise what the parser refuses.
"""

import argparse
from collections.abc import Iterator
from typing import NamedTuple

from tui_trader.cli.commands import COMMANDS
from tui_trader.cli.dispatch import build_parser
from tui_trader.cli.parser import CommandParser

PROGRAM = "tui-trader"
FILES = frozenset({"FILE", "DIR"})
"""Metavars whose value is a path."""


class Option(NamedTuple):
    """One option, or one word that stands where it stands.

    Args:
        flags: As they are typed; empty for a word.
        value: What its value is called; empty where it takes none.
        choices: Values it takes; empty where there are too many to name.
    """

    flags: tuple[str, ...]
    value: str
    choices: tuple[str, ...]
    says: str

    @property
    def is_path(self) -> bool:
        """Whether its value is a file or a folder."""
        return any(self.value.startswith(name) for name in FILES)


class Command(NamedTuple):
    """One command, or one verb of it."""

    name: str
    says: str
    description: str
    examples: str
    options: tuple[Option, ...]
    words: tuple[Option, ...]
    verbs: tuple["Command", ...]


def program_options() -> tuple[Option, ...]:
    """Options of the program itself."""
    return tuple(one for one in _options(build_parser(None)) if one.flags)


def commands() -> tuple[Command, ...]:
    """Every command there is, in the order of the help."""
    root = CommandParser(prog=PROGRAM)
    subparsers = root.add_subparsers(dest="command")
    for module in {entry.module: entry for entry in COMMANDS}.values():
        module.load().add_parser(subparsers)
    return tuple(
        _command(entry.name, entry.summary, subparsers.choices[entry.name]) for entry in COMMANDS
    )


def _command(name: str, says: str, parser: CommandParser) -> Command:
    found = tuple(_options(parser))
    return Command(
        name=name,
        says=says,
        description=parser.description or "",
        examples=parser.examples.strip(),
        options=tuple(one for one in found if one.flags),
        words=tuple(one for one in found if not one.flags),
        verbs=tuple(_verbs(parser)),
    )


def _verbs(parser: CommandParser) -> Iterator[Command]:
    for action in parser._actions:  # noqa: SLF001 (argparse tells of itself in no other way)
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for name, verb in action.choices.items():
                yield _command(name, verb.description or "", verb)


def _options(parser: CommandParser) -> Iterator[Option]:
    for action in parser._actions:  # noqa: SLF001
        is_verb = isinstance(action, argparse._SubParsersAction)  # noqa: SLF001
        if is_verb or action.help == argparse.SUPPRESS:
            continue
        takes_none = bool(action.option_strings) and action.nargs == 0
        metavar = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
        told = {"default": action.default, "prog": PROGRAM}
        yield Option(
            flags=tuple(action.option_strings),
            value="" if takes_none else metavar,
            choices=tuple(map(str, action.choices or ())),
            says=(action.help or "") % told,
        )
