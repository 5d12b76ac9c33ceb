"""The home: the one folder where everything of a trading desk is kept."""

from collections.abc import Mapping
from pathlib import Path

HOME_VARIABLE = "TUI_TRADER_HOME"


def choose_home(option: str | None, environ: Mapping[str, str]) -> Path:
    """Folder named by `--home`, else by TUI_TRADER_HOME, else the usual one of this system."""
    named = option or environ.get(HOME_VARIABLE)
    if named:
        return Path(named).expanduser().absolute()
    # Loaded only here: with a home named, the command line starts without it.
    from platformdirs import user_data_path

    return user_data_path("tui-trader", appauthor=False)
