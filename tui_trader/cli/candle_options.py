"""Lengths of candles and moments, as users write them in options."""

from datetime import UTC, datetime

from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.text import sanitize
from tui_trader.engine.values.time import MS_PER_SECOND

DEFAULT_TIMEFRAME = "1h"
LENGTHS = ", ".join(interval.value for interval in Interval)


def interval_named(text: str) -> Interval:
    """A length of candles as users write it.

    Raises:
        ConfigError: there is no such length.
    """
    try:
        return Interval(text.strip())
    except ValueError:
        message = f"--timeframe {sanitize(text)!r} is no length of candles; there is: {LENGTHS}"
        raise ConfigError(message) from None


def moment_named(text: str, option: str) -> int:
    """UTC milliseconds of a day or a moment as users write it.

    Args:
        text: `2026-01-31`, `2026-01-31T12:00`; UTC where it names no time zone.
        option: The option it was given to.

    Raises:
        ConfigError: it is no moment after 1970.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        message = f"{option} {sanitize(text)!r} is no day; write it like 2026-01-31"
        raise ConfigError(message) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    time_ms = round(moment.timestamp() * MS_PER_SECOND)
    if time_ms < 0:
        message = f"{option} {sanitize(text)!r} lies before 1970"
        raise ConfigError(message)
    return time_ms
