"""Where in a candle an order fills.

Market orders fill at the open of the next candle. A stop or a take profit fills when its level is
touched: at the level, or at the open where the candle began beyond it. When both are touched in one
candle nobody knows which came first: the worse one counts.
"""

UNTOUCHED = 0.0


def gap_stop_price(open_: float, stop: float) -> float:
    """The open, where it lies at or below a stop; else UNTOUCHED."""
    return open_ if stop > 0.0 and open_ <= stop else UNTOUCHED


def gap_take_price(open_: float, take: float) -> float:
    """The open, where it lies at or above a take profit; else UNTOUCHED."""
    return open_ if 0.0 < take <= open_ else UNTOUCHED


def stop_price(open_: float, low: float, stop: float) -> float:
    """Price at which a stop is set off in a candle, or UNTOUCHED."""
    if stop <= 0.0 or low > stop:
        return UNTOUCHED
    return min(open_, stop)


def take_price(open_: float, high: float, take: float) -> float:
    """Price at which a take profit is set off in a candle, or UNTOUCHED."""
    if take <= 0.0 or high < take:
        return UNTOUCHED
    return max(open_, take)
