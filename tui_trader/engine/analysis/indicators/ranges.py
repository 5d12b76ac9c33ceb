"""How wide candles are."""

from tui_trader.engine.analysis.declaration import (
    Group,
    Indicator,
    Output,
    Placement,
    Unit,
    period,
)
from tui_trader.engine.analysis.memory import ema, wilder
from tui_trader.engine.analysis.talib_source import TaLib

TRUE_RANGE = Indicator(
    name="true_range",
    title="True Range",
    group=Group.VOLATILITY,
    says="Width of the candle, the gap from the last close included.",
    outputs=(Output("true_range", Unit.PRICE),),
    source=TaLib("TRANGE", ("high", "low", "close")),
)

ATR = Indicator(
    name="atr",
    title="Average True Range",
    group=Group.VOLATILITY,
    says="Wilder's mean of the true range.",
    parameters=(period(14),),
    outputs=(Output("atr", Unit.PRICE),),
    source=TaLib("ATR", ("high", "low", "close"), {"timeperiod": "period"}),
    memory=wilder("period"),
)

NATR = Indicator(
    name="natr",
    title="Normalised Average True Range",
    group=Group.VOLATILITY,
    says="Average true range in percent of the close.",
    parameters=(period(14),),
    outputs=(Output("natr", Unit.PERCENT),),
    source=TaLib("NATR", ("high", "low", "close"), {"timeperiod": "period"}),
    memory=wilder("period"),
)

AVERAGE_RANGE = Indicator(
    name="average_range",
    title="Average Range",
    group=Group.VOLATILITY,
    says="Mean width of the last candles, gaps left out.",
    parameters=(period(14),),
    outputs=(Output("average_range", Unit.PRICE),),
    source=TaLib("ADR", ("high", "low"), {"timeperiod": "period"}),
)

CHAIKIN_VOLATILITY = Indicator(
    name="chaikin_volatility",
    title="Chaikin Volatility",
    group=Group.VOLATILITY,
    says="Percent that the averaged width of candles has grown over some bars.",
    parameters=(
        period(10),
        period(10, "change_period"),
    ),
    outputs=(Output("chaikin_volatility", Unit.PERCENT),),
    source=TaLib(
        "CVI",
        ("high", "low"),
        {"timeperiod": "period", "rocperiod": "change_period"},
        undefined=0.0,
    ),
    memory=ema("period"),
)

MASS_INDEX = Indicator(
    name="mass_index",
    title="Mass Index",
    group=Group.VOLATILITY,
    says="Sum of how fast candles widen; above 27 and back below 26.5 announces a turn.",
    parameters=(
        period(9, "ema_period"),
        period(25),
    ),
    outputs=(Output("mass_index", Unit.RATIO),),
    source=TaLib(
        "MASSI",
        ("high", "low"),
        {"fastperiod": "ema_period", "slowperiod": "period"},
        undefined=0.0,
    ),
    memory=ema("ema_period", stages=3),
)

RELATIVE_VOLATILITY = Indicator(
    name="relative_volatility",
    title="Relative Volatility Index",
    group=Group.VOLATILITY,
    says="RSI of the standard deviation: whether prices stray more while they rise.",
    parameters=(
        period(14),
        period(10, "deviation_period"),
    ),
    outputs=(Output("relative_volatility", Unit.PERCENT),),
    source=TaLib("RVI", ("close",), {"timeperiod": "period", "stddevperiod": "deviation_period"}),
    memory=wilder("period", stages=2),
    bullish="relative_volatility > 60",
    bearish="relative_volatility < 40",
    draw=Placement(low=0, high=100),
)
