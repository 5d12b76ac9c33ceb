"""Longer candles made of shorter ones, and candles made of trades.

Law: nothing is invented. A stretch without a shorter candle, or without a trade, has no longer one. A
longer candle is made of what is there of its stretch; the last is left out while its stretch may still
go on.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tui_trader.engine.analysis.candles import Candles, FloatArray, TimeArray
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import ConfigError


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
