"""Parsers: the options every command takes, help that begins with examples, errors that exit with 2."""

import argparse
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NoReturn

from tui_trader.engine.values.errors import ConfigError

if TYPE_CHECKING:
    # Generic for the type checker only.
    Subparsers = argparse._SubParsersAction["CommandParser"]  # noqa: SLF001
else:
    Subparsers = argparse._SubParsersAction  # noqa: SLF001

MODES = ("demo", "paper", "live")


class CommandParser(argparse.ArgumentParser):
    """Parser of the program or of one command.

    Every parser takes the shared options, so they may stand before and after the command. They have
    no default here: one given before the command must not be undone by its absence after it.

    Args:
        examples: Lines shown before everything else in the help.
    """

    def __init__(self, *, examples: str = "", **kwargs: Any) -> None:  # noqa: ANN401
        kwargs.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        kwargs |= {"allow_abbrev": False, "conflict_handler": "resolve"}
        super().__init__(**kwargs)
        self.examples = examples
        shared = self.add_argument_group("shared options")
        for flags, notes in (
            ("--config", {"metavar": "FILE", "help": "settings file (default: HOME/config.toml)"}),
            ("--home", {"metavar": "DIR", "help": "folder of state, logs and journal"}),
            ("--mode", {"choices": MODES, "help": "what is real (default: demo)"}),
        ):
            shared.add_argument(flags, default=argparse.SUPPRESS, type=_not_empty, **notes)

    def format_help(self) -> str:
        """Examples, then usage and options."""
        plain = super().format_help()
        if not self.examples:
            return plain
        lines = "\n".join(f"  {line}" for line in self.examples.strip().splitlines())
        return f"examples:\n{lines}\n\n{plain}"

    def error(self, message: str) -> NoReturn:
        """Refuse the call.

        Raises:
            ConfigError: always.
        """
        text = f"{message}; see `{self.prog} --help`"
        raise ConfigError(text)


def _not_empty(text: str) -> str:
    # `--home "$DESK"` of a script that forgot to set DESK must not mean the usual home.
    if not text.strip():
        message = "is empty; name one, or leave the option out"
        raise argparse.ArgumentTypeError(message)
    return text


def nearest(name: str, known: tuple[str, ...]) -> str:
    """` (did you mean X?)` when a known name is close, else nothing."""
    matches = get_close_matches(name, known, n=1)
    return f" (did you mean `{matches[0]}`?)" if matches else ""
