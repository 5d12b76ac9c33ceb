"""Laws of splits: whatever the labels, the training never sees the test."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tui_trader.engine.analysis.splits import (
    LabelSpans,
    Leak,
    Split,
    purged_folds,
    refuse_future,
    refuse_leak,
    uniqueness,
    walk_forward,
)
from tui_trader.engine.values.errors import ConfigError

labels = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), min_size=4, max_size=40)


def made(steps) -> LabelSpans:
    start = np.cumsum([step for step, _ in steps])
    return LabelSpans(start, start + [length for _, length in steps])


def leaks(split: Split, spans: LabelSpans, embargo: int) -> bool:
    """Every pair, one by one."""
    return any(
        spans.start[a] - embargo <= spans.end[b] and spans.start[b] - embargo <= spans.end[a]
        for a in split.train
        for b in split.test
    )


@given(labels, st.integers(2, 4), st.integers(0, 6))
def test_no_fold_trains_on_a_label_that_touches_its_test(steps, folds, embargo):
    spans = made(steps)
    splits = purged_folds(spans, folds=folds, embargo=embargo)
    assert not any(leaks(split, spans, embargo) for split in splits)
    assert np.array_equal(np.concatenate([split.test for split in splits]), np.arange(len(spans)))
    for split in splits:
        refuse_leak(split, spans, embargo=embargo)


@given(labels, st.integers(2, 4), st.integers(0, 6))
def test_folds_keep_every_sample_that_touches_nothing(steps, folds, embargo):
    spans = made(steps)
    for split in purged_folds(spans, folds=folds, embargo=embargo):
        purged = np.setdiff1d(np.arange(len(spans)), np.concatenate([split.train, split.test]))
        for row in purged:
            assert leaks(Split([row], split.test), spans, embargo)


@given(labels, st.integers(1, 6), st.integers(1, 6), st.integers(0, 6))
def test_walking_forward_knows_the_past_alone(steps, train_min, test_size, embargo):
    spans = made(steps)
    try:
        splits = walk_forward(spans, train_min=train_min, test_size=test_size, embargo=embargo)
    except ConfigError:
        assume(False)
    for split in splits:
        assert not leaks(split, spans, embargo)
        assert spans.end[split.train].max() + embargo < spans.start[split.test].min()
        assert len(split.train) >= train_min
        refuse_future(split, spans)
        refuse_leak(split, spans, embargo=embargo)
    tested = np.concatenate([split.test for split in splits])
    assert len(np.unique(tested)) == len(tested)
    assert tested[-1] == len(spans) - 1


@given(labels, st.data())
def test_the_assertion_refuses_exactly_what_leaks(steps, draw):
    spans = made(steps)
    role = draw.draw(st.lists(st.sampled_from("ab "), min_size=len(spans), max_size=len(spans)))
    embargo = draw.draw(st.integers(0, 4))
    split = Split(*(np.flatnonzero(np.array(role) == name) for name in "ab"))
    if leaks(split, spans, embargo):
        with pytest.raises(Leak):
            refuse_leak(split, spans, embargo=embargo)
    else:
        refuse_leak(split, spans, embargo=embargo)


@given(labels)
def test_uniqueness_is_the_mean_share_of_every_moment(steps):
    spans = made(steps)
    looking = [
        np.sum((spans.start <= moment) & (moment <= spans.end))
        for moment in range(spans.end.max() + 1)
    ]
    naive = [
        np.mean([1 / looking[moment] for moment in range(start, end + 1)])
        for start, end in zip(spans.start, spans.end, strict=True)
    ]
    assert uniqueness(spans) == pytest.approx(naive)


def test_labels_that_never_overlap_are_unique_and_copies_share_one():
    assert uniqueness(LabelSpans([0, 10, 20], [9, 19, 29])) == pytest.approx(1)
    assert uniqueness(LabelSpans([5] * 4, [8] * 4)) == pytest.approx(0.25)
    assert len(uniqueness(LabelSpans([], []))) == 0


def test_an_unpurged_walk_forward_is_refused_by_name():
    spans = LabelSpans(np.arange(100), np.arange(100) + 24)
    with pytest.raises(Leak, match="training sample 26 "):
        refuse_leak(Split(np.arange(50), np.arange(50, 60)), spans)
    with pytest.raises(Leak, match="known at 50"):
        refuse_future(Split(np.arange(50), np.arange(50, 60)), spans)


def test_a_shuffled_fold_is_refused():
    spans = LabelSpans(np.arange(100), np.arange(100) + 24)
    order = np.random.default_rng(5).permutation(100)
    with pytest.raises(Leak):
        refuse_leak(Split(order[:80], order[80:]), spans)
    with pytest.raises(Leak, match="is in the training and in the test"):
        refuse_leak(Split([1, 2], [2, 90]), spans)


def test_the_window_rolls_where_it_is_bounded():
    spans = LabelSpans(np.arange(100), np.arange(100))
    splits = walk_forward(spans, train_min=10, train_max=20, test_size=30)
    assert [(split.train[0], split.train[-1]) for split in splits] == [(0, 9), (20, 39), (50, 69)]
    assert [len(split.test) for split in splits] == [30, 30, 30]


def test_splits_are_frozen():
    split = Split([0], [1])
    with pytest.raises(ValueError, match="read-only"):
        split.train[0] = 7


@pytest.mark.parametrize(
    "broken",
    [
        lambda: LabelSpans([0, 1], [1]),
        lambda: LabelSpans([1, 0], [2, 2]),
        lambda: LabelSpans([1], [0]),
        lambda: purged_folds(LabelSpans([0, 1], [0, 1]), folds=3),
        lambda: purged_folds(LabelSpans([0, 1], [0, 1]), folds=1),
        lambda: walk_forward(LabelSpans([0, 1], [0, 1]), train_min=2, test_size=1),
        lambda: walk_forward(LabelSpans([0, 1], [0, 1]), train_min=1, test_size=0),
        lambda: walk_forward(LabelSpans([0, 1], [0, 1]), train_min=1, test_size=1, embargo=-1),
        lambda: walk_forward(LabelSpans([0, 1], [0, 1]), train_min=2, train_max=1, test_size=1),
    ],
)
def test_what_cannot_be_split_is_refused_with_a_sentence(broken):
    with pytest.raises(ConfigError):
        broken()
