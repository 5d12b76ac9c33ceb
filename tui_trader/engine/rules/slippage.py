"""What an order costs beyond the price one saw."""

from math import sqrt

BPS_PER_UNIT = 10_000.0
SLIPPAGE_RATIO_MAX = 0.1
"""A bound for the square-root law where a candle traded almost nothing."""


def impact_ratio(
    impact: float, atr: float, price: float, quantity_base: float, volume_base: float
) -> float:
    """Square-root law: the move that one's own order makes, as a ratio of the price.

    An order larger than the candle's volume counts as all of it; a candle without volume likewise.
    """
    if impact <= 0.0 or not atr > 0.0:
        return 0.0
    share = 1.0
    if volume_base > quantity_base:
        share = quantity_base / volume_base
    return impact * atr / price * sqrt(share)


def slippage_ratio(slippage_bps: float, spread_bps: float, impact: float) -> float:
    """All of it, as a ratio of the price: the fixed part, half the spread, the own move."""
    return min(SLIPPAGE_RATIO_MAX, (slippage_bps + spread_bps / 2.0) / BPS_PER_UNIT + impact)


def bought_at(price: float, ratio: float) -> float:
    """Price a buy pays."""
    return price * (1.0 + ratio)


def sold_at(price: float, ratio: float) -> float:
    """Price a sale brings."""
    return price * (1.0 - ratio)
