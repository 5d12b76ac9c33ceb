"""Bands around an average, as wide as the market is nervous."""

from tui_trader.engine.analysis.declaration import (
    OVERLAY,
    Group,
    Indicator,
    Output,
    Parameter,
    Unit,
    period,
)
from tui_trader.engine.analysis.memory import ema, longest, wilder
from tui_trader.engine.analysis.talib_source import TaLib

BOLLINGER = Indicator(
    name="bollinger",
    title="Bollinger Bands",
    group=Group.VOLATILITY,
    says="Mean of the last closes, and some standard deviations above and below it.",
    parameters=(
        period(20),
        Parameter("deviations_up", 2.0, 0.1, 10.0, "standard deviations"),
        Parameter("deviations_down", 2.0, 0.1, 10.0, "standard deviations"),
    ),
    outputs=(
        Output("upper", Unit.PRICE),
        Output("middle", Unit.PRICE),
        Output("lower", Unit.PRICE),
    ),
    source=TaLib(
        "BBANDS",
        ("close",),
        {"timeperiod": "period", "nbdevup": "deviations_up", "nbdevdn": "deviations_down"},
        {"matype": 0},
    ),
    bullish="close < lower",
    bearish="close > upper",
    draw=OVERLAY,
)

KELTNER = Indicator(
    name="keltner",
    title="Keltner Channel",
    group=Group.VOLATILITY,
    says="Exponential mean of the typical price, and some average true ranges above and below it.",
    parameters=(
        period(20),
        period(10, "atr_period"),
        Parameter("multiplier", 2.0, 0.1, 20.0, "average true ranges"),
    ),
    outputs=(
        Output("upper", Unit.PRICE),
        Output("middle", Unit.PRICE),
        Output("lower", Unit.PRICE),
    ),
    source=TaLib(
        "KC",
        ("high", "low", "close"),
        {"timeperiod": "period", "atrperiod": "atr_period", "nbdev": "multiplier"},
    ),
    memory=longest(ema("period"), wilder("atr_period")),
    bullish="close > upper",
    bearish="close < lower",
    draw=OVERLAY,
)

ACCELERATION_BANDS = Indicator(
    name="acceleration_bands",
    title="Acceleration Bands",
    group=Group.VOLATILITY,
    says="Means of highs and lows, pushed apart by the width of the candles.",
    parameters=(period(20),),
    outputs=(
        Output("upper", Unit.PRICE),
        Output("middle", Unit.PRICE),
        Output("lower", Unit.PRICE),
    ),
    source=TaLib("ACCBANDS", ("high", "low", "close"), {"timeperiod": "period"}),
    bullish="close > upper",
    bearish="close < lower",
    draw=OVERLAY,
)
