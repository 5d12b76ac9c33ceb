"""Prices and rows: how a chart places a value, and which round values its axis names."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tui_trader.engine.values.candles import Candle

_LABEL_HALF_ROWS = 6
"""Labels stand at least three rows apart."""
_LABELS_MAX = 100


@dataclass(frozen=True, slots=True)
class Scale:
    """Price to half row and back; half row 0 is the top.

    Args:
        high: Price of the top.
        half_rows_per_price: On a logarithmic scale, half rows per unit of the natural logarithm.
        is_log: Equal distances are equal percents.
    """

    high: float
    half_rows_per_price: float
    rows: int
    is_log: bool = False

    def half_row(self, price: float) -> int:
        """Half row of a price; may lie outside."""
        return round(self._below(price) * self.half_rows_per_price)

    def row(self, price: float) -> int:
        """Row of a price."""
        return self.half_row(price) >> 1

    def quarter_row(self, price: float) -> int:
        """Quarter row of a price, for dots."""
        return round(self._below(price) * self.half_rows_per_price * 2)

    def price_at(self, half_row: float) -> float:
        """Price that stands at a half row."""
        below = half_row / self.half_rows_per_price
        return self.high * math.exp(-below) if self.is_log else self.high - below

    def _below(self, price: float) -> float:
        if not self.is_log:
            return self.high - price
        # No price has this logarithm: it lies below everything that is drawn.
        return (
            math.log(self.high / price) if price > 0 else 2 * self.rows / self.half_rows_per_price
        )


def fitted_scale(
    shown: Sequence[Candle], rows: int, *, is_log: bool = False, also: Sequence[float] = ()
) -> Scale:
    """Scale that has every candle in sight, and the prices of `also`."""
    low = min([*(candle.low for candle in shown), *also])
    high = max([*(candle.high for candle in shown), *also])
    if is_log and low > 0:
        span = math.log(high / low) or 1e-4
        # One free half row above and below leaves room for the marks of fills.
        top = high * math.exp(span * 0.03)
        return Scale(top, (rows * 2 - 1) / (span * 1.06), rows, is_log=True)
    span = (high - low) or abs(high) * 1e-4 or 1.0
    high += span * 0.03
    return Scale(high, (rows * 2 - 1) / (span * 1.06), rows)


def price_step(scale: Scale) -> float:
    """Round distance between two labels, at least three rows apart."""
    return nice_step(_LABEL_HALF_ROWS / scale.half_rows_per_price)


def nice_step(rough: float) -> float:
    """The next round number: 1, 2, 2.5, 5 times a power of ten."""
    magnitude = 10.0 ** math.floor(math.log10(rough))
    return next(step * magnitude for step in (1, 2, 2.5, 5, 10) if step * magnitude >= rough)


def axis_prices(scale: Scale) -> Iterator[float]:
    """Round prices for the axis, from the bottom up."""
    price = scale.price_at(scale.rows * 2 - 1)
    if not scale.is_log:
        step = price_step(scale)
        level = math.ceil(price / step)
        while level * step < scale.high:
            yield level * step
            level += 1
        return
    for _ in range(_LABELS_MAX):
        step = nice_step(price * math.expm1(_LABEL_HALF_ROWS / scale.half_rows_per_price))
        price = math.ceil(price / step) * step
        if price >= scale.high:
            return
        yield price
        price *= math.exp(_LABEL_HALF_ROWS / scale.half_rows_per_price)
