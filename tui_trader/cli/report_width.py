"""Width of a report: as the user said, or that of the terminal."""

import shutil

from tui_trader.engine.values.errors import ConfigError

WIDTH_MIN, WIDTH_MAX = 60, 240


def report_width(given: int | None) -> int:
    """Cells of a line.

    Raises:
        ConfigError: it is too narrow or too wide.
    """
    if given is None:
        columns = shutil.get_terminal_size().columns
        return min(max(columns, WIDTH_MIN), WIDTH_MAX)
    if not WIDTH_MIN <= given <= WIDTH_MAX:
        message = f"--width {given} is not from {WIDTH_MIN} to {WIDTH_MAX}"
        raise ConfigError(message)
    return given
