"""What of the scene can be written out: each table with its columns, as numbers rather than as drawn."""

from collections.abc import Sequence
from dataclasses import replace

from tui_trader.engine.state.order_life import OrderRecord
from tui_trader.engine.values.time import format_rfc3339
from tui_trader.screens.exporting import Cell, ExportTable
from tui_trader.widgets.drawing.event_words import LogLine
from tui_trader.widgets.drawing.position_rows import held
from tui_trader.widgets.market_table import all_columns, market_lines
from tui_trader.widgets.orders_board import Entry
from tui_trader.widgets.scene import Scene

_ORDER_HEADS = (
    "id", "exchange_id", "time", "pair", "side", "type", "price", "quantity", "filled",
    "average_price", "fees", "status", "by", "reason",
)  # fmt: skip
_FILL_HEADS = (
    "time", "pair", "side", "price", "quantity", "value", "fee", "fee_asset", "order_id",
    "execution_id",
)  # fmt: skip


def order_export(entries: Sequence[Entry]) -> ExportTable:
    """Orders, and what a gate refused."""
    rows: list[tuple[Cell, ...]] = []
    for entry in entries:
        if isinstance(entry, OrderRecord):
            rows.append(
                (
                    entry.client_order_id,
                    entry.exchange_order_id,
                    format_rfc3339(entry.submitted_ms),
                    entry.symbol,
                    entry.side.value,
                    entry.order_type.value,
                    entry.price,
                    entry.quantity_base,
                    entry.filled_base,
                    entry.price_average,
                    entry.fees_quote,
                    entry.status.value,
                    entry.actor,
                    entry.reason,
                )
            )
        else:
            reason = f"{entry.subject}: {entry.reason}" if entry.subject else entry.reason
            unknown = (None,) * 8
            time = format_rfc3339(entry.time_ms)
            status = f"refused by {entry.gate}"
            rows.append((None, None, time, *unknown, status, entry.actor, reason))
    return ExportTable(name="orders", heads=_ORDER_HEADS, rows=rows)


def fill_export(scene: Scene) -> ExportTable:
    """Fills, oldest first, as far as the engine tells them."""
    rows = [
        (
            format_rfc3339(booked.fill.filled_ms),
            booked.fill.symbol,
            booked.fill.side.value,
            booked.fill.price,
            booked.fill.quantity_base,
            booked.fill.price * booked.fill.quantity_base,
            booked.fill.fee,
            booked.fill.fee_asset,
            booked.client_order_id,
            booked.fill.execution_id,
        )
        for booked in scene.state.fills
    ]
    return ExportTable(name="fills", heads=_FILL_HEADS, rows=rows)


def position_export(scene: Scene) -> ExportTable:
    """Positions at their cost."""
    heads = ("pair", "quantity", "average_price", "cost", "realised", "fees")
    rows = [
        (
            position.symbol,
            position.quantity_base,
            position.price_average,
            position.cost_quote,
            position.realised_quote,
            position.fees_quote,
        )
        for position in held(scene.state.positions)
    ]
    return ExportTable(name="positions", heads=heads, rows=rows)


def line_export(lines: Sequence[LogLine]) -> ExportTable:
    """Lines of the journal."""
    rows = [
        (format_rfc3339(entry.time_ms), entry.weight.value, entry.count, entry.text)
        for entry in lines
    ]
    return ExportTable(name="journal", heads=("time", "weight", "count", "text"), rows=rows)


def chosen_market(scene: Scene) -> tuple[ExportTable, str] | None:
    """The row of the selected pair."""
    table = market_export(scene)
    rows = [row for row in table.rows if row[0] == scene.symbol]
    return (replace(table, rows=rows), str(scene.symbol)) if scene.symbol else None


def market_export(scene: Scene) -> ExportTable:
    """The table of pairs; each output of an indicator is a column."""
    picks = [column for column in all_columns(scene) if column.pick is not None]
    heads = (
        "pair", "last", "change_24h_percent", "change_1h_percent", "high_24h", "low_24h",
        "turnover_24h", "spread_bps", "position", *(column.title for column in picks),
    )  # fmt: skip
    rows = []
    for row in market_lines(scene):
        values = [
            row.picks[column.pick].values[column.output]
            if column.pick is not None and column.pick < len(row.picks)
            else None
            for column in picks
        ]
        fixed = (row.symbol, row.last, row.change_24h, row.change_1h, row.high_24h, row.low_24h)
        rows.append((*fixed, row.turnover_24h, row.spread_bps, row.position_base, *values))
    return ExportTable(name="markets", heads=heads, rows=rows)
