"""Moments of real markets that broke other programs: every indicator keeps its word in them."""

from datetime import UTC, datetime

import numpy as np
import pytest

from tests.engine.analysis.made_candles import candle_at
from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.analysis.catalogue import all_indicators
from tui_trader.engine.analysis.compute import compute
from tui_trader.engine.analysis.patterns import find_patterns
from tui_trader.engine.analysis.readings import Readings
from tui_trader.engine.analysis.structure import structure
from tui_trader.engine.analysis.summary import read_summary, summarised
from tui_trader.engine.stores.candles import load_candles_file
from tui_trader.engine.values.candles import Interval

pytestmark = pytest.mark.real_data

AROUND = 1_500
LATER_MS = 1_763_636_400_000
MEMORY_MAX = 1_000
MOMENTS = {
    "ETH flash crash": ("kraken_1h/ETHUSD_60.csv.gz", datetime(2021, 2, 22, 14, tzinfo=UTC)),
    "XBT spike": ("kraken_1h/XBTUSD_60.csv.gz", datetime(2019, 9, 13, 20, tzinfo=UTC)),
    "outage of January 2018": ("kraken_1h/XBTUSD_60.csv.gz", datetime(2018, 1, 12, tzinfo=UTC)),
    "March 2020": ("kraken_1h/XBTUSD_60.csv.gz", datetime(2020, 3, 12, 10, tzinfo=UTC)),
    "March 2020, ether": ("kraken_1h/ETHUSD_60.csv.gz", datetime(2020, 3, 12, 10, tzinfo=UTC)),
    "outage of February 2018": (
        "binance_1h/BTC_USDT-1h.parquet",
        datetime(2018, 2, 8, tzinfo=UTC),
    ),
    "frozen bars of March 2023": (
        "binance_5m_2023/BTC_USDT-5m.parquet",
        datetime(2023, 3, 24, 12, 40, tzinfo=UTC),
    ),
    "launch tick": ("kraken_1h/ETHUSD_60.csv.gz", datetime(2015, 8, 8, tzinfo=UTC)),
}


def candles_around(path, moment) -> Candles:
    candles = load_candles_file(path, now_ms=LATER_MS)
    middle = int(np.searchsorted(candles.open_time_ms, moment.timestamp() * 1_000))
    return candles[max(0, middle - AROUND) : middle + AROUND]


def test_the_moments_are_the_ones_that_are_meant(real_data):
    made = {name: candles_around(real_data / file, at) for name, (file, at) in MOMENTS.items()}

    def at_moment(name, column):
        row = np.searchsorted(made[name].open_time_ms, MOMENTS[name][1].timestamp() * 1_000)
        return made[name].column(column)[row]

    assert at_moment("ETH flash crash", "low") == 700.0
    assert (at_moment("XBT spike", "low"), at_moment("XBT spike", "high")) == (8_000.0, 12_000.0)
    assert made["launch tick"].high.max() / made["launch tick"].low.min() > 6
    steps = np.diff(made["outage of February 2018"].open_time_ms) // Interval.H1.ms
    assert steps.max() == 34
    assert (np.diff(made["outage of January 2018"].open_time_ms) > 20 * Interval.H1.ms).any()
    assert (made["frozen bars of March 2023"].volume == 0).sum() >= 14


@pytest.mark.parametrize("name", MOMENTS)
def test_every_indicator_keeps_its_word_in(real_data, name):
    file, moment = MOMENTS[name]
    candles = candles_around(real_data / file, moment)
    for indicator in all_indicators():
        if indicator.needs:
            continue
        defaults = indicator.checked({})
        warm_up, memory = indicator.warm_up_bars(defaults), indicator.memory_bars(defaults)
        whole = compute(candles, indicator)
        for column in whole.values():
            assert np.isfinite(column[warm_up:]).all(), indicator.name
        if memory is None or memory > MEMORY_MAX or not indicator.is_steady:
            continue
        last = compute(candles[-memory:], indicator)
        for key, column in whole.items():
            size = max(float(np.nanmax(np.abs(column))), 1e-12)
            assert abs(last[key][-1] - column[-1]) <= 1e-9 * size, (indicator.name, key)


@pytest.mark.parametrize("name", MOMENTS)
def test_catalogue_and_structure_follow_the_market_through(real_data, name):
    file, moment = MOMENTS[name]
    candles = candles_around(real_data / file, moment)
    middle = int(np.searchsorted(candles.open_time_ms, moment.timestamp() * 1_000))
    start, end = max(0, middle - 30), min(len(candles), middle + 30)
    readings = Readings(candles[:start])
    for row in range(start, end):
        readings.push(*candle_at(candles, row))
    # One push a candle that is there; a gap makes none.
    assert readings.snapshot.count == end
    pushed, whole = (
        summarised(readings.snapshot, readings.followers),
        read_summary(candles[:end]),
    )
    assert pushed.open_time_ms == candles.open_time_ms[end - 1]
    for mine, theirs in zip(pushed.readings, whole.readings, strict=True):
        assert [o.value for o in mine.outputs] == pytest.approx(
            [o.value for o in theirs.outputs], rel=1e-9
        )
        is_late = theirs.needs or theirs.missing_bars
        assert theirs.is_known == (not is_late), theirs.name
    first, later = structure(candles[:end]), structure(candles)
    assert first.events == tuple(event for event in later.events if event.row < end)
    assert {swing.open_time_ms for swing in later.swings} <= set(candles.open_time_ms.tolist())


@pytest.mark.parametrize("name", MOMENTS)
def test_patterns_are_the_same_when_the_past_is_short(real_data, name):
    file, moment = MOMENTS[name]
    candles = candles_around(real_data / file, moment)
    later = {(s.row + 500, s.pattern.function) for s in find_patterns(candles[500:]) if s.row > 100}
    whole = {(s.row, s.pattern.function) for s in find_patterns(candles) if s.row > 600}
    # TA-Lib keeps its candle averages as running sums: a shadow exactly at its limit may differ.
    assert len(later ^ whole) <= 0.002 * len(whole)
