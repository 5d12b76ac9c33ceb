"""Features against plain sums, and longer candles that have closed."""

import numpy as np
import pytest

from tests.engine.analysis.made_candles import START_MS, columns, gaps, walk
from tui_trader.engine.analysis.features.columns import EDGE, Columns, longer_candles
from tui_trader.engine.analysis.features.declaration import FeatureGroup
from tui_trader.engine.analysis.features.table import (
    chosen_features,
    feature_matrix,
    feature_named,
)
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import ConfigError

CANDLES = walk(700)
RETURNS = np.diff(np.log(CANDLES.close))


def value(name, candles=CANDLES, row=-1):
    return feature_matrix(candles, [feature_named(name)])[row, 0]


def test_a_move_is_counted_in_usual_moves():
    usual = np.sqrt((RETURNS[-96:] ** 2).mean() * 24)
    assert value("move_24") == pytest.approx(RETURNS[-24:].sum() / usual)


def test_a_distance_is_that_from_the_mean():
    logs = np.log(CANDLES.close)
    usual = np.sqrt((RETURNS[-96:] ** 2).mean() * 50)
    assert value("distance_50") == pytest.approx((logs[-1] - logs[-50:].mean()) / usual)


def test_a_slope_is_that_of_the_fitted_line():
    logs = np.log(CANDLES.close)[-24:]
    usual = np.sqrt((RETURNS[-96:] ** 2).mean() * 24)
    assert value("slope_24") == pytest.approx(np.polyfit(np.arange(24), logs, 1)[0] * 23 / usual)


def test_volume_of_rising_candles_counts_up():
    up = np.sign(RETURNS[-12:]) * CANDLES.volume[-12:]
    assert value("signed_volume_12") == pytest.approx(up.sum() / CANDLES.volume[-12:].sum())


def test_large_moves_with_large_volume_correlate():
    size, volume = np.abs(RETURNS), CANDLES.volume
    mean = np.convolve(volume, np.full(48, 1 / 48), "valid")
    scaled = volume[47:] / mean
    expected = np.corrcoef(size[-48:], scaled[-48:])[0, 1]
    assert value("volume_with_size_48") == pytest.approx(expected, abs=1e-6)


def test_the_newest_high_is_most_recent():
    rising = columns(100 * 1.01 ** np.arange(300.0), spread=0.0)
    assert value("since_high_48", rising) == 1
    assert value("since_low_48", rising) == -1
    assert value("place_20", rising) == pytest.approx(1)


def test_a_crash_is_far_out_but_not_endless():
    crash = columns(np.append(np.full(300, 100.0) * (1 + 1e-6 * (np.arange(300) % 2)), 20.0))
    assert -EDGE <= value("move_1", crash) < -5


def test_time_of_day_has_no_seam():
    hours = (START_MS + Interval.M15.ms * np.arange(1, 701)) % 86_400_000 / 86_400_000
    assert value("hour_sine") == pytest.approx(np.sin(2 * np.pi * hours[-1]))


def test_a_longer_candle_counts_once_its_last_quarter_has_closed():
    longer = longer_candles(CANDLES, 4)
    first = int(np.argmax(CANDLES.open_time_ms % (4 * CANDLES.interval.ms) == 0))
    first = first or 4
    closes = longer.spread(longer.columns.candles.close)
    for row in range(first + 3, 60):
        end = row - (row - first + 1) % 4
        assert closes[row] == CANDLES.close[end], row


def test_a_longer_candle_that_lost_its_last_quarter_closes_when_the_next_begins():
    keep = np.ones(40, dtype=bool)
    end_of_a_longer_one = 4 + int(
        np.argmax((CANDLES.open_time_ms[4:] + CANDLES.interval.ms) % (4 * CANDLES.interval.ms) == 0)
    )
    keep[end_of_a_longer_one + 8] = False
    short = type(CANDLES)(
        interval=CANDLES.interval,
        open_time_ms=CANDLES.open_time_ms[:40][keep],
        **{name: CANDLES.column(name)[:40][keep] for name in ("open", "high", "low", "close")},
        volume=CANDLES.volume[:40][keep],
    )
    longer = longer_candles(short, 4)
    closes = longer.spread(longer.columns.candles.close)
    lost = end_of_a_longer_one + 8
    assert closes[lost - 1] == CANDLES.close[lost - 4]
    assert closes[lost] == CANDLES.close[lost - 1]


def test_longer_candles_sum_up_what_was_traded():
    candles = gaps(300)
    summed = longer_candles(candles, 4).columns.candles
    times = candles.open_time_ms // (4 * candles.interval.ms)
    rows = times == times[150]
    place = int(np.flatnonzero(summed.open_time_ms == times[150] * 4 * candles.interval.ms)[0])
    assert summed.high[place] == candles.high[rows].max()
    assert summed.low[place] == candles.low[rows].min()
    assert summed.volume[place] == pytest.approx(candles.volume[rows].sum())
    assert summed.open[place] == candles.open[rows][0]


def test_what_several_features_need_is_computed_once():
    shared = Columns(CANDLES)
    assert shared.pace(96) is shared.pace(96)
    assert shared.longer(4) is shared.longer(4)


def test_a_wrong_name_gets_the_right_one():
    with pytest.raises(ConfigError, match="did you mean `move_24`"):
        chosen_features(["move_25"])


def test_a_name_twice_is_refused():
    with pytest.raises(ConfigError, match="`move_24` is named twice"):
        chosen_features(["move_24", "move_24"])


def test_there_are_about_sixty_in_every_group_and_each_says_what_it_is():
    features = chosen_features(())
    assert 50 <= len(features) <= 64
    assert {feature.group for feature in features} == set(FeatureGroup)
    assert len({feature.says for feature in features}) == len(features)
