"""The home: the one folder where everything of a trading desk is kept."""

from collections.abc import Mapping
from pathlib import Path

from tui_trader.engine.values.errors import ConfigError

HOME_VARIABLE = "TUI_TRADER_HOME"
HOME_MODE = 0o700
"""Keys, journal and socket lie in it: nobody else has any business there."""


def choose_home(option: str | None, environ: Mapping[str, str]) -> Path:
    """Folder named by `--home`, else by TUI_TRADER_HOME, else the usual one of this system."""
    named = option or environ.get(HOME_VARIABLE)
    if named:
        return Path(named).expanduser().absolute()
    # Loaded only here: with a home named, the command line starts without it.
    from platformdirs import user_data_path

    return user_data_path("tui-trader", appauthor=False)


def make_home(home: Path) -> None:
    """Make the folder, for its owner alone, unless it is there.

    Raises:
        ConfigError: it cannot be made, or something else has that name.
    """
    try:
        home.mkdir(mode=HOME_MODE, parents=True, exist_ok=True)
    except FileExistsError:
        message = "is a file; the home must be a folder: choose another with --home"
        raise ConfigError(message, source=str(home)) from None
    except OSError as error:
        message = f"cannot be made: {error.strerror}; choose another with --home"
        raise ConfigError(message, source=str(home)) from None
