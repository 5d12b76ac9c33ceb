"""The newest candles of one pair, kept for what reads them one by one.

A bar is checked once, when it comes in; everything after that trusts it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from math import isfinite, nan

import msgspec
import numpy as np
import numpy.typing as npt

from tui_trader.engine.analysis.candles import (
    COLUMNS,
    FLOW,
    PRICE_MIN,
    ROUNDING,
    VALUE_MAX,
    Candles,
    FloatArray,
    unchecked,
)
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.errors import ConfigError

GROWTH = 256
"""Rows between two moves of the kept rows to the front of their arrays."""


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """What trades and the book told while a candle lasted; NaN where nobody listened.

    Args:
        buy_volume: Base quantity that buyers took from the book.
        book_imbalance: (bid - ask) / (bid + ask) of the quantities in the book at the close.
    """

    buy_volume: float = nan
    book_imbalance: float = nan


UNHEARD = Flow()


class Bar(msgspec.Struct, frozen=True):
    """One candle with its flow, by the names of the columns."""

    open_time_ms: int
    open: float
    high: float
    low: float
    close: float
    volume: float
    buy_volume: float = nan
    book_imbalance: float = nan


def bar_of(candle: Candle, flow: Flow = UNHEARD) -> Bar:
    """A candle as columns name it.

    Args:
        candle: With what is known of its own flow.
        flow: What the caller heard, in place of that.

    Raises:
        ConfigError: it is no candle (a price that is none, a high below the close …).
    """
    bar = Bar(
        candle.open_time_ms,
        candle.open,
        candle.high,
        candle.low,
        candle.close,
        candle.volume_base,
        _own(candle.buy_volume_base) if flow is UNHEARD else flow.buy_volume,
        _own(candle.book_imbalance) if flow is UNHEARD else flow.book_imbalance,
    )
    if fault := _fault(bar):
        message = f"candle at open_time_ms {bar.open_time_ms}: {fault}"
        raise ConfigError(message)
    return bar


def _own(value: float | None) -> float:
    return nan if value is None else value


def bar_at(candles: Candles, row: int) -> Bar:
    """One row of the columns."""
    return Bar(
        int(candles.open_time_ms[row]),
        *(float(candles.column(name)[row]) for name in COLUMNS),
        *(_known(getattr(candles, name), row) for name in FLOW),
    )


def _known(column: FloatArray | None, row: int) -> float:
    return nan if column is None else float(column[row])


def _fault(bar: Bar) -> str | None:
    claims = {
        "a price or the volume is not a finite number": all(
            isfinite(getattr(bar, name)) for name in COLUMNS
        ),
        "low is not above 0, or above open or close": 0 < bar.low <= min(bar.open, bar.close),
        f"a price is below {PRICE_MIN:g}": bar.low >= PRICE_MIN,
        f"a price or the volume is above {VALUE_MAX:g}": max(bar.high, bar.volume) <= VALUE_MAX,
        "high is below open or close": bar.high >= max(bar.open, bar.close),
        "volume is below 0": bar.volume >= 0,
        # Nobody may have heard: NaN is neither below nor above.
        "buy_volume is not from 0 to the volume": not (
            bar.buy_volume < 0 or bar.buy_volume > bar.volume * (1 + ROUNDING)
        ),
        "book_imbalance is not from -1 to 1": not abs(bar.book_imbalance) > 1,
    }
    return next((fault for fault, holds in claims.items() if not holds), None)


class RecentCandles:
    """The newest `keep` candles, and one more while a forming candle is looked at."""

    def __init__(self, candles: Candles, keep: int) -> None:
        """Keep the end of a history.

        Args:
            candles: History, oldest first; may be empty.
            keep: Rows that `last` may be asked for, ≥ 1.
        """
        self.interval: Interval = candles.interval
        self.count = len(candles)
        """Candles seen so far, those no longer kept included."""
        self.bar: Bar | None = None
        """The newest one."""
        self._keep = keep
        kept = min(keep, len(candles))
        self._end = kept
        self._columns: dict[str, npt.NDArray[np.generic]] = {
            "open_time_ms": np.zeros(keep + 1 + GROWTH, dtype=np.int64)
        } | {name: np.full(keep + 1 + GROWTH, np.nan) for name in (*COLUMNS, *FLOW)}
        if kept:
            self._columns["open_time_ms"][:kept] = candles.open_time_ms[-kept:]
            for name in (*COLUMNS, *FLOW):
                self._columns[name][:kept] = candles.column(name)[-kept:]
            self.bar = bar_at(candles, len(candles) - 1)

    def append(self, bar: Bar) -> None:
        """One closed candle more.

        Raises:
            ConfigError: it does not open after the newest one.
        """
        if self.bar is not None and bar.open_time_ms <= self.bar.open_time_ms:
            message = (
                f"candle at open_time_ms {bar.open_time_ms} is not after the newest one at "
                f"{self.bar.open_time_ms}; push each closed candle once, oldest first"
            )
            raise ConfigError(message)
        if self._end == len(self._columns["close"]):
            self._move_to_front()
        for name, column in self._columns.items():
            column[self._end] = getattr(bar, name)
        self._end += 1
        self.count += 1
        self.bar = bar

    @contextmanager
    def shown(self, bar: Bar) -> Iterator[None]:
        """A candle that is the newest one for a while, and then was never there.

        Raises:
            ConfigError: it does not open after the newest one.
        """
        before = self.bar
        self.append(bar)
        try:
            yield
        finally:
            self._end -= 1
            self.count -= 1
            self.bar = before

    @property
    def newest(self) -> Bar:
        """The newest candle; there is one."""
        assert self.bar is not None
        return self.bar

    def last(self, rows: int) -> Candles:
        """The newest `rows` candles, or all that are kept; valid until the next append."""
        begin = max(0, self._end - rows)
        chosen: Mapping[str, npt.NDArray[np.generic]] = {
            name: column[begin : self._end] for name, column in self._columns.items()
        }
        return unchecked(self.interval, chosen)

    def _move_to_front(self) -> None:
        for column in self._columns.values():
            column[: self._keep] = column[self._end - self._keep : self._end].copy()
        self._end = self._keep
