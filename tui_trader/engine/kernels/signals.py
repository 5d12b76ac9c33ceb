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
    row = slow - 1
    was_above = False
    while row < moments:
        end = min(moments, row + ANCHOR_ROWS)
        fast_sum, slow_sum = window_sum(close, row, fast), window_sum(close, row, slow)
        is_first = row == slow - 1
        for now in range(row, end):
            if now > row:
                fast_sum += close[now] - close[now - fast]
                slow_sum += close[now] - close[now - slow]
            slow_mean = slow_sum * slow_share
            is_above = fast_sum * fast_share - slow_mean > NOISE * slow_mean
            signal[now] = 0 if is_first else np.int8(is_above) - np.int8(was_above)
            was_above, is_first = is_above, False
        row = end
