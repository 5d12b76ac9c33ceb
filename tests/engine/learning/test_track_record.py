"""Track record, drift and disagreement."""

import numpy as np
import pytest

from tui_trader.engine.learning.drift import disagreement, drift
from tui_trader.engine.learning.track_record import EMPTY, OUTCOMES_MAX, TrackRecord

CHANCE = np.random.default_rng(9)


def record(promised, rate, count=800) -> TrackRecord:
    happened = (CHANCE.random(count) < rate).astype(float)
    return TrackRecord(np.full(count, promised), happened, np.ones(count))


def test_bands_say_how_often_the_word_held():
    said = TrackRecord(
        np.array([0.66, 0.69, 0.67, 0.31]), np.array([1.0, 0.0, 1.0, 0.0]), np.ones(4)
    )
    assert [band.says for band in said.bands] == [
        "said 30-35 %: right 0 % of 1",
        "said 65-70 %: right 67 % of 3",
    ]


def test_a_word_that_holds_is_never_broken():
    assert sum(record(0.6, 0.6).broken_at() is not None for _ in range(40)) <= 2


def test_a_word_that_no_longer_holds_is_found():
    broken = [record(0.6, 0.45).broken_at() for _ in range(20)]
    assert all(at is not None and at < 600 for at in broken)


def test_what_was_found_and_then_decays_is_demoted_after_it_decayed():
    early, late = record(0.6, 0.6, 300), record(0.6, 0.4, 500)
    whole = TrackRecord(
        *(
            np.concatenate(pair)
            for pair in zip(
                (early.promised, early.happened, early.weights),
                (late.promised, late.happened, late.weights),
                strict=True,
            )
        )
    )
    assert early.broken_at() is None
    assert 300 < whole.broken_at() < 600


def test_overlapping_outcomes_count_as_one():
    happened = np.repeat((CHANCE.random(60) < 0.4).astype(float), 20)
    promised = np.full(1_200, 0.6)
    as_one = TrackRecord(promised, happened, np.full(1_200, 1 / 20))
    as_many = TrackRecord(promised, happened, np.ones(1_200))
    assert as_many.broken_at() < (as_one.broken_at() or 1_200)


def test_a_record_forgets_its_oldest():
    said = EMPTY
    assert said.broken_at() is None
    assert said.bands == ()
    full = record(0.5, 0.5, OUTCOMES_MAX).and_then(0.9, 1.0, weight=1.0)
    assert len(full.promised) == OUTCOMES_MAX
    assert full.promised[-1] == 0.9


def test_the_feature_that_moved_farthest_comes_first():
    past = CHANCE.normal(size=(1_000, 3))
    now = CHANCE.normal(size=(400, 3)) + np.array([0.0, 2.0, 0.4])
    found = drift(("steady", "far", "some"), past, now)
    assert [row.name for row in found] == ["far", "some", "steady"]
    assert found[0].says == "another market"
    assert found[-1].says == "steady"
    assert drift(("a",), past[:, :1], np.full((2, 1), np.nan))[0].says == "unknown"


def test_disagreement_is_the_distance_of_the_votes():
    assert disagreement({"a": 0.4, "b": 0.7, "c": 0.5}) == pytest.approx(0.3)
    assert disagreement({}) == 0
