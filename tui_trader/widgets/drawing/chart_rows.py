"""Candle chart in half cells: candles, volume, price and time axis, last price, own fills.

How to think about it: a cell of the plot is two half rows, each empty, wick or body, and one glyph
exists for each pair of them. Everything is written into a grid of characters and styles, and runs
of one style become segments at the end.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.orders import Side
from tui_trader.engine.values.time import MS_PER_DAY, MS_PER_MINUTE, format_clock, format_rfc3339
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.lines import blank, line

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
_BLOCKS = " ▁▂▃▄▅▆▇█"
_TIME_LABEL_WIDTH = 5
_NICE_MINUTES = (5, 10, 15, 30, 60, 120, 240, 360, 720, 1_440, 2_880, 7_200, 14_400)
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


@dataclass(frozen=True, slots=True)
class _Scale:
    """Price to half row and back; half row 0 is the top."""

    high: float
    half_rows_per_price: float
    rows: int

    def half_row(self, price: float) -> int:
        return round((self.high - price) * self.half_rows_per_price)

    def row(self, price: float) -> int:
        return self.half_row(price) >> 1


class _Grid:
    """Characters and styles by row and column."""

    def __init__(self, width: int, height: int, base: Style) -> None:
        self.width, self.height, self.base = width, height, base
        self.chars = [[" "] * width for _ in range(height)]
        self.styles = [[base] * width for _ in range(height)]

    def put(self, x: int, y: int, piece: tuple[str, Style]) -> None:
        char, style = piece
        if 0 <= y < self.height and 0 <= x < self.width:
            self.chars[y][x] = char
            self.styles[y][x] = style

    def text(self, x: int, y: int, piece: tuple[str, Style]) -> None:
        for offset, char in enumerate(piece[0]):
            self.put(x + offset, y, (char, piece[1]))

    def strips(self) -> list[Strip]:
        return [
            Strip(_runs(chars, styles), self.width)
            for chars, styles in zip(self.chars, self.styles, strict=True)
        ]


def _runs(chars: list[str], styles: list[Style]) -> list[Segment]:
    segments: list[Segment] = []
    start, current = 0, styles[0]
    for index, style in enumerate(styles):
        # A blank needs no colour of its own: it joins the run it stands in.
        if style is not current and chars[index] != " ":
            segments.append(Segment("".join(chars[start:index]), current))
            start, current = index, style
    segments.append(Segment("".join(chars[start:]), current))
    return segments


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
    grid = _Grid(width, height, base)
    volume_rows = max(1, (height - 1) // 6)
    scale = _scale(shown, height - 1 - volume_rows)
    # Right-aligned: the newest candle always stands beside the axis.
    left = width - axis - 1 - len(shown)
    inks = _Inks.of(palette, is_old=picture.is_old)
    _draw_price_axis(grid, picture, axis=axis, scale=scale, palette=palette)
    for column, candle in enumerate(shown, left):
        _draw_candle(grid, column, candle, scale=scale, inks=inks)
    _draw_volume(grid, left, shown, rows=volume_rows, inks=inks)
    _draw_fills(grid, left, shown, picture=picture, scale=scale, palette=palette)
    _draw_time_axis(grid, left, shown, picture=picture, palette=palette)
    return grid.strips()


@dataclass(frozen=True, slots=True)
class _Inks:
    up: Style
    down: Style
    volume_up: Style
    volume_down: Style

    @classmethod
    def of(cls, palette: Palette, *, is_old: bool) -> "_Inks":
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


def _scale(shown: Sequence[Candle], rows: int) -> _Scale:
    low = min(candle.low for candle in shown)
    high = max(candle.high for candle in shown)
    span = (high - low) or abs(high) * 1e-4 or 1.0
    # One free half row above and below leaves room for the marks of fills.
    high += span * 0.03
    return _Scale(high, (rows * 2 - 1) / (span * 1.06), rows)


def _draw_candle(grid: _Grid, x: int, candle: Candle, *, scale: _Scale, inks: _Inks) -> None:
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


def _draw_volume(
    grid: _Grid, left: int, shown: Sequence[Candle], *, rows: int, inks: _Inks
) -> None:
    most = max(candle.volume_base for candle in shown) or 1.0
    bottom = grid.height - 2
    for x, candle in enumerate(shown, left):
        eighths = math.ceil(candle.volume_base / most * rows * 8) if candle.volume_base else 0
        style = inks.volume_up if candle.close >= candle.open else inks.volume_down
        for level in range(rows):
            part = min(8, max(0, eighths - level * 8))
            if part:
                grid.put(x, bottom - level, (_BLOCKS[part], style))


def _draw_fills(
    grid: _Grid,
    left: int,
    shown: Sequence[Candle],
    *,
    picture: ChartPicture,
    scale: _Scale,
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


def _price_step(scale: _Scale) -> float:
    """Round distance between two labels, at least three rows apart."""
    rough = 6 / scale.half_rows_per_price
    magnitude = 10.0 ** math.floor(math.log10(rough))
    return next(step * magnitude for step in (1, 2, 2.5, 5, 10) if step * magnitude >= rough)


def _draw_price_axis(
    grid: _Grid, picture: ChartPicture, *, axis: int, scale: _Scale, palette: Palette
) -> None:
    x = grid.width - axis
    label_style, rule_style = palette.base + palette.muted, palette.base + palette.faint
    step = _price_step(scale)
    low = scale.high - (scale.rows * 2 - 1) / scale.half_rows_per_price
    level = math.ceil(low / step)
    while level * step < scale.high:
        price, level = level * step, level + 1
        row = scale.row(price)
        if 0 <= row < scale.rows:
            for column in range(0, x - 1, 2):
                grid.put(column, row, ("·", rule_style))
            grid.text(x, row, (f"{price:,.{picture.decimals}f}".rjust(axis - 1), label_style))
    last = picture.candles[-1]
    row = min(scale.rows - 1, max(0, scale.row(last.close)))
    chip = palette.field if picture.is_old else _last_style(last, palette)
    grid.text(x - 1, row, (f"◂{last.close:,.{picture.decimals}f}".rjust(axis) + " ", chip))


def _last_style(last: Candle, palette: Palette) -> Style:
    ink = palette.up if last.close >= last.open else palette.down
    return Style(color=palette.base.bgcolor, bgcolor=ink.color, bold=True)


def _draw_time_axis(
    grid: _Grid,
    left: int,
    shown: Sequence[Candle],
    *,
    picture: ChartPicture,
    palette: Palette,
) -> None:
    y = grid.height - 1
    style = palette.base + palette.muted
    columns_apart = 2 * _TIME_LABEL_WIDTH + 2
    wanted = picture.interval.minutes * columns_apart
    minutes = next((step for step in _NICE_MINUTES if step >= wanted), _NICE_MINUTES[-1])
    for x, candle in enumerate(shown, left):
        is_marked = candle.open_time_ms // MS_PER_MINUTE % minutes == 0
        if not is_marked or x + _TIME_LABEL_WIDTH > grid.width:
            continue
        grid.text(x, y, (_time_label(candle.open_time_ms), style))


def _time_label(time_ms: int) -> str:
    """`HH:MM`, and the day of the month at midnight."""
    if time_ms % MS_PER_DAY:
        return format_clock(time_ms)[:_TIME_LABEL_WIDTH]
    return format_rfc3339(time_ms)[5:10]
