"""Measures beside holding: how much of a result is the market's."""

from math import sqrt

import numpy as np

from tui_trader.engine.analysis.candles import FloatArray
from tui_trader.engine.analysis.statistics.defined import over, spread
from tui_trader.engine.analysis.statistics.returns import (
    DAYS_PER_YEAR,
    QUADRUPLE,
    cagr,
    correlation,
)

PAIR = 2


def beta(returns: FloatArray, holding: FloatArray) -> float | None:
    """Covariance with holding over its variance; None where holding stands still."""
    if len(returns) < PAIR or not spread(holding):
        return None
    away = holding - holding.mean()
    return over(float((returns - returns.mean()) @ away), float(away @ away))


def alpha(
    returns: FloatArray, holding: FloatArray, days_per_year: float = DAYS_PER_YEAR
) -> float | None:
    """Compounded mean of what beta times holding leaves (Jensen 1968, as empyrical counts it)."""
    slope = beta(returns, holding)
    if slope is None:
        return None
    left = float(np.mean(returns - slope * holding))
    return cagr(np.array([left]), days_per_year)


def information_ratio(
    returns: FloatArray, holding: FloatArray, days_per_year: float = DAYS_PER_YEAR
) -> float | None:
    """Mean excess over holding over its deviation, a year; None where the excess stands still."""
    excess = returns - holding
    deviation = spread(excess)
    return over(float(excess.mean()) * sqrt(days_per_year), deviation) if deviation else None


def holding_metrics(
    returns: FloatArray, holding: FloatArray, days_per_year: float = DAYS_PER_YEAR
) -> dict[str, float | None]:
    """The rows of METRICS that compare daily returns with those of holding, day by day."""
    rows = min(len(returns), len(holding))
    own, other = returns[:rows], holding[:rows]
    is_enough = rows >= QUADRUPLE
    return {
        "alpha": alpha(own, other, days_per_year) if is_enough else None,
        "beta": beta(own, other) if is_enough else None,
        "correlation": correlation(own, other) if is_enough else None,
        "information": information_ratio(own, other, days_per_year) if is_enough else None,
    }
