"""Parts of a candle chart in half cells: candles, volume, price and time axis, last price.

How to think about it: a cell of the plot is two half rows, each empty, wick or body, and one glyph
exists for each pair of them. Everything is written into a grid of characters and styles, and runs
of one style become segments at the end.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style

from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.time import MS_PER_DAY, MS_PER_MINUTE, format_clock, format_rfc3339
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.grid import Grid
from tui_trader.widgets.drawing.scale import Scale, axis_prices

_EMPTY, _WICK, _BODY = 0, 1, 2
_GLYPHS = {
    (_EMPTY, _EMPTY): " ",
    (_EMPTY, _WICK): "╷",
    (_WICK, _EMPTY): "╵",
    (_WICK, _WICK): "│",
    (_EMPTY, _BODY): "╻",
    (_BODY, _EMPTY): "╹",
    (_BODY, _BODY): "┃",
    (_WICK, _BODY): "╽",
    (_BODY, _WICK): "╿",
}
BLOCKS = " ▁▂▃▄▅▆▇█"
TIME_LABEL_WIDTH = 5
NICE_MINUTES = (5, 10, 15, 30, 60, 120, 240, 360, 720, 1_440, 2_880, 7_200, 14_400, 28_800)
ROWS_MIN = 6
COLUMNS_MIN = 16


@dataclass(frozen=True, slots=True)
class Inks:
    """Styles of candles and of their volume."""

    up: Style
    down: Style
    volume_up: Style
    volume_down: Style

    @classmethod
    def of(cls, palette: Palette, *, is_old: bool) -> "Inks":
        """Of a palette; muted when prices are old."""
        base = palette.base
        if is_old:
            faded, faint = base + palette.muted, base + palette.faint
            return cls(faded, faded, faint, faint)
        return cls(
            base + palette.up,
            base + palette.down,
            base + palette.bid_bar,
            base + palette.ask_bar,
        )


def draw_candle(grid: Grid, x: int, candle: Candle, *, scale: Scale, inks: Inks) -> None:
    """One candle in one column."""
    is_up = candle.close >= candle.open
    style = inks.up if is_up else inks.down
    wick_top, wick_end = scale.half_row(candle.high), scale.half_row(candle.low)
    body_top = scale.half_row(max(candle.open, candle.close))
    body_end = scale.half_row(min(candle.open, candle.close))

    def part(half: int) -> int:
        if not wick_top <= half <= wick_end:
            return _EMPTY
        return _BODY if body_top <= half <= body_end else _WICK

    for y in range(wick_top >> 1, (wick_end >> 1) + 1):
        grid.put(x, y, (_GLYPHS[part(2 * y), part(2 * y + 1)], style))


def draw_volume(
    grid: Grid,
    columns: Sequence[int],
    shown: Sequence[Candle],
    *,
    rows: int,
    bottom: int,
    inks: Inks,
) -> None:
    """Bars of volume in `rows` rows up from row `bottom`."""
    most = max(candle.volume_base for candle in shown) or 1.0
    for x, candle in zip(columns, shown, strict=True):
        eighths = math.ceil(candle.volume_base / most * rows * 8) if candle.volume_base else 0
        style = inks.volume_up if candle.close >= candle.open else inks.volume_down
        for level in range(rows):
            part = min(8, max(0, eighths - level * 8))
            if part:
                grid.put(x, bottom - level, (BLOCKS[part], style))


def draw_price_axis(
    grid: Grid, *, decimals: int, axis: int, scale: Scale, palette: Palette
) -> None:
    """Round prices with a dotted rule each."""
    x = grid.width - axis
    label_style, rule_style = palette.base + palette.muted, palette.base + palette.faint
    for price in axis_prices(scale):
        row = scale.row(price)
        if 0 <= row < scale.rows:
            for column in range(0, x - 1, 2):
                grid.put_behind(column, row, ("·", rule_style))
            grid.text(x, row, (f"{price:,.{decimals}f}".rjust(axis - 1), label_style))


def draw_last_price(
    grid: Grid, last: Candle, *, decimals: int, axis: int, scale: Scale, chip: Style
) -> None:
    """The newest price on a chip at its height, at the edge where it is out of sight."""
    row = min(scale.rows - 1, max(0, scale.row(last.close)))
    text = f"◂{last.close:,.{decimals}f}".rjust(axis) + " "
    grid.text(grid.width - axis - 1, row, (text, chip))


def last_style(last: Candle, palette: Palette) -> Style:
    """Chip of the last price, on the colour of its candle."""
    ink = palette.up if last.close >= last.open else palette.down
    return Style(color=palette.base.bgcolor, bgcolor=ink.color, bold=True)


def draw_time_axis(
    grid: Grid,
    columns: Sequence[int],
    shown: Sequence[Candle],
    *,
    interval: Interval,
    palette: Palette,
) -> None:
    """Round times under their candles, on the last row; where holes crowd them, the first stays."""
    y = grid.height - 1
    x_free = 0
    style = palette.base + palette.muted
    step = columns[1] - columns[0] if len(columns) > 1 else 1
    candles_apart = -(-(2 * TIME_LABEL_WIDTH + 2) // step)
    wanted = interval.minutes * candles_apart
    minutes = next((nice for nice in NICE_MINUTES if nice >= wanted), NICE_MINUTES[-1])
    for x, candle in zip(columns, shown, strict=True):
        is_marked = candle.open_time_ms // MS_PER_MINUTE % minutes == 0
        if not is_marked or x < x_free or x + TIME_LABEL_WIDTH > grid.width:
            continue
        grid.text(x, y, (time_label(candle.open_time_ms), style))
        x_free = x + TIME_LABEL_WIDTH + 1


def time_label(time_ms: int) -> str:
    """`HH:MM`, and the day of the month at midnight."""
    if time_ms % MS_PER_DAY:
        return format_clock(time_ms)[:TIME_LABEL_WIDTH]
    return format_rfc3339(time_ms)[5:10]
