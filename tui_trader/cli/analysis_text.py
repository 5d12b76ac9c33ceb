"""The report of `analyze`: lines of text that fit a terminal."""

import re
import sys
import textwrap
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import pairwise

from tui_trader.cli.analysis_document import NO_SENTIMENT, NO_SIGNAL, PATTERN_BARS, Analysis
from tui_trader.cli.charts import LEGEND, candle_chart, candles_shown, line_chart
from tui_trader.cli.narration import answer, counted, painted
from tui_trader.cli.signals import REASONS_SHOWN, band_words, row_words
from tui_trader.cli.table import table_lines
from tui_trader.engine.analysis.catalogue import indicator_named
from tui_trader.engine.analysis.compute import compute
from tui_trader.engine.analysis.summary import IndicatorReading, StanceTotals
from tui_trader.engine.values.candles import Candle
from tui_trader.engine.values.text import sanitize
from tui_trader.engine.values.time import MS_PER_MINUTE, MS_PER_SECOND

ARROWS = {1: "▲", -1: "▼", 0: "·", None: " "}
COLOURS = {1: "green", -1: "red"}
ROWS_MAX = 8
"""Newest patterns, breakouts and divergences that are told; JSON has more."""
LEVELS_SHOWN = 4
"""Levels on either side of the price."""
RSI_MARKS = (30.0, 70.0)
DIGITS = 6
WHOLE = 10**DIGITS
"""From here on a value is told without a fraction, not as a power of ten."""
HANG_CELLS = 20
"""Under what follows a time and an arrow."""
LABEL_CELLS = 26
_CODES = re.compile("\x1b\\[[0-9;]*m")
TOTAL_HEADS = ("GROUP", ">BULLISH", ">BEARISH", ">NEUTRAL", ">NO SIDE", ">UNKNOWN")
MINUTES_PER_HOUR, MINUTES_PER_DAY = 60, 1_440


def print_report(analysis: Analysis, *, width: int, now_ms: int, shows_all: bool) -> None:
    """The whole report on stdout.

    Args:
        analysis: What is told.
        width: Cells that no line exceeds.
        now_ms: UTC, for the age of the newest candle.
        shows_all: Also indicators that take no side.
    """
    sections = (
        _head(analysis, now_ms),
        _charts(analysis, width),
        _totals(analysis),
        _readings(analysis, width, shows_all=shows_all),
        _patterns(analysis),
        _structure(analysis),
        _titled("SENTIMENT of the whole market", _sentiment(analysis)),
        _titled("SIGNAL", _signal(analysis)),
    )
    for line in _joined(sections):
        for piece in wrapped(line, width):
            answer(piece)


def _signal(analysis: Analysis) -> list[str]:
    """What models say, the gates it met, and the features that moved it most."""
    if analysis.signal is None:
        return [NO_SIGNAL]
    row = analysis.signal.row
    lines = [row_words(row)]
    if row.track is not None:
        lines.append(band_words(row.track, is_live=row.is_live_track))
    if row.waterfall is not None and (stop := row.waterfall.stopped_by) is not None:
        lines.append(f"it does not trade: {stop.gate.replace('_', ' ')}: {stop.text}")
    told = analysis.signal.reasons[:REASONS_SHOWN]
    return lines + [f"{reason.push:+.3f}  {reason.words}" for reason in told]


def _joined(sections: Iterable[Sequence[str]]) -> list[str]:
    lines: list[str] = []
    for section in sections:
        lines += ["", *section] if lines else section
    return lines


def wrapped(line: str, width: int, *, hang: int = HANG_CELLS) -> list[str]:
    """A line as lines that fit; what goes on below stands under the words, `hang` cells in."""
    if len(_CODES.sub("", line)) <= width:
        return [line]
    indent = " " * hang
    return textwrap.wrap(
        line, width, subsequent_indent=indent, drop_whitespace=True, break_on_hyphens=False
    )


def _titled(title: str, lines: Sequence[str]) -> list[str]:
    return [painted(title, "bold"), *lines]


def _head(analysis: Analysis, now_ms: int) -> list[str]:
    candles = analysis.candles
    first, last = int(candles.open_time_ms[0]), int(candles.open_time_ms[-1])
    gaps = sum(b - a > candles.interval.ms for a, b in pairwise(candles.open_time_ms.tolist()))
    age = duration_words(now_ms - last - candles.interval.ms)
    return [
        painted(f"{analysis.symbol} {candles.interval.value}", "bold")
        + f"  close {number(float(candles.close[-1]))}  {analysis.structure.trend_words}",
        f"{counted(len(candles), 'closed candle')} from {analysis.source}",
        f"{clock(first)} to {clock(last)} UTC, {counted(gaps, 'gap') if gaps else 'no gap'}",
        f"the newest closed {age} ago",
    ]


def _charts(analysis: Analysis, width: int) -> list[str]:
    shown = analysis.candles[-candles_shown(width) :]
    is_coloured = painted("", "bold", sys.stdout) != ""
    rows = [
        Candle(
            open_time_ms=int(shown.open_time_ms[row]),
            open=float(shown.open[row]),
            high=float(shown.high[row]),
            low=float(shown.low[row]),
            close=float(shown.close[row]),
            volume_base=float(shown.volume[row]),
        )
        for row in range(len(shown))
    ]
    rsi = compute(analysis.candles, indicator_named("rsi"))["rsi"][-len(shown) :]
    known = [value if value == value else None for value in rsi.tolist()]
    times_ms = [row.open_time_ms for row in rows]
    return [
        *candle_chart(rows, width=width, is_coloured=is_coloured),
        f"{LEGEND}; below: rsi(14), with lines at 30 and 70",
        *line_chart(known, times_ms, width=width, is_coloured=is_coloured, marks=RSI_MARKS),
    ]


