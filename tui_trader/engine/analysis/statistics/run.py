"""Every metric of one run, by the names of `values/metrics.py`."""

from collections.abc import Mapping

import numpy as np

from tui_trader.engine.analysis.candles import FloatArray
from tui_trader.engine.analysis.statistics import returns as measure
from tui_trader.engine.analysis.statistics.benchmark import holding_metrics
from tui_trader.engine.analysis.statistics.defined import defined, over, times
from tui_trader.engine.analysis.statistics.drawdowns import drawdown_metrics
from tui_trader.engine.analysis.statistics.equity import EquityCurve, daily_returns
from tui_trader.engine.analysis.statistics.months import month_values
from tui_trader.engine.analysis.statistics.trades import Excursions, Trades, trade_metrics
from tui_trader.engine.values.metrics import METRICS

Metrics = Mapping[str, float | None]


def run_metrics(
    curve: EquityCurve,
    trades: Trades,
    *,
    holding: FloatArray | None = None,
    reached: Excursions | None = None,
    days_per_year: float = measure.DAYS_PER_YEAR,
) -> dict[str, float | None]:
    """All of METRICS, in its order; None where one is not defined.

    Ratios of risk come from the returns of UTC days, drawdowns from every value of the curve.

    Args:
        curve: The run's equity, its start first.
        trades: What it closed.
        holding: Worth of the start bought and held, at the curve's times, shape (T,).
        reached: Worst and best points of the trades.
        days_per_year: 365 for crypto.
    """
    found = {
        **drawdown_metrics(curve),
        **trade_metrics(trades, curve.span_ms),
        **_reached(reached),
    }
    found |= _result(curve, found["max_drawdown_ratio"], days_per_year)
    found |= _beside(curve, holding, days_per_year)
    return {name: found[name] for name in METRICS}


def _result(
    curve: EquityCurve, deepest: float | None, days_per_year: float
) -> dict[str, float | None]:
    days = daily_returns(curve)
    returns = days.returns
    is_known = len(curve) > 1
    total = defined(curve.equity[-1] / curve.equity[0] - 1) if is_known else None
    a_year = measure.cagr(returns, days_per_year)
    return {
        **return_metrics(returns, days_per_year),
        "return_ratio": total,
        "profit": defined(curve.equity[-1] - curve.equity[0]) if is_known else None,
        "calmar": over(a_year, deepest),
        "recovery": over(total, deepest),
        "win_months_ratio": measure.win_ratio(month_values(days)),
    }


def return_metrics(
    returns: FloatArray, days_per_year: float = measure.DAYS_PER_YEAR
) -> dict[str, float | None]:
    """The rows of METRICS that daily returns alone decide."""
    omega, tail = measure.omega(returns), measure.tail_ratio(returns)
    return {
        "cagr": measure.cagr(returns, days_per_year),
        "sharpe": measure.sharpe(returns, days_per_year),
        "sortino": measure.sortino(returns, days_per_year),
        "omega": omega,
        "martin": measure.martin_ratio(returns, days_per_year),
        "gain_to_pain": measure.gain_to_pain(returns),
        "common_sense": times(omega, tail),
        "stability": measure.stability(returns),
        "volatility": measure.volatility(returns, days_per_year),
        "downside": measure.downside_risk(returns, days_per_year),
        "var_95": measure.value_at_risk(returns),
        "cvar_95": measure.expected_shortfall(returns),
        "tail_ratio": tail,
        "skew": measure.skew(returns),
        "kurtosis": measure.kurtosis(returns),
        "ulcer": measure.ulcer_index(returns),
        "best_day_ratio": defined(returns.max()) if len(returns) else None,
        "worst_day_ratio": defined(returns.min()) if len(returns) else None,
        "win_days_ratio": measure.win_ratio(returns),
    }


def _reached(reached: Excursions | None) -> dict[str, float | None]:
    is_known = reached is not None and len(reached.mae_ratio) > 0
    return {
        "average_mae_ratio": defined(reached.mae_ratio.mean()) if reached and is_known else None,
        "average_mfe_ratio": defined(reached.mfe_ratio.mean()) if reached and is_known else None,
    }


def _beside(
    curve: EquityCurve, holding: FloatArray | None, days_per_year: float
) -> dict[str, float | None]:
    other = (
        EquityCurve(curve.time_ms, curve.equity[:1].repeat(len(curve)))
        if holding is None
        else (EquityCurve(curve.time_ms, np.asarray(holding, dtype=np.float64)))
    )
    compared = holding_metrics(
        daily_returns(curve).returns, daily_returns(other).returns, days_per_year
    )
    if holding is None or len(curve) < 2:  # noqa: PLR2004 — a start and an end
        return {"buy_and_hold_ratio": None, "excess_ratio": None, **dict.fromkeys(compared)}
    held = defined(other.equity[-1] / other.equity[0] - 1)
    own = defined(curve.equity[-1] / curve.equity[0] - 1)
    excess = None if held is None or own is None else own - held
    return {"buy_and_hold_ratio": held, "excess_ratio": excess, **compared}
