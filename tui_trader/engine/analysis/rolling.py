"""Windows over a column, each computed from its own values alone.

A running sum carries the rounding of every bar before it; after a spike it is wrong by more than an
indicator may be. So each window is summed anew, in blocks, so that memory stays small.
"""

from collections.abc import Callable

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
    return rolling(values, window, lambda block: block.mean(axis=1))


def rolling_deviation(values: FloatArray, window: int, *, freedom_lost: int = 0) -> FloatArray:
    """Standard deviation of the last `window` values: the root of squares / (window - freedom_lost)."""
    return rolling(values, window, lambda block: block.std(axis=1, ddof=freedom_lost))


def rolling_highest(values: FloatArray, window: int) -> FloatArray:
    """Highest of the last `window` values."""
    return rolling(values, window, lambda block: block.max(axis=1))


def rolling_lowest(values: FloatArray, window: int) -> FloatArray:
    """Lowest of the last `window` values."""
    return rolling(values, window, lambda block: block.min(axis=1))


def quotient(over: FloatArray, under: FloatArray, *, undefined: float | FloatArray) -> FloatArray:
    """`over / under`, and `undefined` where that divides by nothing."""
    is_defined: npt.NDArray[np.bool_] = under != 0
    result = np.array(np.broadcast_to(undefined, over.shape), dtype=np.float64)
    np.divide(over, under, out=result, where=is_defined)
    return result
