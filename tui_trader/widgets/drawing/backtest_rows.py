"""Rows of the backtest screen: what runs or came of it, the form, kept runs, and the tabs of its panes."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.strip import Strip

from tui_trader.engine.values.backtests import BacktestDocument, KeptRun
from tui_trader.engine.values.text import sanitize
from tui_trader.themes import Palette
from tui_trader.widgets.backtest_form import FieldKind, FormField
from tui_trader.widgets.drawing.equity_chart import day_words, minute_words, ratio_words
from tui_trader.widgets.drawing.lines import Piece, left_in, line, wrapped
from tui_trader.widgets.drawing.numbers import amount, bar
from tui_trader.widgets.drawing.table import Column, first_row, table

_LABEL_WIDTH = 12
_VALUE_WIDTH = 17
_BAR_WIDTH = 24
_BAR_FROM = 100
_BAR_NARROW = 12
_ENDED_LINES = 4
PERCENT = 100
_MINUTE_S = 60
NO_CANDLES = (
    "No candles are stored in this home: nothing to run on.",
    "",
    "Bring some in, in a shell:",
    "  tui-trader data import FILE --pair BTC/USD",
    "  tui-trader data download --pair BTC/USD --timeframe 1h",
    "",
    "then press u: the screen looks again.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A run under way: `left_s` None while nobody can tell."""

    title: str
    done: int
    planned: int
    step: str
    taken_s: int
    left_s: float | None
    is_cancelling: bool


def clock_words(seconds: float) -> str:
    """`0:09`, `12:40`."""
    whole = int(max(0.0, seconds))
    return f"{whole // _MINUTE_S}:{whole % _MINUTE_S:02d}"


def progress_row(progress: Progress, *, width: int, palette: Palette) -> Strip:
    """One line: how far, what is done now, how long it took and may take."""
    cells = _BAR_WIDTH if width >= _BAR_FROM else _BAR_NARROW
    share = progress.done / max(1, progress.planned)
    word = "CANCELLING " if progress.is_cancelling else "RUNNING "
    left = "" if progress.left_s is None else f" · about {clock_words(progress.left_s)} left"
    pieces: list[Piece] = [
        (f" {word}", palette.warn if progress.is_cancelling else palette.strong),
        (bar(share, cells), palette.field + palette.accent),
        (f" {share:4.0%}", palette.strong),
        (f"  {clock_words(progress.taken_s)}{left}", None),
        (f" · {sanitize(progress.step)}", palette.muted),
    ]
    hint: list[Piece] = [] if progress.is_cancelling else [(" x cancels ", palette.muted)]
    return line(width, palette.base, pieces, right=hint)


def title_words(document: BacktestDocument) -> str:
    """What was run: strategy, parameters, pair, candles."""
    chosen = " ".join(f"{name}={value:g}" for name, value in document.parameters.items())
    return sanitize(
        f"{document.strategy} {chosen}".rstrip()
        + f" · {document.pair} {document.timeframe} · {day_words(document.first_time_ms)} to "
        f"{day_words(document.last_time_ms)}"
    )


def result_rows(document: BacktestDocument, *, width: int, palette: Palette) -> list[Strip]:
    """Two lines: what was run, and what came of it beside holding and beside chance."""
    own, metrics = document.metrics.get("return_ratio"), document.metrics
    held = metrics.get("buy_and_hold_ratio")
    chance = document.beside.random_entry.metrics.get("return_ratio")
    deepest = metrics.get("max_drawdown_ratio")
    pieces: list[Piece] = [
        (f" {amount(document.cash, 0)} → {amount(document.equity_final, 0)} ", palette.strong),
        (f"{ratio_words(own)}", palette.signed(own)),
        (" · holding ", palette.muted),
        (ratio_words(held), palette.signed(held)),
    ]
    if chance is not None:
        beats = "" if chance.beaten_ratio is None else f" beats {chance.beaten_ratio:.0%}"
        pieces += [
            (" · chance ", palette.muted),
            (ratio_words(chance.median), palette.signed(chance.median)),
            (beats, None),
        ]
    fees = metrics.get("fees")
    pieces += [
        (" · down ", palette.muted),
        (ratio_words(None if deepest is None else -deepest), palette.down),
        (" · fees ", palette.muted),
        (amount(fees, 0), None),
    ]
    counted = f" {len(document.trades):,} trades "
    return [
        line(
            width,
            palette.base,
            [(f" {title_words(document)}", palette.strong)],
            right=[(counted, palette.muted)],
        ),
        line(width, palette.base, pieces),
    ]


def caution_row(document: BacktestDocument, *, width: int, palette: Palette) -> Strip:
    """One line: how many warnings with the first, else what was assumed."""
    warnings = document.warnings
    if not warnings:
        return line(
            width, palette.base, [(f" assumed: {sanitize(document.assumptions)}", palette.muted)]
        )
    more = f" {len(warnings)} warnings (5)" if len(warnings) > 1 else " 1 warning (5)"
    text = f": {sanitize(warnings[0])}"
    return line(width, palette.base, [(f" !{more}", palette.warn), (text, palette.muted)])


