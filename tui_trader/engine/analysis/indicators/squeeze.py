"""Squeeze: Bollinger bands inside a Keltner channel, and which way the price leans meanwhile."""

import numpy as np

from tui_trader.engine.analysis.candles import Candles, FloatArray
from tui_trader.engine.analysis.declaration import (
    Group,
    Indicator,
    Output,
    Own,
    Parameter,
    Parameters,
    Unit,
    period,
)
from tui_trader.engine.analysis.rolling import (
    rolling,
    rolling_deviation,
    rolling_highest,
    rolling_lowest,
    rolling_mean,
)


def squeeze(candles: Candles, parameters: Parameters) -> tuple[FloatArray, ...]:
    """Whether it is on (1 or 0), and the end of a line fitted to the close less its middle.

    Source: Carter, Mastering the Trade, "The Squeeze". Bands and channel share one simple mean, so
    the bands lie inside when their half-width is the smaller.
    """
    window = int(parameters["period"])
    before = np.concatenate([candles.open[:1], candles.close[:-1]])
    true_range = np.maximum(candles.high, before) - np.minimum(candles.low, before)
    band = parameters["deviations"] * rolling_deviation(candles.close, window)
    channel = parameters["ranges"] * rolling_mean(true_range, window)
    centre = (rolling_highest(candles.high, window) + rolling_lowest(candles.low, window)) / 2
    lean = candles.close - (centre + rolling_mean(candles.close, window)) / 2
    momentum = np.full(len(candles), np.nan)
    momentum[window - 1 :] = _line_end(lean[window - 1 :], window)
    return (band < channel).astype(np.float64), momentum


def _line_end(values: FloatArray, window: int) -> FloatArray:
    """Last point of the straight line fitted to the last `window` values: a fixed weighted sum."""
    place = np.arange(window) - (window - 1) / 2
    weights = 1 / window + place * place[-1] / np.square(place).sum()
    return rolling(values, window, lambda block: (block * weights).sum(axis=1))


SQUEEZE = Indicator(
    name="squeeze",
    title="Squeeze",
    group=Group.VOLATILITY,
    says="1 while the market is unusually quiet, and which way it leans before it breaks out.",
    parameters=(
        period(20),
        Parameter("deviations", 2.0, 0.1, 10.0, "half-width of the bands"),
        Parameter("ranges", 1.5, 0.1, 20.0, "half-width of the channel, in mean true ranges"),
    ),
    outputs=(Output("is_on", Unit.FLAG), Output("momentum", Unit.PRICE)),
    # The first candle has no close before it, so its true range is no full one: one bar more.
    source=Own(
        ("open", "high", "low", "close"),
        squeeze,
        warm_up=lambda parameters: 2 * int(parameters["period"]) - 1,
    ),
    bullish="momentum > 0",
    bearish="momentum < 0",
)
