"""What can be wrong with a row of candles, and which rows have it: one pass over the columns."""

from enum import IntEnum

import numpy as np
import numpy.typing as npt

from tui_trader.engine.analysis.candles import PRICE_MIN, PRICES, VALUE_MAX, BoolArray
from tui_trader.engine.stores.candles.bars import Bars
from tui_trader.engine.values.candles import Interval

FaultArray = npt.NDArray[np.int8]


class RowFault(IntEnum):
    """The first thing that is wrong with a row; 0 is a good row."""

    NONE = 0
    NOT_A_NUMBER = 1
    PRICE_NOT_POSITIVE = 2
    VOLUME_NEGATIVE = 3
    HIGH_BELOW_LOW = 4
    OUTSIDE_RANGE = 5
    OFF_GRID = 6
    FUTURE = 7
    OUT_OF_SCALE = 8

    @property
    def words(self) -> str:
        """What it means."""
        return _WORDS[self]


_WORDS = {
    RowFault.NONE: "nothing is wrong",
    RowFault.NOT_A_NUMBER: "a value is missing or not a finite number",
    RowFault.PRICE_NOT_POSITIVE: "a price is not above 0",
    RowFault.VOLUME_NEGATIVE: "the volume is below 0",
    RowFault.HIGH_BELOW_LOW: "high is below low",
    RowFault.OUTSIDE_RANGE: "open or close lies outside low to high",
    RowFault.OFF_GRID: "the time is not a start of its interval",
    RowFault.FUTURE: "the time has not come yet",
    RowFault.OUT_OF_SCALE: f"a price is below {PRICE_MIN:g}, or a value above {VALUE_MAX:g}",
}


def row_faults(bars: Bars, interval: Interval, *, now_ms: int) -> FaultArray:
    """The first fault of each row, shape (T,).

    Args:
        bars: In any order.
        interval: What they should be the length of.
        now_ms: UTC; what starts later cannot have happened.
    """
    faults = np.zeros(bars.row_count, dtype=np.int8)

    def mark(wrong: BoolArray, fault: RowFault) -> None:
        if wrong.any():
            faults[wrong & (faults == RowFault.NONE)] = fault

    is_number = np.isfinite(bars.volume)
    for name in PRICES:
        is_number &= np.isfinite(getattr(bars, name))
    mark(~is_number, RowFault.NOT_A_NUMBER)
    lowest = np.minimum(bars.low, bars.high)
    top, bottom = np.maximum(bars.open, bars.close), np.minimum(bars.open, bars.close)
    mark(np.minimum(lowest, bottom) <= 0, RowFault.PRICE_NOT_POSITIVE)
    mark(bars.volume < 0, RowFault.VOLUME_NEGATIVE)
    largest = np.maximum(np.maximum(bars.high, top), np.maximum(bars.low, bars.volume))
    is_small = np.minimum(lowest, bottom) < PRICE_MIN
    mark(is_small | (largest > VALUE_MAX), RowFault.OUT_OF_SCALE)
    mark(bars.high < bars.low, RowFault.HIGH_BELOW_LOW)
    mark((bars.high < top) | (bars.low > bottom), RowFault.OUTSIDE_RANGE)
    mark(bars.open_time_ms % interval.ms != 0, RowFault.OFF_GRID)
    mark(bars.open_time_ms > now_ms, RowFault.FUTURE)
    return faults
