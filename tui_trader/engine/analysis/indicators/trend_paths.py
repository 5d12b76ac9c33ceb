"""Stops and channels that follow the price."""

from tui_trader.engine.analysis.declaration import (
    OVERLAY,
    Anchor,
    Group,
    Indicator,
    Output,
    Parameter,
    Unit,
    period,
)
from tui_trader.engine.analysis.memory import bars, decay_bars
from tui_trader.engine.analysis.talib_source import TaLib

PARABOLIC_SAR = Indicator(
    name="parabolic_sar",
    title="Parabolic Stop and Reverse",
    group=Group.TREND,
    says="Stop that follows the price ever faster, and turns over when it is hit.",
    parameters=(
        Parameter("step", 0.02, 0.001, 1.0, "added at each new extreme"),
        Parameter("step_max", 0.2, 0.001, 1.0, "the steps add up to this at most"),
    ),
    outputs=(Output("parabolic_sar", Unit.PRICE),),
    source=TaLib("SAR", ("high", "low"), {"acceleration": "step", "maximum": "step_max"}),
    memory=Anchor.LAST_TURN,
    bullish="close > parabolic_sar",
    bearish="close < parabolic_sar",
    draw=OVERLAY,
)

SUPERTREND = Indicator(
    name="supertrend",
    title="Supertrend",
    group=Group.TREND,
    says="Stop at some true ranges from the middle of the candle, that only moves with the trend.",
    parameters=(
        period(10),
        Parameter("multiplier", 3.0, 0.1, 20.0, "average true ranges"),
    ),
    outputs=(
        Output("supertrend", Unit.PRICE),
        Output("direction", Unit.FLAG),
    ),
    source=TaLib(
        "SUPERTREND", ("high", "low", "close"), {"timeperiod": "period", "multiplier": "multiplier"}
    ),
    memory=Anchor.LAST_TURN,
    bullish="direction > 0",
    bearish="direction < 0",
    draw=OVERLAY,
)

HEIKIN_ASHI = Indicator(
    name="heikin_ashi",
    title="Heikin-Ashi",
    group=Group.TREND,
    says="Candles averaged with the one before, so that a trend keeps one colour.",
    outputs=(
        Output("ha_open", Unit.PRICE),
        Output("ha_high", Unit.PRICE),
        Output("ha_low", Unit.PRICE),
        Output("ha_close", Unit.PRICE),
    ),
    source=TaLib("HA", ("open", "high", "low", "close")),
    memory=bars(decay_bars(0.5)),
    bullish="ha_close > ha_open",
    bearish="ha_close < ha_open",
    draw=OVERLAY,
)

DONCHIAN = Indicator(
    name="donchian",
    title="Donchian Channel",
    group=Group.VOLATILITY,
    says="Highest high and lowest low, this candle included, and the middle.",
    parameters=(period(20),),
    outputs=(
        Output("upper", Unit.PRICE),
        Output("middle", Unit.PRICE),
        Output("lower", Unit.PRICE),
    ),
    source=TaLib("DONCHIAN", ("high", "low"), {"timeperiod": "period"}),
    bullish="close > middle",
    bearish="close < middle",
    draw=OVERLAY,
)
