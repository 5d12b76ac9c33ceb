"""Report of a run: its metrics beside holding and beside chance, its months, its doubts.

Law: no number stands alone. What is not defined is None, and what the run cannot know is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui_trader.engine.analysis.candles import FloatArray
from tui_trader.engine.analysis.statistics.equity import EquityCurve, daily_returns
from tui_trader.engine.analysis.statistics.months import YearRow, monthly_table
from tui_trader.engine.analysis.statistics.run import run_metrics
from tui_trader.engine.analysis.statistics.trades import Excursions, no_trades
from tui_trader.engine.backtest.controls import (
    Watch,
    holding_quote,
    measured_by_chance,
    seeds_for,
    spread_of,
)
from tui_trader.engine.backtest.doubts import doubts_about
from tui_trader.engine.backtest.outcome import BacktestOutcome
from tui_trader.engine.backtest.request import BacktestRequest
from tui_trader.engine.values.backtests import Metrics, Spread
from tui_trader.engine.values.metrics import METRICS, MetricGroup

POINTS_MAX = 600
"""Of the curve in a document; all values are in the export."""
OF_TRADES = {name for name, metric in METRICS.items() if metric.group is MetricGroup.TRADES}
NOT_OF_HOLDING = OF_TRADES | {"fees", "excess_ratio", "alpha", "beta", "correlation", "information"}


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class RunReport:
    """One run and what it is to be compared with.

    Args:
        outcome: Equity, trades, fills.
        curve: The run's equity, its start first.
        holding: Worth of the cash held in the pairs, at the curve's times.
        metrics: All of METRICS.
        holding_metrics: The same of holding; None for what only trades have.
        chance: For each metric, where the runs by chance lie; empty without trades.
        chance_equity: Equity of each run by chance at the rows of `point_rows`, shape (seeds, P).
        seeds: Runs by chance.
        slippage_quote: Paid by all trades beyond the prices that set their orders off.
        months: Compounded returns of the calendar.
        doubts: What speaks against believing it, each in one sentence.
    """

    outcome: BacktestOutcome
    curve: EquityCurve
    holding: FloatArray
    metrics: Metrics
    holding_metrics: Metrics
    chance: dict[str, Spread | None]
    chance_equity: FloatArray
    seeds: int
    slippage_quote: float
    months: tuple[YearRow, ...]
    doubts: tuple[str, ...]


def report_on(
    request: BacktestRequest,
    outcome: BacktestOutcome,
    *,
    seeds: int | None = None,
    watch: Watch | None = None,
) -> RunReport:
    """Everything that is told of a run.

    Args:
        request: What was run.
        outcome: What came of it.
        seeds: Runs by chance beside it; by the number of candles if not said, 0 for none.
        watch: Told how many of the runs by chance are done.
    """
    interval_ms = next(iter(request.candles.values())).interval.ms
    count = sum(len(candles) for candles in request.candles.values())
    wanted = seeds_for(count) if seeds is None else seeds
    held = holding_quote(request, outcome.time_ms)
    curve = curve_of(outcome, interval_ms)
    holding = np.concatenate([[request.cash_quote], held])
    metrics = metrics_of(outcome, curve, holding)
    rows = point_rows(len(curve))

    def measure(other: BacktestOutcome) -> tuple[Metrics, FloatArray]:
        others = _curve_at(curve, other)
        return metrics_of(other, others, holding), others.equity[rows]

    by_chance = measured_by_chance(request, outcome, seeds=wanted, measure=measure, watch=watch)
    equities = [equity for _, equity in by_chance]
    return RunReport(
        outcome=outcome,
        curve=curve,
        holding=holding,
        metrics=metrics,
        holding_metrics=_holding_metrics(curve, holding),
        chance=_spreads([found for found, _ in by_chance], metrics),
        chance_equity=np.array(equities, dtype=np.float64).reshape(-1, len(rows)),
        seeds=len(by_chance),
        slippage_quote=float(outcome.trades.slippage_quote.sum()),
        months=monthly_table(daily_returns(curve)),
        doubts=doubts_about(request, outcome, outgrown=_outgrown(outcome, wanted, by_chance)),
    )


def _outgrown(outcome: BacktestOutcome, wanted: int, by_chance: Sequence[object]) -> int:
    return wanted - len(by_chance) if len(outcome.trades) else 0


def point_edges(count: int) -> npt.NDArray[np.int64]:
    """Where each of at most POINTS_MAX stretches of a curve begins, and the end of the last."""
    return np.linspace(0, count, min(count, POINTS_MAX) + 1).astype(np.int64)


def point_rows(count: int) -> npt.NDArray[np.int64]:
    """The last row of each stretch."""
    return point_edges(count)[1:] - 1


def curve_of(outcome: BacktestOutcome, interval_ms: int) -> EquityCurve:
    """Equity from the start of the first candle on, then at every close."""
    return EquityCurve(
        np.concatenate([outcome.time_ms[:1], outcome.time_ms + interval_ms]),
        np.concatenate([[outcome.cash_quote], outcome.equity_quote]),
    )


def _curve_at(curve: EquityCurve, other: BacktestOutcome) -> EquityCurve:
    """The equity of another outcome at the times of a curve."""
    return EquityCurve(curve.time_ms, np.concatenate([[other.cash_quote], other.equity_quote]))


def metrics_of(outcome: BacktestOutcome, curve: EquityCurve, holding: FloatArray) -> Metrics:
    """All of METRICS for one outcome."""
    trades = outcome.trades
    return run_metrics(
        curve,
        trades.for_statistics(),
        holding=holding,
        reached=Excursions(trades.mae_ratio, trades.mfe_ratio),
    )


def _holding_metrics(curve: EquityCurve, holding: FloatArray) -> Metrics:
    found = run_metrics(EquityCurve(curve.time_ms, holding), no_trades(), holding=holding)
    return {name: None if name in NOT_OF_HOLDING else value for name, value in found.items()}


def _spreads(by_chance: list[Metrics], own: Metrics) -> dict[str, Spread | None]:
    if not by_chance:
        return {}
    return {
        name: spread_of([metrics[name] for metrics in by_chance], own[name], metric.better)
        for name, metric in METRICS.items()
        if name != "buy_and_hold_ratio"
    }
