"""Averages that change their pace with the market."""

from tui_trader.engine.analysis.declaration import (
    OVERLAY,
    Group,
    Indicator,
    Output,
    Parameter,
    Parameters,
    Unit,
    period,
)
from tui_trader.engine.analysis.memory import bars, decay_bars
from tui_trader.engine.analysis.talib_source import TaLib

SLOWEST_KAMA_BARS = decay_bars((2 / 31) ** 2)
"""Where the price wanders, the newest close weighs (2 / 31)² and the rest takes its time to go."""

HILBERT_BARS = 500
"""For the phase that sets the pace; measured where the cycles are declared."""


def mama_memory(parameters: Parameters) -> int:
    """Bars until both averages, the second at half the pace, have forgotten at their slowest."""
    slowest = parameters["slow_limit"] / 2
    return HILBERT_BARS + 2 * decay_bars(slowest)


KAMA = Indicator(
    name="kama",
    title="Kaufman Adaptive Moving Average",
    group=Group.TREND,
    says="Average that runs when the price moves straight and rests when it wanders.",
    parameters=(period(30),),
    outputs=(Output("kama", Unit.PRICE),),
    source=TaLib("KAMA", ("close",), {"timeperiod": "period"}),
    memory=bars(SLOWEST_KAMA_BARS),
    bullish="close > kama",
    bearish="close < kama",
    draw=OVERLAY,
)

MAMA = Indicator(
    name="mama",
    title="MESA Adaptive Moving Average",
    group=Group.TREND,
    says="Average whose pace follows the phase of the cycle, and a slower one that follows it.",
    parameters=(
        Parameter("fast_limit", 0.5, 0.01, 0.99, "weight of the newest close at most"),
        Parameter("slow_limit", 0.05, 0.01, 0.99, "weight of the newest close at least"),
    ),
    increasing=("slow_limit", "fast_limit"),
    outputs=(
        Output("mama", Unit.PRICE),
        Output("fama", Unit.PRICE),
    ),
    source=TaLib("MAMA", ("close",), {"fastlimit": "fast_limit", "slowlimit": "slow_limit"}),
    memory=mama_memory,
    is_steady=False,
    bullish="mama > fama",
    bearish="mama < fama",
    draw=OVERLAY,
)
