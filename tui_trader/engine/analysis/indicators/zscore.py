"""Z-score: how unusual the close is among the last closes."""

import numpy as np

from tui_trader.engine.analysis.candles import Candles, FloatArray
from tui_trader.engine.analysis.declaration import (
    Group,
    Indicator,
    Output,
    Own,
    Parameters,
    Unit,
    period,
)
from tui_trader.engine.analysis.rolling import quotient, rolling_deviation, rolling_mean

STILL = 1e-12
"""Closes that stray less than this part of their mean are equal; the rest is rounding."""


def zscore(candles: Candles, parameters: Parameters) -> tuple[FloatArray, ...]:
    """Distance from the mean in standard deviations; 0 where nothing moves."""
    window = int(parameters["period"])
    mean = rolling_mean(candles.close, window)
    deviation = rolling_deviation(candles.close, window)
    moving = np.where(deviation > STILL * mean, deviation, 0.0)
    return (quotient(candles.close - mean, moving, undefined=0.0),)


ZSCORE = Indicator(
    name="zscore",
    title="Z-Score",
    group=Group.STATISTICS,
    says="Distance of the close from the mean of the last closes, in standard deviations.",
    parameters=(period(20),),
    outputs=(Output("zscore", Unit.RATIO),),
    source=Own(("close",), zscore, warm_up=lambda parameters: int(parameters["period"]) - 1),
    bullish="zscore < -2",
    bearish="zscore > 2",
)
