"""Levels of an order book, and what taking from them would cost."""

from decimal import Decimal

import msgspec

from tui_trader.engine.values.money import ZERO


class BookLevel(msgspec.Struct, frozen=True, array_like=True):
    """Everything offered at one price."""

    price: Decimal
    quantity_base: Decimal


class Sweep(msgspec.Struct, frozen=True, kw_only=True):
    """What walking a book for a quantity gives.

    Args:
        filled_base: Base quantity the visible levels hold, at most what was asked.
        cost_quote: Quote paid or received for it, without fee.
        price_worst: Last level touched; `None` if the side is empty.
    """

    filled_base: Decimal
    cost_quote: Decimal
    price_worst: Decimal | None

    @property
    def price_average(self) -> Decimal | None:
        """Mean price of the sweep, or `None` if nothing was there."""
        return self.cost_quote / self.filled_base if self.filled_base else None


def sweep(levels: tuple[BookLevel, ...], quantity_base: Decimal) -> Sweep:
    """Walk `levels`, best first, until `quantity_base` is filled or the visible book ends."""
    left, cost, worst = quantity_base, ZERO, None
    for level in levels:
        if left <= ZERO:
            break
        taken = min(left, level.quantity_base)
        left -= taken
        cost += taken * level.price
        worst = level.price
    return Sweep(filled_base=quantity_base - left, cost_quote=cost, price_worst=worst)
