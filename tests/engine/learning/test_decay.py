"""Early Kraken ETH: money that was there and went, and what a track record of promises can see of it."""

import sys
from datetime import UTC, datetime

import numpy as np
import pytest

from tui_trader.engine.analysis.features.table import chosen_features
from tui_trader.engine.analysis.splits import uniqueness
from tui_trader.engine.learning.dataset import build_dataset
from tui_trader.engine.learning.ensemble import ENSEMBLE, fit_ensemble
from tui_trader.engine.learning.models.table import chosen_kinds
from tui_trader.engine.learning.money import one_at_a_time
from tui_trader.engine.learning.plan import Plan
from tui_trader.engine.learning.track_record import TrackRecord
from tui_trader.engine.learning.validation import forecast_forward
from tui_trader.engine.rules.model import TradeRules
from tui_trader.engine.stores.candles import load_candles_file

FEE = 0.0026
RULES = TradeRules(stop_atr=2.0, take_atr=3.0, time_stop_bars=24)
NEVER_OPEN_MS = 2_000_000_000_000


def _ms(year):
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp() * 1000)


@pytest.mark.real_data
@pytest.mark.long
@pytest.mark.timeout(1_800)
def test_money_that_was_there_in_2017_is_gone_later_and_the_promised_rate_still_holds(real_data):
    """What decays is what a hit brings, not how often it comes: a test of the rate does not see it."""
    path = real_data / "kraken_1h" / "ETHUSD_60.csv.gz"
    candles = load_candles_file(path, now_ms=NEVER_OPEN_MS)
    dataset = build_dataset(candles, chosen_features(()), rules=RULES, fee_ratio=FEE)
    dataset = dataset.at(np.flatnonzero(dataset.time_ms < _ms(2020)))
    plan, kinds = Plan(), chosen_kinds(("logistic",))
    forecasts = forecast_forward(dataset, kinds, plan, tick=lambda _: None)
    net = {}
    for year in (2017, 2018, 2019):
        times = forecasts.dataset.time_ms
        rows = np.flatnonzero((times >= _ms(year)) & (times < _ms(year + 1)))
        wanted = forecasts.expected[ENSEMBLE][rows] > 0
        trades = one_at_a_time(forecasts.dataset.at(rows), wanted)
        net[year] = float(trades.net.mean())
        sys.stdout.write(f"{year}: {len(trades.net)} trades, net {net[year]:+.4f}\n")
    assert net[2017] > 0.01
    assert net[2018] < 0
    assert net[2019] < 0
    learned = dataset.at(np.flatnonzero(dataset.time_ms < _ms(2018)))
    base_rate = float(learned.happened.mean())
    champion = fit_ensemble(learned, kinds, plan, base_rate=base_rate, tick=lambda _: None)
    later = dataset.at(np.flatnonzero(dataset.time_ms >= _ms(2018)))
    record = TrackRecord(champion.probability(later.rows), later.happened, uniqueness(later.spans))
    assert record.broken_at() is None
    assert abs(record.promised.mean() - record.happened.mean()) < 0.05
