"""Trend on two timeframes: the long one allows, the short one times."""

from math import ceil

import numpy as np

from tui_trader.engine.analysis.candles import Candles, FloatArray
from tui_trader.engine.analysis.catalogue import indicator_named
from tui_trader.engine.analysis.compute import compute
from tui_trader.engine.analysis.crossings import begins, events, is_above, is_known
from tui_trader.engine.analysis.rolling import rolling_mean
from tui_trader.engine.analysis.strategy import Choices, SignalArray, Strategy, each
from tui_trader.engine.ports.strategy import StrategyParameter


def _long_trend(candles: Candles, *, factor: int, period: int) -> tuple[FloatArray, FloatArray]:
    """Close and mean of the longer candles that were complete at each candle; NaN where too few."""
    length_ms = factor * candles.interval.ms
    stretch = candles.open_time_ms // length_ms
    is_last = np.append(stretch[1:] != stretch[:-1], [True])
    closes, stretches = candles.close[is_last], stretch[is_last]
    means = np.full(len(closes), np.nan)
    if len(closes) >= period:
        means = rolling_mean(closes, period)
    # By the clock, not by the next row: at the last candle of a stretch its close is known.
    ends = candles.open_time_ms + candles.interval.ms
    complete = np.searchsorted(stretches, ends // length_ms, side="left") - 1
    is_any = complete >= 0
    row = np.maximum(complete, 0)
    return np.where(is_any, closes[row], np.nan), np.where(is_any, means[row], np.nan)


def _signals(candles: Candles, choices: Choices) -> SignalArray:
    if len(candles) == 0:
        return np.zeros(0, dtype=np.int8)
    average = indicator_named("sma")
    fast = compute(candles, average, period=choices["fast"])["sma"]
    slow = compute(candles, average, period=choices["slow"])["sma"]
    long_close, long_mean = _long_trend(
        candles, factor=int(choices["factor"]), period=int(choices["long_period"])
    )
    known = is_known(fast, slow, long_close, long_mean)
    up = is_above(fast, slow, scale=slow) & is_above(long_close, long_mean, scale=long_mean)
    return events(begins(up, known), begins(~up, known))


def _memory(choices: Choices) -> int:
    long_bars = (int(choices["long_period"]) + 1) * int(choices["factor"])
    return max(long_bars, ceil(choices["slow"])) + 1


TWO_TIMEFRAMES = Strategy(
    name="two_timeframes",
    title="Trend on two timeframes",
    says="In while the fast average is above the slow one and the longer candles close above their mean.",
    parameters=(
        StrategyParameter(
            name="fast", default=10, low=2, high=500, unit="bars", help="Short average."
        ),
        StrategyParameter(
            name="slow", default=30, low=3, high=500, unit="bars", help="Long average."
        ),
        StrategyParameter(
            name="factor",
            default=6,
            low=2,
            high=288,
            unit="bars",
            help="Candles in one of the longer timeframe, counted from 00:00 UTC of 1970-01-01.",
        ),
        StrategyParameter(
            name="long_period",
            default=20,
            low=2,
            high=200,
            unit="longer bars",
            help="Mean on the longer timeframe.",
        ),
    ),
    increasing=("fast", "slow"),
    memory=_memory,
    signals=each(_signals),
)
