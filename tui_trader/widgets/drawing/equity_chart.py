"""Equity of a run beside holding and beside chance, and its drawdown below: braille lines in a grid.

How to think about it: a column of cells is two half columns, a row is four quarter rows. Where the curves
differ by more than a few times, values are drawn on a log scale: a fall by half is as deep anywhere.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from rich.style import Style
from textual.strip import Strip

from tui_trader.engine.values.time import MS_PER_DAY, MS_PER_SECOND
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.grid import Grid
from tui_trader.widgets.drawing.lines import Piece, blank, line
from tui_trader.widgets.drawing.numbers import UNKNOWN, compact

ROWS_MIN, COLUMNS_MIN = 5, 24
_LOG_FROM = 5.0
_AXIS = 9
_LABEL_ROWS = 4
_DATE_WIDTH = 10
_HOURS_BELOW_MS = 25 * MS_PER_DAY
_WHOLE_FROM = 10.0
_DRAWDOWN_ROWS_FROM = 9
_FULL, _HALF = "█", "▀"


@dataclass(frozen=True, slots=True, kw_only=True)
class EquityPicture:
    """Curves by the same times.

    Args:
        low: A twentieth of the runs by chance is below; empty without chance, as `high` and `median`.
        drawdown: Ratios, 0 to 1, the deepest of each stretch.
        name: What the first curve is called.
    """

    time_ms: Sequence[int]
    equity: Sequence[float]
    holding: Sequence[float]
    low: Sequence[float]
    median: Sequence[float]
    high: Sequence[float]
    drawdown: Sequence[float]
    name: str = "run"


@dataclass(frozen=True, slots=True)
class ValueScale:
    """From a value to a quarter row; 0 is the top."""

    bottom: float
    top: float
    quarters: int
    is_log: bool

    def quarter(self, value: float) -> int:
        """Quarter row of a value; outside values stick to the edges."""
        share = (self._of(value) - self.bottom) / ((self.top - self.bottom) or 1.0)
        return max(0, min(self.quarters - 1, round((1 - share) * (self.quarters - 1))))

    def value(self, quarter: int) -> float:
        """Value of a quarter row."""
        share = 1 - quarter / max(1, self.quarters - 1)
        found = self.bottom + share * (self.top - self.bottom)
        return math.exp(found) if self.is_log else found

    def _of(self, value: float) -> float:
        return math.log(max(value, 1e-9)) if self.is_log else value


def scale_of(picture: EquityPicture, rows: int) -> ValueScale:
    """A scale that has every curve in sight; linear where one has fallen to nothing."""
    known = [*picture.equity, *picture.holding, *picture.low, *picture.high]
    lowest, highest = min(known), max(known)
    is_log = lowest > 0 and highest / lowest > _LOG_FROM
    if is_log:
        return ValueScale(math.log(lowest), math.log(highest), rows * 4, is_log)
    span = (highest - lowest) or abs(highest) or 1.0
    return ValueScale(lowest - 0.03 * span, highest + 0.03 * span, rows * 4, is_log)


def equity_chart(
    picture: EquityPicture, *, width: int, height: int, palette: Palette
) -> list[Strip]:
    """Legend, curves, drawdown where there is room, and the days below."""
    base = palette.base
    if width < _AXIS + COLUMNS_MIN or height < ROWS_MIN or not picture.equity:
        return [blank(width, base)] * height
    below = max(2, (height - 2) // 4) if height >= _DRAWDOWN_ROWS_FROM else 0
    rows = height - 2 - below
    scale = scale_of(picture, rows)
    plot = width - _AXIS
    grid = Grid(width, rows + below + 1, base)
    _draw_axis(grid, scale, rows=rows, palette=palette)
    if picture.low:
        _draw_curve(grid, picture.median, scale, plot=plot, style=base + palette.muted)
    _draw_curve(grid, picture.holding, scale, plot=plot, style=base + palette.lines[0])
    _draw_curve(grid, picture.equity, scale, plot=plot, style=base + palette.lines[1])
    if picture.low:
        _draw_chance(grid, picture, scale, plot=plot, palette=palette)
    if below:
        _draw_drawdown(grid, picture, rows=range(rows, rows + below), plot=plot, palette=palette)
    draw_days(grid, picture.time_ms, columns=range(plot), palette=palette)
    legend = _legend(picture, palette, is_log=scale.is_log)
    return [line(width, base, legend), *grid.strips()]


def _sample(values: Sequence[float], place: int, places: int) -> float:
    return values[place * (len(values) - 1) // max(1, places - 1)]


def _draw_axis(grid: Grid, scale: ValueScale, *, rows: int, palette: Palette) -> None:
    rule, label = grid.base + palette.faint, grid.base + palette.muted
    count = max(1, rows // _LABEL_ROWS)
    for number in range(count + 1):
        row = min(rows - 1, number * (rows - 1) // count)
        text = compact(scale.value(row * 4 + 2)).rjust(_AXIS - 1)
        grid.text(grid.width - _AXIS + 1, row, (text, label))
        for column in range(0, grid.width - _AXIS, 2):
            grid.put_behind(column, row, ("·", rule))


def _draw_curve(
    grid: Grid, values: Sequence[float], scale: ValueScale, *, plot: int, style: Style
) -> None:
    before: int | None = None
    for half in range(plot * 2):
        quarter = scale.quarter(_sample(values, half, plot * 2))
        low, high = sorted((quarter, quarter if before is None else before))
        # The fall between two half columns is drawn in the later one, or a steep line is a row of dots.
        for each in range(low, high + 1):
            grid.dot(half, each, style)
        before = quarter


def _draw_chance(
    grid: Grid, picture: EquityPicture, scale: ValueScale, *, plot: int, palette: Palette
) -> None:
    """Nine of ten runs by chance lie in the tint, which has an edge for those who see none."""
    edge = grid.base + palette.faint
    tint = Style(bgcolor=palette.underline.bgcolor)
    for x in range(plot):
        top = scale.quarter(_sample(picture.high, x, plot)) >> 2
        bottom = scale.quarter(_sample(picture.low, x, plot)) >> 2
        grid.put_behind(x, top, ("╌", edge))
        grid.put_behind(x, bottom, ("╌", edge))
        grid.tint(x, range(top, bottom + 1), tint)


def _draw_drawdown(
    grid: Grid, picture: EquityPicture, *, rows: range, plot: int, palette: Palette
) -> None:
    """Bars that hang from the top; half a row is the least that is drawn."""
    deepest = max(picture.drawdown)
    style = grid.base + palette.ask_bar
    stretch = len(picture.drawdown) / plot
    for x in range(plot):
        part = picture.drawdown[
            int(x * stretch) : max(int(x * stretch) + 1, int((x + 1) * stretch))
        ]
        halves = math.ceil(max(part) / deepest * len(rows) * 2) if deepest and part else 0
        for place, y in enumerate(rows):
            if halves >= 2 * place + 2:
                grid.put(x, y, (_FULL, style))
            elif halves == 2 * place + 1:
                grid.put(x, y, (_HALF, style))
    label = grid.base + palette.muted
    grid.text(grid.width - _AXIS + 1, rows[0], ("0%".rjust(_AXIS - 1), label))
    text = f"-{deepest:.1%}".rjust(_AXIS - 1)
    grid.text(grid.width - _AXIS + 1, rows[-1], (text, grid.base + palette.down))


def draw_days(grid: Grid, times_ms: Sequence[int], *, columns: range, palette: Palette) -> None:
    """Days below their columns on the last row, as many as have room."""
    count = max(1, len(columns) // (_DATE_WIDTH + 5))
    style = grid.base + palette.muted
    is_short = times_ms[-1] - times_ms[0] < _HOURS_BELOW_MS
    for number in range(count):
        place = number * len(columns) // count
        time_ms = times_ms[place * (len(times_ms) - 1) // max(1, len(columns) - 1)]
        text = minute_words(time_ms)[5:] if is_short else day_words(time_ms)
        grid.text(columns[place], grid.height - 1, (text, style))


def day_words(time_ms: int) -> str:
    """`2024-01-31`."""
    return datetime.fromtimestamp(time_ms / MS_PER_SECOND, tz=UTC).strftime("%Y-%m-%d")


def minute_words(time_ms: int) -> str:
    """`2024-01-31 14:05`."""
    return datetime.fromtimestamp(time_ms / MS_PER_SECOND, tz=UTC).strftime("%Y-%m-%d %H:%M")


def ratio_words(value: float | None) -> str:
    """`+12.3%`, `+4,762%` from ten times on."""
    if value is None:
        return UNKNOWN
    return f"{value:+,.0%}" if abs(value) >= _WHOLE_FROM else f"{value:+,.1%}"


def _legend(picture: EquityPicture, palette: Palette, *, is_log: bool) -> list[Piece]:
    pieces: list[Piece] = [
        (" ⣀⠤ ", palette.lines[1]),
        (f"{picture.name}  ", palette.strong),
        ("⣀⠤ ", palette.lines[0]),
        ("holding  ", None),
    ]
    if picture.low:
        pieces += [("⣀⠤ ", palette.muted), ("chance, 9 of 10 between ╌", palette.muted)]
    if is_log:
        pieces.append(("  log scale", palette.muted))
    return pieces
