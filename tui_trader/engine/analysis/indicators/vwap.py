"""Average prices by volume: what those who traded since a moment have paid."""

from collections.abc import Callable
from math import nan

import msgspec
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
from tui_trader.engine.analysis.recent import Bar
from tui_trader.engine.analysis.rolling import quotient
from tui_trader.engine.analysis.streams import RunningStream, Stream, Values
from tui_trader.engine.values.time import MS_PER_DAY, utc_day

INPUTS = ("high", "low", "close", "volume")
ANCHOR_MS_MAX = 1 << 53
NOT_YET = -1
"""Session before an anchor."""


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


class _Paid(msgspec.Struct, frozen=True):
    """What was paid since the start: turnover over volume is the mean price."""

    session: int
    turnover: float = 0.0
    volume: float = 0.0


def _open_session(candles: Candles, parameters: Parameters) -> Stream:
    midnight_ms = utc_day(int(candles.open_time_ms[-1])) * MS_PER_DAY
    return _opened(
        candles, session_vwap(candles, parameters)[0], start_ms=midnight_ms, session_of=utc_day
    )


def _open_anchored(candles: Candles, parameters: Parameters) -> Stream:
    anchor_ms = int(parameters["anchor_ms"])

    def session_of(time_ms: int) -> int:
        return 0 if time_ms >= anchor_ms else NOT_YET

    return _opened(
        candles, anchored_vwap(candles, parameters)[0], start_ms=anchor_ms, session_of=session_of
    )


def _opened(
    candles: Candles, line: FloatArray, *, start_ms: int, session_of: Callable[[int], int]
) -> Stream:
    """The line in motion; its sums begin anew with each session."""

    def step(paid: _Paid, bar: Bar) -> tuple[_Paid, Values]:
        session = session_of(bar.open_time_ms)
        kept = paid if session == paid.session else _Paid(session)
        typical = (bar.high + bar.low + bar.close) / 3
        turnover = kept.turnover + typical * bar.volume
        volume = kept.volume + bar.volume
        mean = turnover / volume if volume else typical
        return _Paid(session, turnover, volume), (nan if session == NOT_YET else mean,)

    begin = int(np.searchsorted(candles.open_time_ms, start_ms))
    typical = (candles.high + candles.low + candles.close) / 3
    # Added one after the other, as the whole line is: a pairwise sum would round differently.
    turnover = np.cumsum((typical * candles.volume)[begin:])
    volume = np.cumsum(candles.volume[begin:])
    session = session_of(int(candles.open_time_ms[-1]))
    sums = (float(turnover[-1]), float(volume[-1])) if len(volume) else (0.0, 0.0)
    return RunningStream(_Paid(session, *sums), (float(line[-1]),), step)


VWAP = Indicator(
    name="vwap",
    title="Volume Weighted Average Price",
    group=Group.VOLUME,
    says="Average price paid since 00:00 UTC.",
    outputs=(Output("vwap", Unit.PRICE),),
    source=Own(INPUTS, session_vwap, warm_up=lambda _: 0, opening=_open_session),
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
    source=Own(INPUTS, anchored_vwap, warm_up=lambda _: 0, opening=_open_anchored),
    memory=Anchor.CHOSEN,
    bullish="close > anchored_vwap",
    bearish="close < anchored_vwap",
    draw=OVERLAY,
)
