"""Lines over the candles of the desk: EMA, VWAP and Bollinger Bands, in plain Python.

Law: the values are those of the registry of indicators on the same candles; a test holds both together. The
console computes them itself, because a line must follow the newest price at every frame, and loads no numpy.
"""

import math
from collections.abc import Sequence
from typing import Final

import msgspec

from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.time import MS_PER_DAY

Values = tuple[float | None, ...]

EMA_PERIODS: Final = (20, 50)
BOLLINGER_PERIOD: Final = 20
BOLLINGER_DEVIATIONS: Final = 2.0
EMA, VWAP, BOLLINGER = "ema", "vwap", "bollinger"
OVERLAYS: Final = (EMA, VWAP, BOLLINGER)
NO_DAY_START: Final = "begins at 00:00 UTC, from when no candle is kept"


class Overlay(msgspec.Struct, frozen=True, kw_only=True):
    """One indicator over the candles.

    Args:
        columns: A value for each candle, None before the first; several for bands.
        colour: Its place among the colours of lines.
        missing: Why it has no value where it has none.
    """

    label: str
    columns: tuple[Values, ...]
    colour: int
    missing: str = ""


def overlays(
    names: Sequence[str], candles: Sequence[Candle], *, seen: range | None = None
) -> tuple[Overlay, ...]:
    """Those of that name, in the order in which a legend tells them.

    Args:
        names: Which.
        candles: All there are, so that what has a memory remembers.
        seen: Places whose values are wanted, the newest beside them; bands are worked out for these alone.
    """
    closes = [candle.close for candle in candles]
    lines = []
    if EMA in names:
        lines += [
            Overlay(label=f"EMA {period}", columns=(ema(closes, period),), colour=colour)
            for colour, period in enumerate(EMA_PERIODS)
        ]
    if VWAP in names:
        vwap = session_vwap(candles)
        lines.append(Overlay(label="VWAP", columns=(vwap,), colour=2, missing=NO_DAY_START))
    if BOLLINGER in names:
        bands = bollinger(closes, BOLLINGER_PERIOD, BOLLINGER_DEVIATIONS, seen=seen)
        lines.append(Overlay(label=f"BB {BOLLINGER_PERIOD}", columns=bands, colour=3))
    return tuple(lines)


def ema(closes: Sequence[float], period: int) -> Values:
    """Exponential average; it begins with the mean of the first `period` closes."""
    if len(closes) < period:
        return (None,) * len(closes)
    weight = 2.0 / (period + 1)
    mean = sum(closes[:period]) / period
    values: list[float | None] = [None] * (period - 1)
    values.append(mean)
    for close in closes[period:]:
        mean += (close - mean) * weight
        values.append(mean)
    return tuple(values)


def session_vwap(candles: Sequence[Candle]) -> Values:
    """Average price by volume since 00:00 UTC; None on a day whose beginning is not among the candles."""
    values: list[float | None] = []
    day, turnover, volume = -1, 0.0, 0.0
    is_whole = False
    for candle in candles:
        candle_day = candle.open_time_ms // MS_PER_DAY
        if candle_day != day:
            # After a candle of an earlier day this one is the first of its own, whenever it began.
            is_whole = day >= 0 or candle.open_time_ms % MS_PER_DAY == 0
            day, turnover, volume = candle_day, 0.0, 0.0
        typical = (candle.high + candle.low + candle.close) / 3
        turnover += typical * candle.volume_base
        volume += candle.volume_base
        if is_whole:
            values.append(turnover / volume if volume else typical)
        else:
            values.append(None)
    return tuple(values)


def lacks_day_start(candles: Sequence[Candle], interval: Interval) -> bool:
    """Whether the newest day began before the first of the candles, so that its VWAP is not known."""
    if not candles or interval.ms >= MS_PER_DAY:
        return False
    midnight_ms = candles[-1].open_time_ms // MS_PER_DAY * MS_PER_DAY
    return candles[0].open_time_ms > midnight_ms


def bollinger(
    closes: Sequence[float], period: int, deviations: float, *, seen: range | None = None
) -> tuple[Values, ...]:
    """Upper band, middle, lower band: the mean, and standard deviations of the whole population about it."""
    count = len(closes)
    upper: list[float | None] = [None] * count
    middle, lower = [*upper], [*upper]
    wanted = range(count) if seen is None else {*seen, count - 1}
    for place in wanted:
        if not period - 1 <= place < count:
            continue
        window = closes[place - period + 1 : place + 1]
        mean = math.fsum(window) / period
        spread = math.sqrt(math.fsum([(close - mean) ** 2 for close in window]) / period)
        upper[place] = mean + deviations * spread
        middle[place] = mean
        lower[place] = mean - deviations * spread
    return tuple(upper), tuple(middle), tuple(lower)


def heikin_ashi(candles: Sequence[Candle]) -> tuple[Candle, ...]:
    """Averaged candles: each opens in the middle of the one before it and closes at its own mean price."""
    averaged: list[Candle] = []
    opened = closed = 0.0
    for candle in candles:
        opened = (opened + closed) / 2 if averaged else (candle.open + candle.close) / 2
        closed = (candle.open + candle.high + candle.low + candle.close) / 4
        averaged.append(
            Candle(
                open_time_ms=candle.open_time_ms,
                open=opened,
                high=max(candle.high, opened, closed),
                low=min(candle.low, opened, closed),
                close=closed,
                volume_base=candle.volume_base,
            )
        )
    return tuple(averaged)
