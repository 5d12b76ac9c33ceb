"""Parameters are checked in words; claims are read at every candle."""

import numpy as np
import pytest

from tests.engine.analysis.made_candles import columns, walk
from tui_trader.engine.analysis.catalogue import all_indicators, indicator_named
from tui_trader.engine.analysis.compute import compute, stances
from tui_trader.engine.analysis.declaration import Group
from tui_trader.engine.registry import load
from tui_trader.engine.values.errors import ConfigError, PluginError


@pytest.mark.parametrize(
    ("name", "parameters", "words"),
    [
        ("rsi", {"period": 1}, "rsi: period must be a whole number from 2 to 1000, not 1"),
        ("rsi", {"period": 14.5}, "rsi: period must be a whole number from 2 to 1000, not 14.5"),
        ("rsi", {"period": "14"}, "rsi: period must be a whole number from 2 to 1000, not '14'"),
        ("rsi", {"period": True}, "rsi: period must be a whole number from 2 to 1000, not True"),
        ("rsi", {"periods": 14}, "rsi has no parameter `periods`; it takes: period"),
        ("bop", {"period": 14}, "bop has no parameter `period`; it takes: none"),
        ("supertrend", {"multiplier": float("nan")}, "must be a number from 0.1 to 20.0, not nan"),
        ("macd", {"fast": 26}, r"macd: fast \(26\) must be below slow \(26\)"),
    ],
)
def test_a_wrong_parameter_is_named_with_its_bounds(name, parameters, words):
    with pytest.raises(ConfigError, match=words):
        compute(walk(100), indicator_named(name), **parameters)


def test_a_whole_number_may_be_written_as_a_float():
    (as_float,) = compute(walk(100), indicator_named("rsi"), period=10.0).values()
    (as_whole,) = compute(walk(100), indicator_named("rsi"), period=10).values()
    assert np.array_equal(as_float, as_whole, equal_nan=True)


def test_an_unknown_indicator_comes_with_a_guess():
    with pytest.raises(
        ConfigError, match=r"no indicator `bolinger` \(did you mean `bollinger`\?\)"
    ):
        indicator_named("bolinger")


@pytest.mark.parametrize("place", ["tui_trader.nowhere:X", "tui_trader.engine.registry:NOTHING"])
def test_a_line_of_the_registry_that_leads_nowhere_is_a_plug_in_error(place):
    with pytest.raises(PluginError, match=place):
        load(place)


def test_a_group_holds_its_own_only():
    chosen = all_indicators(Group.CYCLE)
    assert chosen
    assert {indicator.group for indicator in chosen} == {Group.CYCLE}


def test_claims_take_sides_at_every_candle():
    rising, falling = (columns(100 * pace ** np.arange(60)) for pace in (1.01, 0.99))
    rsi, sma = indicator_named("rsi"), indicator_named("sma")
    assert stances(rising, rsi, compute(rising, rsi))[-1] == -1
    assert stances(falling, rsi, compute(falling, rsi))[-1] == 1
    assert stances(rising, sma, compute(rising, sma))[-1] == 1
    assert stances(falling, sma, compute(falling, sma))[-1] == -1


def test_who_takes_no_side_is_neutral():
    atr = indicator_named("atr")
    assert not stances(walk(60), atr, compute(walk(60), atr)).any()
