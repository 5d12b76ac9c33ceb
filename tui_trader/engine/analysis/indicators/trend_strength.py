"""Whether there is a trend, how strong it is, and which way it goes."""

from tui_trader.engine.analysis.declaration import (
    Group,
    Indicator,
    Output,
    Placement,
    Unit,
    period,
)
from tui_trader.engine.analysis.memory import wilder
from tui_trader.engine.analysis.talib_source import TaLib

ADX = Indicator(
    name="adx",
    title="Average Directional Index",
    group=Group.TREND,
    says="How strong the trend is, whichever way it goes; above 25 there is one.",
    parameters=(period(14),),
    outputs=(Output("adx", Unit.PERCENT),),
    source=TaLib("ADX", ("high", "low", "close"), {"timeperiod": "period"}),
    memory=wilder("period", stages=3),
    draw=Placement(low=0, high=100),
)

ADXR = Indicator(
    name="adxr",
    title="Average Directional Index Rating",
    group=Group.TREND,
    says="Mean of the ADX now and one period ago.",
    parameters=(period(14),),
    outputs=(Output("adxr", Unit.PERCENT),),
    source=TaLib("ADXR", ("high", "low", "close"), {"timeperiod": "period"}),
    memory=wilder("period", stages=3),
    draw=Placement(low=0, high=100),
)

DX = Indicator(
    name="dx",
    title="Directional Index",
    group=Group.TREND,
    says="Difference of the two directional indicators over their sum.",
    parameters=(period(14),),
    outputs=(Output("dx", Unit.PERCENT),),
    source=TaLib("DX", ("high", "low", "close"), {"timeperiod": "period"}),
    memory=wilder("period", stages=2),
    draw=Placement(low=0, high=100),
)

PLUS_DI = Indicator(
    name="plus_di",
    title="Plus Directional Indicator",
    group=Group.TREND,
    says="Share of the true range that was new highs.",
    parameters=(period(14),),
    outputs=(Output("plus_di", Unit.PERCENT),),
    source=TaLib("PLUS_DI", ("high", "low", "close"), {"timeperiod": "period"}),
    memory=wilder("period", stages=2),
    draw=Placement(low=0, high=100),
)

MINUS_DI = Indicator(
    name="minus_di",
    title="Minus Directional Indicator",
    group=Group.TREND,
    says="Share of the true range that was new lows.",
    parameters=(period(14),),
    outputs=(Output("minus_di", Unit.PERCENT),),
    source=TaLib("MINUS_DI", ("high", "low", "close"), {"timeperiod": "period"}),
    memory=wilder("period", stages=2),
    draw=Placement(low=0, high=100),
)

AROON = Indicator(
    name="aroon",
    title="Aroon",
    group=Group.TREND,
    says="How recent the highest high and the lowest low are: 100 is now.",
    parameters=(period(14),),
    outputs=(
        Output("down", Unit.PERCENT),
        Output("up", Unit.PERCENT),
    ),
    source=TaLib("AROON", ("high", "low"), {"timeperiod": "period"}),
    bullish="up > down",
    bearish="up < down",
    draw=Placement(low=0, high=100),
)

AROON_OSCILLATOR = Indicator(
    name="aroon_oscillator",
    title="Aroon Oscillator",
    group=Group.TREND,
    says="Aroon up less Aroon down.",
    parameters=(period(14),),
    outputs=(Output("aroon_oscillator", Unit.PERCENT),),
    source=TaLib("AROONOSC", ("high", "low"), {"timeperiod": "period"}),
    bullish="aroon_oscillator > 0",
    bearish="aroon_oscillator < 0",
    draw=Placement(low=-100, high=100),
)

VORTEX = Indicator(
    name="vortex",
    title="Vortex",
    group=Group.TREND,
    says="Upward against downward movement, each as a share of the true range.",
    parameters=(period(14),),
    outputs=(
        Output("plus", Unit.RATIO),
        Output("minus", Unit.RATIO),
    ),
    source=TaLib("VORTEX", ("high", "low", "close"), {"timeperiod": "period"}),
    bullish="plus > minus",
    bearish="plus < minus",
)

VHF = Indicator(
    name="vhf",
    title="Vertical Horizontal Filter",
    group=Group.TREND,
    says="Range of the closes over the way they went: high in a trend, low in a range.",
    parameters=(period(28),),
    outputs=(Output("vhf", Unit.RATIO),),
    source=TaLib("VHF", ("close",), {"timeperiod": "period"}),
    draw=Placement(low=0, high=1),
)

EFFICIENCY_RATIO = Indicator(
    name="efficiency_ratio",
    title="Kaufman Efficiency Ratio",
    group=Group.TREND,
    says="How straight the way of the closes was: 1 is a line, 0 is back where it began.",
    parameters=(period(10),),
    outputs=(Output("efficiency_ratio", Unit.RATIO),),
    source=TaLib("ER", ("close",), {"timeperiod": "period"}),
    draw=Placement(low=0, high=1),
)
