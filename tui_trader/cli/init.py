"""`init`: the questions of a first start, and the settings file that comes of them."""

import argparse
import os
import sys
from typing import NamedTuple

from tui_trader.cli.exit_codes import EXIT_INTERRUPTED, EXIT_OK
from tui_trader.cli.narration import is_person_there, tell
from tui_trader.cli.parser import Subparsers
from tui_trader.cli.surroundings import chosen_config_file, chosen_home
from tui_trader.cli.table import print_json
from tui_trader.engine.config.fields import fields_by_key
from tui_trader.engine.config.load import toml_value
from tui_trader.engine.config.rewriting import SettingsFile, rule_fault, toml_typed
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.text import sanitize

TRIES_MAX = 5


class Question(NamedTuple):
    """One setting that a first start asks for."""

    key: str
    option: str
    asks: str
    why: str


QUESTIONS = (
    Question(
        "console.theme",
        "theme",
        "Which colours?",
        "T tries others at any time.",
    ),
    Question(
        "market.pairs",
        "pairs",
        "Which pairs, with commas between?",
        "Watched and tradable; all quoted in USD.",
    ),
    Question(
        "risk.daily_loss_max_percent",
        "daily_loss",
        "After how much loss a day (percent) may nobody enter any more?",
        "Of the account's value at 00:00 UTC; 0 is no limit.",
    ),
    Question(
        "risk.position_max_percent",
        "position",
        "How much of the account (percent) may one position be?",
        "At its entry; 0 is no limit.",
    ),
    Question(
        "demo.cash",
        "cash",
        "How much play money (USD) does the demo begin with?",
        "Of a new demo account; one that is there keeps what it has.",
    ),
)
HEAD = """\
# Settings of tui-trader, as `tui-trader init` wrote them. `tui-trader config example` shows all there
# are with their bounds; `tui-trader config check` finds every mistake. Secrets belong in .env.
"""


class GivenUp(Exception):
    """The person wants no more questions."""


def add_parser(subparsers: Subparsers) -> None:
    """Declare `init`."""
    init = subparsers.add_parser(
        "init",
        description="The few questions of a first start: colours, pairs, limits, play money. Writes the settings "
        "file of the home. Everything begins as a demo without money and without network; nothing here makes it "
        "real. A file that is there is not touched unless you say so; `config undo` puts it back.",
        examples="tui-trader init\n"
        "tui-trader init --yes                        the defaults, no questions\n"
        "tui-trader init --yes --pairs BTC/USD,ETH/USD --daily-loss 2 --theme light",
    )
    for question in QUESTIONS:
        init.add_argument(
            f"--{question.option.replace('_', '-')}",
            dest=question.option,
            metavar="VALUE",
            help=f"{question.key}: {fields_by_key()[question.key].expectation}",
        )
    init.add_argument("--replace", action="store_true", help="write over a file that is there")
    init.add_argument(
        "--yes", action="store_true", help="do not ask; defaults for what is not given"
    )
    init.add_argument("--json", action="store_true", help="JSON on stdout")


def run(args: argparse.Namespace) -> int:
    """Ask, show, write.

    Raises:
        ConfigError: a value is wrong, a file is there, or nobody is there to ask.
    """
    if not args.yes and not is_person_there():
        message = "needs answers, and no terminal is there to ask at: add --yes for the defaults"
        raise ConfigError(message)
    file = SettingsFile(
        config_file=chosen_config_file(args), home=chosen_home(args), environ=os.environ
    )
    given = {
        question.key: toml_typed(question.key, getattr(args, question.option))
        for question in QUESTIONS
        if getattr(args, question.option) is not None
    }
    try:
        is_replacing = args.replace or (not args.yes and _may_replace(file))
        chosen = _defaults() | given if args.yes else _asked(given, file)
    except (GivenUp, KeyboardInterrupt):
        tell("nothing was written")
        return EXIT_INTERRUPTED
    file.create(_text(chosen), is_replacing=is_replacing)
    if args.json:
        print_json({"path": str(file.path), "settings": chosen})
    tell(f"written to {file.path}; `tui-trader` starts the demo with it, `,` there changes more")
    return EXIT_OK


def _defaults() -> dict[str, str]:
    known = fields_by_key()
    return {question.key: toml_value(known[question.key].default) for question in QUESTIONS}


def _may_replace(file: SettingsFile) -> bool:
    if not file.path.exists():
        return False
    tell(f"{file.path} is there already; `tui-trader config undo` would put it back afterwards.")
    if _typed("Write a new one in its place? [y/N]").lower() not in {"y", "yes"}:
        raise GivenUp
    return True


def _asked(given: dict[str, str], file: SettingsFile) -> dict[str, str]:
    tell("Enter takes what stands in brackets; Ctrl-C ends this and writes nothing.")
    tell("Mode: demo, with play money and without network; `tui-trader` starts that.")
    chosen = {}
    for number, question in enumerate(QUESTIONS, 1):
        tell("")
        chosen[question.key] = given.get(question.key) or _ask(question, number)
    tell("")
    for line in _text(chosen).splitlines():
        if line and not line.startswith("#"):
            tell(f"  {line}")
    if _typed(f"Write this to {file.path}? [Y/n]").lower() not in {"", "y", "yes"}:
        raise GivenUp
    return chosen


def _ask(question: Question, number: int) -> str:
    field = fields_by_key()[question.key]
    default, choices = _plain(toml_value(field.default)), field.note.choices
    tell(f"{number} of {len(QUESTIONS)}  {question.asks}")
    tell(f"     {question.why}")
    for place, choice in enumerate(choices, 1):
        tell(f"     {place} {choice}")
    for _ in range(TRIES_MAX):
        typed = _typed(f"     [{default}]")
        if typed.isdecimal() and choices and 1 <= int(typed) <= len(choices):
            typed = choices[int(typed) - 1]
        try:
            found = toml_typed(question.key, typed or default)
        except ConfigError as error:
            tell(f"     {sanitize(str(error)).removeprefix('what was typed: ')}")
            continue
        fault = rule_fault(question.key, found)
        if not fault:
            return found
        tell(f"     {fault}")
    message = f"{question.key}: {TRIES_MAX} answers that cannot be had; nothing was written"
    raise ConfigError(message)


def _plain(toml: str) -> str:
    """As a person types it."""
    return toml.strip('[]"').replace('"', "")


def _typed(prompt: str) -> str:
    """One line of the person.

    Raises:
        GivenUp: there is nobody any more.
    """
    sys.stderr.write(f"{prompt} ")
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise GivenUp
    return line.strip()


def _text(chosen: dict[str, str]) -> str:
    """The file: only what was asked, each with its help."""
    known, parts, section = fields_by_key(), [HEAD], ""
    for key in sorted(chosen, key=list(known).index):
        field = known[key]
        if field.section != section:
            section = field.section
            parts.append(f"\n[{section}]\n")
        parts.append(f"# {field.note.help}\n{field.name} = {chosen[key]}\n")
    return "".join(parts)
