"""Volume against its own past, and with the direction of the price."""

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

MFI = Indicator(
    name="mfi",
    title="Money Flow Index",
    group=Group.VOLUME,
    says="Share of the turnover on rising bars: an RSI with volume.",
    parameters=(period(14),),
    outputs=(Output("mfi", Unit.PERCENT),),
    source=TaLib("MFI", ("high", "low", "close", "volume"), {"timeperiod": "period"}),
    bullish="mfi < 20",
    bearish="mfi > 80",
    draw=Placement(low=0, high=100),
)

CHAIKIN_OSCILLATOR = Indicator(
    name="chaikin_oscillator",
    title="Chaikin Oscillator",
    group=Group.VOLUME,
    says="Fast less slow exponential average of the accumulation line.",
    parameters=(
        period(3, "fast"),
        period(10, "slow"),
    ),
    increasing=("fast", "slow"),
    outputs=(Output("chaikin_oscillator", Unit.VOLUME),),
    source=TaLib(
        "ADOSC", ("high", "low", "close", "volume"), {"fastperiod": "fast", "slowperiod": "slow"}
    ),
    memory=ema("slow"),
    bullish="chaikin_oscillator > 0",
    bearish="chaikin_oscillator < 0",
)

FORCE_INDEX = Indicator(
    name="force_index",
    title="Elder's Force Index",
    group=Group.VOLUME,
    says="Change of the close times volume, smoothed.",
    parameters=(period(13),),
    outputs=(Output("force_index", Unit.TURNOVER),),
    source=TaLib("EFI", ("close", "volume"), {"timeperiod": "period"}),
    memory=ema("period"),
    bullish="force_index > 0",
    bearish="force_index < 0",
)

FACILITATION = Indicator(
    name="facilitation",
    title="Market Facilitation Index",
    group=Group.VOLUME,
    says="Width of the candle for each unit of volume; 0 where nothing was traded.",
    outputs=(Output("facilitation", Unit.PRICE_PER_VOLUME),),
    source=TaLib("MARKETFI", ("high", "low", "volume"), undefined=0.0),
)

PVO = Indicator(
    name="pvo",
    title="Percentage Volume Oscillator",
    group=Group.VOLUME,
    says="Fast less slow exponential average of volume, in percent of the slow one.",
    parameters=(
        period(12, "fast"),
        period(26, "slow"),
    ),
    increasing=("fast", "slow"),
    outputs=(Output("pvo", Unit.PERCENT),),
    source=TaLib("PVO", ("volume",), {"fastperiod": "fast", "slowperiod": "slow"}, {"matype": 1}),
    memory=ema("slow"),
)
