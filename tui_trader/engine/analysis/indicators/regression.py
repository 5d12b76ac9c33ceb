"""Straight lines and distributions fitted to recent closes."""

from tui_trader.engine.analysis.declaration import (
    OVERLAY,
    Group,
    Indicator,
    Output,
    Parameter,
    Placement,
    Unit,
    period,
)
from tui_trader.engine.analysis.talib_source import TaLib

LINREG = Indicator(
    name="linreg",
    title="Linear Regression",
    group=Group.STATISTICS,
    says="End of the straight line fitted to the last closes.",
    parameters=(period(14),),
    outputs=(Output("linreg", Unit.PRICE),),
    source=TaLib("LINEARREG", ("close",), {"timeperiod": "period"}),
    bullish="close > linreg",
    bearish="close < linreg",
    draw=OVERLAY,
)

LINREG_SLOPE = Indicator(
    name="linreg_slope",
    title="Linear Regression Slope",
    group=Group.STATISTICS,
    says="Rise a bar of the straight line fitted to the last closes.",
    parameters=(period(14),),
    outputs=(Output("linreg_slope", Unit.PRICE),),
    source=TaLib("LINEARREG_SLOPE", ("close",), {"timeperiod": "period"}),
    bullish="linreg_slope > 0",
    bearish="linreg_slope < 0",
)

LINREG_INTERCEPT = Indicator(
    name="linreg_intercept",
    title="Linear Regression Intercept",
    group=Group.STATISTICS,
    says="Beginning of the straight line fitted to the last closes.",
    parameters=(period(14),),
    outputs=(Output("linreg_intercept", Unit.PRICE),),
    source=TaLib("LINEARREG_INTERCEPT", ("close",), {"timeperiod": "period"}),
    draw=OVERLAY,
)

TSF = Indicator(
    name="tsf",
    title="Time Series Forecast",
    group=Group.STATISTICS,
    says="Straight line fitted to the last closes, drawn on by one bar.",
    parameters=(period(14),),
    outputs=(Output("tsf", Unit.PRICE),),
    source=TaLib("TSF", ("close",), {"timeperiod": "period"}),
    bullish="close < tsf",
    bearish="close > tsf",
    draw=OVERLAY,
)

STDDEV = Indicator(
    name="stddev",
    title="Standard Deviation",
    group=Group.STATISTICS,
    says="How far the last closes stray from their mean.",
    parameters=(period(20),),
    outputs=(Output("stddev", Unit.PRICE),),
    source=TaLib("STDDEV", ("close",), {"timeperiod": "period"}, {"nbdev": 1.0}),
)

VARIANCE = Indicator(
    name="variance",
    title="Variance",
    group=Group.STATISTICS,
    says="Mean square distance of the last closes from their mean.",
    parameters=(period(20),),
    outputs=(Output("variance", Unit.PRICE_SQUARED),),
    source=TaLib("VAR", ("close",), {"timeperiod": "period"}, {"nbdev": 1.0}),
)

AVGDEV = Indicator(
    name="avgdev",
    title="Average Deviation",
    group=Group.STATISTICS,
    says="Mean distance of the last closes from their mean.",
    parameters=(period(14),),
    outputs=(Output("avgdev", Unit.PRICE),),
    source=TaLib("AVGDEV", ("close",), {"timeperiod": "period"}),
)

PERCENTILE = Indicator(
    name="percentile",
    title="Percentile",
    group=Group.STATISTICS,
    says="The close that a given share of the last closes lies at or below.",
    parameters=(
        period(30),
        Parameter("percentile", 50.0, 1.0, 100.0, "percent of the closes"),
    ),
    outputs=(Output("percentile", Unit.PRICE),),
    source=TaLib("PERCENTILE", ("close",), {"timeperiod": "period", "percentile": "percentile"}),
    draw=OVERLAY,
)

PERCENT_RANK = Indicator(
    name="percent_rank",
    title="Percent Rank",
    group=Group.STATISTICS,
    says="Share of the closes before that lie below this one.",
    parameters=(period(100),),
    outputs=(Output("percent_rank", Unit.PERCENT),),
    source=TaLib("PERCENTRANK", ("close",), {"timeperiod": "period"}),
    draw=Placement(low=0, high=100),
)

CORREL = Indicator(
    name="correl",
    title="Correlation of Close and Volume",
    group=Group.STATISTICS,
    says="Whether price and volume have moved together.",
    parameters=(period(30),),
    outputs=(Output("correl", Unit.RATIO),),
    source=TaLib("CORREL", ("close", "volume"), {"timeperiod": "period"}),
    draw=Placement(low=-1, high=1),
)
