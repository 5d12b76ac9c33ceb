"""Rows of the models screen: the list, folds, importance as signed bars, facts and verdict in sentences."""

from collections.abc import Sequence

from rich.style import Style
from textual.strip import Strip

from tui_trader.engine.messages.signal_queries import FoldRow, ModelAnswer, ModelRow, TrainingNow
from tui_trader.engine.values.text import sanitize
from tui_trader.engine.values.time import MS_PER_DAY
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.backtest_rows import clock_words
from tui_trader.widgets.drawing.equity_chart import day_words
from tui_trader.widgets.drawing.lines import Piece, left_in, line, right_in, wrapped
from tui_trader.widgets.drawing.numbers import UNKNOWN, bar
from tui_trader.widgets.drawing.signal_words import clock_minutes, share
from tui_trader.widgets.drawing.table import Column, table

_STATES = {
    "champion": "● champion",
    "challenger": "○ challenger",
    "retired": "· retired",
    "demoted": "✗ demoted",
    "broken": "✗ broken",
}
_BAR_MIN, _BAR_MAX = 6, 30
_NAME_MIN, _NAME_MAX = 12, 24
_VALUE_WIDTH = 9
_VERDICT_LINES_MAX, _VERDICT_LENGTH_MAX = 30, 1_000
_TRAINING_BAR = 12
_GAIN_SEEN = 0.00005
_DAYS_FROM_MS = 2 * MS_PER_DAY

_MODEL_COLUMNS = (
    Column(title="pair", width=9),
    Column(title="tf", width=3, priority=4),
    Column(title="v.", width=3, is_right=True),
    Column(title="state", width=12),
    Column(title="trained", width=10, priority=6),
    Column(title="candles", width=7, priority=8, is_right=True),
    Column(title="edge", width=4, priority=1),
    Column(title="AUC", width=5, priority=5, is_right=True),
    Column(title="calib.", width=6, priority=7, is_right=True),
    Column(title="net a trade (95 %)", width=25, priority=2),
    Column(title="live", width=11, priority=3, is_right=True),
    Column(title="models", width=12, priority=9, is_flexible=True),
)


def model_rows(
    rows: Sequence[ModelRow], *, cursor: int, is_stale: bool, width: int, palette: Palette
) -> list[Strip]:
    """Titles, and one line a model; muted where nothing of it is of now."""
    cells = [_model_cells(row, palette) for row in rows]
    if is_stale:
        cells = [[(text, palette.muted) for text, _ in row] for row in cells]
    return table(
        _MODEL_COLUMNS,
        cells,
        width=width,
        base=palette.base,
        title_style=palette.muted,
        cursor=(cursor, palette.cursor),
    )


def _model_cells(row: ModelRow, palette: Palette) -> list[Piece]:
    is_known = row.state != "broken"
    return [
        (sanitize(row.symbol), palette.strong),
        (row.interval.value, palette.muted),
        (f"{row.version}", None),
        (_STATES.get(row.state, sanitize(row.state)), _state_ink(row, palette)),
        (UNKNOWN if row.trained_ms is None else day_words(row.trained_ms), palette.muted),
        (UNKNOWN if row.bars is None else f"{row.bars:,}", palette.muted),
        (("yes" if row.has_edge else "no") if is_known else UNKNOWN, None),
        (UNKNOWN if row.auc is None else f"{row.auc:.3f}", None),
        (share(row.calibration_error, 1), palette.muted),
        (net_words(row), palette.signed(row.net_ratio)),
        (live_words(row), None if row.live_outcomes else palette.muted),
        (" ".join(sanitize(name) for name in row.models) or UNKNOWN, palette.muted),
    ]


def _state_ink(row: ModelRow, palette: Palette) -> Style:
    loud = {"champion": palette.up, "demoted": palette.warn, "broken": palette.bad}
    return loud.get(row.state, palette.muted)


def net_words(row: ModelRow) -> str:
    """`-0.86% (-1.43 to -0.34%)`."""
    if row.net_ratio is None:
        return UNKNOWN
    text = f"{row.net_ratio:+.2%}"
    if row.net_low is None or row.net_high is None:
        return text
    return f"{text} ({row.net_low * 100:+.2f} to {row.net_high:+.2%})"


def live_words(row: ModelRow) -> str:
    """`55% of 49`."""
    if not row.live_outcomes or row.live_right_ratio is None:
        return UNKNOWN
    return f"{share(row.live_right_ratio)} of {row.live_outcomes:,}"


def training_row(training: TrainingNow, *, width: int, palette: Palette) -> Strip:
    """One line: what the engine trains by itself, how far it is, and why."""
    pieces: list[Piece] = [(" THE ENGINE TRAINS ", palette.strong)]
    if training.planned > 0:
        share_done = min(1.0, training.done / training.planned)
        left = f" {share_done:.0%} · about {clock_words(training.left_s)} left"
        pieces += [(bar(share_done, _TRAINING_BAR), palette.field + palette.accent), (left, None)]
    named = f" · {training.symbol} {training.interval.value}: {training.why} · {training.step}"
    return line(width, palette.base, [*pieces, (sanitize(named), palette.muted)])


