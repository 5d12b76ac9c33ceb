"""Measures of forecasts, by cases one can count."""

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_trader.engine.analysis.statistics.drift import population_stability, stability_noise
from tui_trader.engine.analysis.statistics.forecasts import (
    auc,
    base_rate,
    base_rate_loss,
    brier,
    calibration_error,
    log_loss,
    reliability,
)
from tui_trader.engine.analysis.statistics.promise import promise_test
from tui_trader.engine.values.errors import ConfigError


def array(*values) -> np.ndarray:
    return np.array(values, dtype=float)


def test_auc_counts_pairs_in_the_right_order():
    # Hits 0.8 and 0.4, misses 0.6 and 0.2: three of the four pairs are right.
    assert auc(array(0.8, 0.4, 0.6, 0.2), array(1, 1, 0, 0)) == 0.75
    assert auc(array(0.1, 0.9), array(0, 1)) == 1
    assert auc(array(0.9, 0.1), array(0, 1)) == 0


def test_auc_counts_a_tie_half():
    assert auc(array(0.5, 0.5, 0.5), array(1, 0, 0)) == 0.5
    assert auc(array(0.5, 0.5, 0.2), array(1, 0, 0)) == 0.75


def test_auc_of_weights_is_that_of_repetition():
    once = auc(array(0.8, 0.6, 0.4), array(1, 0, 1), array(2, 1, 3))
    assert once == auc(array(0.8, 0.8, 0.6, 0.4, 0.4, 0.4), array(1, 1, 0, 1, 1, 1))


def test_auc_of_one_outcome_alone_is_not_defined():
    assert auc(array(0.3, 0.4), array(1, 1)) is None
    assert auc(array(), array()) is None


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=25))
def test_auc_equals_the_count_over_all_pairs(rows):
    forecast = array(*(value / 5 for value, _ in rows))
    happened = array(*(hit for _, hit in rows))
    pairs = [
        (0.5 if hit == miss else float(hit > miss))
        for hit in forecast[happened == 1]
        for miss in forecast[happened == 0]
    ]
    expected = pytest.approx(np.mean(pairs)) if pairs else None
    assert auc(forecast, happened) == expected


def test_log_loss_and_brier_by_hand():
    forecast, happened = array(0.8, 0.3), array(1, 0)
    assert log_loss(forecast, happened) == pytest.approx(-(log(0.8) + log(0.7)) / 2)
    assert brier(forecast, happened) == pytest.approx((0.04 + 0.09) / 2)
    assert log_loss(forecast, happened, array(1, 0)) == pytest.approx(-log(0.8))
    assert base_rate_loss(0.5, happened) == pytest.approx(log(2))
    assert base_rate(happened, array(3, 1)) == 0.75


def test_a_certain_mistake_costs_much_and_not_for_ever():
    assert 30 < log_loss(array(0.0), array(1)) < 40


def test_a_constant_forecast_at_the_base_rate_is_calibrated():
    # Untied bins would show an error of about 40 % here: hits come first.
    happened = np.repeat([1.0, 0.0], 500)
    assert calibration_error(np.full(1000, 0.5), happened) == 0
    assert len(reliability(np.full(1000, 0.5), happened)) == 1


def test_calibration_error_by_hand():
    forecast = np.repeat([0.2, 0.7], 10)
    happened = np.concatenate([np.ones(3), np.zeros(7), np.ones(6), np.zeros(4)])
    table = reliability(forecast, happened)
    assert [(row.low, row.high, row.count) for row in table] == [(0.2, 0.2, 10), (0.7, 0.7, 10)]
    assert [row.happened for row in table] == [0.3, 0.6]
    assert calibration_error(forecast, happened) == pytest.approx(0.1)


def test_bins_hold_equal_counts_where_nothing_ties():
    table = reliability(np.linspace(0, 1, 100), np.ones(100))
    assert [row.count for row in table] == [10] * 10
    assert calibration_error(array(), array()) is None


