"""Metrics of a run by name: what each is called, its unit, what it means, and whether more is better.

Law: whoever shows, stores or compares a metric takes its name from METRICS; the numbers come from
`engine/analysis/statistics`, in this order, None where one is not defined.
"""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

import msgspec


class MetricGroup(Enum):
    """What a metric is about."""

    RESULT = "result"
    QUALITY = "return for risk"
    RISK = "risk"
    DRAWDOWN = "drawdown"
    DAYS = "days"
    TRADES = "trades"
    HOLDING = "beside holding"


class MetricUnit(Enum):
    """How its number is read."""

    RATIO = "ratio"
    RATIO_PER_YEAR = "ratio per year"
    NUMBER = "number"
    DAYS = "days"
    COUNT = "count"
    QUOTE = "quote currency"


class Better(Enum):
    """Which way a metric is good."""

    MORE = "more"
    LESS = "less"
    NEITHER = "neither"


class Metric(msgspec.Struct, frozen=True):
    """One row of METRICS.

    Args:
        name: As in JSON and in exports.
        title: As on a screen.
        says: One sentence: how it is computed and read.
    """

    name: str
    title: str
    group: MetricGroup
    unit: MetricUnit
    better: Better
    says: str


_R, _Q, _K = MetricGroup.RESULT, MetricGroup.QUALITY, MetricGroup.RISK
_D, _Y, _T, _H = (
    MetricGroup.DRAWDOWN,
    MetricGroup.DAYS,
    MetricGroup.TRADES,
    MetricGroup.HOLDING,
)
_RATIO, _YEAR, _NUMBER = MetricUnit.RATIO, MetricUnit.RATIO_PER_YEAR, MetricUnit.NUMBER
_DAYS, _COUNT, _QUOTE = MetricUnit.DAYS, MetricUnit.COUNT, MetricUnit.QUOTE
_MORE, _LESS, _EITHER = Better.MORE, Better.LESS, Better.NEITHER

