"""Forecasts of candles that no model had seen, fold after fold, and what they were worth.

Law: every split is purged, embargoed and in the order of time, and refused if it is not; what is shown
of a model comes from these forecasts alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from tui_trader.engine.analysis.candles import FloatArray
from tui_trader.engine.analysis.splits import Rows, Split, refuse_future, refuse_leak, walk_forward
from tui_trader.engine.learning.dataset import Dataset
from tui_trader.engine.learning.ensemble import ENSEMBLE, Ensemble, Tick, fit_ensemble
from tui_trader.engine.learning.models.declaration import Kind
from tui_trader.engine.learning.money import fit_payoff
from tui_trader.engine.learning.plan import Plan

Judge = Callable[[Ensemble, Dataset], None]


@dataclass(frozen=True, eq=False, slots=True)
class Forecasts:
    """Out-of-sample forecasts in order, shape (N,) each.

    Args:
        dataset: The samples that were forecast.
        votes: Calibrated probability by model, and that of all under ENSEMBLE.
        base_rate: Share of hits among all outcomes known when the fold began.
        break_even: Probability above which the trade earns its costs, as known then.
        expected: Net return that the ensemble's forecast promised; by model.
        fold: Number of the fold, from 0.
        weights: Share of the vote by model, one row a fold.
    """

    dataset: Dataset
    votes: dict[str, FloatArray]
    base_rate: FloatArray
    break_even: FloatArray
    expected: dict[str, FloatArray]
    fold: Rows
    weights: FloatArray

    @property
    def folds(self) -> int:
        """How many times the models were trained."""
        return int(self.fold[-1]) + 1


@dataclass(slots=True)
class _Collected:
    """Parts of the forecasts, fold by fold."""

    votes: list[dict[str, FloatArray]] = field(default_factory=list)
    expected: list[dict[str, FloatArray]] = field(default_factory=list)
    base_rate: list[FloatArray] = field(default_factory=list)
    break_even: list[FloatArray] = field(default_factory=list)
    fold: list[Rows] = field(default_factory=list)
    weights: list[list[float]] = field(default_factory=list)


def planned_splits(dataset: Dataset, plan: Plan, *, begin: int = 0) -> tuple[Split, ...]:
    """Purged folds in order of time.

    Args:
        dataset: All samples.
        plan: Sizes.
        begin: First sample that may be judged; earlier ones are for learning only.

    Raises:
        ConfigError: the samples do not suffice for one fold.
        Leak: a fold lets the training see the test.
    """
    spans = dataset.spans
    splits = [
        Split(split.train[-plan.train_max :], split.test)
        for split in walk_forward(
            spans,
            train_min=max(plan.train_min, begin),
            test_size=plan.test_size,
            embargo=plan.embargo_bars,
        )
    ]
    for split in splits:
        refuse_leak(split, spans, embargo=plan.embargo_bars)
        refuse_future(split, spans)
    return tuple(splits)


def forecast_forward(
    dataset: Dataset,
    kinds: Sequence[Kind],
    plan: Plan,
    *,
    tick: Tick,
    begin: int = 0,
    judge: Judge | None = None,
) -> Forecasts:
    """Train on the past, forecast what follows, and again.

    Args:
        dataset: All samples.
        kinds: Models.
        plan: How.
        tick: Told after each fit.
        begin: First sample that may be judged.
        judge: Shown each fold's models with what they had not seen.

    Raises:
        ConfigError: the samples do not suffice for one fold.
        Leak: a fold lets the training see the test.
    """
    splits = planned_splits(dataset, plan, begin=begin)
    parts = _Collected()
    for number, split in enumerate(splits):
        rate = known_rate(dataset, int(dataset.candle[split.test[0]]), plan)
        learned = dataset.at(split.train)
        ensemble = fit_ensemble(learned, kinds, plan, base_rate=rate, tick=tick)
        tested = dataset.at(split.test)
        _forecast(parts, tested, ensemble, learned=learned)
        if judge is not None:
            judge(ensemble, tested)
        parts.base_rate.append(np.full(len(split.test), rate))
        parts.fold.append(np.full(len(split.test), number))
        tick(f"fold {number + 1} of {len(splits)} forecast")
    places = np.concatenate([split.test for split in splits])
    names = [*(kind.name for kind in kinds), ENSEMBLE]
    return Forecasts(
        dataset=dataset.at(places),
        votes={name: np.concatenate([part[name] for part in parts.votes]) for name in names},
        base_rate=np.concatenate(parts.base_rate),
        break_even=np.concatenate(parts.break_even),
        expected={name: np.concatenate([part[name] for part in parts.expected]) for name in names},
        fold=np.concatenate(parts.fold),
        weights=np.array(parts.weights),
    )


def known_rate(dataset: Dataset, candle: int, plan: Plan) -> float:
    """Share of hits among every outcome known, embargo included, when a candle began to be judged."""
    known = dataset.end + plan.embargo_bars < candle
    assert known.any(), "a fold without a past"
    return float(dataset.happened[known].mean())


def _forecast(parts: _Collected, tested: Dataset, ensemble: Ensemble, *, learned: Dataset) -> None:
    payoff = fit_payoff(learned)
    votes = ensemble.votes(tested.rows)
    parts.votes.append(votes)
    parts.expected.append(
        {name: payoff.expected(vote, tested.range_ratio) for name, vote in votes.items()}
    )
    parts.break_even.append(payoff.break_even(tested.range_ratio))
    parts.weights.append([member.weight for member in ensemble.members])
