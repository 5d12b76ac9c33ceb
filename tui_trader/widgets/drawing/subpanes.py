"""Indicator lines: curves in braille over the candles, and panes of their own below them."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style
from textual.strip import Strip

from tui_trader.themes import Palette
from tui_trader.widgets.drawing.grid import Grid
from tui_trader.widgets.drawing.lines import Piece, line
from tui_trader.widgets.drawing.numbers import UNKNOWN, compact

_QUARTERS = 4
_JUMP_MAX = 4
"""Rows between two neighbours that are still joined by dots; further apart it reads as a jump."""
_HISTOGRAM = "histogram"
_AIR = 0.08
_BLOCKS = " ▁▂▃▄▅▆▇█"
_EIGHTHS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartLine:
    """One indicator as it is drawn.

    Args:
        names: Of its outputs; `columns`, `shifts` alike: values by candle, and columns to the right.
        low: Range of its pane, where that is known; `high` likewise.
        missing_bars: Candles it still needs before its first value.
    """

    label: str
    names: tuple[str, ...]
    columns: tuple[tuple[float | None, ...], ...]
    shifts: tuple[int, ...]
    is_overlay: bool
    colour: int
    low: float | None = None
    high: float | None = None
    missing_bars: int = 0


def line_value(values: Sequence[float | None], index: int) -> float | None:
    """Value at a candle; unknown before the first and after the last."""
    return values[index] if 0 <= index < len(values) else None


def draw_curve(
    grid: Grid,
    columns: Sequence[int],
    quarters: Sequence[int | None],
    *,
    rows: range,
    style: Style,
) -> None:
    """Dots from value to value; `quarters` are quarter rows from the top, `None` a gap."""
    for place, quarter in enumerate(quarters):
        if quarter is None:
            continue
        x = columns[place] * 2
        if quarter >> 2 in rows:
            grid.dot(x, quarter, style)
        after = quarters[place + 1] if place + 1 < len(quarters) else None
        if after is None or abs(after - quarter) > _JUMP_MAX * _QUARTERS:
            continue
        end = columns[place + 1] * 2
        steps = max(end - x, abs(after - quarter))
        for step in range(1, steps):
            between = quarter + round((after - quarter) * step / steps)
            if between >> 2 in rows:
                grid.dot(x + round((end - x) * step / steps), between, style)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaneCut:
    """The window as a pane below sees it.

    Args:
        first: Candle in the first of `columns`.
        at: Candle whose values are read out.
        axis: Cells for numbers at the right.
    """

    first: int
    columns: Sequence[int]
    at: int
    has_cross: bool
    axis: int


def draw_subpane(
    chart_line: ChartLine, cut: PaneCut, *, width: int, height: int, palette: Palette
) -> list[Strip]:
    """A label line with the values read out, and the curves below it."""
    rows, columns = height, cut.columns
    label = _label_line(chart_line, cut.at, width=width, palette=palette)
    grid = Grid(width, rows - 1, palette.base)
    shown = [
        [line_value(values, cut.first + place - shift) for place in range(len(columns))]
        for values, shift in zip(chart_line.columns, chart_line.shifts, strict=True)
    ]
    low, high = _range(chart_line, shown)
    if low is None or high is None:
        needs = chart_line.missing_bars
        text = f" needs {needs:,} more candles" if needs else " no value in sight"
        return [label, line(width, palette.base, [(text, palette.muted)]), *grid.strips()[1:]]
    top = (rows - 1) * _QUARTERS - 1
    span = (high - low) or 1.0
    for number, (name, values) in enumerate(zip(chart_line.names, shown, strict=True)):
        if name == _HISTOGRAM:
            _draw_histogram(grid, columns, values, low=low, high=high, palette=palette)
            continue
        quarters = [
            None if value is None else round((high - value) / span * top) for value in values
        ]
        ink = palette.lines[(chart_line.colour + number) % len(palette.lines)]
        draw_curve(grid, columns, quarters, rows=range(rows - 1), style=palette.base + ink)
    if cut.has_cross and cut.first <= cut.at < cut.first + len(columns):
        x = columns[cut.at - cut.first]
        for y in range(rows - 1):
            grid.put_behind(x, y, ("┊", palette.base + palette.own))
        grid.tint(x, range(rows - 1), palette.cursor)
    edge = width - cut.axis
    for y, value in ((0, high), (rows - 2, low)):
        text = _axis_text(value, cut.axis - 1)
        grid.text(edge, y, (text.rjust(cut.axis - 1), palette.base + palette.muted))
    return [label, *grid.strips()]


def _axis_text(value: float, room: int) -> str:
    text = f"{value:g}" if value == int(value) else f"{value:,.2f}"
    return text if len(text) <= room else compact(value)


def _label_line(chart_line: ChartLine, at: int, *, width: int, palette: Palette) -> Strip:
    pieces: list[Piece] = [(f" {chart_line.label}", palette.plain)]
    for number, (name, values) in enumerate(zip(chart_line.names, chart_line.columns, strict=True)):
        value = line_value(values, min(at, len(values) - 1))
        ink = palette.lines[(chart_line.colour + number) % len(palette.lines)]
        text = UNKNOWN if value is None else _number(value)
        pieces += [
            (f"  {name} " if len(chart_line.names) > 1 else "  ", palette.muted),
            (text, ink),
        ]
    return line(width, palette.base + palette.underline, pieces)


def _number(value: float) -> str:
    return f"{value:,.2f}" if abs(value) >= 1 else f"{value:.4g}"


def _range(
    chart_line: ChartLine, shown: Sequence[Sequence[float | None]]
) -> tuple[float | None, float | None]:
    known = [value for values in shown for value in values if value is not None]
    if not known:
        return None, None
    low, high = min(known), max(known)
    if _HISTOGRAM in chart_line.names:
        return min(low, 0.0), max(high, 0.0)
    # With some air, but never beyond the range of the indicator: 100 is the end of an RSI.
    air = (high - low) * _AIR or abs(high) * _AIR or _AIR
    low, high = low - air, high + air
    if chart_line.low is not None:
        low = max(low, chart_line.low)
    if chart_line.high is not None:
        high = min(high, chart_line.high)
    return low, high


def _draw_histogram(
    grid: Grid,
    columns: Sequence[int],
    values: Sequence[float | None],
    *,
    low: float,
    high: float,
    palette: Palette,
) -> None:
    """Bars from the zero line, up in one colour and down in the other."""
    span, eighths = (high - low) or 1.0, grid.height * _EIGHTHS
    zero = round((high - 0.0) / span * eighths)
    for x, value in zip(columns, values, strict=True):
        if value is None:
            continue
        end = round((high - value) / span * eighths)
        top, bottom = min(zero, end), max(zero, end)
        style = palette.base + (palette.bid_bar if value >= 0 else palette.ask_bar)
        for y in range(top // _EIGHTHS, -(-bottom // _EIGHTHS)):
            glyph = _bar_glyph(top - y * _EIGHTHS, bottom - y * _EIGHTHS)
            if glyph:
                grid.put_behind(x, y, (glyph, style))


def _bar_glyph(top: int, bottom: int) -> str:
    """Block for what lies between two eighths of a cell, counted from its top.

    Blocks fill a cell from below in eighths; from above there are a half and a whole only.
    """
    if bottom >= _EIGHTHS:
        return _BLOCKS[min(_EIGHTHS, _EIGHTHS - max(0, top))]
    if top <= 0:
        return "▀" if bottom >= _EIGHTHS // 4 else ""
    return "▄" if bottom > _EIGHTHS // 2 else "▀"
