"""Where candles lie: a folder per venue, pair and interval; one file a month or a year.

Law: a file holds the rows whose `open_time_ms` falls into the period of its name, and no others, so a
row has one place. One-minute candles lie by month, because the engine rewrites the newest file every few
minutes (43,200 rows, 2 MB at most); everything longer lies by year.
"""

import re
from pathlib import Path
from typing import NamedTuple

import numpy as np

from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.text import sanitize

SUFFIX = ".parquet"
NAME_LENGTH_MAX = 40
_VENUE = re.compile(r"[a-z0-9][a-z0-9_-]*")
_ASSET = re.compile(r"[A-Z0-9][A-Z0-9.]*")
_PERIOD = re.compile(r"[0-9]{4}(-[0-9]{2})?")


class Series(NamedTuple):
    """Candles of one pair at one venue, of one length."""

    venue: str
    symbol: Symbol
    interval: Interval

    def __str__(self) -> str:
        return f"{self.venue} {self.symbol} {self.interval.value}"

    @property
    def folder(self) -> Path:
        """Its place below the folder of all candles."""
        return Path(self.venue, self.symbol.replace("/", "-"), self.interval.value)


def series_of(venue: str, symbol: str, interval: Interval) -> Series:
    """A series whose names are safe as names of folders.

    Raises:
        ConfigError: one of them is not.
    """
    if len(venue) > NAME_LENGTH_MAX or not _VENUE.fullmatch(venue):
        message = f"{sanitize(venue)!r} is no name of a venue; write it like kraken"
        raise ConfigError(message)
    assets = symbol.split("/")
    if (
        len(symbol) > NAME_LENGTH_MAX
        or len(assets) != len(("base", "quote"))
        or not all(_ASSET.fullmatch(asset) for asset in assets)
    ):
        message = f"{sanitize(symbol)!r} is no pair; write it like BTC/USD"
        raise ConfigError(message)
    return Series(venue, Symbol(symbol), interval)


def series_in(root: Path) -> tuple[Series, ...]:
    """Every series that has a folder below `root`, in order of venue, pair and length."""
    found = []
    for folder in root.glob("*/*/*"):
        venue, pair, length = folder.parts[-3:]
        try:
            series = series_of(venue, pair.replace("-", "/", 1), Interval(length))
        except (ConfigError, ValueError):
            # Somebody else's folder: nothing of ours has such a name.
            continue
        if folder.is_dir():
            found.append(series)
    return tuple(sorted(found, key=lambda one: (one.venue, one.symbol, one.interval.ms)))


def period_file_name(time_ms: int, interval: Interval) -> str:
    """Name of the file of a row: `2024-03.parquet` for minutes, `2024.parquet` for anything longer."""
    unit = "M" if interval is Interval.M1 else "Y"
    moment = np.datetime64(time_ms, "ms").astype(f"datetime64[{unit}]")
    return f"{moment}{SUFFIX}"


def period_files(folder: Path) -> list[Path]:
    """The files of a series, oldest first."""
    return sorted(
        path for path in folder.glob(f"*{SUFFIX}") if _PERIOD.fullmatch(path.name[: -len(SUFFIX)])
    )


def period_bounds_ms(path: Path) -> tuple[int, int]:
    """First moment of a file's period, and of the next one."""
    start = np.datetime64(path.name[: -len(SUFFIX)])
    return _ms(start), _ms(start + 1)


def _ms(moment: np.datetime64) -> int:
    return int(moment.astype("datetime64[ms]").astype(np.int64))
