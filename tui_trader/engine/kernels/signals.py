"""Signals of strategies in one pass over the closes: the compiled form of what `strategies` says.

Law: each gives what its strategy gives (tests/conformance/test_strategies.py).
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Signs = npt.NDArray[np.int8]

NOISE = 1e-9
"""`analysis.crossings.NOISE`: less than this part of the price is no crossing."""
ANCHOR_ROWS = 4_096
"""A running sum carries the rounding of every row before it: it is summed anew this often."""


def window_sum(close: Floats, row: int, window: int) -> float:
    """Sum of the window that ends at a row."""
    total = 0.0
    for back in range(row - window + 1, row + 1):
        total += close[back]
    return total


def sma_cross(close: Floats, fast: int, slow: int, signal: Signs) -> None:
    """Write 1 where the fast mean rises above the slow one, -1 where it falls below, else 0."""
    moments = close.shape[0]
    signal[: min(slow, moments)] = 0
    fast_share, slow_share = 1.0 / fast, 1.0 / slow
    row, was_above = slow - 1, 0
    while row < moments:
        end = min(moments, row + ANCHOR_ROWS)
        fast_sum, slow_sum = window_sum(close, row, fast), window_sum(close, row, slow)
        slow_mean = slow_sum * slow_share
        is_above = int(fast_sum * fast_share - slow_mean > NOISE * slow_mean)
        signal[row] = 0 if row == slow - 1 else is_above - was_above
        was_above = is_above
        # Parts that begin at 0: a place that might be below 0 is looked up twice as slowly.
        come, said = close[row + 1 : end], signal[row + 1 : end]
        fast_gone, slow_gone = close[row + 1 - fast :], close[row + 1 - slow :]
        for now in range(len(come)):
            fast_sum += come[now] - fast_gone[now]
            slow_sum += come[now] - slow_gone[now]
            slow_mean = slow_sum * slow_share
            is_above = int(fast_sum * fast_share - slow_mean > NOISE * slow_mean)
            said[now] = is_above - was_above
            was_above = is_above
        row = end
