"""What the program says: answers on stdout, the story on stderr, questions to a person alone."""

import os
import sys
from contextlib import suppress
from typing import TextIO

from tui_trader.engine.values.errors import ConfigError

CODES = {"bold": "1", "red": "31", "green": "32", "yellow": "33"}


def tell(text: str) -> None:
    """One line of the story; nobody hears it when the terminal is gone, and that is no fault."""
    with suppress(OSError):
        print(text, file=sys.stderr, flush=True)


def answer(text: str) -> None:
    """One line of the answer."""
    print(text)


def counted(count: int, noun: str) -> str:
    """`1 order`, `2 orders`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def painted(text: str, colour: str, stream: TextIO | None = None) -> str:
    """`text` in a colour of CODES, if a person looks at the stream and did not say NO_COLOR."""
    target = stream or sys.stdout
    if not target.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    return f"\x1b[{CODES[colour]}m{text}\x1b[0m"


def is_person_there() -> bool:
    """Whether somebody can be asked: both ends of the conversation are a terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def is_agreed(question: str, *, expected: str = "y") -> bool:
    """Ask; only the expected word counts as a yes.

    Raises:
        ConfigError: nobody is there to ask, and `--yes` was not given.
    """
    if not is_person_there():
        message = "needs a yes, and no terminal is there to ask at: add --yes"
        raise ConfigError(message)
    sys.stderr.write(f"{question} ")
    sys.stderr.flush()
    typed = sys.stdin.readline().strip()
    return typed == expected or (expected == "y" and typed.lower() in {"y", "yes"})
