"""Models and how they were judged as tables to write out: numbers whole, the unknown as an empty cell."""

from collections.abc import Sequence

from tui_trader.engine.messages.signal_queries import ModelAnswer, ModelRow
from tui_trader.engine.values.time import format_rfc3339
from tui_trader.screens.exporting import Cell, ExportTable

_MODEL_HEADS = (
    "pair", "timeframe", "version", "state", "reason", "trained", "first_candle", "last_candle",
    "candles", "models", "edge", "auc", "calibration_error", "log_loss_gain", "trades", "net_ratio",
    "net_low", "net_high", "live_outcomes", "live_right_ratio",
)  # fmt: skip


def model_export(rows: Sequence[ModelRow]) -> ExportTable:
    """Every model."""
    return ExportTable(name="models", heads=_MODEL_HEADS, rows=[_model(row) for row in rows])


def _model(row: ModelRow) -> tuple[Cell, ...]:
    return (
        row.symbol,
        row.interval.value,
        row.version,
        row.state,
        row.reason,
        _time(row.trained_ms),
        _time(row.first_ms),
        _time(row.last_ms),
        row.bars,
        " ".join(row.models),
        None if row.state == "broken" else "yes" if row.has_edge else "no",
        row.auc,
        row.calibration_error,
        row.logloss_gain,
        row.trades,
        row.net_ratio,
        row.net_low,
        row.net_high,
        row.live_outcomes,
        row.live_right_ratio,
    )


def promise_export(found: ModelAnswer | None) -> ExportTable:
    """Promises by band, and what became of them."""
    heads = ("low", "high", "outcomes", "right_ratio", "is_live")
    told = found is not None and [(found.reliability, "no"), (found.live, "yes")]
    rows = [
        (band.low, band.high, band.count, band.right_ratio, live)
        for bands, live in told or ()
        for band in bands
    ]
    return ExportTable(name="promises", heads=heads, rows=rows)


def fold_export(found: ModelAnswer | None) -> ExportTable:
    """The walk-forward, fold by fold."""
    heads = ("first", "last", "candles", "auc", "log_loss", "base_log_loss", "net_ratio")
    rows = [
        (
            _time(fold.first_ms),
            _time(fold.last_ms),
            fold.bars,
            fold.auc,
            fold.logloss,
            fold.base_logloss,
            fold.net_ratio,
        )
        for fold in (found.folds if found is not None else ())
    ]
    return ExportTable(name="folds", heads=heads, rows=rows)


def importance_export(found: ModelAnswer | None) -> ExportTable:
    """What shuffling each feature costs."""
    rows = found.importance if found is not None else ()
    return ExportTable(name="importance", heads=("feature", "log_loss"), rows=rows)


def drift_export(found: ModelAnswer | None) -> ExportTable:
    """How far each feature has drifted."""
    rows = [
        (shift.feature, shift.stability, shift.says)
        for shift in (found.drifts if found is not None else ())
    ]
    return ExportTable(name="drift", heads=("feature", "psi", "says"), rows=rows)


def _time(time_ms: int | None) -> str | None:
    return None if time_ms is None else format_rfc3339(time_ms)
