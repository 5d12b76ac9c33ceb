"""Choice of features and settings: bounded, and only of what a fold may see."""

import numpy as np
import pytest

from tui_trader.engine.analysis.splits import LabelSpans
from tui_trader.engine.learning.ensemble import _stacked
from tui_trader.engine.learning.models.declaration import Sample, defaults, sigmoid
from tui_trader.engine.learning.models.table import kind_named
from tui_trader.engine.learning.plan import Plan
from tui_trader.engine.learning.search import (
    choose_columns,
    choose_knobs,
    permutation_importance,
)

CHANCE = np.random.default_rng(2)
COUNT = 1_500
ROWS = CHANCE.normal(size=(COUNT, 14))
HAPPENED = (CHANCE.random(COUNT) < sigmoid(1.2 * ROWS[:, 3] - 0.9 * ROWS[:, 7])).astype(float)
SAMPLE = Sample(ROWS, HAPPENED, np.full(COUNT, 0.5))
SPANS = LabelSpans(np.arange(COUNT), np.arange(COUNT) + 5)


class Counting:
    """A model that counts how often it is fitted and on how many samples."""

    def __init__(self, kind):
        self.kind = kind
        self.knobs = kind.knobs
        self.seen = []

    def fitted(self, sample, knobs, *, seed):
        self.seen.append((len(sample.happened), dict(knobs)))
        return self.kind.fitted(sample, knobs, seed=seed)

    def served(self, fitted):
        return self.kind.served(fitted)


def test_features_that_tell_something_are_kept_and_most_others_are_not():
    columns = choose_columns(SAMPLE, SPANS, Plan(is_selecting=True))
    assert {3, 7} <= set(columns)
    assert len(columns) < 14
    assert list(columns) == sorted(columns)


def test_all_features_are_kept_unless_asked_otherwise():
    assert list(choose_columns(SAMPLE, SPANS, Plan())) == list(range(14))


def test_shuffling_what_tells_costs_and_what_does_not_costs_nothing():
    kind = kind_named("logistic")
    served = kind.served(kind.fitted(SAMPLE, defaults(kind), seed=1))
    costs = permutation_importance(served, SAMPLE, np.random.default_rng(1))
    assert set(np.argsort(costs)[-2:]) == {3, 7}
    assert np.abs(np.delete(costs, [3, 7])).max() < costs[[3, 7]].min() / 5


@pytest.mark.filterwarnings("ignore::optuna.exceptions.ExperimentalWarning")
def test_a_search_tries_so_many_settings_and_no_more():
    counting = Counting(kind_named("logistic"))
    chosen = choose_knobs(counting, SAMPLE, SPANS, plan=Plan(tuning_trials=6))
    assert len(counting.seen) == 6
    assert counting.seen[0][1] == defaults(counting.kind)
    assert all(count < 0.75 * COUNT for count, _ in counting.seen)
    (knob,) = counting.knobs
    assert knob.low <= chosen[knob.name] <= knob.high


def test_without_a_search_nothing_is_fitted():
    counting = Counting(kind_named("boosting"))
    assert choose_knobs(counting, SAMPLE, SPANS, plan=Plan()) == defaults(counting.kind)
    assert counting.seen == []


def test_the_future_of_a_fold_does_not_choose():
    half = np.arange(COUNT // 2)
    plan = Plan(is_selecting=True)
    before = choose_columns(SAMPLE.at(half), SPANS[half], plan)
    other = SAMPLE._replace(rows=np.where(np.arange(COUNT)[:, None] < COUNT // 2, ROWS, 0.0))
    assert np.array_equal(choose_columns(other.at(half), SPANS[half], plan), before)


def test_stacking_gives_the_vote_to_who_knows():
    knows = 1.2 * ROWS[:, 3] - 0.9 * ROWS[:, 7]
    weights = _stacked(np.array([knows, CHANCE.normal(size=COUNT)]), SAMPLE)
    assert weights.sum() == pytest.approx(1)
    assert weights[0] > 0.9
