"""What can be traded: a pair of assets with the grid and the minimums its exchange demands."""

from decimal import Decimal
from typing import NewType

import msgspec

Symbol = NewType("Symbol", str)
"""Unified name of a pair, base before quote: `BTC/USD`."""
Asset = NewType("Asset", str)
"""Unified name of an asset: `BTC`, `USD`."""


class Instrument(msgspec.Struct, frozen=True, kw_only=True):
    """A pair as its exchange lists it.

    Args:
        tick: Smallest price step, quote per base.
        lot: Smallest quantity step, base.
        quantity_min: Smallest order, base.
        cost_min: Smallest order value, quote.
        fee_maker_ratio: Fee when the order rested, as a ratio of the value (0.0025 is 0.25 %).
        fee_taker_ratio: Fee when the order took, likewise.
    """

    symbol: Symbol
    base: Asset
    quote: Asset
    tick: Decimal
    lot: Decimal
    quantity_min: Decimal
    cost_min: Decimal
    fee_maker_ratio: Decimal
    fee_taker_ratio: Decimal

    @property
    def price_decimals(self) -> int:
        """Digits after the point that a price of this pair has."""
        return _decimals(self.tick)

    @property
    def quantity_decimals(self) -> int:
        """Digits after the point that a quantity of this pair has."""
        return _decimals(self.lot)


def _decimals(step: Decimal) -> int:
    exponent = step.normalize().as_tuple().exponent
    assert isinstance(exponent, int), step
    return max(0, -exponent)
