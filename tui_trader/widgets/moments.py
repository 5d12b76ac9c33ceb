"""Moments as people type them: `10:40`, `yesterday`, `2026-11-19`, `11-19 10:40`, `-2h`; all in UTC."""

import re
from datetime import UTC, datetime, timedelta

from tui_trader.engine.values.time import MS_PER_DAY, MS_PER_MINUTE, MS_PER_SECOND

EXAMPLES = "10:40 · yesterday · 2026-11-19 · 11-19 10:40 · -2h"
_AGO = re.compile(r"-(\d{1,5})\s*([mhd])")
_MOMENT = re.compile(
    r"(?:(?:(\d{4})-)?(\d{1,2})-(\d{1,2}))?[ T]*(?:(\d{1,2}):(\d{2})(?::(\d{2}))?)?"
)
_UNITS = {"m": MS_PER_MINUTE, "h": 60 * MS_PER_MINUTE, "d": MS_PER_DAY}


def moment_named(text: str, *, now_ms: int) -> int | None:
    """The end of what was named (a day's last moment, a minute's last); None for what names none."""
    words = text.strip().lower()
    if words == "yesterday":
        return now_ms // MS_PER_DAY * MS_PER_DAY - 1
    if found := _AGO.fullmatch(words):
        return now_ms - int(found[1]) * _UNITS[found[2]]
    found = _MOMENT.fullmatch(words.upper())
    if not found or not any(found.groups()):
        return None
    now = datetime.fromtimestamp(now_ms / MS_PER_SECOND, tz=UTC)
    try:
        return _moment(found, now)
    except ValueError:
        return None


def _moment(found: re.Match[str], now: datetime) -> int:
    """The latest moment that is meant and not in the future, where no year or day is named."""
    year, month, day, hour, minute, second = (
        None if part is None else int(part) for part in found.groups()
    )
    start = datetime(year or now.year, month or now.month, day or now.day, tzinfo=UTC)
    if hour is not None:
        start = start.replace(hour=hour, minute=minute or 0, second=second or 0)
    if start > now and month is None:
        start -= timedelta(days=1)
    elif start > now and year is None:
        start = start.replace(year=start.year - 1)
    length = timedelta(days=1) if hour is None else timedelta(minutes=1)
    if second is not None:
        length = timedelta(seconds=1)
    return int((start + length).timestamp() * MS_PER_SECOND) - 1
