"""Hilbert transform: the cycle in the price, if there is one."""

from tui_trader.engine.analysis.declaration import (
    OVERLAY,
    Group,
    Indicator,
    Output,
    Placement,
    Unit,
)
from tui_trader.engine.analysis.memory import bars
from tui_trader.engine.analysis.talib_source import TaLib

HILBERT_BARS = 500
"""Smoothings of fixed weight (0.2 and 0.33) feed one another, so the rest has no closed form. Measured
on 180 cuts of random walks: 200 bars leave up to 2e-5, 300 leave 2e-8, 400 leave 4e-11."""

CYCLE_PERIOD = Indicator(
    name="cycle_period",
    title="Dominant Cycle Period",
    group=Group.CYCLE,
    says="Length of the cycle that is strongest now.",
    outputs=(Output("cycle_period", Unit.BARS),),
    source=TaLib("HT_DCPERIOD", ("close",)),
    memory=bars(HILBERT_BARS),
    is_steady=False,
    draw=Placement(low=0, high=50),
)

CYCLE_PHASE = Indicator(
    name="cycle_phase",
    title="Dominant Cycle Phase",
    group=Group.CYCLE,
    says="Where in the strongest cycle the price is.",
    outputs=(Output("cycle_phase", Unit.DEGREES),),
    source=TaLib("HT_DCPHASE", ("close",)),
    memory=bars(HILBERT_BARS),
    is_steady=False,
    draw=Placement(low=-45, high=315),
)

CYCLE_PHASOR = Indicator(
    name="cycle_phasor",
    title="Phasor Components",
    group=Group.CYCLE,
    says="The cycle as two waves a quarter apart.",
    outputs=(
        Output("in_phase", Unit.PRICE),
        Output("quadrature", Unit.PRICE),
    ),
    source=TaLib("HT_PHASOR", ("close",)),
    memory=bars(HILBERT_BARS),
    is_steady=False,
)

CYCLE_SINE = Indicator(
    name="cycle_sine",
    title="Sine Wave",
    group=Group.CYCLE,
    says="Sine of the phase, and the same an eighth of a cycle ahead.",
    outputs=(
        Output("sine", Unit.RATIO),
        Output("lead_sine", Unit.RATIO),
    ),
    source=TaLib("HT_SINE", ("close",)),
    memory=bars(HILBERT_BARS),
    is_steady=False,
    bullish="lead_sine > sine",
    bearish="lead_sine < sine",
    draw=Placement(low=-1, high=1),
)

TREND_MODE = Indicator(
    name="trend_mode",
    title="Trend Mode",
    group=Group.CYCLE,
    says="1 in a trend, 0 in a cycle.",
    outputs=(Output("trend_mode", Unit.FLAG),),
    source=TaLib("HT_TRENDMODE", ("close",)),
    memory=bars(HILBERT_BARS),
    is_steady=False,
    draw=Placement(low=0, high=1),
)

CYCLE_TRENDLINE = Indicator(
    name="cycle_trendline",
    title="Instantaneous Trendline",
    group=Group.CYCLE,
    says="The price with its strongest cycle taken out.",
    outputs=(Output("cycle_trendline", Unit.PRICE),),
    source=TaLib("HT_TRENDLINE", ("close",)),
    memory=bars(HILBERT_BARS),
    is_steady=False,
    bullish="close > cycle_trendline",
    bearish="close < cycle_trendline",
    draw=OVERLAY,
)