_ROWS = (
    Metric("return_ratio", "Total return", _R, _RATIO, _MORE, "End over start, less 1."),
    Metric(
        "cagr", "Return a year", _R, _YEAR, _MORE, "The constant yearly growth that ends there."
    ),
    Metric("profit", "Profit", _R, _QUOTE, _MORE, "End less start."),
    Metric("fees", "Fees paid", _R, _QUOTE, _LESS, "Fees of all trades."),
    Metric("sharpe", "Sharpe", _Q, _NUMBER, _MORE, "Mean of daily returns over their deviation."),
    Metric(
        "sortino", "Sortino", _Q, _NUMBER, _MORE, "The same over the deviation of losses alone."
    ),
    Metric("calmar", "Calmar", _Q, _NUMBER, _MORE, "Return a year over the deepest drawdown."),
    Metric("omega", "Omega", _Q, _NUMBER, _MORE, "Sum of gaining days over that of losing days."),
    Metric("martin", "Martin (UPI)", _Q, _NUMBER, _MORE, "Return a year over the ulcer index."),
    Metric(
        "gain_to_pain", "Gain to pain", _Q, _NUMBER, _MORE, "All days over losing days, summed."
    ),
    Metric(
        "common_sense",
        "Common sense",
        _Q,
        _NUMBER,
        _MORE,
        "Omega of the days times the tail ratio.",
    ),
    Metric("recovery", "Recovery", _Q, _NUMBER, _MORE, "Total return over the deepest drawdown."),
    Metric("stability", "Stability", _Q, _NUMBER, _MORE, "R² of a line through the log of equity."),
    Metric("volatility", "Volatility", _K, _YEAR, _LESS, "Deviation of daily returns, a year."),
    Metric("downside", "Downside risk", _K, _YEAR, _LESS, "Deviation of losses alone, a year."),
    Metric("var_95", "Value at risk", _K, _RATIO, _MORE, "Daily return that 95 % of days exceed."),
    Metric("cvar_95", "Expected shortfall", _K, _RATIO, _MORE, "Mean of the worst 5 % of days."),
    Metric("tail_ratio", "Tail ratio", _K, _NUMBER, _MORE, "95th percentile over the 5th, sizes."),
    Metric(
        "skew", "Skew", _K, _NUMBER, _MORE, "Lean of daily returns; below 0: rare large losses."
    ),
    Metric("kurtosis", "Kurtosis", _K, _NUMBER, _LESS, "Weight of the tails; 0 is normal."),
    Metric(
        "max_drawdown_ratio", "Deepest drawdown", _D, _RATIO, _LESS, "Largest fall from a peak."
    ),
    Metric(
        "max_drawdown_days",
        "Longest drawdown",
        _D,
        _DAYS,
        _LESS,
        "Longest from a peak to a new one.",
    ),
    Metric(
        "recovery_days",
        "Recovery time",
        _D,
        _DAYS,
        _LESS,
        "From the deepest point to its old peak.",
    ),
    Metric(
        "average_drawdown_ratio", "Average drawdown", _D, _RATIO, _LESS, "Mean depth of the falls."
    ),
    Metric(
        "average_drawdown_days", "Average length", _D, _DAYS, _LESS, "Mean length of the falls."
    ),
    Metric("under_water_ratio", "Under water", _D, _RATIO, _LESS, "Share of time below the peak."),
    Metric("ulcer", "Ulcer index", _D, _RATIO, _LESS, "Root of the mean squared daily drawdown."),
    Metric("best_day_ratio", "Best day", _Y, _RATIO, _MORE, "Highest daily return."),
    Metric("worst_day_ratio", "Worst day", _Y, _RATIO, _MORE, "Lowest daily return."),
    Metric("win_days_ratio", "Winning days", _Y, _RATIO, _MORE, "Of the days that moved."),
    Metric("win_months_ratio", "Winning months", _Y, _RATIO, _MORE, "Of the months that moved."),
    Metric("trades", "Trades", _T, _COUNT, _EITHER, "Positions opened and closed."),
    Metric("win_ratio", "Winning trades", _T, _RATIO, _MORE, "Of all trades, fees included."),
    Metric("profit_factor", "Profit factor", _T, _NUMBER, _MORE, "All profits over all losses."),
    Metric("payoff", "Payoff", _T, _NUMBER, _MORE, "Average profit over average loss."),
    Metric("expectancy", "Expectancy", _T, _QUOTE, _MORE, "Average profit or loss a trade."),
    Metric("expectancy_ratio", "Expectancy", _T, _RATIO, _MORE, "Average return a trade."),
    Metric("best_trade_ratio", "Best trade", _T, _RATIO, _MORE, "Highest return of a trade."),
    Metric("worst_trade_ratio", "Worst trade", _T, _RATIO, _MORE, "Lowest return of a trade."),
    Metric("sqn", "System quality", _T, _NUMBER, _MORE, "√trades times mean over deviation."),
    Metric("kelly", "Kelly share", _T, _RATIO, _MORE, "Share of capital that grows fastest."),
    Metric("exposure_ratio", "Exposure", _T, _RATIO, _EITHER, "Share of time with a position."),
    Metric("average_trade_days", "Average trade", _T, _DAYS, _EITHER, "Mean time in a trade."),
    Metric("losing_streak", "Losing streak", _T, _COUNT, _LESS, "Most losing trades in a row."),
    Metric("winning_streak", "Winning streak", _T, _COUNT, _MORE, "Most winning trades in a row."),
    Metric(
        "average_mae_ratio",
        "Average MAE",
        _T,
        _RATIO,
        _MORE,
        "Mean worst point of trades, below 0.",
    ),
    Metric(
        "average_mfe_ratio", "Average MFE", _T, _RATIO, _MORE, "Mean best point of trades, above 0."
    ),
    Metric(
        "buy_and_hold_ratio", "Buy and hold", _H, _RATIO, _EITHER, "What holding would have made."
    ),
    Metric("excess_ratio", "Over holding", _H, _RATIO, _MORE, "Total return less that of holding."),
    Metric("alpha", "Alpha", _H, _YEAR, _MORE, "Return a year that holding does not explain."),
    Metric("beta", "Beta", _H, _NUMBER, _EITHER, "How much it moves when holding moves by 1."),
    Metric(
        "correlation", "Correlation", _H, _NUMBER, _EITHER, "Of its days with those of holding."
    ),
    Metric(
        "information", "Information ratio", _H, _NUMBER, _MORE, "Excess over holding over its risk."
    ),
)

METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _ROWS})
"""Every metric by name, in the order in which reports show them."""
