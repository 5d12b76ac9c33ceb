"""The file of a person's own keys: `keys.toml` in the home."""

from pathlib import Path

from tui_trader.engine.config.files import read_text
from tui_trader.engine.values.errors import ConfigError

NAME = "keys.toml"


def read_key_wishes(home: Path) -> tuple[dict[str, dict[str, tuple[str, ...]]], str]:
    """Keys by place and action as the file has them, and the file's name; none without a file.

    Raises:
        ConfigError: it cannot be read, or is no table of keys.
    """
    path = home / NAME
    if not path.exists():
        return {}, str(path)
    # Loaded only here: nearly nobody has such a file, and a console is to be there at once.
    import tomli

    try:
        places = tomli.loads(read_text(path))
    except tomli.TOMLDecodeError as error:
        reason = error.msg[:1].lower() + error.msg[1:]
        message = f"is not TOML: {reason} (column {error.colno})"
        raise ConfigError(message, source=f"{path}:{error.lineno}") from None
    except (ValueError, RecursionError):
        message = "holds a value that cannot be read: too many digits, or nested too deep"
        raise ConfigError(message, source=str(path)) from None
    return {place: _rows(place, rows, path) for place, rows in places.items()}, str(path)


def _rows(place: str, rows: object, path: Path) -> dict[str, tuple[str, ...]]:
    if not isinstance(rows, dict):
        message = 'a line of keys belongs under a place: [desk] above, then ticket-buy = "B"'
        raise ConfigError(message, source=str(path), key=place)
    return {name: _keys(value, f"[{place}] {name}", path) for name, value in rows.items()}


def _keys(value: object, key: str, path: Path) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(value)
    message = 'a key is a text or a list of them: "B", or ["B", "ctrl+b"]; [] takes it away'
    raise ConfigError(message, source=str(path), key=key)
