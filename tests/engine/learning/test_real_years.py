"""Real years: learned up to the end of 2019, walked over 2020 and 2021; the truth, also where it is poor."""

import sys
from datetime import UTC, datetime

import numpy as np
import pytest

from tui_trader.engine.analysis.features.table import chosen_features
from tui_trader.engine.analysis.statistics.forecasts import calibration_error
from tui_trader.engine.learning.assessment import assess, by_year
from tui_trader.engine.learning.dataset import build_dataset
from tui_trader.engine.learning.ensemble import ENSEMBLE
from tui_trader.engine.learning.models.table import chosen_kinds
from tui_trader.engine.learning.plan import Plan
from tui_trader.engine.learning.validation import forecast_forward
from tui_trader.engine.rules.model import TradeRules
from tui_trader.engine.stores.candles import load_candles_file

FEE = 0.004
RULES = TradeRules(stop_atr=2.0, take_atr=3.0, time_stop_bars=24)
MODELS = ("logistic", "random_forest", "boosting")
NEVER_OPEN_MS = 2_000_000_000_000


def walked(path):
    candles = load_candles_file(path, now_ms=NEVER_OPEN_MS)
    dataset = build_dataset(candles, chosen_features(()), rules=RULES, fee_ratio=FEE)
    begin = int(np.searchsorted(dataset.time_ms, _ms(2020)))
    forecasts = forecast_forward(
        dataset, chosen_kinds(MODELS), Plan(), tick=lambda _: None, begin=begin
    )
    return candles, forecasts


def _ms(year):
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp() * 1000)


def table(name, path):
    """Tell what docs/learning.md shows (`pytest -s`)."""
    candles, forecasts = walked(path)
    scores = assess(forecasts, candles.close, Plan(), variants=len(MODELS) + 1)
    years = np.array(
        [datetime.fromtimestamp(ms / 1000, UTC).year for ms in forecasts.dataset.time_ms]
    )
    for model, one in scores.items():
        told = by_year(forecasts.votes[model], forecasts.dataset, years)
        sys.stdout.write(f"{name} {model} {one}\n")
        for year, (skill, error, count) in told.items():
            sys.stdout.write(f"{name} {model} {year}: {skill:.4f} {error:.4f} {count}\n")
    return forecasts, scores


@pytest.mark.real_data
@pytest.mark.long
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("name", ["XBTUSD", "ETHUSD"])
def test_real_hours_show_skill_and_no_edge_after_fees(real_data, name):
    forecasts, scores = table(name, real_data / "kraken_1h" / f"{name}_60.csv.gz")
    together = scores[ENSEMBLE]
    assert 0.53 < together.auc < 0.64
    assert together.log_loss < together.baseline_log_loss
    assert not any(one.edge for one in scores.values())
    assert "No edge after costs" in together.verdict
    assert calibration_error(forecasts.votes[ENSEMBLE], forecasts.dataset.happened) < 0.05
