"""Windows over a column, each computed from its own values alone.

A running sum carries the rounding of every bar before it; after a spike it is wrong by more than an
indicator may be. So each window is made of its own rows: means, deviations and extremes by joining
windows of 1, 2, 4 … rows, anything else by a reduction over blocks, so that memory stays small.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from tui_trader.engine.analysis.candles import FloatArray

BLOCK_VALUES = 1 << 18
Reduction = Callable[[FloatArray], FloatArray]


def rolling(values: FloatArray, window: int, reduction: Reduction) -> FloatArray:
    """A reduction of the last `window` values at each row, NaN in the first window - 1.

    Args:
        values: Shape (T,), T ≥ window.
        window: Rows.
        reduction: From shape (N, window) to shape (N,).
    """
    result = np.full(len(values), np.nan)
    windows = sliding_window_view(values, window)
    rows = max(1, BLOCK_VALUES // window)
    for begin in range(0, len(windows), rows):
        block = windows[begin : begin + rows]
        result[window - 1 + begin : window - 1 + begin + len(block)] = reduction(block)
    return result


def rolling_mean(values: FloatArray, window: int) -> FloatArray:
    """Mean of the last `window` values."""
    return _placed(_moments(values, window).mean, len(values), window)


def rolling_deviation(values: FloatArray, window: int, *, freedom_lost: int = 0) -> FloatArray:
    """Standard deviation of the last `window` values: the root of squares / (window - freedom_lost)."""
    squares = _moments(values, window, with_squares=True).squares
    return _placed(np.sqrt(squares / (window - freedom_lost)), len(values), window)


def rolling_highest(values: FloatArray, window: int) -> FloatArray:
    """Highest of the last `window` values."""
    return _placed(_extreme(values, window, np.maximum), len(values), window)


def rolling_lowest(values: FloatArray, window: int) -> FloatArray:
    """Lowest of the last `window` values."""
    return _placed(_extreme(values, window, np.minimum), len(values), window)


def _placed(found: FloatArray, rows: int, window: int) -> FloatArray:
    result = np.full(rows, np.nan)
    result[window - 1 :] = found
    return result


def _extreme(values: FloatArray, window: int, larger: np.ufunc) -> FloatArray:
    """Of windows twice as long again and again, and at last of two that overlap."""
    level, span = values, 1
    while 2 * span <= window:
        level = larger(level[:-span], level[span:])
        span *= 2
    count = len(values) - window + 1
    whole: FloatArray = larger(level[:count], level[window - span : window - span + count])
    return whole


class _Moments(NamedTuple):
    """Mean, and sum of the squared distances from it, of windows of `span` rows from each row on."""

    span: int
    mean: FloatArray
    squares: FloatArray

    def joined(self, later: "_Moments") -> "_Moments":
        """Of the windows that are one of these and, right after it, one of the later ones.

        Source: Chan, Golub and LeVeque, Updating Formulae and a Pairwise Algorithm for Computing
        Sample Variances (1979). Equal values stay exactly equal, and their squares exactly 0.
        """
        span = self.span + later.span
        count = len(later.mean) - self.span
        mean, later_mean = self.mean[:count], later.mean[self.span :]
        apart = later_mean - mean
        squares = self.squares
        if len(squares):
            squares = squares[:count] + later.squares[self.span :]
            squares = squares + np.square(apart) * (self.span * later.span / span)
        return _Moments(span, mean + apart * (later.span / span), squares)


def _moments(values: FloatArray, window: int, *, with_squares: bool = False) -> _Moments:
    """Of every window, joined from windows of 1, 2, 4 … rows: some adds a row, and no running sum."""
    level = _Moments(1, values, np.zeros(len(values) if with_squares else 0))
    whole: _Moments | None = None
    while True:
        if window & level.span:
            whole = level if whole is None else whole.joined(level)
        if 2 * level.span > window:
            break
        level = level.joined(level)
    assert whole is not None, "a window has at least one row"
    return whole


def quotient(over: FloatArray, under: FloatArray, *, undefined: float | FloatArray) -> FloatArray:
    """`over / under`, and `undefined` where that divides by nothing."""
    is_defined: npt.NDArray[np.bool_] = under != 0
    result = np.array(np.broadcast_to(undefined, over.shape), dtype=np.float64)
    np.divide(over, under, out=result, where=is_defined)
    return result
