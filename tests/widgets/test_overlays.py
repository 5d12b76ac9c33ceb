"""The lines of the desk are the registry's, to a billionth, and unknown where they are not known."""

import math

import pytest

from tests.screens.scripted import candle_walk
from tui_trader.engine.analysis.catalogue import indicator_named
from tui_trader.engine.analysis.compute import compute
from tui_trader.engine.analysis.resample import candle_columns
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.time import MS_PER_DAY
from tui_trader.widgets.overlays import (
    BOLLINGER_DEVIATIONS,
    BOLLINGER_PERIOD,
    EMA_PERIODS,
    OVERLAYS,
    bollinger,
    ema,
    heikin_ashi,
    lacks_day_start,
    overlays,
    session_vwap,
)

PAIRS = ("BTC/USD", "DOGE/USD")
MIDNIGHT = 1_795_132_800_000


def candle(open_time_ms, close, volume=1.0):
    return Candle(
        open_time_ms=open_time_ms,
        open=close,
        high=close + 2,
        low=close - 1,
        close=close,
        volume_base=volume,
    )


def walk(symbol, interval=Interval.M15, count=400):
    """From a midnight on, so that every day is whole."""
    candles = candle_walk(symbol, interval, count)
    first = next(place for place, one in enumerate(candles) if one.open_time_ms % MS_PER_DAY == 0)
    return candles[first:]


def of_registry(candles, name, interval=Interval.M15, **parameters):
    columns = compute(candle_columns(candles, interval), indicator_named(name), **parameters)
    return [
        tuple(None if math.isnan(value) else float(value) for value in column)
        for column in columns.values()
    ]


def assert_same(mine, theirs):
    assert len(mine) == len(theirs)
    for my_value, their_value in zip(mine, theirs, strict=True):
        if their_value is None:
            assert my_value is None
        else:
            assert my_value == pytest.approx(their_value, rel=1e-9, abs=1e-15)


@pytest.mark.parametrize("symbol", PAIRS)
@pytest.mark.parametrize("period", EMA_PERIODS)
def test_ema_is_that_of_the_registry(symbol, period):
    candles = walk(symbol)
    (theirs,) = of_registry(candles, "ema", period=period)
    assert_same(ema([one.close for one in candles], period), theirs)


@pytest.mark.parametrize("symbol", PAIRS)
def test_bollinger_bands_are_those_of_the_registry(symbol):
    candles = walk(symbol)
    theirs = of_registry(
        candles,
        "bollinger",
        period=BOLLINGER_PERIOD,
        deviations_up=BOLLINGER_DEVIATIONS,
        deviations_down=BOLLINGER_DEVIATIONS,
    )
    mine = bollinger([one.close for one in candles], BOLLINGER_PERIOD, BOLLINGER_DEVIATIONS)
    for my_band, their_band in zip(mine, theirs, strict=True):
        assert_same(my_band, their_band)


@pytest.mark.parametrize("symbol", PAIRS)
def test_vwap_is_that_of_the_registry_and_begins_anew_each_day(symbol):
    candles = walk(symbol)
    assert len({one.open_time_ms // MS_PER_DAY for one in candles}) > 2
    (theirs,) = of_registry(candles, "vwap")
    assert_same(session_vwap(candles), theirs)


def test_vwap_without_any_trade_is_the_price_itself_as_in_the_registry():
    candles = [candle(MIDNIGHT + place * 60_000, 10.0, volume=0.0) for place in range(3)]
    (theirs,) = of_registry(candles, "vwap", Interval.M1)
    assert_same(session_vwap(candles), theirs)


def test_vwap_of_a_day_whose_beginning_is_not_there_is_unknown():
    half = [candle(MIDNIGHT + minute * 60_000, 10.0) for minute in (5, 6, 1_440, 1_441)]
    assert session_vwap(half) == (None, None, pytest.approx(31 / 3), pytest.approx(31 / 3))
    assert lacks_day_start(half[:2], Interval.M1)
    assert not lacks_day_start(half, Interval.M1)
    assert not lacks_day_start(half[:2], Interval.D1)
    assert not lacks_day_start([], Interval.M1)


def test_first_candle_of_a_quiet_day_begins_it_whenever_that_was():
    candles = [candle(MIDNIGHT - 60_000, 10.0), candle(MIDNIGHT + 7 * 60_000, 20.0)]
    assert session_vwap(candles)[1] == pytest.approx(61 / 3)


@pytest.mark.parametrize("count", [0, 1, 19, 20, 21])
def test_lines_have_a_value_or_none_for_each_candle(count):
    candles = candle_walk("BTC/USD", Interval.M1, count)
    lines = overlays(OVERLAYS, candles)
    assert [line.label for line in lines] == ["EMA 20", "EMA 50", "VWAP", "BB 20"]
    assert {len(column) for line in lines for column in line.columns} == {count}
    assert len({line.colour for line in lines}) == 4


def test_bands_of_what_is_seen_and_of_the_newest_are_those_of_all():
    closes = [one.close for one in walk("BTC/USD")]
    whole = bollinger(closes, BOLLINGER_PERIOD, BOLLINGER_DEVIATIONS)
    seen = range(10, 60)
    part = bollinger(closes, BOLLINGER_PERIOD, BOLLINGER_DEVIATIONS, seen=seen)
    for all_values, seen_values in zip(whole, part, strict=True):
        assert seen_values[10:60] == all_values[10:60]
        assert seen_values[-1] == all_values[-1]
        assert set(seen_values[60:-1]) == {None}


def test_heikin_ashi_opens_in_the_middle_of_the_one_before():
    first, second = heikin_ashi(
        [
            Candle(open_time_ms=0, open=10, high=14, low=8, close=12, volume_base=1),
            Candle(open_time_ms=1, open=12, high=20, low=11, close=19, volume_base=2),
        ]
    )
    assert (first.open, first.close) == (11.0, 11.0)
    assert (second.open, second.close) == (11.0, 15.5)
    assert (second.high, second.low) == (20.0, 11.0)
    assert second.volume_base == 2
    assert heikin_ashi([]) == ()
