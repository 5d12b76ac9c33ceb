"""Candle chart in half cells: candles, volume, price and time axis, last price, own fills.

How to think about it: a cell of the plot is two half rows, each empty, wick or body, and one glyph
exists for each pair of them. Everything is written into a grid of characters and styles, and runs
of one style become segments at the end.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style
from textual.strip import Strip

from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.orders import Side
from tui_trader.engine.values.time import MS_PER_DAY, MS_PER_MINUTE, format_clock, format_rfc3339
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.grid import Grid
from tui_trader.widgets.drawing.lines import blank, line
from tui_trader.widgets.drawing.scale import Scale, fitted_scale, price_step

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


@dataclass(frozen=True, slots=True, kw_only=True)
class FillMark:
    """An own fill, to be marked in its candle."""

    time_ms: int
    side: Side


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartPicture:
    """What a chart shows.

    Args:
        candles: Oldest first.
        decimals: Digits of a price.
        is_old: Prices are not current: everything is drawn muted.
    """

    candles: Sequence[Candle]
    interval: Interval
    fills: Sequence[FillMark]
    decimals: int
    is_old: bool = False


def chart(picture: ChartPicture, *, width: int, height: int, palette: Palette) -> list[Strip]:
    """Strips of the whole chart, axes included; says so when there is nothing or no room."""
    base = palette.base
    axis = _axis_width(picture, width)
    if width < axis + COLUMNS_MIN or height < ROWS_MIN:
        return [blank(width, base)] * height
    shown = picture.candles[-(width - axis - 1) :]
    if not shown:
        note = line(width, base, [("  waiting for candles…", palette.muted)])
        return [note, *[blank(width, base)] * (height - 1)]
    grid = Grid(width, height, base)
    volume_rows = max(1, (height - 1) // 6)
    scale = fitted_scale(shown, height - 1 - volume_rows)
    # Right-aligned: the newest candle always stands beside the axis.
    left = width - axis - 1 - len(shown)
    columns = range(left, left + len(shown))
    inks = Inks.of(palette, is_old=picture.is_old)
    draw_price_axis(grid, decimals=picture.decimals, axis=axis, scale=scale, palette=palette)
    last = picture.candles[-1]
    chip = palette.field if picture.is_old else last_style(last, palette)
    draw_last_price(grid, last, decimals=picture.decimals, axis=axis, scale=scale, chip=chip)
    for column, candle in zip(columns, shown, strict=True):
        draw_candle(grid, column, candle, scale=scale, inks=inks)
    draw_volume(grid, columns, shown, rows=volume_rows, bottom=height - 2, inks=inks)
    _draw_fills(grid, left, shown, picture=picture, scale=scale, palette=palette)
    draw_time_axis(grid, columns, shown, interval=picture.interval, palette=palette)
    return grid.strips()


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


def _axis_width(picture: ChartPicture, width: int) -> int:
    """Room for the longest price in sight: a label that is cut would read as another price."""
    most = max((candle.high for candle in picture.candles[-width:]), default=None)
    return 8 if most is None else len(f"{most:,.{picture.decimals}f}") + 2


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


def _draw_fills(
    grid: Grid,
    left: int,
    shown: Sequence[Candle],
    *,
    picture: ChartPicture,
    scale: Scale,
    palette: Palette,
) -> None:
    columns = {candle.open_time_ms: index for index, candle in enumerate(shown)}
    span = picture.interval.ms
    for fill in picture.fills:
        column = columns.get(fill.time_ms // span * span)
        if column is None:
            continue
        candle = shown[column]
        if fill.side is Side.BUY:
            row = min(scale.rows - 1, scale.row(candle.low) + 1)
            grid.put(left + column, row, ("▲", palette.base + palette.own))
        else:
            row = max(0, scale.row(candle.high) - 1)
            grid.put(left + column, row, ("▼", palette.base + palette.own))


def draw_price_axis(
    grid: Grid, *, decimals: int, axis: int, scale: Scale, palette: Palette
) -> None:
    """Round prices with a dotted rule each."""
    x = grid.width - axis
    label_style, rule_style = palette.base + palette.muted, palette.base + palette.faint
    step = price_step(scale)
    low = scale.high - (scale.rows * 2 - 1) / scale.half_rows_per_price
    level = math.ceil(low / step)
    while level * step < scale.high:
        price, level = level * step, level + 1
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
