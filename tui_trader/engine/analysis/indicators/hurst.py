"""Hurst exponent: does the price trend, wander, or come back?"""

import numpy as np

from tui_trader.engine.analysis.candles import Candles, FloatArray
from tui_trader.engine.analysis.declaration import (
    Group,
    Indicator,
    Output,
    Own,
    Parameter,
    Parameters,
    Placement,
    Unit,
)
from tui_trader.engine.analysis.rolling import rolling_deviation

LAGS = (1, 2, 4, 8, 16)
WANDERING = 0.5
STILL = 1e-12
"""Log changes that stray less than this are one change and its rounding."""


def hurst(candles: Candles, parameters: Parameters) -> tuple[FloatArray, ...]:
    """Slope of log(deviation of the change over a lag) on log(lag), over the last changes.

    Of a random walk the deviation grows with the root of the lag: 0.5. Where nothing moves there is
    nothing to measure, and 0.5 stands for "cannot tell".
    """
    window = int(parameters["period"])
    level = np.log(candles.close)
    spread = np.empty((len(LAGS), len(candles)))
    for row, lag in enumerate(LAGS):
        spread[row, :lag] = np.nan
        spread[row, lag:] = rolling_deviation(level[lag:] - level[:-lag], window)
    place = np.log(LAGS) - np.log(LAGS).mean()
    is_moving = (spread > STILL).all(axis=0)
    slope = np.full(len(candles), WANDERING)
    # Summed row by row, not by a matrix product: that one rounds differently for other lengths.
    weighed = place[:, np.newaxis] * np.log(spread[:, is_moving])
    slope[is_moving] = weighed.sum(axis=0) / np.square(place).sum()
    return (slope,)


HURST = Indicator(
    name="hurst",
    title="Hurst Exponent",
    group=Group.STATISTICS,
    says="Above 0.5 the price tends to go on, below it tends to come back, at 0.5 it wanders.",
    parameters=(Parameter("period", 100, 20, 1_000, "changes measured for each lag"),),
    outputs=(Output("hurst", Unit.RATIO),),
    source=Own(
        ("close",), hurst, warm_up=lambda parameters: int(parameters["period"]) + LAGS[-1] - 1
    ),
    draw=Placement(low=0, high=1),
)
