"""A report as one document and as the columns of an export."""

import numpy as np
import numpy.typing as npt

from tui_trader.engine.analysis.statistics.drawdowns import drawdown_ratios
from tui_trader.engine.backtest.assumptions import assumptions_of
from tui_trader.engine.backtest.controls import HIGH_SHARE, LOW_SHARE
from tui_trader.engine.backtest.outcome import Trades
from tui_trader.engine.backtest.report import POINTS_MAX, RunReport, point_edges, point_rows
from tui_trader.engine.backtest.request import BacktestRequest
from tui_trader.engine.values.backtests import (
    BacktestCall,
    BacktestDocument,
    BacktestTrade,
    Beside,
    CurvePoints,
    RandomEntry,
    YearOfMonths,
)

BUY = "buy"

Columns = dict[str, npt.NDArray[np.generic]]


def run_document(
    request: BacktestRequest, report: RunReport, *, call: BacktestCall, source: str, load_s: float
) -> BacktestDocument:
    """The document of one run, not kept yet.

    Args:
        request: What was run.
        report: What came of it.
        call: What was asked for.
        source: Where the candles come from, in words.
        load_s: How long the candles took to load.
    """
    outcome = report.outcome
    return BacktestDocument(
        pair=", ".join(outcome.symbols),
        pairs=outcome.symbols,
        timeframe=call.timeframe,
        strategy=request.strategy.name,
        parameters=call.parameters,
        engine=outcome.engine,
        bars=sum(len(candles) for candles in request.candles.values()),
        first_time_ms=int(outcome.time_ms[0]),
        last_time_ms=int(outcome.time_ms[-1]),
        seconds={
            name: round(taken, 6) for name, taken in ({"load": load_s} | outcome.seconds).items()
        },
        cash=request.cash_quote,
        equity_final=outcome.equity_final_quote,
        slippage=report.slippage_quote,
        metrics=report.metrics,
        beside=Beside(
            buy_and_hold=report.holding_metrics,
            random_entry=RandomEntry(seeds=report.seeds, metrics=report.chance),
        ),
        months=tuple(
            YearOfMonths(year=row.year, months=row.months, total=row.total) for row in report.months
        ),
        blocks=outcome.blocks,
        assumptions=assumptions_of(request),
        warnings=report.doubts,
        source=source,
        call=call,
        trades=trade_rows(outcome.trades),
        curve=curve_points(report),
    )


def trade_rows(trades: Trades) -> list[BacktestTrade]:
    """Every trade, by its exit."""
    columns = trade_columns(trades)
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    return [BacktestTrade(**dict(zip(columns, row, strict=True))) for row in rows]


def trade_columns(trades: Trades) -> Columns:
    """Every trade as columns, by the names of `BacktestTrade`."""
    return {
        "pair": trades.symbol,
        "side": np.full(len(trades), BUY),
        "quantity": trades.quantity_base,
        "entry_time_ms": trades.entry_time_ms,
        "entry_price": trades.entry_price,
        "exit_time_ms": trades.exit_time_ms,
        "exit_price": trades.exit_price,
        "fees": trades.fees_quote,
        "slippage": trades.slippage_quote,
        "pnl": trades.pnl_quote,
        "return_ratio": trades.return_ratio,
        "mae_ratio": trades.mae_ratio,
        "mfe_ratio": trades.mfe_ratio,
        "bars": trades.bars,
        "exit_reason": trades.exit_reason,
    }


def equity_columns(report: RunReport) -> Columns:
    """Equity at its start and at every close."""
    equity = report.curve.equity
    return {
        "time_ms": report.curve.time_ms,
        "equity": equity,
        "drawdown_ratio": drawdown_ratios(equity),
        "buy_and_hold": report.holding,
    }


def kept_trades(document: BacktestDocument) -> Columns:
    """Every trade of a kept run as columns, by the names of `BacktestTrade`."""
    names = BacktestTrade.__struct_fields__
    return {name: np.array([getattr(trade, name) for trade in document.trades]) for name in names}


def kept_equity(document: BacktestDocument) -> Columns:
    """The points of its equity that a kept run has."""
    curve = document.curve
    return {
        "time_ms": np.array(curve.time_ms, dtype=np.int64),
        "equity": np.array(curve.equity, dtype=np.float64),
        "drawdown_ratio": np.array(curve.drawdown_ratio, dtype=np.float64),
        "buy_and_hold": np.array(curve.buy_and_hold, dtype=np.float64),
    }


def curve_points(report: RunReport) -> CurvePoints:
    """At most POINTS_MAX points of the curve."""
    equity, count = report.curve.equity, len(report.curve)
    edges, lasts = point_edges(count), point_rows(count)
    assert len(lasts) <= POINTS_MAX
    low, median, high = _chance_points(report)
    return CurvePoints(
        time_ms=report.curve.time_ms[lasts].tolist(),
        equity=equity[lasts].tolist(),
        drawdown_ratio=np.maximum.reduceat(drawdown_ratios(equity), edges[:-1]).tolist(),
        buy_and_hold=report.holding[lasts].tolist(),
        chance_low=low,
        chance_median=median,
        chance_high=high,
    )


def _chance_points(report: RunReport) -> list[list[float]]:
    if not report.seeds:
        return [[], [], []]
    shares = (LOW_SHARE, 0.5, HIGH_SHARE)
    quantiles: list[list[float]] = np.quantile(report.chance_equity, shares, axis=0).tolist()
    return quantiles
