"""Drift: how far values of today are distributed from those of the past."""

import numpy as np

from tui_trader.engine.analysis.candles import FloatArray
from tui_trader.engine.values.errors import ConfigError

BINS = 10
NOTABLE, LARGE = 0.1, 0.25
"""Usual reading of the index: below the first nothing moved, from the second on it is another market."""
HALF = 0.5
"""Added to each count, so that an empty bin is rare and not impossible."""


def population_stability(past: FloatArray, now: FloatArray, bins: int = BINS) -> float | None:
    """Population stability index: Σ (now - past) · ln(now / past) over bins of equal past count.

    Tied values share a bin: edges that coincide are one, and what never varied has a bin of its own
    value. NaN, an indicator's warm-up, is left out.

    Args:
        past: Values that were learned from, shape (N,).
        now: Values of today, shape (M,).
        bins: At most so many.

    Returns:
        0 is the same; None where a side has no value.

    Raises:
        ConfigError: fewer than 2 bins.
    """
    if bins < 2:  # noqa: PLR2004 — one bin holds everything
        message = f"a stability index needs at least 2 bins, not {bins}"
        raise ConfigError(message)
    before, after = past[~np.isnan(past)], now[~np.isnan(now)]
    if not len(before) or not len(after):
        return None
    edges = np.unique(np.quantile(before, np.linspace(0, 1, bins + 1)[1:-1], method="lower"))
    shares = [
        _shares(np.searchsorted(edges, side, "left"), len(edges) + 1) for side in (before, after)
    ]
    return float(np.sum((shares[1] - shares[0]) * np.log(shares[1] / shares[0])))


def stability_noise(past_count: int, now_count: int, bins: int = BINS) -> float | None:
    """The index that chance alone shows on average when nothing moved: (bins - 1)(1/N + 1/M).

    With few values of today the index says more of their number than of drift; read it beside this.
    """
    if not past_count or not now_count:
        return None
    return (bins - 1) * (1 / past_count + 1 / now_count)


def _shares(bin_of: np.ndarray[tuple[int, ...], np.dtype[np.intp]], count: int) -> FloatArray:
    counts = np.bincount(bin_of, minlength=count)[:count] + HALF
    return np.asarray(counts / counts.sum(), dtype=np.float64)
