"""Every feature of the registry keeps what its declaration says."""

import numpy as np
import pytest

from tests.engine.analysis.made_candles import columns, constant, gaps, scaled, walk
from tui_trader.engine.analysis.candles import COLUMNS, Candles
from tui_trader.engine.analysis.features.table import (
    chosen_features,
    feature_matrix,
    history_bars,
    newest_row,
)

PROMISE = 1e-9
FEATURES = chosen_features(())
NAMES = [feature.name for feature in FEATURES]
SERIES = {
    "walk": walk(900),
    "gaps": gaps(900),
    "nothing happens, nothing trades": constant(900),
    "nothing happens, but it trades": constant(900, volume=3.0),
    "straight up": columns(100 * 1.001 ** np.arange(900)),
    "tiny price": walk(900, price=1e-7),
    "one jump": columns(np.repeat([100.0, 250.0], 450)),
}
MATRICES = {name: feature_matrix(candles, FEATURES) for name, candles in SERIES.items()}


def wrong(mine, theirs, promise=PROMISE) -> list[str]:
    """Names of the features that differ."""
    assert np.array_equal(np.isnan(mine), np.isnan(theirs))
    apart = np.nanmax(np.abs(mine - theirs), axis=0, initial=0.0)
    return [name for name, gap in zip(NAMES, apart, strict=True) if gap > promise]


def with_other_future(candles: Candles, other: Candles, count: int) -> Candles:
    return Candles(
        interval=candles.interval,
        open_time_ms=candles.open_time_ms,
        **{
            column: np.concatenate([candles.column(column)[:count], other.column(column)[count:]])
            for column in COLUMNS
        },
    )


@pytest.mark.parametrize("series", SERIES)
def test_unknown_in_the_warm_up_and_nowhere_else(series):
    for place, feature in enumerate(FEATURES):
        values = MATRICES[series][:, place]
        assert np.isnan(values[: feature.warm_up_bars]).all(), feature.name
        assert np.isfinite(values[feature.warm_up_bars :]).all(), feature.name


@pytest.mark.parametrize("series", SERIES)
def test_values_stay_within_a_few_units(series):
    assert np.nanmax(np.abs(MATRICES[series])) <= 10


@pytest.mark.parametrize("series", ["walk", "gaps"])
def test_candle_by_candle_is_all_at_once(series):
    candles, whole = SERIES[series], MATRICES[series]
    for count in [*range(1, 60, 7), *range(400, 900, 37), 899]:
        assert wrong(feature_matrix(candles[:count], FEATURES), whole[:count], 0.0) == [], count


@pytest.mark.parametrize("count", [401, 523, 640, 897])
def test_the_future_changes_nothing_before_it(count):
    changed = with_other_future(SERIES["gaps"], walk(900, seed=99), count)
    found = feature_matrix(changed, FEATURES)[:count]
    assert wrong(found, MATRICES["gaps"][:count], 0.0) == []


@pytest.mark.parametrize("make", [walk, gaps])
def test_the_declared_history_decides_the_newest_row(make):
    need = history_bars(FEATURES)
    candles = make(need + 200)
    whole = feature_matrix(candles, FEATURES)
    for end in range(need, len(candles) + 1, 13):
        found = newest_row(candles[:end], FEATURES)
        assert wrong(found[None], whole[end - 1 : end]) == [], end


@pytest.mark.parametrize("feature", FEATURES, ids=NAMES)
def test_a_feature_needs_no_more_than_it_declares(feature):
    candles = gaps(feature.history_bars + 60)
    whole = feature_matrix(candles, [feature])[:, 0]
    for end in range(feature.history_bars, len(candles) + 1, 17):
        assert newest_row(candles[:end], [feature])[0] == pytest.approx(whole[end - 1], abs=PROMISE)


@pytest.mark.parametrize("series", [name for name in SERIES if name != "tiny price"])
def test_units_of_price_and_volume_do_not_matter(series):
    for price, volume in ((10.0, 1.0), (1e-4, 1.0), (1.0, 1e-3), (3.0, 1e5)):
        found = feature_matrix(scaled(SERIES[series], price=price, volume=volume), FEATURES)
        assert wrong(found, MATRICES[series]) == [], (price, volume)


def test_a_history_that_is_too_short_is_unknown():
    assert np.isnan(feature_matrix(walk(3), FEATURES)).any(axis=1).all()
    assert feature_matrix(walk(900)[:0], FEATURES).shape == (0, len(FEATURES))
