"""A signal in a few lines: the most important first, so that the least is what has no room."""

from textual.strip import Strip

from tui_trader.engine.messages.signal_queries import SignalRow
from tui_trader.engine.values.text import sanitize
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.lines import Piece, line, pieces_width, wrapped
from tui_trader.widgets.drawing.signal_words import (
    age_words,
    band_words,
    confidence_ink,
    is_old,
    needs_words,
    right_words,
    share,
    stance,
    stance_ink,
    stopped_words,
)

_SHORT_BELOW = 40


def brief_rows(
    row: SignalRow, *, now_ms: int, size: tuple[int, int], palette: Palette
) -> list[Strip]:
    """At most as many lines as there is room for; what belongs together shares a line where it fits."""
    width, height = size
    is_short = width < _SHORT_BELOW
    first = joined([_side(row, palette, is_short), _figures(row, palette, is_short)], width)
    extra = [_record(row, palette, is_short), _age(row, now_ms, palette)]
    more: list[list[Piece]] = []
    while extra and not more:
        # Why it does not trade matters more than how old that is, and than how it has held.
        more = joined(extra, width)
        if len(first) + len(more) >= height:
            more = []
            extra.pop()
    spare = max(1, height - len(first) - len(more))
    ink = palette.warn if row.silence or row.waterfall is None else palette.plain
    parts = wrapped(_why(row), max(1, width - 2), lines_max=spare)
    told: list[list[Piece]] = [[(f" {part}", ink)] for part in parts]
    rows = [*first, *more[:1], *told, *more[1:]]
    return [line(width, palette.base, pieces) for pieces in rows[:height]]


def joined(groups: list[list[Piece]], width: int) -> list[list[Piece]]:
    """Groups of pieces in lines, as many on one as fit whole."""
    lines: list[list[Piece]] = []
    for group in groups:
        if not group:
            continue
        joined = [*lines[-1], (" ·", None), *group] if lines else []
        if joined and pieces_width(joined) <= width:
            lines[-1] = joined
        else:
            lines.append(group)
    return lines


def _side(row: SignalRow, palette: Palette, is_short: bool) -> list[Piece]:  # noqa: FBT001
    interval = "" if is_short else f" {row.interval.value}"
    return [(f" {stance(row)}", stance_ink(row, palette)), (interval, palette.muted)]


def _figures(row: SignalRow, palette: Palette, is_short: bool) -> list[Piece]:  # noqa: FBT001
    if row.confidence is None:
        return []
    decimals = 0 if is_short else 1
    pieces: list[Piece] = [(f" {share(row.confidence, decimals)}", confidence_ink(row, palette))]
    if row.break_even is not None:
        pieces.append((f" needs {needs_words(row.break_even, decimals)}", palette.muted))
    return pieces


def _record(row: SignalRow, palette: Palette, is_short: bool) -> list[Piece]:  # noqa: FBT001
    if row.track is None:
        return [(" record not known yet", palette.muted)]
    words = right_words(row.track)
    return [
        (f" {band_words(row.track)}: {words.removeprefix('right ') if is_short else words}", None)
    ]


def _age(row: SignalRow, now_ms: int, palette: Palette) -> list[Piece]:
    if row.candle_ms is None:
        return []
    ink = palette.warn if is_old(row, now_ms) else palette.muted
    return [(f" candle closed {age_words(row, now_ms)} ago", ink)]


def _why(row: SignalRow) -> str:
    """Why nothing is said; else the gate that stopped what was said."""
    if row.silence:
        return sanitize(row.silence)
    return stopped_words(row.waterfall) if row.waterfall is not None else "no decision yet"
