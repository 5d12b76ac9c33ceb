"""A run as a notebook asks for it, and the columns that answer it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.analysis.strategy import Strategy
from tui_trader.engine.backtest.assumptions import assumptions_of
from tui_trader.engine.backtest.compiled import run_compiled
from tui_trader.engine.backtest.document import Columns, equity_columns, trade_columns
from tui_trader.engine.backtest.plain_rules import plain_rules, with_slippage
from tui_trader.engine.backtest.report import RunReport, report_on
from tui_trader.engine.backtest.request import BacktestRequest, grid_from_candles
from tui_trader.engine.backtest.strategy_files import find_strategy
from tui_trader.engine.rules.from_settings import flat_fees
from tui_trader.engine.rules.model import RiskRules, TradeRules
from tui_trader.engine.values.backtests import Metrics
from tui_trader.engine.values.instruments import Symbol

BPS_PER_UNIT = 10_000


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class AskedRun:
    """What was asked.

    Args:
        strategy: A name, a path, or the strategy itself.
        fee_bps: None: the fees of the rules; `slippage_bps` alike.
        rules: None: the signals alone.
        cache_root: Folder for compiled code; None keeps it for this process alone.
    """

    candles: Mapping[Symbol, Candles]
    strategy: str | Strategy
    parameters: Mapping[str, object]
    cash: float
    fee_bps: float | None
    slippage_bps: float | None
    rules: TradeRules | None
    risk: RiskRules
    cache_root: Path | None = None


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Answer:
    """What came of it, as columns; `beside` has a row a metric."""

    trades: Columns
    equity: Columns
    metrics: Metrics
    beside: dict[str, Metrics]
    warnings: tuple[str, ...]
    assumptions: str


def answered(asked: AskedRun) -> Answer:
    """Run it.

    Raises:
        ConfigError: a name, a parameter or a rule is wrong.
        PluginError: the strategy's file is not sound.
    """
    rules = asked.rules or plain_rules(TradeRules(), pairs=len(asked.candles))
    if asked.fee_bps is not None:
        rules = flat_fees(rules, asked.fee_bps / BPS_PER_UNIT)
    if asked.slippage_bps is not None:
        rules = with_slippage(rules, asked.slippage_bps)
    strategy = asked.strategy
    request = BacktestRequest(
        candles=asked.candles,
        strategy=find_strategy(strategy) if isinstance(strategy, str) else strategy,
        parameters=asked.parameters,
        grids={symbol: grid_from_candles(columns) for symbol, columns in asked.candles.items()},
        cash_quote=asked.cash,
        rules=rules,
        risk=asked.risk,
        cache_root=asked.cache_root,
    )
    report = report_on(request, run_compiled(request))
    return Answer(
        trades=trade_columns(report.outcome.trades),
        equity=equity_columns(report),
        metrics=report.metrics,
        beside={name: _beside(report, name) for name in report.metrics},
        warnings=report.doubts,
        assumptions=assumptions_of(request),
    )


def _beside(report: RunReport, name: str) -> Metrics:
    spread = report.chance.get(name)
    return {
        "holding": report.holding_metrics[name],
        "chance_low": spread.low if spread else None,
        "chance_median": spread.median if spread else None,
        "chance_high": spread.high if spread else None,
        "beaten_ratio": spread.beaten_ratio if spread else None,
    }
