"""Candles made from a seed: the project's own samples."""

import numpy as np

from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.analysis.recent import Flow, bar_at
from tui_trader.engine.values.candles import Candle, Interval

START_MS = 1_700_000_000_000 // 3_600_000 * 3_600_000


def columns(close, *, open_=None, spread=0.002, seed=0, volume=None, times=None) -> Candles:
    """Candles around closes: each opens where the last one closed, unless told otherwise."""
    chance = np.random.default_rng(seed)
    close = np.asarray(close, dtype=float)
    open_ = np.concatenate([close[:1], close[:-1]]) if open_ is None else open_
    reach = 1 + spread * chance.random((2, len(close)))
    return Candles(
        interval=Interval.M15,
        open_time_ms=START_MS + Interval.M15.ms * np.arange(len(close)) if times is None else times,
        open=open_,
        high=np.maximum(open_, close) * reach[0],
        low=np.minimum(open_, close) / reach[1],
        close=close,
        volume=(volume := chance.exponential(10.0, len(close)) if volume is None else volume),
        buy_volume=volume * chance.random(len(close)),
        book_imbalance=chance.uniform(-1, 1, len(close)),
    )


def walk(count: int, *, seed: int = 7, price: float = 30_000.0) -> Candles:
    """A random walk whose pace changes, as markets' does."""
    chance = np.random.default_rng(seed)
    pace = 0.002 * np.exp(0.5 * np.sin(np.arange(count) / 50))
    return columns(price * np.exp(np.cumsum(chance.normal(0, pace))), seed=seed + 1)


def gaps(count: int, *, seed: int = 11) -> Candles:
    """A walk with missing candles, jumps between candles, and runs in which nothing was traded."""
    chance = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(chance.normal(0, 0.01, count)))
    open_ = np.concatenate([close[:1], close[:-1]]) * np.exp(chance.normal(0, 0.02, count))
    steps = np.where(chance.random(count) < 0.02, chance.integers(2, 40, count), 1)
    volume = chance.exponential(5.0, count)
    for begin in range(40, count, 130):
        quiet = slice(begin, begin + 45)
        close[quiet] = close[begin]
        open_[quiet] = close[begin]
        volume[quiet] = 0.0
    times = START_MS + Interval.M15.ms * np.cumsum(steps)
    made = columns(close, open_=open_, seed=seed + 1, volume=volume, times=times)
    is_quiet = made.volume == 0
    high = np.where(is_quiet, made.close, made.high)
    low = np.where(is_quiet, made.close, made.low)
    return Candles(
        interval=made.interval,
        open_time_ms=made.open_time_ms,
        open=np.where(is_quiet, made.close, made.open),
        high=np.maximum(high, made.close),
        low=np.minimum(low, made.close),
        close=made.close,
        volume=made.volume,
        buy_volume=made.buy_volume,
        book_imbalance=made.book_imbalance,
    )


def constant(count: int, *, volume: float = 0.0) -> Candles:
    """Nothing ever happens."""
    return columns(np.full(count, 250.0), spread=0.0, volume=np.full(count, volume))


def scaled(candles: Candles, *, price: float = 1.0, volume: float = 1.0) -> Candles:
    """The same market in other units."""
    return Candles(
        interval=candles.interval,
        open_time_ms=candles.open_time_ms,
        open=candles.open * price,
        high=candles.high * price,
        low=candles.low * price,
        close=candles.close * price,
        volume=candles.volume * volume,
        buy_volume=None if candles.buy_volume is None else candles.buy_volume * volume,
        book_imbalance=candles.book_imbalance,
    )


def lively(count: int, *, seed: int) -> Candles:
    """Whole ticks with gaps, dojis, candles without shadows and repeated prices: every pattern."""
    chance = np.random.default_rng(seed)
    sizes = chance.choice([1, 2, 3, 4, 8, 9, 10, 12, 16], count)
    body = sizes * chance.choice([-1, 1], count) * (chance.random(count) >= 0.15)
    trend = np.repeat(chance.choice([-1, 0, 1], count // 6 + 1), 6)[:count]
    body = np.where((chance.random(count) < 0.5) & (trend != 0), np.abs(body) * trend, body)
    gap = np.where(chance.random(count) < 0.4, 0, chance.integers(-9, 10, count))
    again_open, again_close = chance.random((2, count)) < 0.1
    gap[1:] = np.where(again_open[1:], -body[:-1], gap[1:])
    open_, close = np.empty(count), np.empty(count)
    last = 1_000.0
    for row in range(count):
        open_[row] = last + gap[row]
        close[row] = last if again_close[row] else open_[row] + body[row]
        last = close[row] if 500 < close[row] < 1_500 else 1_000.0
    shadows = np.where(chance.random((2, count)) < 0.5, 0, chance.choice([1, 2, 6, 12], (2, count)))
    return Candles(
        interval=Interval.M5,
        open_time_ms=START_MS + Interval.M5.ms * np.arange(count),
        open=open_,
        high=np.maximum(open_, close) + shadows[0],
        low=np.minimum(open_, close) - shadows[1],
        close=close,
        volume=chance.exponential(10.0, count),
    )


def candle_at(candles: Candles, row: int) -> tuple[Candle, Flow]:
    """One row as a feed would bring it, with what was heard of its trades and of the book."""
    bar = bar_at(candles, row)
    candle = Candle(
        open_time_ms=bar.open_time_ms,
        open=bar.open,
        high=bar.high,
        low=bar.low,
        close=bar.close,
        volume_base=bar.volume,
    )
    return candle, Flow(buy_volume=bar.buy_volume, book_imbalance=bar.book_imbalance)
