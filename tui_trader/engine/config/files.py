"""Reading of small text files, with a readable fault for everything that can go wrong."""

from pathlib import Path

from tui_trader.engine.values.errors import ConfigError

FILE_BYTES_MAX = 1_000_000
"""Far above any settings file; a wrong path to a huge file must not fill the memory."""


def read_text(path: Path) -> str:
    """Text of the file.

    Raises:
        ConfigError: it is missing, no file, unreadable, too large or not UTF-8.
    """
    try:
        with path.open("rb") as file:
            content = file.read(FILE_BYTES_MAX + 1)
    except FileNotFoundError:
        message = "there is no such file; name another with --config, or leave that out"
        raise ConfigError(message, source=str(path)) from None
    except IsADirectoryError:
        message = "is a folder; a file was expected"
        raise ConfigError(message, source=str(path)) from None
    except OSError as error:
        message = f"cannot be read: {error.strerror}; check who may read it"
        raise ConfigError(message, source=str(path)) from None
    if len(content) > FILE_BYTES_MAX:
        message = f"is larger than {FILE_BYTES_MAX} bytes; this cannot be a settings file"
        raise ConfigError(message, source=str(path))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        message = f"is not UTF-8 (byte {error.start + 1}); save it as UTF-8"
        raise ConfigError(message, source=f"{path}:{line}") from None