@given(st.permutations(range(12)))
def test_the_order_of_forecasts_does_not_matter(order):
    forecast = np.repeat([0.1, 0.4, 0.4, 0.9], 3)
    happened = array(0, 0, 1, 0, 1, 1, 0, 0, 1, 1, 1, 0)
    shuffled = calibration_error(forecast[order], happened[order], bins=5)
    assert shuffled == pytest.approx(calibration_error(forecast, happened, bins=5))


@pytest.mark.parametrize(
    ("forecast", "happened"),
    [
        (array(1.2), array(1)),
        (array(np.nan), array(1)),
        (array(0.5), array(2)),
        (array(0.5, 0.5), array(1)),
    ],
)
def test_what_is_no_forecast_is_refused(forecast, happened):
    with pytest.raises(ConfigError):
        log_loss(forecast, happened)


def test_the_same_values_do_not_drift():
    values = np.arange(1000.0)
    assert population_stability(values, values) == pytest.approx(0, abs=1e-12)
    assert population_stability(values, values + 500) > 0.25
    assert population_stability(np.full(50, 3.0), np.full(70, 3.0)) == pytest.approx(0, abs=1e-3)
    assert population_stability(np.full(50, 3.0), np.full(50, 4.0)) > 0.25


def test_drift_by_hand():
    # Halves of 0 and 1 against quarters, half a count added to each bin.
    past, now = np.repeat([0.0, 1.0], [50, 50]), np.repeat([0.0, 1.0], [25, 75])
    p, q = 50.5 / 101, 25.5 / 101
    assert population_stability(past, now, 2) == pytest.approx(
        (q - p) * log(q / p) + ((1 - q) - (1 - p)) * log((1 - q) / (1 - p))
    )


def test_noise_of_the_index_is_what_chance_shows():
    generator = np.random.default_rng(8)
    shown = [
        population_stability(generator.normal(size=2_000), generator.normal(size=300))
        for _ in range(300)
    ]
    assert np.mean(shown) == pytest.approx(stability_noise(2_000, 300), rel=0.15)
    assert stability_noise(100, 0) is None


def test_drift_of_nothing_is_not_defined():
    assert population_stability(array(), array(1)) is None
    assert population_stability(array(1), array(np.nan)) is None
    with pytest.raises(ConfigError):
        population_stability(array(1), array(1), 1)


def test_a_broken_promise_is_refuted_and_the_row_is_named():
    promised = np.full(400, 0.65)
    happened = (np.random.default_rng(3).random(400) < 0.5).astype(float)
    test = promise_test(promised, happened)
    assert 20 < test.refuted_at < 400


def test_a_kept_promise_is_rarely_refuted_however_often_one_looks():
    generator = np.random.default_rng(11)
    promised = generator.uniform(0.3, 0.8, (1000, 300))
    happened = (generator.random((1000, 300)) < promised).astype(float)
    refuted = [
        promise_test(row, outcome, alpha=0.05).refuted_at is not None
        for row, outcome in zip(promised, happened, strict=True)
    ]
    assert np.mean(refuted) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 1000)


def test_one_outcome_told_ten_times_at_a_tenth_counts_once():
    once = promise_test(array(0.7), array(0)).evidence[-1]
    often = promise_test(np.full(10, 0.7), np.zeros(10), weights=np.full(10, 0.1)).evidence[-1]
    assert often == pytest.approx(once)


def test_better_than_promised_is_no_evidence_against():
    assert promise_test(np.full(50, 0.5), np.ones(50)).evidence.max() < 1


def test_certain_promises_do_not_overflow():
    assert np.all(np.isfinite(promise_test(np.ones(500), np.zeros(500)).evidence))
    with pytest.raises(ConfigError):
        promise_test(array(0.5), array(1, 0))
    with pytest.raises(ConfigError):
        promise_test(array(0.5), array(np.nan))
