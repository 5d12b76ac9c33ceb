"""Columns: what they refuse, and with which words."""

from dataclasses import replace

import numpy as np
import pytest

from tests.engine.analysis.made_candles import walk
from tui_trader.engine.analysis.candles import (
    COLUMNS,
    PRICE_MIN,
    PRICES,
    ROWS_AT_ONCE,
    VALUE_MAX,
)
from tui_trader.engine.analysis.catalogue import all_indicators
from tui_trader.engine.analysis.compute import compute
from tui_trader.engine.values.errors import ConfigError


@pytest.fixture(scope="module")
def long_walk():
    return walk(2 * ROWS_AT_ONCE + 10)


def with_one(name: str, value: float):
    candles = walk(10)
    column = getattr(candles, name).copy()
    column[3] = value
    return candles, {name: column}


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("close", np.nan, "close is not a finite number"),
        ("volume", np.inf, "volume is not a finite number"),
        ("open", 0.0, "open is not above 0"),
        ("volume", -1.0, "volume is below 0"),
        ("low", 1e-31, "low is below 1e-30"),
        ("high", 1.7e308, r"high is above 1e\+30"),
        ("volume", 1e31, r"volume is above 1e\+30"),
        ("high", 1.0, "high is below open or close"),
        ("low", 1e9, "low is above open or close"),
    ],
)
def test_a_wrong_row_is_named(name, value, fault):
    candles, changed = with_one(name, value)
    with pytest.raises(ConfigError, match=rf"candle 3 \(open_time_ms \d+\): {fault}"):
        replace(candles, **changed)


@pytest.mark.parametrize("row", [0, ROWS_AT_ONCE - 1, ROWS_AT_ONCE, 2 * ROWS_AT_ONCE, -1])
@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, -1e-300])
def test_a_wrong_row_is_found_wherever_it_lies(long_walk, row, name, value):
    column = getattr(long_walk, name).copy()
    column[row] = value
    with pytest.raises(ConfigError, match=rf"^candle {range(len(long_walk))[row]} .*{name} is "):
        replace(long_walk, **{name: column})


@pytest.mark.parametrize("scale", [PRICE_MIN * 10, 1.0, VALUE_MAX / 1e3])
def test_whatever_is_let_in_is_computed_without_leaving_what_floats_hold(scale):
    candles = walk(300)
    prices = {name: getattr(candles, name) / candles.high.max() * scale for name in PRICES}
    wild = candles.high.copy()
    wild[::50] *= 1e6
    prices["high"] = np.minimum(wild / candles.high.max() * scale, VALUE_MAX)
    scaled = replace(candles, **prices, volume=candles.volume / candles.volume.max() * VALUE_MAX)
    scaled = replace(scaled, buy_volume=None)
    for indicator in all_indicators():
        for line in compute(scaled, indicator).values():
            assert not np.isinf(line).any(), indicator.name


@pytest.mark.parametrize("order", [[0, 2, 1], [0, 1, 1]])
def test_time_goes_forward(order):
    candles = walk(3)
    with pytest.raises(ConfigError, match="open_time_ms is not after that of the row before"):
        replace(candles, open_time_ms=candles.open_time_ms[order])


def test_columns_are_of_one_length():
    candles = walk(5)
    with pytest.raises(ConfigError, match=r"flat and of one length.*close \(4,\)"):
        replace(candles, close=candles.close[:4])


def test_columns_cannot_be_written():
    with pytest.raises(ValueError, match="read-only"):
        walk(5).close[0] = 1.0


def test_the_array_that_came_in_stays_its_owners():
    close = walk(5).close.copy()
    replace(walk(5), close=close)
    close[0] = 7.0
    assert close[0] == 7.0


def test_a_slice_is_candles_again():
    candles = walk(10)
    assert len(candles[2:6]) == 4
    assert candles[2:6].open_time_ms[0] == candles.open_time_ms[2]


def test_no_candles_are_candles():
    assert len(walk(5)[:0]) == 0