_FOLD_COLUMNS = (
    Column(title="tested from", width=11),
    Column(title="to", width=11, priority=2),
    Column(title="candles", width=7, priority=4, is_right=True),
    Column(title="AUC", width=5, is_right=True),
    Column(title="log-loss", width=8, priority=3, is_right=True),
    Column(title="base rate", width=9, priority=3, is_right=True),
    Column(title="better by", width=9, priority=1, is_right=True),
    Column(title="net", width=7, is_right=True),
)


def fold_rows(folds: Sequence[FoldRow], *, width: int, palette: Palette) -> list[Strip]:
    """Titles, and a line a fold."""
    cells: list[list[Piece]] = []
    for fold in folds:
        gain = None
        if fold.logloss is not None and fold.base_logloss is not None:
            gain = fold.base_logloss - fold.logloss
        when = clock_minutes if fold.last_ms - fold.first_ms < _DAYS_FROM_MS else day_words
        cells.append(
            [
                (when(fold.first_ms), None),
                (when(fold.last_ms), palette.muted),
                (f"{fold.bars:,}", palette.muted),
                (_figure(fold.auc, 3), None),
                (_figure(fold.logloss, 4), palette.muted),
                (_figure(fold.base_logloss, 4), palette.muted),
                (UNKNOWN if gain is None else f"{gain:+.4f}", palette.signed(gain)),
                (
                    UNKNOWN if fold.net_ratio is None else f"{fold.net_ratio:+.2%}",
                    palette.signed(fold.net_ratio),
                ),
            ]
        )
    return table(_FOLD_COLUMNS, cells, width=width, base=palette.base, title_style=palette.muted)


def _figure(value: float | None, digits: int) -> str:
    return UNKNOWN if value is None else f"{value:.{digits}f}"


def importance_rows(
    importance: Sequence[tuple[str, float]], *, width: int, palette: Palette
) -> list[Strip]:
    """What shuffling a feature costs; left of the axis it was better without."""
    largest = max((abs(value) for _, value in importance), default=0.0)
    has_left = any(value < 0 for _, value in importance)
    name = max(_NAME_MIN, min(_NAME_MAX, width // 3))
    room = width - name - _VALUE_WIDTH - 5
    half = max(_BAR_MIN, min(_BAR_MAX, room // 2 if has_left else room))
    rows = []
    for feature, value in importance:
        cells = round(abs(value) / largest * half) if largest else 0
        drawn = "█" * cells or ("▏" if value > 0 else "▕" if value < 0 else "")
        pieces: list[Piece] = [(f" {left_in(sanitize(feature), name)} ", None)]
        if has_left:
            pieces.append(((drawn if value < 0 else "").rjust(half), palette.down))
        pieces += [
            ("│", palette.muted),
            ((drawn if value >= 0 else "").ljust(half), palette.accent),
            (right_in(f"{value:+.4f}", _VALUE_WIDTH), palette.muted),
        ]
        rows.append(line(width, palette.base, pieces))
    return rows


def verdict_rows(found: ModelAnswer, *, width: int, palette: Palette) -> list[Strip]:
    """The sentences in full, the first one loud; then what it learned from."""
    row = found.row
    rows: list[Strip] = []
    if row.reason:
        rows += _sentence(row.reason, "✗", width, palette=palette, ink=palette.warn)
    for place, text in enumerate(found.verdict):
        ink = palette.plain if place else palette.strong
        sign = "·" if place else "✓" if row.has_edge else "✗"
        rows += _sentence(text, sign, width, palette=palette, ink=ink)
    if not found.verdict:
        rows += _sentence("It was not judged.", "·", width, palette=palette, ink=palette.muted)
    rows.append(line(width, palette.base, []))
    for text in _facts(row):
        rows += _sentence(text, " ", width, palette=palette, ink=palette.muted)
    return rows


def _sentence(text: str, sign: str, width: int, *, palette: Palette, ink: Style) -> list[Strip]:
    parts = wrapped(
        sanitize(text, length_max=_VERDICT_LENGTH_MAX),
        max(1, width - 4),
        lines_max=_VERDICT_LINES_MAX,
    )
    return [
        line(width, palette.base, [(f" {sign if not place else ' '} ", ink), (part, ink)])
        for place, part in enumerate(parts)
    ]


def _facts(row: ModelRow) -> list[str]:
    facts = []
    if row.bars is not None:
        span = ""
        if row.first_ms is not None and row.last_ms is not None:
            span = f", {day_words(row.first_ms)} to {day_words(row.last_ms)}"
        facts.append(f"learned from {row.bars:,} candles{span}")
    if row.models:
        facts.append(f"vote of {', '.join(row.models)}")
    if row.logloss_gain is not None:
        facts.append(_gain_words(row.logloss_gain))
    if row.trades:
        facts.append(f"{row.trades:,} trades in the walk-forward, net {net_words(row)} each")
    elif row.trades is not None:
        facts.append("no trade in the walk-forward")
    if row.live_outcomes:
        facts.append(f"live: right {live_words(row)}")
    else:
        facts.append("live: nothing has come of it yet")
    return facts


def _gain_words(gain: float) -> str:
    if abs(gain) < _GAIN_SEEN:
        return "log-loss: the same as the base rate's"
    return f"log-loss: {abs(gain):.4f} {'better' if gain > 0 else 'worse'} than the base rate's"
