"""Differences of averages: momentum with the noise taken out."""

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

MACD = Indicator(
    name="macd",
    title="Moving Average Convergence/Divergence",
    group=Group.MOMENTUM,
    says="Fast less slow exponential average, its own average, and their difference.",
    parameters=(
        period(12, "fast"),
        period(26, "slow"),
        period(9, "signal_period"),
    ),
    increasing=("fast", "slow"),
    outputs=(
        Output("macd", Unit.PRICE),
        Output("signal", Unit.PRICE),
        Output("histogram", Unit.PRICE),
    ),
    source=TaLib(
        "MACD",
        ("close",),
        {"fastperiod": "fast", "slowperiod": "slow", "signalperiod": "signal_period"},
    ),
    memory=ema("slow", "signal_period"),
    bullish="histogram > 0",
    bearish="histogram < 0",
)

APO = Indicator(
    name="apo",
    title="Absolute Price Oscillator",
    group=Group.MOMENTUM,
    says="Fast less slow exponential average.",
    parameters=(
        period(12, "fast"),
        period(26, "slow"),
    ),
    increasing=("fast", "slow"),
    outputs=(Output("apo", Unit.PRICE),),
    source=TaLib("APO", ("close",), {"fastperiod": "fast", "slowperiod": "slow"}, {"matype": 1}),
    memory=ema("slow"),
    bullish="apo > 0",
    bearish="apo < 0",
)

PPO = Indicator(
    name="ppo",
    title="Percentage Price Oscillator",
    group=Group.MOMENTUM,
    says="Fast less slow exponential average, in percent of the slow one.",
    parameters=(
        period(12, "fast"),
        period(26, "slow"),
    ),
    increasing=("fast", "slow"),
    outputs=(Output("ppo", Unit.PERCENT),),
    source=TaLib("PPO", ("close",), {"fastperiod": "fast", "slowperiod": "slow"}, {"matype": 1}),
    memory=ema("slow"),
    bullish="ppo > 0",
    bearish="ppo < 0",
)

TRIX = Indicator(
    name="trix",
    title="TRIX",
    group=Group.MOMENTUM,
    says="Percent a bar that a triple exponential average changes.",
    parameters=(period(30),),
    outputs=(Output("trix", Unit.PERCENT),),
    source=TaLib("TRIX", ("close",), {"timeperiod": "period"}),
    memory=ema("period", stages=3),
    bullish="trix > 0",
    bearish="trix < 0",
)

TSI = Indicator(
    name="tsi",
    title="True Strength Index",
    group=Group.MOMENTUM,
    says="Change of the close over its size, both smoothed twice.",
    parameters=(
        period(25, "first"),
        period(13, "second"),
    ),
    outputs=(Output("tsi", Unit.PERCENT),),
    source=TaLib(
        "TSI", ("close",), {"firstperiod": "first", "secondperiod": "second"}, undefined=0.0
    ),
    memory=ema("first", "second"),
    bullish="tsi > 0",
    bearish="tsi < 0",
    draw=Placement(low=-100, high=100),
)

AWESOME = Indicator(
    name="awesome",
    title="Awesome Oscillator",
    group=Group.MOMENTUM,
    says="Fast less slow mean of the middle of the candles.",
    parameters=(
        period(5, "fast"),
        period(34, "slow"),
    ),
    increasing=("fast", "slow"),
    outputs=(Output("awesome", Unit.PRICE),),
    source=TaLib("AO", ("high", "low"), {"fastperiod": "fast", "slowperiod": "slow"}),
    bullish="awesome > 0",
    bearish="awesome < 0",
)

ACCELERATOR = Indicator(
    name="accelerator",
    title="Accelerator Oscillator",
    group=Group.MOMENTUM,
    says="Awesome oscillator less its own mean.",
    parameters=(
        period(5, "fast"),
        period(34, "slow"),
        period(5, "signal_period"),
    ),
    increasing=("fast", "slow"),
    outputs=(Output("accelerator", Unit.PRICE),),
    source=TaLib(
        "AC",
        ("high", "low"),
        {"fastperiod": "fast", "slowperiod": "slow", "signalperiod": "signal_period"},
    ),
    bullish="accelerator > 0",
    bearish="accelerator < 0",
)

COPPOCK = Indicator(
    name="coppock",
    title="Coppock Curve",
    group=Group.MOMENTUM,
    says="Weighted mean of two rates of change: made to find the end of a long fall.",
    parameters=(
        period(10),
        period(11, "short"),
        period(14, "long"),
    ),
    increasing=("short", "long"),
    outputs=(Output("coppock", Unit.PERCENT),),
    source=TaLib(
        "COPPOCK", ("close",), {"wmaperiod": "period", "roc1period": "short", "roc2period": "long"}
    ),
    bullish="coppock > 0",
    bearish="coppock < 0",
)
