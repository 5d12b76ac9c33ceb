"""Windows weighed by volume.

TA-Lib has these three, but as running sums: in a run of candles without a trade, which exchanges have
at every outage, it divides the rounding of one sum by the rounding of another. Measured: a VWMA 29
times the price. Here each window is summed by itself, and a window without a trade has a meaning.
"""

from tui_trader.engine.analysis.candles import Candles, FloatArray
from tui_trader.engine.analysis.declaration import (
    OVERLAY,
    Group,
    Indicator,
    Output,
    Own,
    Parameters,
    Placement,
    Unit,
    period,
)
from tui_trader.engine.analysis.rolling import quotient, rolling_mean


def vwma(candles: Candles, parameters: Parameters) -> tuple[FloatArray, ...]:
    """Mean of closes by volume; the plain mean where nothing was traded."""
    window = int(parameters["period"])
    turnover = rolling_mean(candles.close * candles.volume, window)
    plain = rolling_mean(candles.close, window)
    return (quotient(turnover, rolling_mean(candles.volume, window), undefined=plain),)


def money_flow(candles: Candles, parameters: Parameters) -> tuple[FloatArray, ...]:
    """Volume times the place of the close in its candle (-1 … 1), over all volume."""
    window = int(parameters["period"])
    spread = candles.high - candles.low
    place = quotient(2 * candles.close - candles.high - candles.low, spread, undefined=0.0)
    flow = rolling_mean(place * candles.volume, window)
    return (quotient(flow, rolling_mean(candles.volume, window), undefined=0.0),)


def relative_volume(candles: Candles, parameters: Parameters) -> tuple[FloatArray, ...]:
    """Volume over the mean of the bars before it; 0 where those traded nothing."""
    mean = rolling_mean(candles.volume, int(parameters["period"]))
    result = mean.copy()
    result[1:] = quotient(candles.volume[1:], mean[:-1], undefined=0.0)
    return (result,)


VWMA = Indicator(
    name="vwma",
    title="Volume Weighted Moving Average",
    group=Group.TREND,
    says="Mean of the last closes, each weighing its volume.",
    parameters=(period(30),),
    outputs=(Output("vwma", Unit.PRICE),),
    source=Own(("close", "volume"), vwma, warm_up=lambda parameters: int(parameters["period"]) - 1),
    bullish="close > vwma",
    bearish="close < vwma",
    draw=OVERLAY,
)
CMF = Indicator(
    name="cmf",
    title="Chaikin Money Flow",
    group=Group.VOLUME,
    says="Volume weighed by where the close lies in its candle, over all volume.",
    parameters=(period(20),),
    outputs=(Output("cmf", Unit.RATIO),),
    source=Own(
        ("high", "low", "close", "volume"),
        money_flow,
        warm_up=lambda parameters: int(parameters["period"]) - 1,
    ),
    bullish="cmf > 0",
    bearish="cmf < 0",
    draw=Placement(low=-1, high=1),
)
RELATIVE_VOLUME = Indicator(
    name="relative_volume",
    title="Relative Volume",
    group=Group.VOLUME,
    says="Volume over the mean of the bars before; 0 where those traded nothing.",
    parameters=(period(20),),
    outputs=(Output("relative_volume", Unit.RATIO),),
    source=Own(("volume",), relative_volume, warm_up=lambda parameters: int(parameters["period"])),
)