def _totals(analysis: Analysis) -> list[str]:
    rows = [_total_cells(totals) for totals in (*analysis.summary.groups, analysis.summary.total)]
    heads, *lines = table_lines(TOTAL_HEADS, rows)
    return _titled(heads, lines)


def _total_cells(totals: StanceTotals) -> tuple[str, ...]:
    counts = (totals.bullish, totals.bearish, totals.neutral, totals.sideless, totals.unknown)
    return (totals.group, *(str(count) for count in counts))


def _readings(analysis: Analysis, width: int, *, shows_all: bool) -> list[str]:
    readings = analysis.summary.readings
    chosen = [one for one in readings if shows_all or one.takes_sides]
    lines: list[str] = []
    for group in dict.fromkeys(one.group for one in chosen):
        rows = [_reading_cells(one) for one in chosen if one.group == group]
        lines += ["", painted(group.upper(), "bold")]
        for cells in rows:
            lines += wrapped(" ".join(cells), width, hang=LABEL_CELLS + 3)
    if len(chosen) < len(readings):
        lines += ["", f"{len(readings) - len(chosen)} more take no side; --all shows them"]
    return lines[1:]


def _reading_cells(reading: IndicatorReading) -> tuple[str, str, str]:
    arrow = ARROWS[reading.stance]
    values = "  ".join(number(output.value) for output in reading.outputs)
    said = f"{values}  {reading.meaning}" if reading.is_known else f"n/a  {reading.meaning}"
    colour = COLOURS.get(reading.stance or 0)
    return painted(arrow, colour) if colour else arrow, f"{reading.label:<{LABEL_CELLS}}", said


def _patterns(analysis: Analysis) -> list[str]:
    lines = [
        f"{clock(row.open_time_ms)}  {ARROWS[row.direction]} {row.name} ({row.strength}): {row.meaning}"
        for row in sorted(analysis.patterns, key=lambda row: -row.confirmed_time_ms)
    ]
    return _titled(f"PATTERNS of the newest {PATTERN_BARS} candles", _few(lines, "no pattern"))


def _structure(analysis: Analysis) -> list[str]:
    seen = analysis.structure
    above = [level for level in seen.levels if not level.is_support][-LEVELS_SHOWN:]
    below = [level for level in seen.levels if level.is_support][:LEVELS_SHOWN]
    levels = [
        f"{'support' if level.is_support else 'resistance':<10}  {number(level.price):>12}"
        f"  {level.distance_percent:+7.2f} %  {level.touches:>3} turns, last {clock(level.last_touch_time_ms)}"
        for level in (*above, *below)
    ]
    events = [
        f"{clock(event.open_time_ms)}  {ARROWS[event.direction]} {event.words}"
        for event in reversed(seen.events)
    ]
    divergences = [
        f"{clock(one.to_time_ms)}  {ARROWS[one.direction]} {one.words}"
        for one in reversed(seen.divergences)
    ]
    return [
        *_titled("LEVELS", levels or ["no level was touched twice yet"]),
        "",
        *_titled("BREAKOUTS", _few(events, "none")),
        "",
        *_titled("DIVERGENCES", _few(divergences, "none")),
    ]


def _sentiment(analysis: Analysis) -> list[str]:
    mood = analysis.sentiment
    if mood is None:
        return [NO_SENTIMENT]
    # What feeds say was cleaned where it came in; the engine is not trusted to have done it.
    parts = [
        f"{sanitize(part.title):<18} {_score(part.value):>5}  {part.state.value}"
        f"{'' if part.age_ms is None else f', {duration_words(part.age_ms)} old'}: {sanitize(part.says)}"
        for part in mood.parts
    ]
    return [f"{_score(mood.score)} of -1 (fear) to 1 (greed): {sanitize(mood.says)}", *parts]


def _score(score: float | None) -> str:
    return "n/a" if score is None else f"{score:+.2f}"


def _few(lines: Sequence[str], empty: str) -> list[str]:
    if not lines:
        return [empty]
    older = len(lines) - ROWS_MAX
    return [*lines[:ROWS_MAX], *([f"and {older:,} older"] if older > 0 else [])]


def number(value: float | None) -> str:
    """Six digits that mean something: 58,369.3 and 0.0823451; `n/a` for what is unknown."""
    if value is None:
        return "n/a"
    return f"{value:,.0f}" if abs(value) >= WHOLE else f"{value:,.{DIGITS}g}"


def clock(time_ms: int) -> str:
    """UTC to the minute."""
    return f"{datetime.fromtimestamp(time_ms / MS_PER_SECOND, tz=UTC):%Y-%m-%d %H:%M}"


def duration_words(span_ms: int) -> str:
    """`35 min`, `2 h`, `3,201 days`."""
    minutes = max(0, span_ms) // MS_PER_MINUTE
    if minutes < MINUTES_PER_HOUR:
        return f"{minutes} min"
    if minutes < 2 * MINUTES_PER_DAY:
        return f"{minutes // MINUTES_PER_HOUR} h"
    return f"{minutes // MINUTES_PER_DAY:,} days"
