"""Fisher transform: makes turns of the price sharp."""

from math import atanh

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
from tui_trader.engine.analysis.memory import bars, decay_bars
from tui_trader.engine.analysis.rolling import quotient, rolling_highest, rolling_lowest

NEWEST_WEIGHT = 0.33
LIMIT = 0.99
"""Beyond it the transform runs away; Ehlers puts 0.999 in the place of what is larger."""
LIMITED = 0.999


def fisher(candles: Candles, parameters: Parameters) -> tuple[FloatArray, ...]:
    """The transform of where the middle of the candle lies in its range, and its value before.

    Source: Ehlers, Using the Fisher Transform, Stocks & Commodities 20:11 (2002).
    """
    window = int(parameters["period"])
    middle = (candles.high + candles.low) / 2
    lowest = rolling_lowest(middle, window)
    spread = rolling_highest(middle, window) - lowest
    place = 2 * quotient(middle - lowest, spread, undefined=0.5) - 1
    line = np.full(len(candles), np.nan)
    line[window - 1 :] = _transformed(place[window - 1 :])
    signal = np.concatenate([[np.nan], line[:-1]])
    return line, signal


def _transformed(place: FloatArray) -> FloatArray:
    smooth = transformed = 0.0
    line = []
    for newest in place.tolist():
        smooth = NEWEST_WEIGHT * newest + (1 - NEWEST_WEIGHT) * smooth
        if abs(smooth) > LIMIT:
            smooth = LIMITED if smooth > 0 else -LIMITED
        transformed = atanh(smooth) + transformed / 2
        line.append(transformed)
    return np.array(line)


FISHER = Indicator(
    name="fisher",
    title="Fisher Transform",
    group=Group.MOMENTUM,
    says="Place of the candle in its recent range, stretched so that turns stand out.",
    parameters=(period(9),),
    outputs=(Output("fisher", Unit.RATIO), Output("signal", Unit.RATIO)),
    source=Own(("high", "low"), fisher, warm_up=lambda parameters: int(parameters["period"])),
    # Two smoothings, one after the other; the slower one gives the newest 0.33.
    memory=bars(decay_bars(NEWEST_WEIGHT) + decay_bars(0.5)),
    bullish="fisher > signal",
    bearish="fisher < signal",
)
