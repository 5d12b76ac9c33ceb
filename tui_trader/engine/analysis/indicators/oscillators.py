"""Oscillators with fixed ends: is the price high or low within its recent range?"""

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

RSI = Indicator(
    name="rsi",
    title="Relative Strength Index",
    group=Group.MOMENTUM,
    says="Share of the gains in all that the closes moved.",
    parameters=(period(14),),
    outputs=(Output("rsi", Unit.PERCENT),),
    source=TaLib("RSI", ("close",), {"timeperiod": "period"}),
    memory=wilder("period"),
    bullish="rsi < 30",
    bearish="rsi > 70",
    draw=Placement(low=0, high=100),
)

STOCHASTIC = Indicator(
    name="stochastic",
    title="Stochastic Oscillator",
    group=Group.MOMENTUM,
    says="Where the close lies in the range of the last bars, smoothed twice.",
    parameters=(
        period(5, "k_period"),
        period(3, "k_smoothing", low=1),
        period(3, "d_period", low=1),
    ),
    outputs=(
        Output("k", Unit.PERCENT),
        Output("d", Unit.PERCENT),
    ),
    source=TaLib(
        "STOCH",
        ("high", "low", "close"),
        {"fastk_period": "k_period", "slowk_period": "k_smoothing", "slowd_period": "d_period"},
        {"slowk_matype": 0, "slowd_matype": 0},
    ),
    bullish="k < 20",
    bearish="k > 80",
    draw=Placement(low=0, high=100),
)

STOCHASTIC_FAST = Indicator(
    name="stochastic_fast",
    title="Fast Stochastic Oscillator",
    group=Group.MOMENTUM,
    says="Where the close lies in the range of the last bars.",
    parameters=(
        period(5, "k_period"),
        period(3, "d_period", low=1),
    ),
    outputs=(
        Output("k", Unit.PERCENT),
        Output("d", Unit.PERCENT),
    ),
    source=TaLib(
        "STOCHF",
        ("high", "low", "close"),
        {"fastk_period": "k_period", "fastd_period": "d_period"},
        {"fastd_matype": 0},
    ),
    bullish="k < 20",
    bearish="k > 80",
    draw=Placement(low=0, high=100),
)

STOCHASTIC_RSI = Indicator(
    name="stochastic_rsi",
    title="Stochastic RSI",
    group=Group.MOMENTUM,
    says="Where the RSI lies in its own recent range.",
    parameters=(
        period(14),
        period(5, "k_period"),
        period(3, "d_period", low=1),
    ),
    outputs=(
        Output("k", Unit.PERCENT),
        Output("d", Unit.PERCENT),
    ),
    source=TaLib(
        "STOCHRSI",
        ("close",),
        {"timeperiod": "period", "fastk_period": "k_period", "fastd_period": "d_period"},
        {"fastd_matype": 0},
    ),
    memory=wilder("period", stages=2),
    bullish="k < 20",
    bearish="k > 80",
    draw=Placement(low=0, high=100),
)

KDJ = Indicator(
    name="kdj",
    title="KDJ",
    group=Group.MOMENTUM,
    says="Stochastic with Wilder smoothing; J shows how far K runs ahead of D.",
    parameters=(
        period(9, "k_period"),
        period(3, "k_smoothing"),
        period(3, "d_period"),
    ),
    outputs=(
        Output("k", Unit.PERCENT),
        Output("d", Unit.PERCENT),
        Output("j", Unit.PERCENT),
    ),
    source=TaLib(
        "KDJ",
        ("high", "low", "close"),
        {"fastk_period": "k_period", "slowk_period": "k_smoothing", "slowd_period": "d_period"},
        {"slowk_matype": 13, "slowd_matype": 13},
    ),
    memory=wilder("k_smoothing", "d_period"),
    bullish="j < 0",
    bearish="j > 100",
)

WILLIAMS_R = Indicator(
    name="williams_r",
    title="Williams %R",
    group=Group.MOMENTUM,
    says="How far the close lies below the highest high of its range.",
    parameters=(period(14),),
    outputs=(Output("williams_r", Unit.PERCENT),),
    source=TaLib("WILLR", ("high", "low", "close"), {"timeperiod": "period"}),
    bullish="williams_r < -80",
    bearish="williams_r > -20",
    draw=Placement(low=-100, high=0),
)

CCI = Indicator(
    name="cci",
    title="Commodity Channel Index",
    group=Group.MOMENTUM,
    says="Distance of the typical price from its mean, in mean deviations.",
    parameters=(period(14),),
    outputs=(Output("cci", Unit.RATIO),),
    source=TaLib("CCI", ("high", "low", "close"), {"timeperiod": "period"}),
    bullish="cci < -100",
    bearish="cci > 100",
)

CMO = Indicator(
    name="cmo",
    title="Chande Momentum Oscillator",
    group=Group.MOMENTUM,
    says="Gains less losses over their sum, smoothed as Wilder did.",
    parameters=(period(14),),
    outputs=(Output("cmo", Unit.PERCENT),),
    source=TaLib("CMO", ("close",), {"timeperiod": "period"}),
    memory=wilder("period"),
    bullish="cmo < -50",
    bearish="cmo > 50",
    draw=Placement(low=-100, high=100),
)

ULTIMATE = Indicator(
    name="ultimate",
    title="Ultimate Oscillator",
    group=Group.MOMENTUM,
    says="Buying pressure over three windows at once.",
    parameters=(
        period(7, "short"),
        period(14, "medium"),
        period(28, "long"),
    ),
    increasing=("short", "medium", "long"),
    outputs=(Output("ultimate", Unit.PERCENT),),
    source=TaLib(
        "ULTOSC",
        ("high", "low", "close"),
        {"timeperiod1": "short", "timeperiod2": "medium", "timeperiod3": "long"},
    ),
    bullish="ultimate < 30",
    bearish="ultimate > 70",
    draw=Placement(low=0, high=100),
)

INTRADAY_MOMENTUM = Indicator(
    name="intraday_momentum",
    title="Intraday Momentum Index",
    group=Group.MOMENTUM,
    says="RSI of candle bodies: share of the rise from open to close.",
    parameters=(period(14),),
    outputs=(Output("intraday_momentum", Unit.PERCENT),),
    source=TaLib("IMI", ("open", "close"), {"timeperiod": "period"}, undefined=50.0),
    bullish="intraday_momentum < 30",
    bearish="intraday_momentum > 70",
    draw=Placement(low=0, high=100),
)

SMI = Indicator(
    name="smi",
    title="Stochastic Momentum Index",
    group=Group.MOMENTUM,
    says="Distance of the close from the middle of its range, smoothed twice, and its signal.",
    parameters=(
        period(13),
        period(2, "fast"),
        period(25, "slow"),
        period(9, "signal_period"),
    ),
    outputs=(
        Output("smi", Unit.PERCENT),
        Output("signal", Unit.PERCENT),
    ),
    source=TaLib(
        "SMI",
        ("high", "low", "close"),
        {
            "timeperiod": "period",
            "fastperiod": "fast",
            "slowperiod": "slow",
            "signalperiod": "signal_period",
        },
        undefined=0.0,
    ),
    memory=ema("fast", "slow", "signal_period"),
    bullish="smi > signal",
    bearish="smi < signal",
    draw=Placement(low=-100, high=100),
)
