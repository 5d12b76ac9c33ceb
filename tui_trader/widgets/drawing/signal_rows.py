"""Rows of the signals screen: pairs, gates of a decision, reasons as signed bars, drift, decisions."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from tui_trader.engine.messages.signal_queries import (
    FeatureShift,
    GateStep,
    SignalReason,
    SignalRow,
    Waterfall,
)
from tui_trader.engine.values.text import sanitize
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.lines import Piece, clipped, left_in, line, right_in, wrapped
from tui_trader.widgets.drawing.numbers import UNKNOWN
from tui_trader.widgets.drawing.signal_words import (
    PASSED,
    REFUSED,
    age_words,
    clock_minutes,
    confidence_ink,
    gate_words,
    is_old,
    margin_words,
    mark_of,
    needs_words,
    outcome_words,
    share,
    stance,
    stance_ink,
    track_words,
    votes_words,
)
from tui_trader.widgets.drawing.table import Column, table

_GATE_WIDTH, _MARGIN_WIDTH = 13, 9
_STOP_LINES_MAX = 8
_VALUE_FROM, _BAR_MIN, _BAR_MAX = 72, 6, 20
_WORDS_MIN, _WORDS_MAX = 12, 62
_PUSH_WIDTH, _VALUE_WIDTH = 6, 10
_LOUD_DRIFT, _DRIFT = 0.25, 0.1
"""Usual bounds of the population stability index: above the first one much has changed."""

_PAIR_COLUMNS = (
    Column(title="pair", width=9),
    Column(title="tf", width=3, priority=4),
    Column(title="says", width=12),
    Column(title="conf.", width=6, is_right=True),
    Column(title="needs", width=6, is_right=True),
    Column(title="votes", width=20, priority=6, is_flexible=True),
    Column(title="how such words have held", width=31, priority=2),
    Column(title="age", width=4, priority=1, is_right=True),
    Column(title="drift", width=18, priority=5),
    Column(title="edge", width=4, priority=3),
)


def pair_rows(
    rows: Sequence[SignalRow],
    *,
    now_ms: int,
    cursor: int,
    is_stale: bool,
    width: int,
    palette: Palette,
) -> list[Strip]:
    """Titles, and one line a pair; muted where nothing of it is of now."""
    cells = [_pair_cells(row, now_ms, palette) for row in rows]
    if is_stale:
        cells = [[(text, palette.muted) for text, _ in row] for row in cells]
    return table(
        _PAIR_COLUMNS,
        cells,
        width=width,
        base=palette.base,
        title_style=palette.muted,
        cursor=(cursor, palette.cursor),
    )


def _pair_cells(row: SignalRow, now_ms: int, palette: Palette) -> list[Piece]:
    quiet = palette.muted
    has_words = row.state != "no_model"
    return [
        (sanitize(row.symbol), palette.strong),
        (row.interval.value, quiet),
        (stance(row), stance_ink(row, palette)),
        (share(row.confidence, 1), confidence_ink(row, palette)),
        (needs_words(row.break_even, 1), quiet),
        (votes_words(row), quiet),
        (track_words(row) if has_words else UNKNOWN, None if row.track is not None else quiet),
        (age_words(row, now_ms), palette.warn if is_old(row, now_ms) else quiet),
        (_drift_cell(row.drift), _drift_ink(row.drift, palette)),
        ("yes" if row.has_edge else "no" if has_words else UNKNOWN, quiet),
    ]


def _drift_cell(shift: FeatureShift | None) -> str:
    if shift is None or shift.stability is None:
        return UNKNOWN
    return f"{shift.stability:.2f} {sanitize(shift.feature)}"


def _drift_ink(shift: FeatureShift | None, palette: Palette) -> Style | None:
    stability = shift.stability if shift is not None else None
    if stability is None or stability < _DRIFT:
        return palette.muted
    return palette.warn if stability >= _LOUD_DRIFT else None


# The decision, gate by gate.


def gate_rows(waterfall: Waterfall, *, width: int, room: int, palette: Palette) -> list[Strip]:
    """A line a gate; the one that said no in full, those that were not asked in one line if it is tight."""
    asked = [step for step in waterfall.steps if step.is_passed is not None]
    later = [step for step in waterfall.steps if step.is_passed is None]
    rows: list[Strip] = []
    for step in asked:
        lines_max = _STOP_LINES_MAX if step is waterfall.stopped_by else 1
        rows += _gate(step, lines_max=lines_max, width=width, palette=palette)
    if len(rows) + len(later) <= room:
        for step in later:
            rows += _gate(step, lines_max=1, width=width, palette=palette)
    elif later:
        names = ", ".join(gate_words(step.gate) for step in later)
        parts = wrapped(f"· not asked: {names}", max(1, width - 2), lines_max=2)
        rows += [line(width, palette.base, [(f" {part}", palette.muted)]) for part in parts]
    return rows


def _gate(step: GateStep, *, lines_max: int, width: int, palette: Palette) -> list[Strip]:
    begin = 3 + _GATE_WIDTH + _MARGIN_WIDTH + 1
    sign, name = mark_of(step), clipped(gate_words(step.gate), _GATE_WIDTH)
    blank = _GATE_WIDTH + _MARGIN_WIDTH - cell_len(name)
    ink = {PASSED: palette.up, REFUSED: palette.bad}.get(sign, palette.muted)
    if step.is_passed is None:
        text, words = sanitize(step.text) or "not asked", palette.muted
    else:
        text, words = sanitize(step.text), palette.strong if sign == REFUSED else palette.plain
    rows = []
    for place, part in enumerate(wrapped(text, max(1, width - begin - 1), lines_max=lines_max)):
        head: list[Piece] = [(" " * begin, None)]
        if not place:
            head = [
                (f" {sign} ", ink),
                (name, ink if sign == REFUSED else None),
                (right_in(margin_words(step.margin), blank), palette.muted),
                (" ", None),
            ]
        rows.append(line(width, palette.base, [*head, (part, words)]))
    return rows


# Reasons.


def reason_rows(reasons: Sequence[SignalReason], *, width: int, palette: Palette) -> list[Strip]:
    """What moved the confidence, and which way: right of the axis towards the take profit."""
    largest = max((abs(reason.push) for reason in reasons), default=0.0)
    has_value = width >= _VALUE_FROM
    fixed = _PUSH_WIDTH + 4 + (_VALUE_WIDTH + 1 if has_value else 0)
    half = max(_BAR_MIN, min(_BAR_MAX, (width - fixed) // 6))
    words = max(_WORDS_MIN, min(_WORDS_MAX, width - fixed - 2 * half - 1))
    rows = []
    for reason in reasons:
        cells = round(abs(reason.push) / largest * half) if largest else 0
        bar = "█" * cells if cells else "▏" if reason.push > 0 else "▕" if reason.push < 0 else ""
        left, right = ("", bar) if reason.push > 0 else (bar, "")
        pieces: list[Piece] = [
            (f" {left_in(_label(reason, words), words)} ", None),
        ]
        if has_value:
            pieces.append((f"{right_in(f'{reason.value:.4g}', _VALUE_WIDTH)} ", palette.muted))
        pieces += [
            (left.rjust(half), palette.down),
            ("│", palette.muted),
            (right.ljust(half), palette.up),
            (right_in(f"{reason.push:+.2f}", _PUSH_WIDTH + 1), palette.signed(reason.push)),
        ]
        rows.append(line(width, palette.base, pieces))
    return rows


def _label(reason: SignalReason, width: int) -> str:
    """All of its words, or those before the first figure where that is what has room."""
    text = sanitize(reason.words or reason.feature)
    return text if len(text) <= width else text.partition(": ")[0]


def reason_sentences(reasons: Sequence[SignalReason]) -> list[str]:
    """The strongest reason each way, in words."""
    towards = next((reason for reason in reasons if reason.push > 0), None)
    against = next((reason for reason in reasons if reason.push < 0), None)
    return [
        f"{sign} {sanitize(reason.words or reason.feature)}"
        for sign, reason in (("▲ for:", towards), ("▼ against:", against))
        if reason is not None
    ]


# Drift.

_DRIFT_COLUMNS = (
    Column(title="feature", width=22),
    Column(title="PSI", width=5, is_right=True),
    Column(title="what that is", width=20, is_flexible=True),
)


def drift_rows(drifts: Sequence[FeatureShift], *, width: int, palette: Palette) -> list[Strip]:
    """Titles, and a line a feature."""
    cells: list[list[Piece]] = []
    for shift in drifts:
        ink = _drift_ink(shift, palette)
        stability = UNKNOWN if shift.stability is None else f"{shift.stability:.2f}"
        loud = shift.stability is not None and shift.stability >= _LOUD_DRIFT
        cells.append(
            [
                (f"{'! ' if loud else ''}{sanitize(shift.feature)}", palette.plain),
                (stability, ink),
                (sanitize(shift.says), palette.muted),
            ]
        )
    return table(_DRIFT_COLUMNS, cells, width=width, base=palette.base, title_style=palette.muted)


# Decisions of the past.

_PAST_COLUMNS = (
    Column(title="candle UTC", width=11),
    Column(title="pair", width=9),
    Column(title="tf", width=3, priority=3),
    Column(title="strategy", width=10, priority=5),
    Column(title="outcome", width=8, priority=1),
    Column(title="stopped by", width=14),
    Column(title="margin", width=8, priority=2, is_right=True),
    Column(title="why", width=12, priority=4, is_flexible=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastList:
    """Decisions in sight, the marked one, and the one whose gates are shown."""

    rows: Sequence[Waterfall]
    cursor: int
    inspected: int


def past_rows(past: PastList, *, width: int, palette: Palette) -> list[Strip]:
    """Titles, and a line a decision."""
    cells = [_past_cells(one, past.inspected, palette) for one in past.rows]
    return table(
        _PAST_COLUMNS,
        cells,
        width=width,
        base=palette.base,
        title_style=palette.muted,
        cursor=(past.cursor, palette.cursor),
    )


def _past_cells(one: Waterfall, inspected: int, palette: Palette) -> list[Piece]:
    step = one.stopped_by
    stop: Piece = (f"{PASSED} none", palette.up)
    if step is not None:
        stop = (f"{REFUSED} {gate_words(step.gate)}", palette.warn)
    opened = "●" if one.number == inspected else ""
    return [
        (f"{clock_minutes(one.candle_ms)}{opened}", palette.muted),
        (sanitize(one.symbol), None),
        (one.interval.value, palette.muted),
        (sanitize(one.strategy), palette.muted),
        (outcome_words(one), palette.strong if step is None else palette.muted),
        stop,
        (margin_words(step.margin) if step is not None else "", palette.muted),
        (sanitize(step.text) if step is not None else "", palette.muted),
    ]
