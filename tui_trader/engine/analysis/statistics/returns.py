"""Measures of a series of returns, one a day unless said otherwise.

`returns` is shape (N,), oldest first, 0.1 is 10 %; `days_per_year` is 365 for crypto. Each measure is
annualised as empyrical (`stats.py`) and quantstats (`stats.py`) do it, at a risk-free rate of 0.
"""

from math import sqrt

import numpy as np

from tui_trader.engine.analysis.candles import FloatArray
from tui_trader.engine.analysis.statistics.defined import defined, over, spread

DAYS_PER_YEAR = 365.0
TAIL_PERCENT = 5.0
PAIR, TRIPLE, QUADRUPLE = 2, 3, 4


def total_return(returns: FloatArray) -> float | None:
    """What they compound to."""
    return defined(float(np.prod(1 + returns)) - 1) if len(returns) else None


def cagr(returns: FloatArray, days_per_year: float = DAYS_PER_YEAR) -> float | None:
    """Compound annual growth rate; None when all was lost and more."""
    growth = (total_return(returns) or 0.0) + 1
    if not len(returns) or growth < 0:
        return None
    try:
        return defined(growth ** (days_per_year / len(returns)) - 1)
    except OverflowError:
        return None


def volatility(returns: FloatArray, days_per_year: float = DAYS_PER_YEAR) -> float | None:
    """Sample deviation a year."""
    deviation = spread(returns)
    return None if deviation is None else deviation * sqrt(days_per_year)


def downside_risk(returns: FloatArray, days_per_year: float = DAYS_PER_YEAR) -> float | None:
    """Root mean square of the losses, gains counted as 0, a year (Sortino and Price 1994)."""
    if not len(returns):
        return None
    return defined(sqrt(np.mean(np.minimum(returns, 0.0) ** 2) * days_per_year))


def sharpe(returns: FloatArray, days_per_year: float = DAYS_PER_YEAR) -> float | None:
    """Mean over deviation, a year (Sharpe 1994)."""
    deviation = spread(returns)
    return over(float(returns.mean()) * sqrt(days_per_year), deviation) if deviation else None


def sortino(returns: FloatArray, days_per_year: float = DAYS_PER_YEAR) -> float | None:
    """Mean over downside risk, a year; None without a loss."""
    if len(returns) < PAIR:
        return None
    return over(float(returns.mean()) * days_per_year, downside_risk(returns, days_per_year))


def max_drawdown(returns: FloatArray) -> float | None:
    """Deepest fall of the compounded returns from a peak, the start included; 0.2 is 20 %."""
    return float(drawdowns(returns).max()) if len(returns) else None


def drawdowns(returns: FloatArray) -> FloatArray:
    """Part below the highest value so far, at each return; the start is 1."""
    value = np.cumprod(1 + returns)
    peak = np.maximum(np.maximum.accumulate(value), 1.0) if len(value) else value
    return 1 - value / peak


def calmar(returns: FloatArray, days_per_year: float = DAYS_PER_YEAR) -> float | None:
    """Return a year over the deepest drawdown (Young 1991); None without a drawdown."""
    return over(cagr(returns, days_per_year), max_drawdown(returns))


def ulcer_index(returns: FloatArray) -> float | None:
    """Root of the squared drawdowns over n - 1 (Martin 1987; the divisor is quantstats')."""
    if len(returns) < PAIR:
        return None
    return defined(sqrt(np.sum(drawdowns(returns) ** 2) / (len(returns) - 1)))


def martin_ratio(returns: FloatArray, days_per_year: float = DAYS_PER_YEAR) -> float | None:
    """Return a year over the ulcer index: the ulcer performance index."""
    return over(cagr(returns, days_per_year), ulcer_index(returns))


def omega(returns: FloatArray) -> float | None:
    """Gains over losses about 0 (Keating and Shadwick 2002); None without a loss."""
    return profit_factor(returns) if len(returns) >= PAIR else None


def gain_to_pain(returns: FloatArray) -> float | None:
    """Sum of all over the sum of losses (Schwager); None without a loss."""
    return over(float(returns.sum()), -float(returns[returns < 0].sum()))


def value_at_risk(returns: FloatArray, percent: float = TAIL_PERCENT) -> float | None:
    """The percentile of the worst: a return, below 0 when it is a loss (historical method)."""
    return defined(np.percentile(returns, percent)) if len(returns) else None


def expected_shortfall(returns: FloatArray, percent: float = TAIL_PERCENT) -> float | None:
    """Mean of the worst percent, at least one (conditional value at risk, as empyrical counts)."""
    if not len(returns):
        return None
    last = int((len(returns) - 1) * percent / 100)
    return defined(np.partition(returns, last)[: last + 1].mean())


def tail_ratio(returns: FloatArray) -> float | None:
    """Size of the 95th percentile over that of the 5th."""
    if len(returns) < PAIR:
        return None
    low, high = np.abs(np.percentile(returns, [TAIL_PERCENT, 100 - TAIL_PERCENT]))
    return over(float(high), float(low))


def stability(returns: FloatArray) -> float | None:
    """R² of a straight line through the summed log returns; None for a flat series."""
    if len(returns) < PAIR or np.any(returns <= -1):
        return None
    path = np.cumsum(np.log1p(returns))
    steps = np.arange(len(path), dtype=np.float64)
    correlated = correlation(path, steps)
    return None if correlated is None else correlated**2


def correlation(first: FloatArray, second: FloatArray) -> float | None:
    """Pearson's; None where one of them stands still."""
    if len(first) < PAIR or not spread(first) or not spread(second):
        return None
    a, b = first - first.mean(), second - second.mean()
    return over(float(a @ b), sqrt(float(a @ a) * float(b @ b)))


def skew(returns: FloatArray) -> float | None:
    """Adjusted Fisher-Pearson skewness, as pandas and spreadsheets compute it."""
    n = len(returns)
    if n < TRIPLE or not spread(returns):
        return None
    away = returns - returns.mean()
    second, third = float(np.mean(away**2)), float(np.mean(away**3))
    return over(sqrt(n * (n - 1)) / (n - 2) * third, second**1.5)


def kurtosis(returns: FloatArray) -> float | None:
    """Adjusted excess kurtosis (0 is normal), as pandas and spreadsheets compute it."""
    n = len(returns)
    if n < QUADRUPLE or not spread(returns):
        return None
    away = returns - returns.mean()
    heaviness = over(float(np.mean(away**4)), float(np.mean(away**2)) ** 2)
    if heaviness is None:
        return None
    return (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * (heaviness - 3) + 6)


def win_ratio(outcomes: FloatArray) -> float | None:
    """Part above 0 of those that moved; None where none did."""
    return over(float((outcomes > 0).sum()), float((outcomes != 0).sum()))


def profit_factor(outcomes: FloatArray) -> float | None:
    """Sum of gains over sum of losses; None without a loss."""
    return over(float(outcomes[outcomes > 0].sum()), -float(outcomes[outcomes < 0].sum()))


def payoff(outcomes: FloatArray) -> float | None:
    """Average gain over average loss; None without a gain or a loss."""
    gains, losses = outcomes[outcomes > 0], outcomes[outcomes < 0]
    if not len(gains) or not len(losses):
        return None
    return over(float(gains.mean()), -float(losses.mean()))


def kelly_share(win: float | None, payoff_ratio: float | None) -> float | None:
    """Share of capital a bet that grows fastest (Kelly 1956): win - (1 - win) / payoff."""
    if win is None or not payoff_ratio:
        return None
    return defined(win - (1 - win) / payoff_ratio)
