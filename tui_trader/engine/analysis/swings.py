"""Swings: candles at which the price turned.

Law: a swing exists from the close of the candle that confirms it, never earlier, and then for ever.
"""

import msgspec
import numpy as np

from tui_trader.engine.analysis.candles import BoolArray, Candles, FloatArray
from tui_trader.engine.analysis.rolling import rolling_highest

CONFIRM_BARS = 5
"""Candles on either side that a turn must outreach; so many later it is certain."""


class Swing(msgspec.Struct, frozen=True, kw_only=True):
    """A high above, or a low below, the candles on either side.

    Args:
        row: Index of its candle.
        open_time_ms: Start of its candle.
        price: The high or the low.
        is_high: A high; else a low.
        confirmed_row: Index of the candle that made it certain.
        confirmed_time_ms: Close of that candle.
    """

    row: int
    open_time_ms: int
    price: float
    is_high: bool
    confirmed_row: int
    confirmed_time_ms: int


def find_swings(candles: Candles, *, bars: int = CONFIRM_BARS) -> list[Swing]:
    """Every swing that is certain at the newest candle, in the order in which they became so.

    Of equal highs in a row the first one counts.

    Args:
        candles: Closed candles, oldest first.
        bars: On either side.
    """
    if len(candles) <= 2 * bars:
        return []
    highs = _peaks(candles.high, bars)
    lows = _peaks(-candles.low, bars)
    return [
        _swing(candles, int(row), is_high=is_high, bars=bars)
        for row in np.flatnonzero(highs | lows)
        for is_high in (True, False)
        if (highs if is_high else lows)[row]
    ]


def _peaks(values: FloatArray, bars: int) -> BoolArray:
    """Rows above those before and at least as high as those after, `bars` of each."""
    # At row t: the highest of t - bars + 1 … t.
    highest = rolling_highest(values, bars)
    is_peak = np.zeros(len(values), dtype=np.bool_)
    middle = values[bars:-bars]
    before, after = highest[bars - 1 : -bars - 1], highest[2 * bars :]
    is_peak[bars:-bars] = (middle > before) & (middle >= after)
    return is_peak


def _swing(candles: Candles, row: int, *, is_high: bool, bars: int) -> Swing:
    confirmed_row = row + bars
    return Swing(
        row=row,
        open_time_ms=int(candles.open_time_ms[row]),
        price=float((candles.high if is_high else candles.low)[row]),
        is_high=is_high,
        confirmed_row=confirmed_row,
        confirmed_time_ms=int(candles.open_time_ms[confirmed_row]) + candles.interval.ms,
    )
