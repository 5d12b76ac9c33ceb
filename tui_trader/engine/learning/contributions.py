"""Why a confidence is what it is: what each feature pushed, in log odds.

Law: base and pushes add up to the log odds of the confidence, to 1e-9. For the logistic model a push
is its weight times the distance from the usual value; for trees it is what the steps on that feature
changed on the way to the leaves. A forest says probabilities, so its pushes are stretched as a whole to
the log odds that it ends at.
"""

from typing import NamedTuple

import numpy as np

from tui_trader.engine.analysis.candles import FloatArray
from tui_trader.engine.kernels.trees import node_means, path_pushes
from tui_trader.engine.learning.ensemble import Ensemble, Member
from tui_trader.engine.learning.models.declaration import ServedLine, ServedTrees, logit

NOTHING = 1e-12


class Explained(NamedTuple):
    """A confidence taken apart, in log odds.

    Args:
        base: What is said where nothing is known of the candle.
        pushes: By feature, in the order of the manifest, shape (F,).
    """

    base: float
    pushes: FloatArray

    @property
    def log_odds(self) -> float:
        """Of the confidence."""
        return float(self.base + self.pushes.sum())


class Usual(NamedTuple):
    """What a member says of the candles learned from, on average.

    Args:
        centre: Mean of the columns it sees.
        means: By node, for trees; empty for a line.
    """

    centre: FloatArray
    means: FloatArray


def usual_of(ensemble: Ensemble, reference: FloatArray) -> tuple[Usual, ...]:
    """The starting points of all members.

    Args:
        ensemble: Whose.
        reference: Rows that were learned from, shape (N, F).
    """
    return tuple(_usual(member, reference[:, member.columns]) for member in ensemble.members)


def explain(ensemble: Ensemble, usual: tuple[Usual, ...], row: FloatArray) -> Explained:
    """What each feature did to the vote on one row, shape (F,)."""
    slope = ensemble.calibration.slope
    base = ensemble.calibration.intercept - slope * ensemble.calibration.centre
    pushes = np.zeros(len(row))
    for member, point in zip(ensemble.members, usual, strict=True):
        share = slope * member.weight * member.calibration.slope
        own = _raw(member, point, row[member.columns])
        base += share * (own.base - member.calibration.centre)
        pushes[member.columns] += share * own.pushes
    return Explained(float(base), pushes)


def _usual(member: Member, rows: FloatArray) -> Usual:
    served = member.served
    if isinstance(served, ServedLine):
        return Usual(rows.mean(axis=0), np.empty(0))
    assert isinstance(served, ServedTrees), "two forms are served"
    return Usual(rows.mean(axis=0), node_means(_seen(served, rows), served.trees))


def _raw(member: Member, usual: Usual, row: FloatArray) -> Explained:
    """The raw score of a member, taken apart."""
    served = member.served
    said = float(served.logits(row[None])[0])
    if isinstance(served, ServedLine):
        base = float(served.logits(usual.centre[None])[0])
        return Explained(base, _stretched(served.weights * (row - usual.centre), said - base, 1.0))
    assert isinstance(served, ServedTrees), "two forms are served"
    pushes = path_pushes(_seen(served, row), served.trees, usual.means)
    begin = float(usual.means[served.trees.roots].sum())
    if not served.is_mean:
        base = begin + served.base
        return Explained(base, _stretched(pushes, said - base, 1.0))
    count = len(served.trees.roots)
    share = begin / count
    base = float(logit(np.array([share]))[0])
    steepness = 1 / max(share * (1 - share), NOTHING)
    return Explained(base, _stretched(pushes / count, said - base, steepness))


def _stretched(pushes: FloatArray, way: float, steepness: float) -> FloatArray:
    """Pushes that add up to the way; their signs and proportions stay."""
    together = float(pushes.sum())
    factor = way / together if abs(together) > NOTHING else steepness
    return np.asarray(pushes * factor)


def _seen(served: ServedTrees, rows: FloatArray) -> FloatArray:
    return rows.astype(np.float32).astype(np.float64) if served.is_single else rows
