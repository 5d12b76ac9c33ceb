"""Measures of probabilities against what happened.

`forecast` holds probabilities and `happened` 0 or 1, both of shape (N,); `weights` count labels that
overlap by their uniqueness. What needs both outcomes is None where only one came.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tui_trader.engine.analysis.candles import FloatArray
from tui_trader.engine.analysis.statistics.defined import defined, over
from tui_trader.engine.values.errors import ConfigError

BINS = 10
NEAREST = 1e-15
"""Log-loss reads a forecast no nearer to 0 and 1 than this, as scikit-learn does."""


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """One point of the reliability curve.

    Args:
        low: Lowest forecast of the bin.
        high: Highest forecast of the bin.
        forecast: Their weighted mean.
        happened: Weighted share of those that happened.
        count: Forecasts in the bin.
        weight: Sum of their weights.
    """

    low: float
    high: float
    forecast: float
    happened: float
    count: int
    weight: float


def log_loss(
    forecast: FloatArray, happened: FloatArray, weights: FloatArray | None = None
) -> float | None:
    """Mean of -ln of the probability given to what happened; None without a forecast."""
    weight = _checked(forecast, happened, weights)
    sure = np.clip(forecast, NEAREST, 1 - NEAREST)
    losses = -np.where(happened > 0, np.log(sure), np.log1p(-sure))
    return over(float(losses @ weight), float(weight.sum()))


def brier(
    forecast: FloatArray, happened: FloatArray, weights: FloatArray | None = None
) -> float | None:
    """Mean squared distance of the forecast from what happened (Brier 1950)."""
    weight = _checked(forecast, happened, weights)
    return over(float((forecast - happened) ** 2 @ weight), float(weight.sum()))


def auc(
    forecast: FloatArray, happened: FloatArray, weights: FloatArray | None = None
) -> float | None:
    """Chance that a random hit was forecast higher than a random miss, ties counted half."""
    weight = _checked(forecast, happened, weights)
    levels, level = np.unique(forecast, return_inverse=True)
    hits = np.bincount(level, weight * happened, minlength=len(levels))
    misses = np.bincount(level, weight * (1 - happened), minlength=len(levels))
    misses_below = np.cumsum(misses) - misses
    ranked = float(hits @ (misses_below + misses / 2))
    return over(ranked, float(hits.sum()) * float(misses.sum()))


def calibration_error(
    forecast: FloatArray,
    happened: FloatArray,
    weights: FloatArray | None = None,
    *,
    bins: int = BINS,
) -> float | None:
    """Mean distance of forecast and rate over bins of equal count (expected calibration error)."""
    table = reliability(forecast, happened, weights, bins=bins)
    distances = sum(row.weight * abs(row.forecast - row.happened) for row in table)
    return over(distances, sum(row.weight for row in table))


def reliability(
    forecast: FloatArray,
    happened: FloatArray,
    weights: FloatArray | None = None,
    *,
    bins: int = BINS,
) -> tuple[ReliabilityBin, ...]:
    """The reliability curve: at most `bins` bins of equal count, lowest forecasts first.

    Tied forecasts share a bin: else a constant forecast, split by what happened to come first, would
    look badly calibrated.
    """
    weight = _checked(forecast, happened, weights)
    order = np.argsort(forecast, kind="stable")
    sorted_forecast = forecast[order]
    begins_tie = np.concatenate([[True], np.diff(sorted_forecast) > 0])[: len(order)]
    first_of_tie = np.maximum.accumulate(np.where(begins_tie, np.arange(len(order)), 0))
    bin_of = first_of_tie * bins // max(len(order), 1)
    edges = np.flatnonzero(np.diff(bin_of, prepend=-1, append=bins))
    rows = [order[begin:end] for begin, end in pairwise(edges)]
    return tuple(
        _bin(forecast[row], happened[row], weight[row]) for row in rows if weight[row].sum() > 0
    )


def _bin(forecast: FloatArray, happened: FloatArray, weight: FloatArray) -> ReliabilityBin:
    total = float(weight.sum())
    return ReliabilityBin(
        low=float(forecast[0]),
        high=float(forecast[-1]),
        forecast=float(forecast @ weight) / total,
        happened=float(happened @ weight) / total,
        count=len(forecast),
        weight=total,
    )


def base_rate(happened: FloatArray, weights: FloatArray | None = None) -> float | None:
    """Weighted share of what happened."""
    weight = np.ones(len(happened)) if weights is None else weights
    return over(float(happened @ weight), float(weight.sum()))


def base_rate_loss(rate: float, happened: FloatArray) -> float | None:
    """Log-loss of always saying `rate`: what a forecast must beat."""
    value = log_loss(np.full(len(happened), rate), happened)
    return None if value is None else defined(value)


def _checked(forecast: FloatArray, happened: FloatArray, weights: FloatArray | None) -> FloatArray:
    weight = np.ones(len(forecast)) if weights is None else weights
    if not forecast.shape == happened.shape == weight.shape:
        message = (
            f"forecasts {forecast.shape}, outcomes {happened.shape} and weights {weight.shape} must "
            "be flat and of one length"
        )
        raise ConfigError(message)
    # A NaN fails every comparison, so it is refused with the rest.
    if not np.all((forecast >= 0) & (forecast <= 1)):
        message = "a forecast must be a probability between 0 and 1"
        raise ConfigError(message)
    if not np.all((happened == 0) | (happened == 1)) or not np.all(weight >= 0):
        message = "an outcome must be 0 or 1, and a weight at least 0"
        raise ConfigError(message)
    return weight
