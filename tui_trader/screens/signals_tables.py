"""Signals, reasons and decisions as tables to write out: numbers whole, the unknown as an empty cell."""

from collections.abc import Sequence

from tui_trader.engine.messages.signal_queries import SignalAnswer, SignalRow, Waterfall
from tui_trader.engine.values.time import format_rfc3339
from tui_trader.screens.exporting import Cell, ExportTable
from tui_trader.widgets.drawing.signal_words import GATES

_SIGNAL_HEADS = (
    "pair", "timeframe", "state", "silence", "candle", "version", "side", "confidence", "break_even",
    "expected_net_ratio", "votes", "edge", "said_low", "said_high", "right_ratio", "outcomes",
    "is_live", "disagreement", "drift_feature", "drift_psi", "stopped_by",
)  # fmt: skip
_REASON_HEADS = ("pair", "timeframe", "feature", "words", "value", "push_log_odds")
_DECISION_HEADS = (
    "number", "time", "candle", "pair", "timeframe", "strategy", "outcome", "stopped_by", "margin",
    "why", *(f"{gate}_passed" for gate in GATES),
)  # fmt: skip


def signal_export(rows: Sequence[SignalRow]) -> ExportTable:
    """What is said of every pair."""
    return ExportTable(name="signals", heads=_SIGNAL_HEADS, rows=[_signal(row) for row in rows])


def _signal(row: SignalRow) -> tuple[Cell, ...]:
    track, drift = row.track, row.drift
    stop = row.waterfall.stopped_by if row.waterfall is not None else None
    return (
        row.symbol,
        row.interval.value,
        row.state,
        row.silence,
        None if row.candle_ms is None else format_rfc3339(row.candle_ms),
        row.version,
        row.side if row.state == "speaks" else None,
        row.confidence,
        row.break_even,
        row.expected_net_ratio,
        " ".join(f"{name}={vote}" for name, vote in row.votes) or None,
        "yes" if row.has_edge else "no",
        track.low if track is not None else None,
        track.high if track is not None else None,
        track.right_ratio if track is not None else None,
        track.count if track is not None else None,
        ("yes" if row.is_live_track else "no") if track is not None else None,
        row.disagreement,
        drift.feature if drift is not None else None,
        drift.stability if drift is not None else None,
        stop.gate if stop is not None else None,
    )


def reason_export(found: SignalAnswer | None) -> ExportTable:
    """The features behind the signal of the chosen pair."""
    rows = [
        (
            found.row.symbol,
            found.row.interval.value,
            reason.feature,
            reason.words,
            reason.value,
            reason.push,
        )
        for reason in (found.reasons if found is not None else ())
        if found is not None
    ]
    return ExportTable(name="reasons", heads=_REASON_HEADS, rows=rows)


def decision_export(decisions: Sequence[Waterfall]) -> ExportTable:
    """The decisions that are listed, a column a gate: yes, no, or empty where it was not asked."""
    return ExportTable(
        name="decisions", heads=_DECISION_HEADS, rows=[_decision(one) for one in decisions]
    )


def _decision(one: Waterfall) -> tuple[Cell, ...]:
    stop = one.stopped_by
    passed = {step.gate: step.is_passed for step in one.steps}
    answers = {True: "yes", False: "no", None: None}
    return (
        one.number,
        format_rfc3339(one.time_ms),
        format_rfc3339(one.candle_ms),
        one.symbol,
        one.interval.value,
        one.strategy,
        one.outcome,
        stop.gate if stop is not None else None,
        stop.margin if stop is not None else None,
        stop.text if stop is not None else None,
        *(answers[passed.get(gate)] for gate in GATES),
    )
