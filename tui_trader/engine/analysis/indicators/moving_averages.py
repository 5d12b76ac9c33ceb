"""Averages of the price: where it has been, smoothed."""

from tui_trader.engine.analysis.declaration import (
    OVERLAY,
    Group,
    Indicator,
    Output,
    Parameter,
    Unit,
    period,
)
from tui_trader.engine.analysis.memory import ema, wilder
from tui_trader.engine.analysis.talib_source import TaLib

SMA = Indicator(
    name="sma",
    title="Simple Moving Average",
    group=Group.TREND,
    says="Mean of the last closes.",
    parameters=(period(30),),
    outputs=(Output("sma", Unit.PRICE),),
    source=TaLib("SMA", ("close",), {"timeperiod": "period"}),
    bullish="close > sma",
    bearish="close < sma",
    draw=OVERLAY,
)

EMA = Indicator(
    name="ema",
    title="Exponential Moving Average",
    group=Group.TREND,
    says="Mean of all closes, the newest weighing most.",
    parameters=(period(30),),
    outputs=(Output("ema", Unit.PRICE),),
    source=TaLib("EMA", ("close",), {"timeperiod": "period"}),
    memory=ema("period"),
    bullish="close > ema",
    bearish="close < ema",
    draw=OVERLAY,
)

WMA = Indicator(
    name="wma",
    title="Weighted Moving Average",
    group=Group.TREND,
    says="Mean of the last closes with weights that grow evenly towards the newest.",
    parameters=(period(30),),
    outputs=(Output("wma", Unit.PRICE),),
    source=TaLib("WMA", ("close",), {"timeperiod": "period"}),
    bullish="close > wma",
    bearish="close < wma",
    draw=OVERLAY,
)

DEMA = Indicator(
    name="dema",
    title="Double Exponential Moving Average",
    group=Group.TREND,
    says="EMA with most of its lag taken out by a second one.",
    parameters=(period(30),),
    outputs=(Output("dema", Unit.PRICE),),
    source=TaLib("DEMA", ("close",), {"timeperiod": "period"}),
    memory=ema("period", stages=2),
    bullish="close > dema",
    bearish="close < dema",
    draw=OVERLAY,
)

TEMA = Indicator(
    name="tema",
    title="Triple Exponential Moving Average",
    group=Group.TREND,
    says="EMA with its lag taken out by a second and a third one.",
    parameters=(period(30),),
    outputs=(Output("tema", Unit.PRICE),),
    source=TaLib("TEMA", ("close",), {"timeperiod": "period"}),
    memory=ema("period", stages=3),
    bullish="close > tema",
    bearish="close < tema",
    draw=OVERLAY,
)

TRIMA = Indicator(
    name="trima",
    title="Triangular Moving Average",
    group=Group.TREND,
    says="Mean of means: the middle of the window weighs most.",
    parameters=(period(30),),
    outputs=(Output("trima", Unit.PRICE),),
    source=TaLib("TRIMA", ("close",), {"timeperiod": "period"}),
    bullish="close > trima",
    bearish="close < trima",
    draw=OVERLAY,
)

T3 = Indicator(
    name="t3",
    title="Tillson T3",
    group=Group.TREND,
    says="Six exponential averages combined: very smooth for its lag.",
    parameters=(
        period(5),
        Parameter(
            "volume_factor", 0.7, 0.0, 1.0, "0 is an EMA of an EMA of an EMA, 1 a DEMA of each"
        ),
    ),
    outputs=(Output("t3", Unit.PRICE),),
    source=TaLib("T3", ("close",), {"timeperiod": "period", "vfactor": "volume_factor"}),
    memory=ema("period", stages=6),
    bullish="close > t3",
    bearish="close < t3",
    draw=OVERLAY,
)

HMA = Indicator(
    name="hma",
    title="Hull Moving Average",
    group=Group.TREND,
    says="Weighted averages combined so that the lag almost goes.",
    parameters=(period(20),),
    outputs=(Output("hma", Unit.PRICE),),
    source=TaLib("HMA", ("close",), {"timeperiod": "period"}),
    bullish="close > hma",
    bearish="close < hma",
    draw=OVERLAY,
)

RMA = Indicator(
    name="rma",
    title="Wilder's Moving Average",
    group=Group.TREND,
    says="Exponential mean of which the newest close is one part in `period`.",
    parameters=(period(30),),
    outputs=(Output("rma", Unit.PRICE),),
    source=TaLib("RMA", ("close",), {"timeperiod": "period"}),
    memory=wilder("period"),
    bullish="close > rma",
    bearish="close < rma",
    draw=OVERLAY,
)

ZLEMA = Indicator(
    name="zlema",
    title="Zero-Lag Exponential Moving Average",
    group=Group.TREND,
    says="EMA of the close plus what it gained over the lag.",
    parameters=(period(30),),
    outputs=(Output("zlema", Unit.PRICE),),
    source=TaLib("ZLEMA", ("close",), {"timeperiod": "period"}),
    memory=ema("period"),
    bullish="close > zlema",
    bearish="close < zlema",
    draw=OVERLAY,
)

MIDPOINT = Indicator(
    name="midpoint",
    title="Midpoint",
    group=Group.TREND,
    says="Middle between the highest and the lowest of the last closes.",
    parameters=(period(14),),
    outputs=(Output("midpoint", Unit.PRICE),),
    source=TaLib("MIDPOINT", ("close",), {"timeperiod": "period"}),
    bullish="close > midpoint",
    bearish="close < midpoint",
    draw=OVERLAY,
)

MIDPRICE = Indicator(
    name="midprice",
    title="Midprice",
    group=Group.TREND,
    says="Middle between the highest high and the lowest low.",
    parameters=(period(14),),
    outputs=(Output("midprice", Unit.PRICE),),
    source=TaLib("MIDPRICE", ("high", "low"), {"timeperiod": "period"}),
    bullish="close > midprice",
    bearish="close < midprice",
    draw=OVERLAY,
)
