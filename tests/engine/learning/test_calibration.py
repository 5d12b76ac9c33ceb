"""Calibration: promises are kept, and what is not known is not promised."""

import numpy as np
import pytest

from tui_trader.engine.analysis.statistics.forecasts import calibration_error, log_loss
from tui_trader.engine.learning.calibration import fit_calibration
from tui_trader.engine.learning.models.declaration import sigmoid


def made(count, slope, *, seed=1, level=-0.8):
    chance = np.random.default_rng(seed)
    score = chance.normal(size=count)
    happened = (chance.random(count) < sigmoid(level + slope * score)).astype(float)
    return score, happened, np.ones(count)


def test_an_overconfident_score_is_brought_to_its_worth():
    score, happened, weights = made(20_000, 0.5)
    found = fit_calibration(4 * score, happened, weights, base_rate=happened.mean())
    assert found.slope == pytest.approx(0.125, rel=0.1)
    assert calibration_error(found.probability(4 * score), happened) < 0.02


def test_a_score_that_tells_nothing_stays_at_the_base_rate():
    for seed in range(20):
        score, happened, weights = made(2_000, 0.0, seed=seed)
        forecast = fit_calibration(score, happened, weights, base_rate=0.31).probability(score)
        assert forecast.mean() == pytest.approx(0.31, abs=1e-6)
        assert forecast.std() < 0.01


def test_a_score_that_is_wrong_way_round_is_not_turned():
    score, happened, weights = made(5_000, -0.5)
    found = fit_calibration(score, happened, weights, base_rate=0.3)
    assert found.slope == 0
    assert np.ptp(found.probability(score)) == 0


def test_the_mean_is_held_to_the_whole_history_not_to_the_slice():
    score, happened, weights = made(5_000, 0.6, level=0.5)
    found = fit_calibration(score, happened, weights, base_rate=0.25)
    assert found.probability(score).mean() == pytest.approx(0.25, abs=1e-9)


def test_labels_that_repeat_one_another_are_weaker_evidence():
    score, happened, weights = made(400, 0.3, seed=8)
    alone = fit_calibration(score, happened, weights, base_rate=0.3)
    repeated = fit_calibration(score, happened, weights / 20, base_rate=0.3)
    assert 0 <= repeated.slope < alone.slope


def test_on_noise_it_costs_next_to_nothing():
    worse = []
    for seed in range(20):
        score, happened, weights = made(6_000, 0.0, seed=seed)
        found = fit_calibration(score[:3000], happened[:3000], weights[:3000], base_rate=0.31)
        flat = np.full(3_000, 0.31)
        forecast = found.probability(score[3000:])
        worse.append(log_loss(forecast, happened[3000:]) - log_loss(flat, happened[3000:]))
    assert max(worse) < 0.001


@pytest.mark.parametrize("happened", [0.0, 1.0])
def test_a_past_with_one_outcome_alone_is_survived(happened):
    score = np.linspace(-1, 1, 50)
    found = fit_calibration(score, np.full(50, happened), np.ones(50), base_rate=happened)
    forecast = found.probability(score)
    assert np.isfinite(forecast).all()
    assert forecast == pytest.approx(np.full(50, happened), abs=1e-3)


def test_a_constant_score_is_the_base_rate():
    found = fit_calibration(np.full(10, 2.0), np.tile([0.0, 1.0], 5), np.ones(10), base_rate=0.4)
    assert found.probability(np.array([2.0, 7.0])) == pytest.approx([0.4, 0.4])
