"""Several models, each calibrated on forecasts of labels it had not seen, and their weighted vote."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from tui_trader.engine.analysis.candles import FloatArray
from tui_trader.engine.analysis.splits import (
    LabelSpans,
    Rows,
    Split,
    purged_folds,
    refuse_leak,
)
from tui_trader.engine.analysis.statistics.forecasts import log_loss
from tui_trader.engine.learning.calibration import Calibration, fit_calibration
from tui_trader.engine.learning.dataset import Dataset
from tui_trader.engine.learning.models.declaration import Kind, Sample, Served, sigmoid
from tui_trader.engine.learning.models.table import kind_named
from tui_trader.engine.learning.plan import Plan
from tui_trader.engine.learning.search import choose_columns, choose_knobs
from tui_trader.engine.learning.threads import one_thread

ENSEMBLE = "ensemble"
STACKING_ROUNDS = 200
STACKING_PACE = 20.0
Tick = Callable[[str], None]
"""Told after each fit, in words; it may raise to stop the work."""


class Member(NamedTuple):
    """One fitted model of an ensemble.

    Args:
        name: Of its kind.
        fitted: What is stored.
        served: The same as arrays.
        columns: Places of the features it looks at.
        calibration: Of its raw scores.
        weight: Its share of the vote.
    """

    name: str
    fitted: object
    served: Served
    columns: Rows
    calibration: Calibration
    weight: float

    def scores(self, rows: FloatArray) -> FloatArray:
        """Raw log odds."""
        return self.served.logits(np.ascontiguousarray(rows[:, self.columns]))


class Ensemble(NamedTuple):
    """Members and the calibration of their vote."""

    members: tuple[Member, ...]
    calibration: Calibration

    def votes(self, rows: FloatArray) -> dict[str, FloatArray]:
        """Calibrated probability of each member and, under ENSEMBLE, of all together."""
        scores = {member.name: member.scores(rows) for member in self.members}
        found = {
            member.name: member.calibration.probability(scores[member.name])
            for member in self.members
        }
        found[ENSEMBLE] = self.calibration.probability(self._together(scores))
        return found

    def probability(self, rows: FloatArray) -> FloatArray:
        """Calibrated probability of the vote."""
        return self.votes(rows)[ENSEMBLE]

    def _together(self, scores: Mapping[str, FloatArray]) -> FloatArray:
        parts = [
            member.weight * member.calibration.strength(scores[member.name])
            for member in self.members
        ]
        return np.asarray(np.sum(parts, axis=0))


@one_thread
def fit_ensemble(
    dataset: Dataset, kinds: Sequence[Kind], plan: Plan, *, base_rate: float, tick: Tick
) -> Ensemble:
    """Train the models and calibrate them by purged cross-fitting.

    Args:
        dataset: What was known when the training began.
        kinds: Models.
        plan: How.
        base_rate: Of the whole history known, at least of this dataset.
        tick: Told after each fit.
    """
    spans, sample = dataset.spans, dataset.sample()
    folds = purged_folds(spans, folds=plan.folds, embargo=plan.embargo_bars)
    members, strengths = [], []
    for kind in kinds:
        scores = _out_of_fold(kind, sample, spans, folds=folds, plan=plan, tick=tick)
        calibration = fit_calibration(scores, sample.happened, sample.weights, base_rate=base_rate)
        strengths.append(calibration.strength(scores))
        fitted, columns = fit_one(kind, sample, spans, plan=plan)
        tick(f"{kind.name}: trained on {len(dataset):,} samples")
        member = Member(kind.name, fitted, kind.served(fitted), columns, calibration, 0.0)
        # The level of the fold models was taken out; this one's own is where it stands on average.
        level = float(np.average(member.scores(sample.rows), weights=sample.weights))
        members.append(member._replace(calibration=calibration._replace(centre=level)))
    weights = _weights(np.array(strengths), sample, base_rate, is_stacking=plan.is_stacking)
    members = [
        member._replace(weight=float(weight))
        for member, weight in zip(members, weights, strict=True)
    ]
    together = np.asarray(weights @ np.array(strengths))
    calibration = fit_calibration(together, sample.happened, sample.weights, base_rate=base_rate)
    return Ensemble(tuple(members), calibration)


def fit_one(kind: Kind, sample: Sample, spans: LabelSpans, *, plan: Plan) -> tuple[object, Rows]:
    """One model, its settings and features chosen inside what it may see."""
    columns = choose_columns(sample, spans, plan)
    seen = sample._replace(rows=np.ascontiguousarray(sample.rows[:, columns]))
    knobs = choose_knobs(kind, seen, spans, plan=plan)
    return kind.fitted(seen, knobs, seed=plan.seed), columns


def refit(name: str, fitted: object) -> Served:
    """The served form of a stored model."""
    return kind_named(name).served(fitted)


def _out_of_fold(
    kind: Kind,
    sample: Sample,
    spans: LabelSpans,
    *,
    folds: Sequence[Split],
    plan: Plan,
    tick: Tick,
) -> FloatArray:
    """Raw scores of every sample by a model that saw nothing of its label."""
    scores = np.empty(len(spans))
    for number, fold in enumerate(folds, 1):
        refuse_leak(fold, spans, embargo=plan.embargo_bars)
        fitted, columns = fit_one(kind, sample.at(fold.train), spans[fold.train], plan=plan)
        rows = np.ascontiguousarray(sample.rows[fold.test][:, columns])
        raw = kind.served(fitted).logits(rows)
        # Each fold's model has a level of its own; what it says of the order is what counts.
        scores[fold.test] = raw - raw.mean()
        tick(f"{kind.name}: inner fold {number} of {len(folds)}")
    return scores


def _weights(
    strengths: FloatArray, sample: Sample, base_rate: float, *, is_stacking: bool
) -> FloatArray:
    """Share of the vote of each member; they add up to 1."""
    if is_stacking:
        return _stacked(strengths, sample)
    anchor = float(np.log(base_rate / (1 - base_rate))) if 0 < base_rate < 1 else 0.0
    losses = np.array(
        [log_loss(sigmoid(anchor + row), sample.happened, sample.weights) for row in strengths],
        dtype=np.float64,
    )
    flat = log_loss(
        np.full(len(sample.happened), sigmoid(np.array(anchor))), sample.happened, sample.weights
    )
    gains = np.maximum(float(flat or 0.0) - losses, 0.0) ** 2
    if gains.sum() <= 0:
        return np.full(len(strengths), 1 / len(strengths))
    return np.asarray(gains / gains.sum())


def _stacked(strengths: FloatArray, sample: Sample) -> FloatArray:
    """Weights of least log-loss that are not negative, by multiplicative steps."""
    weights = np.full(len(strengths), 1 / len(strengths))
    rate = float(np.average(sample.happened, weights=sample.weights))
    anchor = float(np.log(rate / (1 - rate))) if 0 < rate < 1 else 0.0
    mass = sample.weights / sample.weights.sum()
    for _ in range(STACKING_ROUNDS):
        error = sample.happened - sigmoid(anchor + weights @ strengths)
        weights = weights * np.exp(STACKING_PACE * (strengths @ (mass * error)))
        weights = weights / weights.sum()
    return np.asarray(weights)
