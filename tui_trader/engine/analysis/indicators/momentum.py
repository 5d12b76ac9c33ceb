"""How fast the price moves."""

from tui_trader.engine.analysis.declaration import (
    Group,
    Indicator,
    Output,
    Placement,
    Unit,
    period,
)
from tui_trader.engine.analysis.memory import ema
from tui_trader.engine.analysis.talib_source import TaLib

MOMENTUM = Indicator(
    name="momentum",
    title="Momentum",
    group=Group.MOMENTUM,
    says="Close less the close some bars ago.",
    parameters=(period(10),),
    outputs=(Output("momentum", Unit.PRICE),),
    source=TaLib("MOM", ("close",), {"timeperiod": "period"}),
    bullish="momentum > 0",
    bearish="momentum < 0",
)

ROC = Indicator(
    name="roc",
    title="Rate of Change",
    group=Group.MOMENTUM,
    says="Percent since the close some bars ago.",
    parameters=(period(10),),
    outputs=(Output("roc", Unit.PERCENT),),
    source=TaLib("ROC", ("close",), {"timeperiod": "period"}),
    bullish="roc > 0",
    bearish="roc < 0",
)

BOP = Indicator(
    name="bop",
    title="Balance of Power",
    group=Group.MOMENTUM,
    says="Body of the candle over its range: 1 is buyers alone, -1 sellers alone.",
    outputs=(Output("bop", Unit.RATIO),),
    source=TaLib("BOP", ("open", "high", "low", "close")),
    bullish="bop > 0",
    bearish="bop < 0",
    draw=Placement(low=-1, high=1),
)

QSTICK = Indicator(
    name="qstick",
    title="Qstick",
    group=Group.MOMENTUM,
    says="Mean body of the last candles.",
    parameters=(period(10),),
    outputs=(Output("qstick", Unit.PRICE),),
    source=TaLib("QSTICK", ("open", "close"), {"timeperiod": "period"}),
    bullish="qstick > 0",
    bearish="qstick < 0",
)

DPO = Indicator(
    name="dpo",
    title="Detrended Price Oscillator",
    group=Group.MOMENTUM,
    says="Close less an average from half a window ago.",
    parameters=(period(20),),
    outputs=(Output("dpo", Unit.PRICE),),
    source=TaLib("DPO", ("close",), {"timeperiod": "period"}),
    bullish="dpo > 0",
    bearish="dpo < 0",
)

FORECAST_OSCILLATOR = Indicator(
    name="forecast_oscillator",
    title="Forecast Oscillator",
    group=Group.MOMENTUM,
    says="Percent that the close lies above its forecast from the bars before.",
    parameters=(period(5),),
    outputs=(Output("forecast_oscillator", Unit.PERCENT),),
    source=TaLib("FOSC", ("close",), {"timeperiod": "period"}),
    bullish="forecast_oscillator > 0",
    bearish="forecast_oscillator < 0",
)

ELDER_RAY = Indicator(
    name="elder_ray",
    title="Elder Ray",
    group=Group.MOMENTUM,
    says="How far highs and lows reach from an exponential average: bulls and bears.",
    parameters=(period(13),),
    outputs=(
        Output("bull_power", Unit.PRICE),
        Output("bear_power", Unit.PRICE),
    ),
    source=TaLib("ERI", ("high", "low", "close"), {"timeperiod": "period"}),
    memory=ema("period"),
    bullish="bear_power > 0",
    bearish="bull_power < 0",
)
