"""Longer candles made of shorter ones, and candles made of trades.

Law: nothing is invented. A stretch without a shorter candle, or without a trade, has no longer one. A
longer candle is made of what is there of its stretch; the last is left out while its stretch may still
go on.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tui_trader.engine.analysis.candles import COLUMNS, Candles, FloatArray, TimeArray
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.trades import PublicTrade


class Trades(NamedTuple):
    """Trades of one pair, in the order in which they happened.

    Args:
        time_ms: UTC, never falling, shape (N,).
        price: Quote currency.
        quantity_base: Base quantity.
    """

    time_ms: TimeArray
    price: FloatArray
    quantity_base: FloatArray


def resampled(candles: Candles, interval: Interval, *, over_ms: int) -> Candles:
    """Candles of a longer interval.

    Args:
        candles: Of a length that divides the wanted one.
        interval: The wanted length.
        over_ms: UTC moment up to which `candles` are complete; a stretch that ends later is left out.

    Raises:
        ConfigError: the wanted interval is no multiple of theirs.
    """
    if interval.ms % candles.interval.ms:
        message = f"{interval.value} candles cannot be made of {candles.interval.value} ones"
        raise ConfigError(message)
    starts_ms = candles.open_time_ms - candles.open_time_ms % interval.ms
    first = _first_rows(starts_ms)
    last = np.append(first[1:], len(candles))[: len(first)] - 1
    longer = Candles(
        interval=interval,
        open_time_ms=starts_ms[first],
        open=candles.open[first],
        high=_reduced(np.maximum, candles.high, first),
        low=_reduced(np.minimum, candles.low, first),
        close=candles.close[last],
        volume=_summed(candles.volume, first),
    )
    return longer[: int(np.searchsorted(longer.open_time_ms, over_ms - interval.ms, "right"))]


def aggregated(trades: Trades, interval: Interval) -> Candles:
    """The candles that trades make, the last one included, however much of it there is.

    Raises:
        ConfigError: a trade is impossible, or earlier than the one before.
    """
    if (np.diff(trades.time_ms) < 0).any():
        row = int(np.argmax(np.diff(trades.time_ms) < 0)) + 1
        message = f"trade {row} is earlier than the one before; sort them by time"
        raise ConfigError(message)
    starts_ms = trades.time_ms - trades.time_ms % interval.ms
    first = _first_rows(starts_ms)
    last = np.append(first[1:], len(starts_ms))[: len(first)] - 1
    return Candles(
        interval=interval,
        open_time_ms=starts_ms[first],
        open=trades.price[first],
        high=_reduced(np.maximum, trades.price, first),
        low=_reduced(np.minimum, trades.price, first),
        close=trades.price[last],
        volume=_summed(trades.quantity_base, first),
    )


def candles_of_trades(trades: Sequence[PublicTrade], interval: Interval) -> tuple[Candle, ...]:
    """`aggregated`, row by row: for some trades at a time."""
    columns = aggregated(
        Trades(
            np.array([trade.time_ms for trade in trades], dtype=np.int64),
            np.array([trade.price for trade in trades], dtype=np.float64),
            np.array([trade.quantity_base for trade in trades], dtype=np.float64),
        ),
        interval,
    )
    return candle_rows(columns)


def candle_rows(candles: Candles) -> tuple[Candle, ...]:
    """Columns as rows: for some candles at a time."""
    columns = (candles.open_time_ms, *(candles.column(name) for name in COLUMNS))
    return tuple(
        Candle(open_time_ms=start, open=first, high=high, low=low, close=close, volume_base=volume)
        for start, first, high, low, close, volume in zip(
            *(column.tolist() for column in columns), strict=True
        )
    )


def candle_columns(rows: Sequence[Candle], interval: Interval) -> Candles:
    """Rows as columns, by time; of two of one moment the later one in `rows` counts.

    Raises:
        ConfigError: one of them is impossible.
    """
    by_time = {row.open_time_ms: row for row in rows}
    ordered = [by_time[time_ms] for time_ms in sorted(by_time)]
    return Candles(
        interval=interval,
        open_time_ms=np.array([row.open_time_ms for row in ordered], dtype=np.int64),
        open=np.array([row.open for row in ordered], dtype=np.float64),
        high=np.array([row.high for row in ordered], dtype=np.float64),
        low=np.array([row.low for row in ordered], dtype=np.float64),
        close=np.array([row.close for row in ordered], dtype=np.float64),
        volume=np.array([row.volume_base for row in ordered], dtype=np.float64),
    )


def _first_rows(starts_ms: TimeArray) -> npt.NDArray[np.int64]:
    is_first = np.ones(len(starts_ms), dtype=np.bool_)
    is_first[1:] = starts_ms[1:] != starts_ms[:-1]
    return np.flatnonzero(is_first)


def _reduced(function: np.ufunc, values: FloatArray, first: npt.NDArray[np.int64]) -> FloatArray:
    if not len(first):
        return values[:0]
    reduced: FloatArray = function.reduceat(values, first)
    return reduced


def _summed(values: FloatArray, first: npt.NDArray[np.int64]) -> FloatArray:
    # In the widest float of the machine: a thousand small trades must not lose their last digits.
    return _reduced(np.add, values.astype(np.longdouble), first).astype(np.float64)
