"""Candles and the intervals they cover."""

from enum import Enum

import msgspec

from tui_trader.engine.values.time import MS_PER_MINUTE


class Interval(Enum):
    """Length of a candle, by its usual name."""

    M1 = "1m"
    M5 = "5m"
    M15 = "15m"
    M30 = "30m"
    H1 = "1h"
    H4 = "4h"
    D1 = "1d"

    @property
    def minutes(self) -> int:
        """Length in minutes, as Kraken names it."""
        return _MINUTES[self]

    @property
    def ms(self) -> int:
        """Length in milliseconds."""
        return _MINUTES[self] * MS_PER_MINUTE


_MINUTES = {
    Interval.M1: 1,
    Interval.M5: 5,
    Interval.M15: 15,
    Interval.M30: 30,
    Interval.H1: 60,
    Interval.H4: 240,
    Interval.D1: 1_440,
}


class Candle(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """Trades of one interval, summed up; a statistic, therefore floats.

    Not followed by the garbage collector: it holds numbers only, and an engine holds tens of thousands.

    Args:
        open_time_ms: Start of the interval, UTC.
        volume_base: Base quantity traded.
        buy_volume_base: The part of it that buyers took from the book; None where nobody listened.
        book_imbalance: (bid - ask) / (bid + ask) of the quantities in the book at the close, -1 to 1;
            None likewise.
    """

    open_time_ms: int
    open: float
    high: float
    low: float
    close: float
    volume_base: float
    buy_volume_base: float | None = None
    book_imbalance: float | None = None
