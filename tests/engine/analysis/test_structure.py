"""Swings, levels, breakouts and divergences of markets drawn by hand."""

from itertools import pairwise

import numpy as np
import pytest

from tests.engine.analysis.made_candles import columns, walk
from tui_trader.engine.analysis.divergences import find_divergences
from tui_trader.engine.analysis.levels import LEVELS_MAX, Happening, walk_levels
from tui_trader.engine.analysis.structure import structure
from tui_trader.engine.analysis.swings import Swing, find_swings


def path(*corners, steps=8, volume=None):
    """Straight lines between corners, `steps` candles each, of candles one price unit wide."""
    pieces = [np.linspace(start, end, steps, endpoint=False) for start, end in pairwise(corners)]
    close = np.concatenate([*pieces, [float(corners[-1])]])
    return columns(close, spread=0.0, volume=np.ones(len(close)) if volume is None else volume)


def at(candles, time_ms):
    return int(np.searchsorted(candles.open_time_ms, time_ms))


def test_a_swing_is_known_five_candles_later():
    candles = path(100, 116, 100)
    (top,) = find_swings(candles)
    assert (top.is_high, top.price, top.row) == (True, 116.0, 8)
    assert top.confirmed_row == 13
    assert top.confirmed_time_ms == candles.open_time_ms[13] + candles.interval.ms
    assert find_swings(candles[:13]) == []
    assert len(find_swings(candles[:14])) == 1


def test_of_two_equal_highs_the_first_counts():
    candles = columns([1, 2, 3, 4, 5, 6, 9, 9, 6, 5, 4, 3, 2, 1], spread=0.0)
    assert [swing.row for swing in find_swings(candles) if swing.is_high] == [6]


def test_levels_count_their_turns():
    candles = path(100, 120, 104, 120, 104, 120, 110)
    seen = structure(candles)
    upper, lower = seen.levels
    assert upper.price == pytest.approx(120, abs=0.5)
    assert (upper.is_support, upper.touches, upper.strength) == (
        False,
        3,
        "fair: turned there 3 times",
    )
    assert (lower.is_support, lower.touches) == (True, 2)
    assert lower.distance_percent == pytest.approx((104 / 110 - 1) * 100, abs=0.5)
    assert seen.trend is not None


def test_a_breakout_is_told_with_its_candle_and_volume():
    volume = np.ones(65)
    candles = path(100, 120, 104, 120, 104, 140, 140, 140, 140, volume=volume)
    first = next(e for e in structure(candles).events if e.happening is Happening.BREAKOUT)
    assert first.direction == 1
    assert first.words.startswith("closed above resistance at 120")
    assert "on usual volume" in first.words
    row = at(candles, first.open_time_ms)
    assert candles.close[row - 1] <= 121.5 < candles.close[row]
    volume[row] = 3.0
    loud = path(100, 120, 104, 120, 104, 140, 140, 140, 140, volume=volume)
    again = next(e for e in structure(loud).events if e.row == row)
    assert again.volume_ratio == pytest.approx(3.0)
    assert "on 3.0 times the usual volume" in again.words


def test_prices_in_words_read_like_those_of_the_report():
    for scale, words in ((1_000.0, "at 120,"), (1e9, "at 120,")):
        candles = path(*(scale * price for price in (100, 120, 104, 120, 104, 140, 140)))
        first = next(e for e in structure(candles).events if e.happening is Happening.BREAKOUT)
        assert words in first.words
        assert "e+" not in first.words


def happenings(candles, price):
    events = structure(candles).events
    return [e.happening for e in events if abs(e.price - price) < 2]


def test_a_retest_that_holds():
    found = happenings(path(100, 120, 104, 120, 104, 130, 121, 140), 120)
    assert found[:2] == [Happening.BREAKOUT, Happening.RETEST_HELD]


def test_a_retest_that_fails():
    candles = path(100, 120, 104, 120, 104, 126, 108)
    assert happenings(candles, 120)[:2] == [Happening.BREAKOUT, Happening.RETEST_FAILED]
    failed = next(e for e in structure(candles).events if e.happening is Happening.RETEST_FAILED)
    assert failed.direction == -1
    assert failed.words.startswith("back below 120")


def test_no_more_levels_are_kept_than_allowed():
    chance = np.random.default_rng(1)
    corners = np.cumsum(chance.choice([-37.0, 61.0], 120)) + 1_000
    candles = path(*corners)
    swings = find_swings(candles)
    assert len({round(swing.price) for swing in swings}) > LEVELS_MAX
    doubled = [
        Swing(
            row=row,
            open_time_ms=int(candles.open_time_ms[row]),
            price=500.0 + 50 * (row // 2),
            is_high=True,
            confirmed_row=row,
            confirmed_time_ms=int(candles.open_time_ms[row]) + candles.interval.ms,
        )
        for row in range(100)
    ]
    levels, _ = walk_levels(candles, doubled)
    assert len(levels) == LEVELS_MAX
    assert max(level.price for level in levels) == 500.0 + 50 * 49


@pytest.mark.parametrize(
    ("corners", "direction", "is_hidden"),
    [
        # A fast rise, a rest, and a slow crawl to a higher high.
        ((100, 100, 140, 120, 144, 130), -1, False),
        # A fast fall, a rest, and a slow crawl to a lower low.
        ((140, 140, 100, 120, 96, 110), 1, False),
    ],
)
def test_divergence_of_price_and_rsi(corners, direction, is_hidden):
    candles = path(*corners, steps=16)
    found = [d for d in find_divergences(candles, find_swings(candles)) if d.name == "rsi"]
    assert [(d.direction, d.is_hidden) for d in found] == [(direction, is_hidden)]
    assert found[0].from_time_ms < found[0].to_time_ms < found[0].confirmed_time_ms
    assert "the price made a" in found[0].words


def test_hidden_divergences_occur_and_are_told_as_such():
    found = [d for d in structure(walk(2_000)).divergences if d.is_hidden]
    assert {d.direction for d in found} == {-1, 1}
    assert all("trend to go on" in d.words for d in found)


@pytest.mark.parametrize(
    ("corners", "trend"),
    [
        ((100, 120, 110, 130, 120, 140, 130), 1),
        ((140, 120, 130, 110, 120, 100, 110), -1),
        ((100, 120, 100, 130, 90, 110), 0),
        ((100, 110), None),
    ],
)
def test_trend_by_the_newest_turns(corners, trend):
    seen = structure(path(*corners))
    assert seen.trend == trend
    assert seen.trend_words


def test_few_candles_have_no_structure():
    for count in (0, 1, 10):
        seen = structure(walk(20)[:count])
        assert (seen.swings, seen.levels, seen.events) == ((), (), ())
        assert (seen.open_time_ms is None) == (count == 0)
