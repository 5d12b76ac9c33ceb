"""Every leak of the reference, planted: named by the causality check, or refused by an assertion.

Two of them show in no score (whole-series z-score, unpurged walk-forward): only this finds them.
"""

import numpy as np
import pytest

from tests.engine.learning.made_markets import RULES, garch
from tui_trader.engine.analysis.causality import check_causality, check_memory
from tui_trader.engine.analysis.features.columns import windowed
from tui_trader.engine.analysis.features.table import (
    chosen_features,
    feature_matrix,
    history_bars,
)
from tui_trader.engine.analysis.splits import (
    LabelSpans,
    Leak,
    Split,
    refuse_future,
    refuse_leak,
)
from tui_trader.engine.learning.dataset import build_dataset
from tui_trader.engine.learning.labels import triple_barrier
from tui_trader.engine.learning.plan import Plan
from tui_trader.engine.learning.validation import planned_splits
from tui_trader.engine.values.errors import ConfigError

CANDLES = garch(1_500, seed=2)
FEATURES = chosen_features(())
PLAN = Plan(train_min=400, test_size=200)


@pytest.fixture(scope="module")
def dataset():
    return build_dataset(CANDLES, FEATURES, rules=RULES, fee_ratio=0.001)


def centred_mean(bars):
    def feature(candles):
        half = bars // 2
        mean = np.convolve(candles.close, np.full(bars, 1 / bars), "same")
        mean[:half] = np.nan
        return candles.close / mean

    return feature


def one_ahead(candles):
    returns = np.diff(np.log(candles.close), prepend=np.nan)
    return np.append(returns[1:], np.nan)


def final_close_of_the_day(candles):
    day = candles.open_time_ms // 86_400_000
    last = dict(zip(day, candles.close, strict=True))
    return np.array([last[moment] for moment in day]) / candles.close


def smooth_trend(candles):
    rows = np.arange(len(candles))
    return np.polyval(np.polyfit(rows, np.log(candles.close), 3), rows)


def whole_series_zscore(candles):
    returns = np.diff(np.log(candles.close), prepend=np.log(candles.open[0]))
    return (returns - returns.mean()) / returns.std()


PLANTED = {
    "centred mean of 5": centred_mean(5),
    "centred mean of 24": centred_mean(24),
    "one bar ahead": one_ahead,
    "the day's final close on its hours": final_close_of_the_day,
    "smooth trend of the whole series": smooth_trend,
    "whole-series z-score": whole_series_zscore,
}


@pytest.mark.parametrize("leak", PLANTED)
def test_a_feature_that_looks_ahead_is_named_with_the_candle(leak):
    faults = check_causality(PLANTED[leak], CANDLES, generator=np.random.default_rng(1))
    assert faults
    assert "changes when later candles" in faults[0].says


def every_feature(candles):
    matrix = feature_matrix(candles, FEATURES)
    return {feature.name: matrix[:, place] for place, feature in enumerate(FEATURES)}


def test_no_feature_of_the_registry_looks_ahead_or_remembers_more_than_it_says():
    chance = np.random.default_rng(3)
    assert check_causality(every_feature, CANDLES, generator=chance) == []
    memory = history_bars(FEATURES)
    found = check_memory(every_feature, CANDLES, memory_bars=memory, generator=chance)
    assert found == []


def test_a_mean_over_what_was_known_is_not_named():
    def mean(candles):
        return candles.close / windowed(candles.close, 24)

    assert check_causality(mean, CANDLES, generator=np.random.default_rng(1)) == []


def test_shuffled_folds_are_refused(dataset):
    rows = np.random.default_rng(0).permutation(len(dataset))
    split = Split(np.sort(rows[:800]), np.sort(rows[800:]))
    with pytest.raises(Leak, match="lies within 0 of a test label"):
        refuse_leak(split, dataset.spans)


def test_an_unpurged_walk_forward_is_refused(dataset):
    split = Split(np.arange(600), np.arange(600, 800))
    with pytest.raises(Leak, match="purge it"):
        refuse_leak(split, dataset.spans)
    with pytest.raises(Leak, match="train on what came before"):
        refuse_future(split, dataset.spans)


def test_a_purge_without_its_embargo_is_refused(dataset):
    ends = dataset.spans.end[:600] < dataset.spans.start[600]
    split = Split(np.flatnonzero(ends), np.arange(600, 800))
    refuse_leak(split, dataset.spans)
    with pytest.raises(Leak, match="within 24 of a test label"):
        refuse_leak(split, dataset.spans, embargo=24)


def test_training_on_what_comes_after_is_refused(dataset):
    split = Split(np.arange(900, 1_000), np.arange(600, 800))
    refuse_leak(split, dataset.spans)
    with pytest.raises(Leak, match="the test begins at"):
        refuse_future(split, dataset.spans)


def test_unresolved_labels_are_no_labels(dataset):
    labels = triple_barrier(CANDLES, RULES, fee_ratio=0.001)
    open_ = np.flatnonzero(~labels.is_resolved)
    left = open_[open_ > 1_400]
    assert len(left) == dataset.unresolved > 0
    assert not set(left) & set(dataset.candle)
    with pytest.raises(ConfigError, match="none may end before it starts"):
        LabelSpans(np.arange(len(CANDLES)), labels.end)


def test_every_fold_of_the_plan_keeps_its_distance(dataset):
    for split in planned_splits(dataset, PLAN):
        begins = dataset.candle[split.test[0]]
        assert (dataset.end[split.train] + PLAN.embargo_bars < begins).all()
        assert len(split.train) >= PLAN.train_min


def test_folds_follow_each_other_and_leave_nothing_out(dataset):
    splits = planned_splits(dataset, PLAN)
    tested = np.concatenate([split.test for split in splits])
    assert np.array_equal(tested, np.arange(tested[0], len(dataset)))


def test_learning_only_from_the_newest_is_still_purged(dataset):
    plan = Plan(train_min=400, train_max=450, test_size=200)
    for split in planned_splits(dataset, plan, begin=700):
        assert len(split.train) <= 450
        assert split.test[0] >= 700
        assert (dataset.end[split.train] < dataset.candle[split.test[0]]).all()
