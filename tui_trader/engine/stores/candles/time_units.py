"""Units of time in people's files, and how each becomes UTC milliseconds."""

from datetime import UTC, datetime, timedelta
from enum import Enum

from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.text import sanitize

TIME_MS_MAX = 4_102_444_800_000
"""2100-01-01: what lies later was read in the wrong unit."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


class TimeUnit(Enum):
    """The value is its name in `--time-unit`."""

    S = "s"
    MS = "ms"
    US = "us"
    NS = "ns"
    ISO = "iso"


_PER_MS = {TimeUnit.MS: 1, TimeUnit.US: 1_000, TimeUnit.NS: 1_000_000}
MS_PER_S = 1_000
# A file of seconds ends in 1973 when it is read as milliseconds: the magnitudes do not overlap.
_NOT_SECONDS, _NOT_MS, _NOT_US = 10**11, 10**14, 10**17


def unit_named(text: str) -> TimeUnit:
    """A unit as users write it.

    Raises:
        ConfigError: there is no such unit.
    """
    try:
        return TimeUnit(text)
    except ValueError:
        known = ", ".join(unit.value for unit in TimeUnit)
        message = f"--time-unit {sanitize(text)!r} is none of {known}"
        raise ConfigError(message) from None


def unit_of(text: str) -> TimeUnit:
    """The unit that a moment is written in, by its look and size."""
    try:
        value = abs(float(text))
    except ValueError:
        return TimeUnit.ISO
    if value < _NOT_SECONDS:
        return TimeUnit.S
    if value < _NOT_MS:
        return TimeUnit.MS
    return TimeUnit.US if value < _NOT_US else TimeUnit.NS


def parse_ms(text: str, unit: TimeUnit) -> int:
    """UTC milliseconds of one moment; a moment without a time zone is UTC.

    Raises:
        ValueError: it is none, or lies before 1970 or after 2100.
    """
    if unit is TimeUnit.ISO:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        time_ms = (moment - _EPOCH) // _MS
    elif unit is TimeUnit.S:
        time_ms = int(text) * MS_PER_S if "." not in text else round(float(text) * MS_PER_S)
    else:
        time_ms = (int(text) if "." not in text else int(float(text))) // _PER_MS[unit]
    if not 0 <= time_ms < TIME_MS_MAX:
        message = f"{text!r} is no moment between 1970 and 2100"
        raise ValueError(message)
    return time_ms


def scale(unit: TimeUnit) -> tuple[int, int]:
    """What whole numbers of a unit are multiplied with, then divided by, to be milliseconds."""
    return (MS_PER_S, 1) if unit is TimeUnit.S else (1, _PER_MS[unit])
