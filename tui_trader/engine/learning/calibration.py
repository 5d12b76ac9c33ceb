"""From raw scores to probabilities that keep their promise.

A regularised Platt line over forecasts that were made out of fold, with its mean held to the base rate
of the whole history. Isotonic steps on a recent slice were measurably the worst. The slope is shrunk
by how well it is known: where the scores tell nothing, the forecast *is* the base rate, and no worse.
"""

from typing import NamedTuple

import numpy as np

from tui_trader.engine.analysis.candles import FloatArray
from tui_trader.engine.analysis.splits import Rows
from tui_trader.engine.learning.models.declaration import sigmoid

PENALTY = 1.0
"""Strength of the pull to a slope of 0, in labels of their own: forgotten after a few dozen."""
NOISE = 9.0
"""Taken off a slope: so many times its variance over its square (James and Stein, but at three
deviations). With 2, one noise walk in twelve lost 0.003 of log-loss to a slope that was not there."""
HINT = 0.02
"""Least part of a slope that is kept: it keeps the order of the forecasts and costs next to nothing."""
BLOCKS = 24
"""Scores and outcomes both last; how sure a slope is, is told by how much it differs between stretches."""
ROUNDS_MAX = 50
CLOSE_ENOUGH = 1e-12
RATE_EDGE = 1e-4


class Calibration(NamedTuple):
    """`probability = sigmoid(intercept + slope * (score - centre))`."""

    centre: float
    slope: float
    intercept: float

    def strength(self, scores: FloatArray) -> FloatArray:
        """What the scores say beyond the base rate, in log odds."""
        return np.asarray(self.slope * (scores - self.centre))

    def probability(self, scores: FloatArray) -> FloatArray:
        """Calibrated probabilities."""
        return sigmoid(self.intercept + self.strength(scores))


def fit_calibration(
    scores: FloatArray, happened: FloatArray, weights: FloatArray, *, base_rate: float
) -> Calibration:
    """The line that makes scores into probabilities.

    Args:
        scores: Raw log odds, each of a model that had not seen that label, shape (N,).
        happened: 0 or 1, shape (N,).
        weights: Uniqueness of each label: how much evidence there really is, shape (N,).
        base_rate: Of the whole history known; the mean forecast is held to it.
    """
    rate = min(max(base_rate, RATE_EDGE), 1 - RATE_EDGE)
    centre = float(np.average(scores, weights=weights))
    spread = float(np.sqrt(np.average((scores - centre) ** 2, weights=weights)))
    if spread <= CLOSE_ENOUGH or np.ptp(happened) == 0:
        return Calibration(centre, 0.0, _log_odds(rate))
    slope, variance = _slope((scores - centre) / spread, happened, weights)
    known = max(1 - NOISE * variance / slope**2, HINT) if slope > 0 else 0.0
    calibration = Calibration(centre, slope * known / spread, 0.0)
    return calibration._replace(intercept=_anchored(calibration.strength(scores), weights, rate))


def _slope(scores: FloatArray, happened: FloatArray, weights: FloatArray) -> tuple[float, float]:
    """Slope of the penalised likelihood by Newton's method, and its variance.

    The variance is the larger of the usual one and the one that lets labels of one stretch depend on
    each other (Liang and Zeger 1986).
    """
    rate = float(np.clip(np.average(happened, weights=weights), RATE_EDGE, 1 - RATE_EDGE))
    beta = np.array([_log_odds(rate), 0.0])
    columns = np.column_stack([np.ones(len(scores)), scores])
    ridge = np.diag([0.0, PENALTY])
    curve = ridge
    for _ in range(ROUNDS_MAX):
        chance = sigmoid(columns @ beta)
        pull = columns.T @ (weights * (happened - chance)) - ridge @ beta
        curve = (columns.T * (weights * chance * (1 - chance))) @ columns + ridge
        step = np.linalg.solve(curve, pull)
        beta = beta + np.clip(step, -2.0, 2.0)
        if float(np.abs(step).max()) < CLOSE_ENOUGH:
            break
    spread = np.linalg.inv(curve)
    pulls = columns * (weights * (happened - sigmoid(columns @ beta)))[:, None]
    stretches = np.add.reduceat(pulls, _begins(len(pulls)), axis=0)
    clustered = spread @ (stretches.T @ stretches) @ spread
    return float(beta[1]), float(max(spread[1, 1], clustered[1, 1]))


def _begins(count: int) -> Rows:
    return np.unique(np.arange(BLOCKS) * count // BLOCKS)


def _anchored(strength: FloatArray, weights: FloatArray, rate: float) -> float:
    """Intercept at which the weighted mean of the probabilities is the rate, by bisection."""
    low, high = (
        _log_odds(rate) - float(strength.max()),
        _log_odds(rate) - float(strength.min()),
    )
    for _ in range(ROUNDS_MAX):
        middle = (low + high) / 2
        if np.average(sigmoid(middle + strength), weights=weights) < rate:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _log_odds(rate: float) -> float:
    return float(np.log(rate / (1 - rate)))
