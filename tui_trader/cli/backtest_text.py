"""A backtest as text: curves, every metric beside holding and chance, months, trades, doubts."""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

from tui_trader.cli.charts import line_chart, two_line_chart
from tui_trader.cli.narration import counted, painted
from tui_trader.cli.table import moment, table_lines
from tui_trader.engine.values.backtests import BacktestDocument, BacktestTrade, Spread
from tui_trader.engine.values.metrics import METRICS, Metric, MetricUnit
from tui_trader.engine.values.text import sanitize

TRADES_SHOWN = 5
"""Of the first, and of the last."""
UNDEFINED = "n/a"
LARGE = 1_000
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
METRIC_HEADS = ("", ">RUN", ">HOLDING", ">CHANCE 5 %", ">MEDIAN", ">95 %", ">BEATS")
TRADE_HEADS = (
    "PAIR",
    "IN (UTC)",
    ">AT",
    "OUT (UTC)",
    ">AT",
    ">RETURN",
    ">PNL",
    ">FEES",
    "ENDED BY",
)


def report_lines(run: BacktestDocument, *, width: int) -> Iterator[str]:
    """The report, line by line.

    Args:
        run: The run.
        width: Cells of a line of the charts.
    """
    yield from _head(run)
    yield ""
    yield from _charts(run, width=width)
    yield ""
    yield from _metrics(run)
    yield ""
    yield from _months(run)
    yield ""
    yield from _trades(run)
    yield ""
    yield from _closing(run)


def _head(run: BacktestDocument) -> Iterator[str]:
    chosen = " ".join(f"{name}={value:g}" for name, value in run.parameters.items())
    yield painted(f"{run.pair} {run.timeframe}  {sanitize(run.strategy)} {chosen}".rstrip(), "bold")
    yield (
        f"{moment(run.first_time_ms)} to {moment(run.last_time_ms)} UTC, "
        f"{counted(run.bars, 'candle')} of {sanitize(run.source)}; engine {run.engine}"
    )
    metrics = run.metrics
    yield (
        f"{run.cash:,.2f} became {run.equity_final:,.2f} "
        f"({_cell(METRICS['return_ratio'], metrics['return_ratio'])}; holding "
        f"{_cell(METRICS['return_ratio'], metrics['buy_and_hold_ratio'])}) in "
        f"{counted(len(run.trades), 'trade')}; fees {metrics['fees'] or 0:,.2f}, slippage "
        f"{run.slippage:,.2f}; worst day {_cell(METRICS['worst_day_ratio'], metrics['worst_day_ratio'])}; "
        f"under water {_share(metrics['under_water_ratio'])} of the time"
    )


def _share(ratio: float | None) -> str:
    return UNDEFINED if ratio is None else f"{ratio:.0%}"


def _charts(run: BacktestDocument, *, width: int) -> Iterator[str]:
    curve = run.curve
    is_coloured = painted("", "bold") != ""
    yield "Equity, and · what holding would have made"
    yield from two_line_chart(
        curve.equity,
        curve.buy_and_hold,
        curve.time_ms,
        width=width,
        is_coloured=is_coloured,
    )
    deepest = max(curve.drawdown_ratio)
    yield "Drawdown, % below the highest equity so far"
    yield from line_chart(
        [-100 * ratio for ratio in curve.drawdown_ratio],
        curve.time_ms,
        width=width,
        is_coloured=is_coloured,
        marks=(-100 * deepest if deepest else -1.0, 0.0),
    )


def _metrics(run: BacktestDocument) -> Iterator[str]:
    seeds = run.beside.random_entry.seeds
    rows: list[tuple[str, ...]] = []
    for group, metrics in groupby(METRICS.values(), key=attrgetter("group")):
        rows.append((group.value.upper(), *[""] * (len(METRIC_HEADS) - 1)))
        rows += [_metric_row(run, metric) for metric in metrics]
    yield from table_lines(METRIC_HEADS, rows)
    if seeds:
        yield (
            f"CHANCE: {seeds} runs with the same trades at other times, under the same rules and costs. "
            "BEATS: share of them that the run is better than."
        )
    else:
        yield "CHANCE: nothing to compare with, as no trade was made or none was asked for."


def _metric_row(run: BacktestDocument, metric: Metric) -> tuple[str, ...]:
    spread = run.beside.random_entry.metrics.get(metric.name)
    own = run.metrics.get(metric.name)
    held = run.beside.buy_and_hold.get(metric.name)
    return (
        f"  {metric.title}",
        _cell(metric, own),
        "" if held is None else _cell(metric, held),
        *_spread_cells(metric, spread),
    )


def _spread_cells(metric: Metric, spread: Spread | None) -> tuple[str, ...]:
    if spread is None:
        return ("", "", "", "")
    beats = "" if spread.beaten_ratio is None else f"{spread.beaten_ratio:.0%}"
    return (
        _cell(metric, spread.low),
        _cell(metric, spread.median),
        _cell(metric, spread.high),
        beats,
    )


def _cell(metric: Metric, value: float | None) -> str:
    if value is None:
        return UNDEFINED
    match metric.unit:
        case MetricUnit.RATIO | MetricUnit.RATIO_PER_YEAR:
            return f"{value:,.1%}"
        case MetricUnit.COUNT:
            return f"{value:,.0f}"
        case MetricUnit.DAYS:
            return f"{value:,.1f} d"
        case MetricUnit.QUOTE | MetricUnit.NUMBER:
            return f"{value:,.0f}" if abs(value) >= LARGE else f"{value:,.2f}"


def _months(run: BacktestDocument) -> Iterator[str]:
    heads = ("%", *(f">{month}" for month in MONTHS), ">YEAR")
    rows = [
        (
            str(row.year),
            *("" if value is None else f"{100 * value:.1f}" for value in row.months),
            f"{100 * row.total:.1f}",
        )
        for row in run.months
    ]
    yield from table_lines(heads, rows)


def _trades(run: BacktestDocument) -> Iterator[str]:
    trades = run.trades
    if not trades:
        yield "no trades"
        return
    if len(trades) <= 2 * TRADES_SHOWN:
        yield from table_lines(TRADE_HEADS, [_trade_row(trade) for trade in trades])
        return
    shown = [*trades[:TRADES_SHOWN], *trades[-TRADES_SHOWN:]]
    head, *lines = table_lines(TRADE_HEADS, [_trade_row(trade) for trade in shown])
    yield head
    yield from lines[:TRADES_SHOWN]
    yield f"… {len(trades) - len(shown):,} more; --out DIR or --json has all of them"
    yield from lines[TRADES_SHOWN:]


def _trade_row(trade: BacktestTrade) -> tuple[str, ...]:
    return (
        trade.pair,
        moment(trade.entry_time_ms),
        f"{trade.entry_price:,.8g}",
        moment(trade.exit_time_ms),
        f"{trade.exit_price:,.8g}",
        f"{trade.return_ratio:+.2%}",
        f"{trade.pnl:,.2f}",
        f"{trade.fees:,.2f}",
        trade.exit_reason.replace("_", " "),
    )


def _closing(run: BacktestDocument) -> Iterator[str]:
    for warning in run.warnings:
        yield f"{painted('!', 'yellow')} {sanitize(warning)}"
    yield f"Assumed: {run.assumptions} docs/differs.md says why live differs."
