"""Prices and rows: how a chart places a value, and which round values its axis names."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tui_trader.engine.values.candles import Candle


@dataclass(frozen=True, slots=True)
class Scale:
    """Price to half row and back; half row 0 is the top."""

    high: float
    half_rows_per_price: float
    rows: int

    def half_row(self, price: float) -> int:
        """Half row of a price; may lie outside."""
        return round((self.high - price) * self.half_rows_per_price)

    def row(self, price: float) -> int:
        """Row of a price."""
        return self.half_row(price) >> 1


def fitted_scale(shown: Sequence[Candle], rows: int) -> Scale:
    """Scale that has every candle in sight."""
    low = min(candle.low for candle in shown)
    high = max(candle.high for candle in shown)
    span = (high - low) or abs(high) * 1e-4 or 1.0
    # One free half row above and below leaves room for the marks of fills.
    high += span * 0.03
    return Scale(high, (rows * 2 - 1) / (span * 1.06), rows)


def price_step(scale: Scale) -> float:
    """Round distance between two labels, at least three rows apart."""
    rough = 6 / scale.half_rows_per_price
    magnitude = 10.0 ** math.floor(math.log10(rough))
    return next(step * magnitude for step in (1, 2, 2.5, 5, 10) if step * magnitude >= rough)
