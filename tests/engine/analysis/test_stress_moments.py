"""Moments of real markets that broke other programs: every indicator keeps its word in them."""

import csv
import gzip
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
from tui_trader.engine.values.candles import Interval

pytestmark = pytest.mark.real_data

AROUND = 1_500
MEMORY_MAX = 1_000
MOMENTS = {
    "ETH flash crash": ("ETHUSD_60.csv.gz", datetime(2021, 2, 22, 14, tzinfo=UTC)),
    "XBT spike": ("XBTUSD_60.csv.gz", datetime(2019, 9, 13, 20, tzinfo=UTC)),
    "outage of January 2018": ("XBTUSD_60.csv.gz", datetime(2018, 1, 12, tzinfo=UTC)),
    "March 2020": ("XBTUSD_60.csv.gz", datetime(2020, 3, 12, 10, tzinfo=UTC)),
    "launch tick": ("ETHUSD_60.csv.gz", datetime(2015, 8, 8, tzinfo=UTC)),
}


def candles_around(path, moment) -> Candles:
    with gzip.open(path, "rt") as lines:
        rows = np.array([[float(cell) for cell in row[:6]] for row in csv.reader(lines)])
    middle = int(np.searchsorted(rows[:, 0], moment.timestamp()))
    chosen = rows[max(0, middle - AROUND) : middle + AROUND]
    return Candles(
        interval=Interval.H1,
        open_time_ms=(chosen[:, 0] * 1_000).astype(np.int64),
        open=chosen[:, 1],
        high=chosen[:, 2],
        low=chosen[:, 3],
        close=chosen[:, 4],
        volume=chosen[:, 5],
    )


@pytest.mark.parametrize("name", MOMENTS)
def test_every_indicator_keeps_its_word_in(real_data, name):
    file, moment = MOMENTS[name]
    candles = candles_around(real_data / "kraken_1h" / file, moment)
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
    candles = candles_around(real_data / "kraken_1h" / file, moment)
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
    candles = candles_around(real_data / "kraken_1h" / file, moment)
    later = {(s.row + 500, s.pattern.function) for s in find_patterns(candles[500:]) if s.row > 100}
    whole = {(s.row, s.pattern.function) for s in find_patterns(candles) if s.row > 600}
    # TA-Lib keeps its candle averages as running sums: a shadow exactly at its limit may differ.
    assert len(later ^ whole) <= 0.002 * len(whole)
