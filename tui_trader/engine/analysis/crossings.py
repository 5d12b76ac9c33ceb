"""Comparisons and crossings that rounding does not decide.

An average over all history and the same average over the bars that it remembers differ by less than
1e-9 of the price. So a line counts as above another only where it is so by more than that: else a flat
market would cross at every candle, and live would cross where a backtest did not.
"""

import numpy as np
import numpy.typing as npt

from tui_trader.engine.analysis.candles import BoolArray, FloatArray

NOISE = 1e-9

Side = FloatArray | float


def is_above(left: Side, right: Side, *, scale: Side) -> BoolArray:
    """Where `left` is above `right` by more than NOISE of `scale`; nowhere if one is unknown."""
    return np.asarray(np.subtract(left, right) > NOISE * np.asarray(scale), dtype=np.bool_)


def is_known(*lines: FloatArray) -> BoolArray:
    """Where every line has a value."""
    known = ~np.isnan(lines[0])
    for line in lines[1:]:
        known &= ~np.isnan(line)
    return known


def begins(claim: BoolArray, known: BoolArray) -> BoolArray:
    """Where a claim becomes true that was known to be false at the candle before."""
    result = np.zeros(len(claim), dtype=np.bool_)
    result[1:] = claim[1:] & ~claim[:-1] & known[:-1] & known[1:]
    return result


def events(enters: BoolArray, leaves: BoolArray) -> npt.NDArray[np.int8]:
    """1 where it enters, -1 where it leaves; leaving wins."""
    signal = enters.astype(np.int8)
    signal[leaves] = -1
    return signal
