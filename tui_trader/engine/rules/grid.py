"""Steps of price, quantity and money: what an exchange can write down.

Law: an *order* price is never rounded to the user's cost, a quantity never upwards. A *simulated fill*
is rounded against the user, because nobody gives the fraction of a tick away. Money is whole steps of
1e-8 quote, so that sums are exact and every engine has the same ones.
"""

from math import ceil, floor

MONEY_PER_QUOTE = 100_000_000
"""Money steps in one unit of the quote asset; int64 then holds 92 billion."""
EQUITY_MAX_QUOTE = 5e10
"""A wallet that grows beyond this cannot be counted; a run that does ends and says so."""
FILL_MONEY_MAX = 10**18
STEPS_MAX = 2**53
"""Most ticks or lots of an order: above this a float no longer knows every whole number."""
NOISE_STEPS = 1e-9
NOISE_RATIO = 4e-16
"""Largest error of a float that should be whole: representation, step and product, one ulp each."""


def floor_steps(steps: float) -> int:
    """Whole steps not above `steps`; a float's noise below a whole number is not a step less."""
    if steps >= STEPS_MAX:
        return STEPS_MAX
    nearest = floor(steps + 0.5)
    if abs(steps - nearest) <= NOISE_STEPS + NOISE_RATIO * abs(steps):
        return nearest
    return floor(steps)


def ceil_steps(steps: float) -> int:
    """Whole steps not below `steps`; a float's noise above a whole number is not a step more."""
    if steps >= STEPS_MAX:
        return STEPS_MAX
    nearest = floor(steps + 0.5)
    if abs(steps - nearest) <= NOISE_STEPS + NOISE_RATIO * abs(steps):
        return nearest
    return ceil(steps)


def price_of(ticks: int, ticks_per_unit: float) -> float:
    """Price of a number of ticks, quote per base."""
    return ticks / ticks_per_unit


def buy_order_ticks(price: float, ticks_per_unit: float) -> int:
    """Dearest price on the grid that a buy order at `price` may name."""
    return floor_steps(price * ticks_per_unit)


def sell_order_ticks(price: float, ticks_per_unit: float) -> int:
    """Cheapest price on the grid that a sell order (stop, take profit) at `price` may name."""
    return ceil_steps(price * ticks_per_unit)


def buy_fill_ticks(price: float, ticks_per_unit: float) -> int:
    """Price on the grid that a simulated buy pays, at least one tick."""
    return max(1, ceil_steps(price * ticks_per_unit))


def sell_fill_ticks(price: float, ticks_per_unit: float) -> int:
    """Price on the grid that a simulated sale brings, at least one tick."""
    return max(1, floor_steps(price * ticks_per_unit))


def lots_of(quantity_base: float, lots_per_unit: float) -> int:
    """Whole lots in a quantity, rounded down."""
    return floor_steps(quantity_base * lots_per_unit)


def quantity_of(lots: int, lots_per_unit: float) -> float:
    """Base quantity of a number of lots."""
    return lots / lots_per_unit


def money_of(quote: float) -> int:
    """Nearest whole money steps of an amount of quote, at most FILL_MONEY_MAX."""
    return floor(min(float(FILL_MONEY_MAX), quote * MONEY_PER_QUOTE) + 0.5)


def quote_of(money: int) -> float:
    """Quote amount of money steps."""
    # Python divides whole numbers exactly, compiled code as floats: they part above 2**53.
    return float(money) / float(MONEY_PER_QUOTE)


def value_money(lots: int, ticks: int, lots_per_unit: float, ticks_per_unit: float) -> int:
    """Value of a fill in money steps."""
    return money_of(quantity_of(lots, lots_per_unit) * price_of(ticks, ticks_per_unit))
