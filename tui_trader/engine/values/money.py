"""The one crossing between exact money and grid steps: rounding prices to ticks and quantities to lots.

Law: money that moved is `Decimal`, built from text; a float never becomes money except through
`decimal_from_float`, which names the grid it lands on.
"""

from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, Decimal
from fractions import Fraction

from tui_trader.engine.values.orders import Side

ZERO = Decimal(0)
BPS_PER_UNIT = Decimal(10_000)


def steps_in(value: Decimal, step: Decimal) -> int:
    """Whole steps in `value`, rounded down towards zero."""
    return int((value / step).to_integral_value(ROUND_DOWN))


def is_on_grid(value: Decimal, step: Decimal) -> bool:
    """Whether `value` is an exact multiple of `step`."""
    # Decimal's own `%` raises when the quotient has more than 28 digits: 1e29 of lot 1e-8 is such.
    return not Fraction(value) % Fraction(step)


def round_price(price: Decimal, *, tick: Decimal, side: Side) -> Decimal:
    """Nearest price on the grid that is no worse for the user: down for a buy, up for a sell."""
    rounding = ROUND_FLOOR if side is Side.BUY else ROUND_CEILING
    return (price / tick).to_integral_value(rounding) * tick


def round_quantity(quantity: Decimal, *, lot: Decimal) -> Decimal:
    """Largest quantity on the grid that is not above `quantity`."""
    return (quantity / lot).to_integral_value(ROUND_FLOOR) * lot


def decimal_from_float(value: float, *, step: Decimal) -> Decimal:
    """Grid value nearest to a statistic; `step` is a tick or a lot.

    Raises:
        ValueError: `value` is not finite.
    """
    exact = Decimal(repr(value))
    if not exact.is_finite():
        message = f"{value!r} is no amount"
        raise ValueError(message)
    return (exact / step).to_integral_value() * step


def parse_amount(text: str) -> Decimal:
    """Positive, finite amount from what a person typed; `1_000.5` and `1000.5` are the same.

    Raises:
        ValueError: not a number, not finite, or not above zero; the message is for the user.
    """
    try:
        amount = Decimal(text.replace("_", "").strip())
    except ArithmeticError:
        message = f"{text!r} is not a number"
        raise ValueError(message) from None
    if not amount.is_finite() or amount <= ZERO:
        message = f"{text!r} must be above zero"
        raise ValueError(message)
    return amount


def format_amount(amount: Decimal, *, decimals: int) -> str:
    """Fixed number of decimals with thousands separators, for people."""
    return f"{amount:,.{decimals}f}"