def ended_rows(ended: tuple[str, str], *, width: int, palette: Palette) -> list[Strip]:
    """How a run ended, its word and why, in full: what to do often stands at a refusal's end."""
    word = f" {ended[0]} "
    parts = wrapped(ended[1], width - len(word), lines_max=_ENDED_LINES)
    heads: list[Piece] = [(word, palette.bad), *[(" " * len(word), None)] * len(parts)]
    return [
        line(width, palette.base, [head, (part, palette.warn)])
        for head, part in zip(heads, parts, strict=False)
    ]


def tab_row(
    panes: Sequence[tuple[str, str]], active: str, *, width: int, palette: Palette
) -> Strip:
    """The panes by their numbers, the active one in brackets."""
    pieces: list[Piece] = []
    for number, (name, words) in enumerate(panes, 1):
        if name == active:
            pieces.append((f"[{number} {words}]", palette.active))
        else:
            pieces += [(f" {number} ", palette.muted), (f"{words} ", None)]
    return line(width, palette.bar, pieces)


def form_rows(
    fields: Sequence[FormField], cursor: int, *, size: tuple[int, int], palette: Palette
) -> list[Strip]:
    """One line a field, as many as there is room for, the marked one among them."""
    width, height = size
    first = first_row(cursor, len(fields), height)
    return [
        _form_row(each, is_marked=first + place == cursor, width=width, palette=palette)
        for place, each in enumerate(fields[first : first + height])
    ]


def _form_row(each: FormField, *, is_marked: bool, width: int, palette: Palette) -> Strip:
    is_choice = each.kind is FieldKind.CHOICE
    room = _VALUE_WIDTH - 2
    if is_choice:
        signs = ("◂", "▸") if is_marked else (" ", " ")
        text = f"{signs[0]}{left_in(each.text, room)}{signs[1]}"
    else:
        text = f" {left_in(each.text + ('▏' if is_marked else ''), room)} "
    ink = palette.bad if each.fault else palette.field if not is_choice else palette.strong
    said = f" {each.fault}" if each.fault else f" {each.hint}"
    mark = "▸" if is_marked else "!" if each.fault else " "
    style = palette.base + palette.cursor if is_marked else palette.base
    pieces: list[Piece] = [
        (mark, palette.bad if each.fault else None),
        (left_in(each.label, _LABEL_WIDTH), None),
        (text, ink + palette.field if each.fault else ink),
        (said, palette.warn if each.fault else palette.muted),
    ]
    return line(width, style, pieces)


_RUN_COLUMNS = (
    Column(title="kept (UTC)", width=16, priority=4),
    Column(title="pair", width=9, priority=1),
    Column(title="tf", width=3, priority=3),
    Column(title="strategy", width=18, is_flexible=True),
    Column(title="return", width=8, is_right=True),
    Column(title="holding", width=8, priority=2, is_right=True),
    Column(title="drawdown", width=8, priority=5, is_right=True),
    Column(title="sharpe", width=6, priority=6, is_right=True),
    Column(title="trades", width=6, priority=7, is_right=True),
)


def run_rows(
    runs: Sequence[KeptRun],
    cursor: int,
    *,
    shown: str | None,
    size: tuple[int, int],
    palette: Palette,
) -> list[Strip]:
    """Kept runs, newest first; the one that is shown has a ●."""
    width, height = size
    room = max(1, height - 1)
    first = first_row(cursor, len(runs), room)
    rows = [
        _run_cells(run, is_shown=run.id == shown, palette=palette)
        for run in runs[first : first + room]
    ]
    return table(
        _RUN_COLUMNS,
        rows,
        width=width,
        base=palette.base,
        title_style=palette.muted,
        cursor=(cursor - first, palette.cursor),
    )


def _run_cells(run: KeptRun, *, is_shown: bool, palette: Palette) -> list[Piece]:
    chosen = " ".join(f"{value:g}" for value in run.parameters.values())
    deepest = run.max_drawdown_ratio
    return [
        (minute_words(run.kept_ms), palette.muted),
        (sanitize(run.pair), None),
        (run.timeframe, None),
        (f"{'● ' if is_shown else ''}{sanitize(run.strategy)} {chosen}", palette.strong),
        (ratio_words(run.return_ratio), palette.signed(run.return_ratio)),
        (ratio_words(run.buy_and_hold_ratio), palette.signed(run.buy_and_hold_ratio)),
        (ratio_words(None if deepest is None else -deepest), palette.down),
        ("—" if run.sharpe is None else f"{run.sharpe:.2f}", None),
        (f"{run.trades:,}", None),
    ]


def tab_column(panes: Sequence[tuple[str, str]], column: int) -> str | None:
    """Name of the pane whose tab is drawn in a column."""
    start = 0
    for number, (name, words) in enumerate(panes, 1):
        end = start + cell_len(f" {number} {words} ")
        if start <= column < end:
            return name
        start = end
    return None
