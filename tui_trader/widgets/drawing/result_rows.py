"""Rows of a finished run: metrics beside holding and chance, months, trades."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from rich.style import Style
from textual.strip import Strip

from tui_trader.engine.values.backtests import (
    BacktestDocument,
    BacktestTrade,
    Metrics,
    Spread,
    YearOfMonths,
)
from tui_trader.engine.values.metrics import METRICS, Better, Metric, MetricUnit
from tui_trader.engine.values.text import sanitize
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.equity_chart import minute_words, ratio_words
from tui_trader.widgets.drawing.lines import Piece, left_in, line, right_in, wrapped
from tui_trader.widgets.drawing.numbers import UNKNOWN, compact, signed
from tui_trader.widgets.drawing.table import Column, first_row, fitting, table
from tui_trader.widgets.drawing.trade_chart import decimals_for

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TITLE_WIDTH, _CELL_WIDTH, _CELL_NARROW = 19, 9, 8
_ALL_OF_CHANCE_FROM = 72
_LARGE, _COMPACT_FROM = 1_000, 1_000_000
_TENTH = 0.1
_MONTH_WIDTH, _MONTH_NARROW = 7, 5
_YEAR_WIDTH, _TOTAL_WIDTH = 5, 8
_WRAPPED_MAX = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class _Comparison:
    """One metric: the run's, holding's, and where chance lies."""

    metric: Metric
    own: float | None
    held: float | None
    spread: Spread | None


def metric_rows(document: BacktestDocument, *, width: int, palette: Palette) -> list[Strip]:
    """All metrics in their groups; then warnings, limits that refused, and what was assumed."""
    is_wide = width >= _ALL_OF_CHANCE_FROM
    rows = []
    for group, metrics in groupby(METRICS.values(), key=attrgetter("group")):
        rows.append(line(width, palette.base, [(f" {group.value.upper()}", palette.accent)]))
        rows += [
            _metric_row(_compared(document, metric), width, is_wide=is_wide, palette=palette)
            for metric in metrics
        ]
    return [*rows, *_closing(document, width=width, palette=palette)]


def metric_titles(document: BacktestDocument, *, width: int, palette: Palette) -> Strip:
    """What the columns are."""
    seeds = document.beside.random_entry.seeds
    chance = ("5%", "chance", "95%") if width >= _ALL_OF_CHANCE_FROM else ("chance",)
    titles = ("run", "holding", *(chance if seeds else ()), *(("beats",) if seeds else ()))
    cell = _cell_width(width)
    pieces: list[Piece] = [(" " * (_TITLE_WIDTH + 1), None)]
    pieces += [(right_in(title, cell), palette.muted) for title in titles]
    return line(width, palette.base, pieces)


def _compared(document: BacktestDocument, metric: Metric) -> _Comparison:
    held: Metrics = document.beside.buy_and_hold
    return _Comparison(
        metric=metric,
        own=document.metrics.get(metric.name),
        held=held.get(metric.name),
        spread=document.beside.random_entry.metrics.get(metric.name),
    )


def _metric_row(one: _Comparison, width: int, *, is_wide: bool, palette: Palette) -> Strip:
    spread, cell = one.spread, _cell_width(width)
    chance: list[float | None] = []
    if spread is not None:
        chance = [spread.low, spread.median, spread.high] if is_wide else [spread.median]
    pieces: list[Piece] = [
        (f" {left_in(one.metric.title, _TITLE_WIDTH)}", None),
        (right_in(metric_cell(one.metric, one.own), cell), _ink(one, palette)),
        (right_in(_known(one.metric, one.held), cell), palette.muted),
    ]
    pieces += [(right_in(metric_cell(one.metric, each), cell), palette.muted) for each in chance]
    if spread is not None and spread.beaten_ratio is not None:
        pieces.append((right_in(f"{spread.beaten_ratio:.0%}", cell), None))
    return line(width, palette.base, pieces)


def _cell_width(width: int) -> int:
    return _CELL_WIDTH if width > _TITLE_WIDTH + 4 * _CELL_WIDTH else _CELL_NARROW


def _ink(one: _Comparison, palette: Palette) -> Style:
    """Green where nine of ten runs by chance are worse, red where they are better."""
    beaten = one.spread.beaten_ratio if one.spread is not None else None
    if beaten is None or one.metric.better is Better.NEITHER:
        return palette.strong
    if beaten >= 1 - _TENTH:
        return palette.up
    return palette.down if beaten <= _TENTH else palette.strong


def _known(metric: Metric, value: float | None) -> str:
    return "" if value is None else metric_cell(metric, value)


def metric_cell(metric: Metric, value: float | None) -> str:
    """A metric as people read it; a dash where it is not defined."""
    if value is None:
        return UNKNOWN
    match metric.unit:
        case MetricUnit.RATIO | MetricUnit.RATIO_PER_YEAR:
            return f"{value:,.0%}" if abs(value) >= _LARGE / 100 else f"{value:,.1%}"
        case MetricUnit.COUNT:
            return f"{value:,.0f}"
        case MetricUnit.DAYS:
            return f"{value:,.1f} d"
        case MetricUnit.QUOTE | MetricUnit.NUMBER:
            if abs(value) >= _COMPACT_FROM:
                return compact(value)
            return f"{value:,.0f}" if abs(value) >= _LARGE else f"{value:,.2f}"


def _closing(document: BacktestDocument, *, width: int, palette: Palette) -> list[Strip]:
    blocks = [
        f"{name.replace('_', ' ')} refused {count:,}" for name, count in document.blocks.items()
    ]
    parts = [
        ("WARNINGS", [sanitize(each) for each in document.warnings], palette.warn),
        ("LIMITS", [sanitize(", ".join(blocks))] if blocks else [], palette.plain),
        ("ASSUMED", [sanitize(document.assumptions)], palette.muted),
        ("CANDLES", [sanitize(f"{document.bars:,} of {document.source}")], palette.muted),
    ]
    rows = []
    for title, texts, ink in parts:
        if texts:
            rows.append(line(width, palette.base, [(f" {title}", palette.accent)]))
        for text in texts:
            for part in wrapped(text, width - 3, lines_max=_WRAPPED_MAX):
                rows.append(line(width, palette.base, [(f"  {part}", ink)]))  # noqa: PERF401
    return rows


# Months.


def month_rows(months: Sequence[YearOfMonths], *, width: int, palette: Palette) -> list[Strip]:
    """A line a year: each month in percent, and the year."""
    room = (width - _YEAR_WIDTH - _TOTAL_WIDTH - 1) // len(MONTHS)
    cell = max(_MONTH_NARROW, min(_MONTH_WIDTH, room))
    head: list[Piece] = [(left_in(" %", _YEAR_WIDTH), palette.muted)]
    head += [(right_in(month, cell), palette.muted) for month in MONTHS]
    head.append((right_in("year", _TOTAL_WIDTH), palette.muted))
    rows = [line(width, palette.base, head)]
    for year in months:
        pieces: list[Piece] = [(left_in(f" {year.year}", _YEAR_WIDTH), palette.strong)]
        pieces += [
            (right_in(month_cell(value, cell - 1), cell), palette.signed(value))
            for value in year.months
        ]
        total = month_cell(year.total, _TOTAL_WIDTH - 1)
        pieces.append((right_in(total, _TOTAL_WIDTH), palette.signed(year.total)))
        rows.append(line(width, palette.base, pieces))
    return rows


def month_cell(value: float | None, width: int) -> str:
    """Percent with its sign, without the decimal where that has no room; blank for no day."""
    if value is None:
        return ""
    percent = value * 100
    text = signed(percent, 1)
    return text if len(text) <= width else signed(percent, 0)


# Trades.

_COLUMNS = {
    "pair": Column(title="pair", width=9, priority=6),
    "entry": Column(title="in (UTC)", width=16),
    "at": Column(title="at", width=10, priority=3, is_right=True),
    "exit": Column(title="out (UTC)", width=16, priority=2),
    "out": Column(title="at", width=10, priority=4, is_right=True),
    "return": Column(title="return", width=8, is_right=True),
    "pnl": Column(title="pnl", width=12, priority=1, is_right=True),
    "fees": Column(title="fees", width=9, priority=8, is_right=True),
    "bars": Column(title="bars", width=5, priority=5, is_right=True),
    "worst": Column(title="worst", width=7, priority=9, is_right=True),
    "best": Column(title="best", width=7, priority=10, is_right=True),
    "ended by": Column(title="ended by", width=12, priority=7),
}
TRADE_COLUMNS = tuple(_COLUMNS)


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeList:
    """Which trades are shown, and how.

    Args:
        rows: In the order shown, with each one's place in the run.
        cursor: Line under the cursor.
        column: The marked one; it stays where there is little room.
        charted: Place of the trade that is on the chart.
    """

    rows: Sequence[tuple[int, BacktestTrade]]
    cursor: int
    column: str
    sort: str
    is_descending: bool
    charted: int | None


def trade_rows(trades: TradeList, *, size: tuple[int, int], palette: Palette) -> list[Strip]:
    """A title line, then as many trades as there is room for."""
    width, height = size
    room = max(1, height - 1)
    first = first_row(trades.cursor, len(trades.rows), room)
    shown = trades.rows[first : first + room]
    return table(
        _titled(trades),
        [_trade_cells(trade, place == trades.charted, palette) for place, trade in shown],
        width=width,
        base=palette.base,
        title_style=palette.muted,
        cursor=(trades.cursor - first, palette.cursor),
    )


def columns_shown(trades: TradeList, width: int) -> list[str]:
    """Names of the columns that fit: the cursor moves among these."""
    kept, _ = fitting(_titled(trades), width - 2)
    return [TRADE_COLUMNS[place] for place in kept]


def _titled(trades: TradeList) -> list[Column]:
    found = []
    for name, column in _COLUMNS.items():
        order = ("▾" if trades.is_descending else "▴") if name == trades.sort else ""
        mark = "▸" if name == trades.column else ""
        found.append(
            Column(
                title=f"{mark}{column.title}{order}",
                width=column.width,
                priority=0 if name == trades.column else column.priority,
                is_right=column.is_right,
                is_flexible=name == "ended by",
            )
        )
    return found


def _trade_cells(trade: BacktestTrade, is_charted: bool, palette: Palette) -> list[Piece]:  # noqa: FBT001
    digits = decimals_for(trade.entry_price)
    ink = palette.signed(trade.pnl)
    return [
        (sanitize(trade.pair), None),
        (minute_words(trade.entry_time_ms), palette.own if is_charted else None),
        (f"{trade.entry_price:,.{digits}f}", None),
        (minute_words(trade.exit_time_ms), None),
        (f"{trade.exit_price:,.{digits}f}", None),
        (f"{trade.return_ratio:+.2%}", ink),
        (signed(trade.pnl), ink),
        (f"{trade.fees:,.2f}", palette.muted),
        (f"{trade.bars:,}", palette.muted),
        (ratio_words(trade.mae_ratio), palette.muted),
        (ratio_words(trade.mfe_ratio), palette.muted),
        (sanitize(trade.exit_reason.replace("_", " ")), palette.muted),
    ]
