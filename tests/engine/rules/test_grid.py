"""Steps of price, quantity and money."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_trader.engine.rules import grid

decimals = st.integers(0, 8)
counts = st.integers(1, 10**9)
prices = st.floats(1e-6, 1e6)


@given(counts, decimals)
def test_exact_multiples_keep_their_steps(count, places):
    """Naive flooring of price / tick is a step short for one multiple in eight."""
    value, per_unit = float(Decimal(count).scaleb(-places)), 10.0**places
    assert grid.floor_steps(value * per_unit) == count
    assert grid.ceil_steps(value * per_unit) == count
    assert grid.price_of(count, per_unit) == value


@given(prices, decimals)
def test_an_order_price_is_never_worse_than_asked(price, places):
    per_unit = 10.0**places
    noise = Fraction(price) / 10**12 + Fraction(1, 10**9) / Fraction(per_unit)
    assert (
        Fraction(grid.buy_order_ticks(price, per_unit)) / Fraction(per_unit)
        <= Fraction(price) + noise
    )
    assert (
        Fraction(grid.sell_order_ticks(price, per_unit)) / Fraction(per_unit)
        >= Fraction(price) - noise
    )


@given(prices, decimals)
def test_a_simulated_fill_is_never_better_than_its_price(price, places):
    per_unit = 10.0**places
    noise = price * 1e-12 + 1e-9 / per_unit
    assert grid.price_of(grid.buy_fill_ticks(price, per_unit), per_unit) >= price - noise
    sold = grid.sell_fill_ticks(price, per_unit)
    assert sold == 1 or grid.price_of(sold, per_unit) <= price + noise


@given(st.floats(0, 1e6), decimals)
def test_a_quantity_never_grows(quantity, places):
    per_unit = 10.0**places
    lots = grid.lots_of(quantity, per_unit)
    assert lots <= quantity * per_unit * (1 + 1e-12) + 1e-8
    assert lots > quantity * per_unit - 1.000001


@pytest.mark.parametrize(
    ("lots", "ticks", "lots_per_unit", "ticks_per_unit", "money"),
    [
        (1, 1, 1.0, 1.0, 100_000_000),
        (150, 6_400_050, 1_000.0, 100.0, 960_007_500_000),
        (1, 1, 1e8, 10.0, 0),
        (7, 3, 1e8, 1.0, 21),
    ],
)
def test_value_of_a_fill(lots, ticks, lots_per_unit, ticks_per_unit, money):
    assert grid.value_money(lots, ticks, lots_per_unit, ticks_per_unit) == money


def test_what_is_too_much_to_count_is_held_at_the_most_that_can_be_counted():
    """Compiled whole numbers wrap around where Python's grow: neither may get there."""
    assert grid.lots_of(1e20, 1e8) == grid.STEPS_MAX
    assert grid.ceil_steps(1e300) == grid.STEPS_MAX
    assert grid.money_of(1e30) == grid.FILL_MONEY_MAX


@given(st.integers(-(2**62), 2**62))
def test_money_reads_the_same_where_whole_numbers_are_divided_as_floats(money):
    assert grid.quote_of(money) == float(money) / 1e8
