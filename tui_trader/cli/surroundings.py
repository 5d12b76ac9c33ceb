"""Where a command works: home, settings file and mode, from options and environment."""

import argparse
import os
from pathlib import Path

from tui_trader.cli.exit_codes import Refused
from tui_trader.cli.parser import MODES, nearest
from tui_trader.engine.config.home import choose_home
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.text import is_text

MODE_VARIABLE = "TUI_TRADER_MODE"
CONFIG_VARIABLE = "TUI_TRADER_CONFIG"


def chosen_home(args: argparse.Namespace) -> Path:
    """Home of this call; not made yet.

    Raises:
        ConfigError: its path is no text.
    """
    return _as_text(choose_home(args.home, os.environ))


def chosen_config_file(args: argparse.Namespace) -> Path | None:
    """Settings file that was named, or `None`: then the home's own counts, if there is one.

    Raises:
        ConfigError: its path is no text.
    """
    named = args.config or os.environ.get(CONFIG_VARIABLE)
    return _as_text(Path(named).expanduser().absolute()) if named else None


def chosen_mode(args: argparse.Namespace) -> str:
    """Mode of this call: `--mode`, else TUI_TRADER_MODE, else demo.

    Raises:
        ConfigError: the variable names no mode.
    """
    if args.mode:
        return str(args.mode)
    mode = os.environ.get(MODE_VARIABLE, "demo")
    if mode not in MODES:
        message = f"{mode!r} is no mode; expected one of {', '.join(MODES)}{nearest(mode, MODES)}"
        raise ConfigError(message, source=MODE_VARIABLE)
    return mode


def refuse_unready_mode(mode: str) -> None:
    """Let demo pass and nothing else.

    Raises:
        Refused: the mode cannot be had in this version.
    """
    if mode == "live":
        message = "live trading waits for the risk and execution work; nothing was sent"
        raise Refused(message)
    if mode == "paper":
        message = "paper trading is not in this version yet; nothing was started. Use --mode demo"
        raise Refused(message)


def _as_text(path: Path) -> Path:
    # JSON on stdout and in the logs names it, and JSON is UTF-8.
    if not is_text(str(path)):
        message = f"the path {str(path)!r} is not UTF-8; rename it, or name another"
        raise ConfigError(message)
    return path
