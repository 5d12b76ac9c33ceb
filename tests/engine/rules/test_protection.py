"""Stops, take profits, and where in a candle they fill."""

from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_trader.engine.rules import fills
from tui_trader.engine.rules.model import Grid, TradeRules
from tui_trader.engine.rules.orders import protect
from tui_trader.engine.rules.stops import (
    break_even_price,
    first_stop_ticks,
    is_time_up,
    next_stop_level,
    next_stop_ticks,
)
from tui_trader.engine.rules.take_profits import part_lots, take_distance, take_ticks

OFF = TradeRules()


@pytest.mark.parametrize(
    ("rules", "ticks"),
    [
        (OFF, 0),
        (OFF._replace(stop_ratio=0.05), 9_500),
        (OFF._replace(stop_atr=2.0), 9_400),
        (OFF._replace(trail_ratio=0.04), 9_600),
        (OFF._replace(chandelier_atr=3.0), 9_100),
        (OFF._replace(stop_ratio=0.05, stop_atr=2.0, chandelier_atr=3.0), 9_500),
        (OFF._replace(stop_atr=50.0), 0),
    ],
)
def test_first_stop_is_the_nearest_of_those_switched_on(rules, ticks):
    assert first_stop_ticks(100.0, 3.0, rules, 100.0) == ticks


def test_a_stop_between_two_ticks_is_rounded_towards_the_entry():
    assert first_stop_ticks(99.99, 3.0, OFF._replace(stop_ratio=0.05), 100.0) == 9_500


@pytest.mark.parametrize(
    ("rules", "highest", "close", "level"),
    [
        (OFF._replace(trail_ratio=0.1), 120.0, 119.0, 108.0),
        (OFF._replace(chandelier_atr=3.0), 120.0, 119.0, 111.0),
        (OFF._replace(break_even_r=2.0), 109.9, 109.0, 0.0),
        (OFF._replace(break_even_r=2.0), 110.0, 109.0, break_even_price(100.0, 0.0026)),
        (OFF._replace(break_even_r=2.0), 110.0, 100.1, 0.0),
        (OFF, 200.0, 200.0, 0.0),
    ],
)
def test_moving_stops(rules, highest, close, level):
    found = next_stop_level(100.0, 5.0, highest, close, 3.0, 0.0026, rules)
    assert found == pytest.approx(level)


def test_break_even_earns_back_both_fees():
    price = break_even_price(100.0, 0.0026)
    assert price * (1 - 0.0026) == pytest.approx(100.0 * (1 + 0.0026))


def test_an_unknown_range_leaves_the_chandelier_where_it_is():
    rules = OFF._replace(chandelier_atr=3.0)
    assert next_stop_level(100.0, 5.0, 120.0, 119.0, nan, 0.0, rules) == 0.0


@given(st.integers(0, 10**6), st.floats(0, 1e4))
def test_a_stop_never_falls(ticks, level):
    assert next_stop_ticks(ticks, level, 100.0) >= ticks


def test_time_stop():
    assert [is_time_up(bars, 3) for bars in (0, 2, 3, 4)] == [False, False, True, True]
    assert not is_time_up(1_000, 0)


@pytest.mark.parametrize(
    ("rules", "distance"),
    [
        (OFF, 0.0),
        (OFF._replace(take_ratio=0.04), 4.0),
        (OFF._replace(take_r=3.0), 15.0),
        (OFF._replace(take_atr=2.0), 6.0),
        (OFF._replace(take_ratio=0.2, take_r=3.0, take_atr=2.0), 6.0),
    ],
)
def test_take_profit_is_the_nearest_of_those_switched_on(rules, distance):
    assert take_distance(100.0, 5.0, 3.0, rules) == pytest.approx(distance)


def test_parts_lie_evenly_on_the_way():
    assert [take_ticks(100.0, 6.0, part, 3, 100.0) for part in range(3)] == [10_200, 10_400, 10_600]
    assert take_ticks(100.0, 0.0, 0, 1, 100.0) == 0


@pytest.mark.parametrize(
    ("left", "part", "lots"), [(100, 0, 33), (67, 1, 33), (34, 2, 34), (20, 1, 20)]
)
def test_each_part_is_an_equal_share_and_the_last_is_the_rest(left, part, lots):
    assert part_lots(100, left, part, 3, 10_000, Grid(100.0, 100.0, 1, 0.0)) == lots


def test_a_share_below_the_minimum_is_not_left_behind():
    assert part_lots(100, 100, 0, 3, 10_000, Grid(100.0, 100.0, 34, 0.0)) == 100
    assert part_lots(100, 100, 0, 2, 10_000, Grid(100.0, 100.0, 1, 60.0)) == 100


def test_protection_of_a_position():
    shield = protect(100.0, 3.0, OFF._replace(stop_atr=2.0, take_r=2.0), 100.0)
    assert shield == (9_400, 6.0, 12.0)


@pytest.mark.parametrize(
    ("open_", "low", "price"),
    [(100.0, 96.0, 0.0), (100.0, 95.0, 95.0), (100.0, 90.0, 95.0), (94.0, 90.0, 94.0)],
)
def test_a_stop_fills_at_its_level_or_at_a_worse_open(open_, low, price):
    assert fills.stop_price(open_, low, 95.0) == price
    assert fills.stop_price(open_, low, 0.0) == fills.UNTOUCHED


@pytest.mark.parametrize(
    ("open_", "high", "price"),
    [(100.0, 104.0, 0.0), (100.0, 105.0, 105.0), (100.0, 110.0, 105.0), (107.0, 110.0, 107.0)],
)
def test_a_take_profit_fills_at_its_level_or_at_a_better_open(open_, high, price):
    assert fills.take_price(open_, high, 105.0) == price
    assert fills.take_price(open_, high, 0.0) == fills.UNTOUCHED


def test_gaps():
    assert fills.gap_stop_price(94.0, 95.0) == 94.0
    assert fills.gap_stop_price(96.0, 95.0) == fills.UNTOUCHED
    assert fills.gap_stop_price(94.0, 0.0) == fills.UNTOUCHED
    assert fills.gap_take_price(106.0, 105.0) == 106.0
    assert fills.gap_take_price(104.0, 105.0) == fills.UNTOUCHED
    assert fills.gap_take_price(104.0, 0.0) == fills.UNTOUCHED
