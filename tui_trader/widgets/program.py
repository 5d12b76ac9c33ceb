"""How this program is called once more, beside the console and for the same home."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What stands before and behind the arguments of a command.

    Args:
        words: Interpreter and module; empty where there is no program to call.
        options: Home and settings file.
    """

    words: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
