"""Laws of structure: nothing is said before it is certain, and nothing said is taken back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.analysis.made_candles import constant, gaps, lively, scaled, walk
from tui_trader.engine.analysis.patterns import patterns_found
from tui_trader.engine.analysis.structure import structure

MADE = {"walk": walk, "gaps": gaps, "lively": lively}


@given(name=st.sampled_from(list(MADE)), seed=st.integers(0, 5_000), count=st.integers(0, 400))
def test_what_was_certain_stays_and_what_was_not_is_not_told(name, seed, count):
    candles = MADE[name](400, seed=seed)
    whole, first = structure(candles), structure(candles[:count])
    assert first.swings == tuple(s for s in whole.swings if s.confirmed_row < count)
    assert first.divergences == tuple(d for d in whole.divergences if d.confirmed_row < count)
    assert first.events == tuple(e for e in whole.events if e.row < count)


@pytest.mark.parametrize("name", MADE)
def test_levels_are_of_turns_that_are_certain_and_lie_on_the_side_they_say(name):
    candles = MADE[name](600, seed=3)
    for count in (0, 50, 333, 600):
        seen = structure(candles[:count])
        known = {swing.open_time_ms for swing in seen.swings}
        for level in seen.levels:
            assert {level.first_time_ms, level.last_touch_time_ms} <= known
            assert level.touches >= 2
            assert level.is_support == (candles.close[count - 1] > level.price)
        prices = [level.price for level in seen.levels]
        assert prices == sorted(prices, reverse=True)


@pytest.mark.parametrize("name", MADE)
def test_the_unit_of_price_and_of_volume_does_not_matter(name):
    candles = MADE[name](600, seed=3)
    plain = structure(candles)
    # Powers of two scale without rounding, so that every comparison is the same one.
    other = structure(scaled(candles, price=2.0**-10, volume=2.0**7))
    assert [s.row for s in other.swings] == [s.row for s in plain.swings]
    assert [(e.row, e.happening) for e in other.events] == [
        (e.row, e.happening) for e in plain.events
    ]
    assert [d.words for d in other.divergences] == [d.words for d in plain.divergences]


def test_a_market_that_stands_still_has_no_structure():
    seen = structure(constant(300))
    assert (seen.swings, seen.levels, seen.events, seen.divergences) == ((), (), (), ())
    assert seen.trend is None


@given(seed=st.integers(0, 2_000), count=st.integers(1, 300))
def test_a_pattern_is_told_when_it_is_certain_and_stays(seed, count):
    candles = lively(300, seed=seed)
    now_ms = int(candles.open_time_ms[count - 1]) + candles.interval.ms
    first, whole = patterns_found(candles[:count]), patterns_found(candles)
    assert set(first) == {row for row in whole if row.confirmed_time_ms <= now_ms}
    assert np.all([row.open_time_ms < row.confirmed_time_ms for row in whole])
