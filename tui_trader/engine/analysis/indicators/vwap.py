"""Average prices by volume: what those who traded since a moment have paid."""

import numpy as np
import numpy.typing as npt

from tui_trader.engine.analysis.candles import Candles, FloatArray
from tui_trader.engine.analysis.declaration import (
    OVERLAY,
    Anchor,
    Group,
    Indicator,
    Output,
    Own,
    Parameter,
    Parameters,
    Unit,
)
from tui_trader.engine.analysis.rolling import quotient
from tui_trader.engine.values.time import MS_PER_DAY

INPUTS = ("high", "low", "close", "volume")
ANCHOR_MS_MAX = 1 << 53


def session_vwap(candles: Candles, _: Parameters) -> tuple[FloatArray, ...]:
    """VWAP since 00:00 UTC. Each day is summed alone, so that no rounding crosses midnight."""
    days = candles.open_time_ms // MS_PER_DAY
    starts = np.flatnonzero(np.diff(days, prepend=days[0] - 1))
    return (_running(candles, starts),)


def anchored_vwap(candles: Candles, parameters: Parameters) -> tuple[FloatArray, ...]:
    """VWAP since the first candle that opens at the anchor or later; NaN before it."""
    begin = int(np.searchsorted(candles.open_time_ms, int(parameters["anchor_ms"])))
    line = _running(candles, np.array([0, begin]))
    line[:begin] = np.nan
    return (line,)


def _running(candles: Candles, starts: npt.NDArray[np.intp]) -> FloatArray:
    """Mean price by volume, begun anew at each of `starts`, of which the first is 0."""
    typical = (candles.high + candles.low + candles.close) / 3
    turnover, volume = typical * candles.volume, candles.volume.copy()
    ends = [*starts[1:].tolist(), len(candles)]
    for begin, end in zip(starts.tolist(), ends, strict=True):
        np.cumsum(turnover[begin:end], out=turnover[begin:end])
        np.cumsum(volume[begin:end], out=volume[begin:end])
    # Before the first trade there is no price that anybody paid; the candle's own stands in.
    return quotient(turnover, volume, undefined=typical)


VWAP = Indicator(
    name="vwap",
    title="Volume Weighted Average Price",
    group=Group.VOLUME,
    says="Average price paid since 00:00 UTC.",
    outputs=(Output("vwap", Unit.PRICE),),
    source=Own(INPUTS, session_vwap, warm_up=lambda _: 0),
    memory=Anchor.SESSION,
    bullish="close > vwap",
    bearish="close < vwap",
    draw=OVERLAY,
)
ANCHORED_VWAP = Indicator(
    name="anchored_vwap",
    title="Anchored Volume Weighted Average Price",
    group=Group.VOLUME,
    says="Average price paid since a moment of your choice.",
    parameters=(Parameter("anchor_ms", 0, 0, ANCHOR_MS_MAX, "UTC ms; 0: from the first candle"),),
    outputs=(Output("anchored_vwap", Unit.PRICE),),
    source=Own(INPUTS, anchored_vwap, warm_up=lambda _: 0),
    memory=Anchor.CHOSEN,
    bullish="close > anchored_vwap",
    bearish="close < anchored_vwap",
    draw=OVERLAY,
)
