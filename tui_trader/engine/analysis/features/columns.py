"""What several features derive from candles, each computed once."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from tui_trader.engine.analysis.candles import Candles, FloatArray, TimeArray
from tui_trader.engine.analysis.rolling import (
    quotient,
    rolling,
    rolling_highest,
    rolling_lowest,
    rolling_mean,
)

EDGE = 8.0
"""Scaled values end here: a flash crash shall be far out, not the only thing a model sees."""
NOTHING = 1e-10
"""Log prices that stray less have not moved: what is left is rounding."""


class Columns:
    """Columns of candles and what follows from them; kept as long as the object.

    Args:
        candles: T closed candles, oldest first.
    """

    def __init__(self, candles: Candles) -> None:
        self.candles = candles
        self._kept: dict[tuple[str, int], FloatArray] = {}
        self._longer: dict[int, LongerCandles] = {}

    def __len__(self) -> int:
        return len(self.candles)

    @property
    def log_close(self) -> FloatArray:
        """Natural logarithm of the closes."""
        return self._once("log_close", 0, lambda: np.log(self.candles.close))

    @property
    def returns(self) -> FloatArray:
        """Log return of each candle over the one before; NaN at the first."""
        return self._once("returns", 0, lambda: self.move(1))

    def move(self, bars: int) -> FloatArray:
        """Log return over so many candles; NaN where there are not so many."""
        return self._once("move", bars, lambda: self.log_close - lagged(self.log_close, bars))

    def pace(self, bars: int) -> FloatArray:
        """Root mean square of the last log returns: the usual size of a move of one candle."""
        return self._once("pace", bars, lambda: np.sqrt(self.mean_square(bars)))

    def mean_square(self, bars: int) -> FloatArray:
        """Mean square of the last log returns."""
        return self._once("mean_square", bars, lambda: windowed(self.returns**2, bars))

    def mean_log_close(self, bars: int) -> FloatArray:
        """Mean of the last log closes."""
        return self._once("mean_log", bars, lambda: windowed(self.log_close, bars))

    def mean_volume(self, bars: int) -> FloatArray:
        """Mean of the last volumes."""
        return self._once("mean_volume", bars, lambda: windowed(self.candles.volume, bars))

    def highest(self, bars: int) -> FloatArray:
        """Highest high of the last candles."""
        return self._once("highest", bars, lambda: rolling_highest(self.candles.high, bars))

    def lowest(self, bars: int) -> FloatArray:
        """Lowest low of the last candles."""
        return self._once("lowest", bars, lambda: rolling_lowest(self.candles.low, bars))

    @property
    def log_range(self) -> FloatArray:
        """Log width of the candle, the gap from the last close included; NaN at the first."""
        return self._once("log_range", 0, self._log_range)

    def longer(self, factor: int) -> "LongerCandles":
        """Closed candles `factor` times as long, aligned to UTC."""
        if factor not in self._longer:
            self._longer[factor] = longer_candles(self.candles, factor)
        return self._longer[factor]

    def _log_range(self) -> FloatArray:
        before = lagged(self.candles.close, 1)
        top = np.maximum(self.candles.high, before)
        return np.asarray(np.log(top / np.minimum(self.candles.low, before)))

    def _once(self, name: str, bars: int, make: Callable[[], FloatArray]) -> FloatArray:
        key = (name, bars)
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]


class LongerCandles(NamedTuple):
    """Candles of a longer timeframe, and which of them had closed at each candle of the short one.

    Args:
        columns: The longer candles; the last one may still be open.
        closed_count: How many had closed when each short candle closed, shape (T,).
    """

    columns: Columns
    closed_count: TimeArray

    def spread(self, values: FloatArray) -> FloatArray:
        """The value of the newest closed longer candle at every short one; NaN before the first."""
        padded = np.concatenate([[np.nan], values])
        return np.asarray(padded[self.closed_count])


def longer_candles(candles: Candles, factor: int) -> LongerCandles:
    """Candles `factor` times as long, of what was traded; the first, perhaps cut, is left out.

    A longer candle has closed when the short one that ends with it has, or when a later one began.
    """
    span_ms = factor * candles.interval.ms
    bucket = candles.open_time_ms // span_ms
    begins = np.flatnonzero(np.diff(bucket, prepend=bucket[:1] - 1))
    ends = np.append(begins[1:], len(candles)) - 1
    is_end = (candles.open_time_ms + candles.interval.ms) % span_ms == 0
    place = np.cumsum(np.diff(bucket, prepend=bucket[:1]) != 0)
    # The first bucket is not counted: place 0 has no closed candle, its end neither.
    closed_count = np.maximum(place + is_end - 1, 0)
    kept = begins[1:]
    summed = Candles(
        interval=candles.interval,
        open_time_ms=bucket[kept] * span_ms,
        open=candles.open[kept],
        high=np.maximum.reduceat(candles.high, begins)[1:],
        low=np.minimum.reduceat(candles.low, begins)[1:],
        close=candles.close[ends[1:]],
        volume=np.add.reduceat(candles.volume, begins)[1:],
    )
    return LongerCandles(Columns(summed), closed_count)


def lagged(values: FloatArray, bars: int) -> FloatArray:
    """Values `bars` rows earlier; NaN where there are none."""
    result = np.full(len(values), np.nan)
    result[bars:] = values[: max(len(values) - bars, 0)]
    return result


def windowed(values: FloatArray, bars: int) -> FloatArray:
    """Mean of the last `bars` values; NaN where there are fewer."""
    if len(values) < bars:
        return np.full(len(values), np.nan)
    return rolling_mean(values, bars)


def windowed_sum(values: FloatArray, bars: int) -> FloatArray:
    """Sum of the last `bars` values; NaN where there are fewer."""
    return windowed(values, bars) * bars


def places_of_extreme(values: FloatArray, bars: int, *, is_high: bool) -> FloatArray:
    """Bars since the newest extreme of the last `bars` values, 0 … bars - 1."""
    pick = np.argmax if is_high else np.argmin
    return rolling(values, bars, lambda block: pick(block[:, ::-1], axis=1).astype(np.float64))


def in_paces(move: FloatArray, pace: FloatArray) -> FloatArray:
    """A log move in units of its usual size, within ±EDGE; 0 where nothing usually moves."""
    is_moving = pace > NOTHING
    scaled = quotient(move, np.where(is_moving, pace, 0.0), undefined=0.0)
    return np.clip(np.where(np.isnan(pace), np.nan, scaled), -EDGE, EDGE)


def log_ratio(over: FloatArray, under: FloatArray) -> FloatArray:
    """Logarithm of a ratio of two sizes, within ±EDGE; 0 where one of them is nothing."""
    is_defined = (over > NOTHING) & (under > NOTHING)
    ratio = quotient(over, np.where(is_defined, under, 0.0), undefined=1.0)
    logarithm = np.log(np.where(is_defined, ratio, 1.0))
    is_unknown = np.isnan(over) | np.isnan(under)
    return np.clip(np.where(is_unknown, np.nan, logarithm), -EDGE, EDGE)


def share(part: FloatArray, whole: FloatArray) -> FloatArray:
    """A part of a whole; 0 where the whole is nothing."""
    is_unknown = np.isnan(part) | np.isnan(whole)
    return np.where(is_unknown, np.nan, quotient(part, whole, undefined=0.0))
