"""Candlestick patterns on made bars: every one of the 61 occurs, none sees the future."""

import numpy as np
import pytest

from tests.engine.analysis.made_candles import columns, lively, scaled, walk
from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.analysis.pattern_table import PATTERNS, Lean
from tui_trader.engine.analysis.patterns import find_patterns, pattern_values, patterns_found
from tui_trader.engine.values.candles import Interval

LIVELY = lively(100_000, seed=1)
# Too rare to wait for: made by hand below.
RARE = {"CDLMATHOLD", "CDLCONCEALBABYSWALL"}
BY_FUNCTION = {pattern.function: pattern for pattern in PATTERNS}


def bars(*rows) -> Candles:
    """Twelve quiet candles, then these: (open, high, low, close)."""
    quiet = [(100.0, 101.5, 99.5, 101.0 - 0.01 * n) for n in range(12)]
    table = np.array([*quiet, *rows], dtype=float)
    return Candles(
        interval=Interval.M5,
        open_time_ms=Interval.M5.ms * np.arange(len(table)),
        open=table[:, 0],
        high=table[:, 1],
        low=table[:, 2],
        close=table[:, 3],
        volume=np.ones(len(table)),
    )


def seen(candles, function) -> list[tuple[int, int, float]]:
    found = find_patterns(candles, (BY_FUNCTION[function],))
    return [(sighting.row, sighting.direction, sighting.strength) for sighting in found]


def test_there_are_61_and_their_names_differ():
    assert len(PATTERNS) == len(BY_FUNCTION) == len({pattern.name for pattern in PATTERNS}) == 61
    assert all(pattern.meaning.endswith(".") for pattern in PATTERNS)


@pytest.mark.parametrize("function", [f for f in BY_FUNCTION if f not in RARE])
def test_it_occurs_in_a_market_with_gaps(function):
    assert find_patterns(LIVELY, (BY_FUNCTION[function],))


def test_mat_hold():
    candles = bars(
        (100, 110.2, 99.8, 110),
        (112, 112.2, 110.8, 111),
        (110.5, 110.7, 109.3, 109.5),
        (109.5, 109.7, 108.5, 108.7),
        (109, 114.2, 108.9, 114),
    )
    assert seen(candles, "CDLMATHOLD") == [(16, 1, 1.0)]


def test_concealing_baby_swallow():
    candles = bars(
        (110, 110, 105, 105), (105, 105, 100, 100), (98, 101, 95, 96), (102, 102, 94, 94)
    )
    assert seen(candles, "CDLCONCEALBABYSWALL") == [(15, 1, 1.0)]


def test_engulfing_speaks_for_the_side_that_took_over():
    candles = bars((101, 101.2, 99.8, 100), (99.5, 102.2, 99.4, 102))
    assert seen(candles, "CDLENGULFING")[-1] == (13, 1, 1.0)
    candles = bars((100, 101.2, 99.8, 101), (101.5, 101.6, 98.9, 99))
    assert seen(candles, "CDLENGULFING")[-1] == (13, -1, 1.0)


def test_a_body_that_only_reaches_an_end_is_weaker():
    candles = bars((101, 101.2, 99.8, 100), (100, 102.2, 99.4, 102))
    assert seen(candles, "CDLENGULFING")[-1] == (13, 1, 0.8)


def test_gravestone_is_bearish_though_talib_calls_every_doji_positive():
    candles = bars((100, 104, 100, 100))
    assert pattern_values(candles, BY_FUNCTION["CDLGRAVESTONEDOJI"])[-1] == 100
    assert seen(candles, "CDLGRAVESTONEDOJI")[-1] == (12, -1, 1.0)


def test_doji_takes_no_side():
    assert seen(bars((100, 101, 99, 100)), "CDLDOJI")[-1] == (12, 0, 1.0)


HIKKAKE = [
    (100, 104, 96, 102),
    (101, 103, 97, 100),
    (99, 102, 95, 98),
    (98, 102.5, 96, 100),
    (100, 106, 99, 105),
]


def test_hikkake_is_seen_at_the_candle_that_confirms_it():
    raw = pattern_values(bars(*HIKKAKE), BY_FUNCTION["CDLHIKKAKE"])
    assert raw[14] == 100
    assert raw[16] == 200
    assert seen(bars(*HIKKAKE), "CDLHIKKAKE") == [(16, 1, 1.0)]
    assert seen(bars(*HIKKAKE[:-1]), "CDLHIKKAKE") == []


def test_a_row_names_the_candle_of_the_pattern_and_the_moment_it_became_certain():
    candles = bars(*HIKKAKE)
    (row,) = (row for row in patterns_found(candles) if row.name == "Hikkake")
    assert (row.direction, row.strength) == (1, "confirmed")
    assert row.open_time_ms == candles.open_time_ms[14]
    assert row.confirmed_time_ms == candles.open_time_ms[16] + Interval.M5.ms
    assert [r for r in patterns_found(bars(*HIKKAKE[:-1])) if r.name == "Hikkake"] == []


def test_rows_say_strength_in_words_and_come_newest_first():
    candles = bars((101, 101.2, 99.8, 100), (100, 102.2, 99.4, 102))
    rows = patterns_found(candles)
    assert [r.open_time_ms for r in rows] == sorted((r.open_time_ms for r in rows), reverse=True)
    (engulfing,) = (row for row in patterns_found(candles, last=1) if row.name == "Engulfing")
    assert engulfing.strength == "weaker: the bodies only touch at an end"
    assert engulfing.confirmed_time_ms == candles.open_time_ms[-1] + Interval.M5.ms
    assert {row.open_time_ms for row in patterns_found(candles, last=1)} == {
        candles.open_time_ms[-1]
    }


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.function)
def test_direction_and_strength_say_what_the_table_says(pattern):
    found = find_patterns(LIVELY[:20_000], (pattern,))
    directions = {
        Lean.BULLISH: {1},
        Lean.BEARISH: {-1},
        Lean.NEUTRAL: {0},
        Lean.AS_SIGNED: {-1, 1},
    }[pattern.lean]
    assert {sighting.direction for sighting in found} <= directions
    assert {sighting.strength for sighting in found} <= {0.8, 1.0}


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.function)
def test_candle_by_candle_is_all_at_once(pattern):
    candles = LIVELY[:3_000]
    whole = pattern_values(candles, pattern)
    for count in (1, 5, 16, 700, 1_501, 2_999):
        assert np.array_equal(pattern_values(candles[:count], pattern), whole[:count])


def test_sightings_come_oldest_first_and_the_price_does_not_matter():
    candles = walk(2_000)
    found = find_patterns(candles)
    assert [sighting.row for sighting in found] == sorted(sighting.row for sighting in found)
    # A power of two scales without rounding, so that every comparison is the same one.
    assert find_patterns(scaled(candles, price=2.0**-20)) == found


@pytest.mark.parametrize("count", [0, 1, 3])
def test_few_candles_have_none(count):
    assert find_patterns(walk(10)[:count]) == []


def test_nothing_happens_and_nothing_is_made_of_it():
    still = columns(np.full(100, 5.0), spread=0.0)
    assert {sighting.direction for sighting in find_patterns(still)} <= {-1, 0, 1}
