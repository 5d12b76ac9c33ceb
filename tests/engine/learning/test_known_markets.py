"""Markets whose truth is known: a planted signal is found, and nothing is found in a walk.

The small ones run always; what docs/learning.md claims is measured by those marked `long`.
"""

import numpy as np
import pytest

from tests.engine.learning.made_markets import RULES, garch, planted
from tui_trader.engine.analysis.features.table import chosen_features
from tui_trader.engine.analysis.statistics.forecasts import auc
from tui_trader.engine.learning.assessment import assess
from tui_trader.engine.learning.dataset import build_dataset
from tui_trader.engine.learning.ensemble import ENSEMBLE
from tui_trader.engine.learning.models.declaration import sigmoid
from tui_trader.engine.learning.models.table import chosen_kinds
from tui_trader.engine.learning.plan import Plan
from tui_trader.engine.learning.validation import forecast_forward

ALL = ("logistic", "random_forest", "boosting")
JUDGED = 3_000
JUDGED_LONG = 12_000
"""Over fewer candles the luck of the whole series moves its rate by more than the error looked for."""
VARIANTS = 4
WORSE_MAX = 0.001


def scores_on(dataset, closes, plan, *, models=ALL):
    forecasts = forecast_forward(dataset, chosen_kinds(models), plan, tick=lambda _: None)
    return forecasts, assess(forecasts, closes, plan, variants=VARIANTS)


def found_share(learned, *, form, best, seeds, models=ALL, judged=JUDGED):
    """Share of (best AUC - 0.5) that the ensemble reaches, over all seeds, and its calibration."""
    mine, theirs, errors = [], [], []
    for seed in seeds:
        market = planted(learned + judged, seed=seed, form=form, best=best)
        plan = Plan(train_min=learned - 100, train_max=learned, test_size=judged)
        forecasts, scores = scores_on(market.dataset, market.candles.close, plan, models=models)
        at = np.searchsorted(market.dataset.candle, forecasts.dataset.candle)
        mine.append(scores[ENSEMBLE].auc - 0.5)
        theirs.append(auc(sigmoid(market.best[at]), forecasts.dataset.happened) - 0.5)
        errors.append(scores[ENSEMBLE].calibration_error)
    return np.mean(mine) / np.mean(theirs), float(np.median(errors))


def test_a_planted_signal_is_found_and_its_promise_kept():
    share, error = found_share(
        3_000, form="linear", best=70, seeds=(1, 2), models=("logistic", "boosting")
    )
    assert share > 0.8
    # Two series of 3,000 candles: the luck of a whole series alone moves its rate by a few percent.
    assert error < 0.1


@pytest.mark.parametrize("seed", range(20))
def test_a_walk_without_a_signal_has_no_edge(seed):
    candles = garch(2_600, seed=seed, drift_a_year=0.8)
    dataset = build_dataset(candles, chosen_features(()), rules=RULES, fee_ratio=0.0)
    plan = Plan(train_min=1_000, test_size=1_000, folds=2)
    _, scores = scores_on(dataset, candles.close, plan, models=("logistic", "random_forest"))
    for one in scores.values():
        assert not one.edge
        assert one.log_loss - one.baseline_log_loss <= WORSE_MAX


@pytest.mark.long
@pytest.mark.timeout(7_200)
@pytest.mark.parametrize(
    ("learned", "form", "best", "share_min", "error_max"),
    [
        (6_000, "linear", 62, 0.75, 0.04),
        (6_000, "linear", 70, 0.88, 0.04),
        pytest.param(
            *(6_000, "product", 70, 0.45, 0.06),
            marks=pytest.mark.xfail(reason="31 % is found over 12,000 candles (docs/learning.md)"),
        ),
        (20_000, "linear", 62, 0.90, 0.04),
        (20_000, "linear", 70, 0.95, 0.04),
        (20_000, "product", 70, 0.60, 0.06),
    ],
)
def test_as_much_is_found_as_the_reference_says(learned, form, best, share_min, error_max):
    share, error = found_share(
        learned, form=form, best=best, seeds=range(300, 305), judged=JUDGED_LONG
    )
    assert share >= share_min
    assert error <= error_max


@pytest.mark.long
@pytest.mark.timeout(7_200)
def test_an_edge_of_070_without_fees_is_called_in_nine_of_ten_series():
    called = 0
    for seed in range(10):
        market = planted(20_000, seed=200 + seed, form="linear", best=70)
        plan = Plan(train_min=6_000, test_size=3_500)
        _, scores = scores_on(market.dataset, market.candles.close, plan)
        called += scores[ENSEMBLE].edge
    assert called >= 9


@pytest.mark.long
@pytest.mark.timeout(14_400)
def test_three_hundred_walks_show_three_false_edges_at_most():
    false_edges, worst = 0, -1.0
    for seed in range(1_000, 1_300):
        candles = garch(10_000, seed=seed, drift_a_year=0.8)
        dataset = build_dataset(candles, chosen_features(()), rules=RULES, fee_ratio=0.0)
        plan = Plan(train_min=5_000, test_size=2_500)
        _, scores = scores_on(dataset, candles.close, plan)
        false_edges += any(one.edge for one in scores.values())
        worst = max(worst, *(one.log_loss - one.baseline_log_loss for one in scores.values()))
    assert false_edges <= 3
    assert worst <= WORSE_MAX
