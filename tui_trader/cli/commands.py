"""The table of commands: what there is, where it is written, and which names are kept for later."""

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

if TYPE_CHECKING:
    import argparse

    from tui_trader.cli.parser import Subparsers


class CommandModule(Protocol):
    """What a file of commands offers."""

    def add_parser(self, subparsers: "Subparsers") -> None:
        """Declare its commands."""
        ...

    def run(self, args: "argparse.Namespace") -> int:
        """Carry out the one that was called; `args.command` names it."""
        ...


class CommandEntry(NamedTuple):
    """One command: its name, the module that holds it and one line of help."""

    name: str
    module: str
    summary: str
    is_mode_bound: bool = True
    """It acts for the mode that was asked for, and is refused in a mode that cannot be had."""

    def load(self) -> CommandModule:
        """The module, imported now and not before: other commands need not wait for it."""
        return cast("CommandModule", import_module(f"tui_trader.cli.{self.module}"))


COMMANDS = (
    CommandEntry("start", "engine", "run the engine alone, in the foreground (also --no-ui)"),
    CommandEntry("attach", "console", "open a console on the running engine"),
    CommandEntry("status", "engine", "the running engine at a glance"),
    CommandEntry("shutdown", "engine", "end the running engine", is_mode_bound=False),
    CommandEntry("trade", "trade", "one manual order, through the same risk gate as every other"),
    CommandEntry("cancel", "trade", "cancel one order, or all of them", is_mode_bound=False),
    CommandEntry("amend", "amend", "give one open order new terms"),
    CommandEntry("close", "close", "sell a position, or a share of it", is_mode_bound=False),
    CommandEntry("reverse", "close", "close: a spot account holds no short", is_mode_bound=False),
    CommandEntry(
        "halt",
        "emergency",
        "emergency stop: cancel every order, allow no new one",
        is_mode_bound=False,
    ),
    CommandEntry(
        "flatten",
        "flatten",
        "emergency stop that also sells every position",
        is_mode_bound=False,
    ),
    CommandEntry("resume", "emergency", "unlatch the emergency stop"),
    CommandEntry("orders", "account", "open orders"),
    CommandEntry("positions", "account", "what is held, and its profit or loss"),
    CommandEntry("history", "account", "fills"),
    CommandEntry(
        "analyze",
        "analyze",
        "what indicators, patterns and levels say of one pair now",
        is_mode_bound=False,
    ),
    CommandEntry("signals", "signals", "what models say of each pair", is_mode_bound=False),
    CommandEntry("why", "signals", "why a pair was traded, or was not", is_mode_bound=False),
    CommandEntry(
        "indicators", "indicators", "what can be computed from candles", is_mode_bound=False
    ),
    CommandEntry(
        "data", "data", "candles: import files, download, list, verify", is_mode_bound=False
    ),
    CommandEntry(
        "backtest",
        "backtest",
        "what a strategy would have made of past candles, beside holding and chance",
        is_mode_bound=False,
    ),
    CommandEntry(
        "strategies",
        "strategies",
        "what can trade by itself: list, show, start, stop, status",
        is_mode_bound=False,
    ),
    CommandEntry(
        "train",
        "train",
        "train models and judge them on what they had not seen",
        is_mode_bound=False,
    ),
    CommandEntry("models", "models", "what was trained, and which serves", is_mode_bound=False),
    CommandEntry("doctor", "doctor", "check this machine and this home", is_mode_bound=False),
    CommandEntry(
        "init",
        "init",
        "the questions of a first start: colours, pairs, limits",
        is_mode_bound=False,
    ),
    CommandEntry("config", "config", "check, show or write out settings", is_mode_bound=False),
    CommandEntry("exchange", "exchange", "the local exchange, alone", is_mode_bound=False),
    CommandEntry("keys", "keys", "every key of the console", is_mode_bound=False),
    CommandEntry(
        "completion",
        "completion",
        "completion for bash, zsh and fish; the manual page",
        is_mode_bound=False,
    ),
)

RESERVED = (
    "sweep",
    "walk-forward",
    "replay",
    "dashboard",
    "backup",
    "restore",
    "audit",
)
"""Names that later versions use: refused by name, and never listed as if they worked."""


def entry_named(name: str) -> CommandEntry | None:
    """The command of that name, if there is one."""
    return next((entry for entry in COMMANDS if entry.name == name), None)
