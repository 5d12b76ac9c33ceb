"""Numbers that may not exist: quotients and arrays on their way to `float | None`."""

from math import isfinite

import numpy as np

from tui_trader.engine.analysis.candles import FloatArray

STILL = 1e-12
"""A spread below this part of the largest value is the rounding of a constant, not a spread."""


def defined(value: float) -> float | None:
    """The number, or None where arithmetic found none."""
    # A percentile of losses that are all nothing is -0.0, which prints as a loss.
    return float(value) + 0.0 if isfinite(value) else None


def over(numerator: float | None, denominator: float | None) -> float | None:
    """A quotient; None where a side is unknown or the divisor is 0."""
    if numerator is None or not denominator:
        return None
    return defined(numerator / denominator)


def times(first: float | None, second: float | None) -> float | None:
    """A product; None where a side is unknown."""
    return None if first is None or second is None else defined(first * second)


def spread(values: FloatArray) -> float | None:
    """Sample standard deviation (n - 1); None below two values."""
    if len(values) < 2:  # noqa: PLR2004 — what a spread needs
        return None
    deviation = float(np.std(values, ddof=1))
    return 0.0 if deviation <= STILL * float(np.abs(values).max()) else deviation
