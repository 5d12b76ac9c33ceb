"""UTC time as integer milliseconds, and how people read it."""

from datetime import UTC, datetime
from typing import NewType

UtcMs = NewType("UtcMs", int)

MS_PER_SECOND = 1_000
MS_PER_MINUTE = 60 * MS_PER_SECOND
MS_PER_DAY = 24 * 60 * MS_PER_MINUTE


def utc_day(time_ms: int) -> int:
    """Days since 1970-01-01 UTC: the trading day a moment belongs to."""
    return time_ms // MS_PER_DAY


def format_clock(time_ms: int) -> str:
    """`HH:MM:SS` in UTC."""
    return datetime.fromtimestamp(time_ms / MS_PER_SECOND, tz=UTC).strftime("%H:%M:%S")


def format_rfc3339(time_ms: int) -> str:
    """RFC 3339 with milliseconds and `Z`, as Kraken wants its deadlines."""
    moment = datetime.fromtimestamp(time_ms / MS_PER_SECOND, tz=UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{time_ms % MS_PER_SECOND:03d}Z"


def parse_rfc3339(text: str) -> UtcMs:
    """Milliseconds of an RFC 3339 moment.

    Raises:
        ValueError: `text` is not RFC 3339 or names no offset.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        message = f"{text!r} names no time zone"
        raise ValueError(message)
    return UtcMs(round(moment.timestamp() * MS_PER_SECOND))
