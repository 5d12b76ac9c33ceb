"""Tables of records for other programs: every field a column, as the record names it."""

from collections.abc import Sequence
from dataclasses import replace

import msgspec

from tui_trader.engine.messages.analysis_queries import AnalysisAnswer
from tui_trader.engine.values.time import format_rfc3339
from tui_trader.screens.exporting import Cell, ExportTable
from tui_trader.widgets.analysis_view import shown_patterns, shown_readings
from tui_trader.widgets.backtest_board import BacktestBoard
from tui_trader.widgets.scene import Scene

_TIME = "_ms"


def record_export(name: str, records: Sequence[msgspec.Struct]) -> ExportTable:
    """One row a record; times read as dates, lists as words with spaces between."""
    if not records:
        return ExportTable(name=name, heads=(), rows=[])
    fields = records[0].__struct_fields__
    heads = tuple(field.removesuffix(_TIME) for field in fields)
    rows = [[_cell(field, getattr(record, field)) for field in fields] for record in records]
    return ExportTable(name=name, heads=heads, rows=rows)


def analysis_exports(answer: AnalysisAnswer | None) -> list[ExportTable]:
    """Readings, patterns, levels and turns of one pair."""
    if answer is None:
        return []
    pair = f"{answer.symbol.replace('/', '-')} {answer.interval.value}"
    return [
        record_export(f"readings {pair}", answer.readings),
        record_export(f"patterns {pair}", answer.patterns),
        record_export(f"levels {pair}", answer.levels),
        record_export(f"turns {pair}", answer.turns),
    ]


def chosen_analysis(scene: Scene, answer: AnalysisAnswer | None) -> tuple[ExportTable, str] | None:
    """The line under the cursor of a list of the analysis screen."""
    board = scene.analysis
    records: dict[str, tuple[Sequence[msgspec.Struct], int]] = {}
    if answer is not None:
        records = {
            "an-readings": (shown_readings(scene), board.reading),
            "an-patterns": (shown_patterns(scene), board.pattern),
            "an-levels": (answer.turns, board.level),
        }
    listed, place = records.get(scene.pane, ((), 0))
    return _one("line", listed, place)


def backtest_exports(board: BacktestBoard) -> list[ExportTable]:
    """Trades, metrics and curve of the shown run, and the kept runs."""
    tables = []
    document = board.document
    if document is not None:
        names = sorted(document.metrics)
        metrics: list[list[Cell]] = [[name, document.metrics[name]] for name in names]
        tables = [
            record_export("trades", document.trades),
            ExportTable(name="metrics", heads=("metric", "value"), rows=metrics),
        ]
    return [*tables, record_export("runs", board.runs or ())]


def chosen_backtest(board: BacktestBoard, pane: str) -> tuple[ExportTable, str] | None:
    """The trade or the kept run under the cursor."""
    if pane == "bt-runs":
        return _one("run", board.runs or (), board.run)
    order = board.ordered()
    if board.document is None or not order:
        return None
    return _one("trade", board.document.trades, order[min(board.trade, len(order) - 1)])


def _one(
    name: str, records: Sequence[msgspec.Struct], place: int
) -> tuple[ExportTable, str] | None:
    if not records:
        return None
    record = records[max(0, min(place, len(records) - 1))]
    table = record_export(name, [record])
    known = next((getattr(record, field) for field in ("id", "label", "name", "pair", "kind")
                  if hasattr(record, field)), name)  # fmt: skip
    return replace(table, name=name), str(known)


def _cell(field: str, value: object) -> Cell:
    if value is None or isinstance(value, str | float) or (field[-3:] != _TIME and _is_int(value)):
        return value  # type: ignore[return-value]
    if _is_int(value):
        return format_rfc3339(value)  # type: ignore[arg-type]
    if isinstance(value, dict):
        return " ".join(f"{key}={each}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return " ".join("" if each is None else str(each) for each in value)
    return str(value)


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
