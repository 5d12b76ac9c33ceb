"""Candle columns as they come, not checked yet: what files hold before anybody has looked."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tui_trader.engine.analysis.candles import COLUMNS, BoolArray, Candles, FloatArray, TimeArray
from tui_trader.engine.values.candles import Interval

Rows = slice | BoolArray | npt.NDArray[np.int64]


class Bars(NamedTuple):
    """Columns of one length; any value may be wrong, any order is possible."""

    open_time_ms: TimeArray
    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray

    @property
    def row_count(self) -> int:
        """How many rows."""
        return len(self.open_time_ms)

    def taken(self, rows: Rows) -> "Bars":
        """The rows of a slice, a mask or an index."""
        return Bars._make(column[rows] for column in self)

    def checked(self, interval: Interval) -> Candles:
        """As candles.

        Raises:
            ConfigError: a row is wrong; the message names the first.
        """
        return Candles(interval=interval, **self._asdict())


def empty_bars() -> Bars:
    """No row."""
    times: TimeArray = np.empty(0, dtype=np.int64)
    return Bars._make((times, *(np.empty(0, dtype=np.float64) for _ in COLUMNS)))


def bars_of(candles: Candles) -> Bars:
    """Columns of checked candles."""
    return Bars(candles.open_time_ms, *(candles.column(name) for name in COLUMNS))


def joined(parts: Sequence[Bars]) -> Bars:
    """All rows of all parts, in their order."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return empty_bars()
    return Bars._make(np.concatenate(columns) for columns in zip(*parts, strict=True))
