"""Chart of the desk: candles, lines over them, volume, own fills, price lines, cross-hair, axes.

How to think about it: a window of candles (zoom and pan) is cut out first; everything after that counts
columns of the window. Averaged candles are drawn instead of the true ones, and only drawn: what is read
off, the newest price and every line are of the true ones.
"""

from collections.abc import Sequence

import msgspec
from textual.strip import Strip

from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.orders import Side
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.chart_rows import (
    COLUMNS_MIN,
    ROWS_MIN,
    Inks,
    draw_candle,
    draw_last_price,
    draw_price_axis,
    draw_time_axis,
    draw_volume,
    last_style,
)
from tui_trader.widgets.drawing.grid import Grid
from tui_trader.widgets.drawing.lines import blank, line
from tui_trader.widgets.drawing.price_lines import (
    LineKind,
    PriceLine,
    label_moving_price,
    label_price_lines,
    rule_price_lines,
)
from tui_trader.widgets.drawing.scale import Scale, fitted_scale
from tui_trader.widgets.drawing.subpanes import draw_curve
from tui_trader.widgets.drawing.window import Window, window_of
from tui_trader.widgets.overlays import Overlay, heikin_ashi

_IN_SIGHT_MAX = 2.0
_HALF_OF_SPAN = 0.5
"""Share of the span of the candles that a near price line may lie beyond them and still be in sight."""


class FillMark(msgspec.Struct, frozen=True, kw_only=True):
    """An own fill, to be marked in its candle."""

    time_ms: int
    side: Side


class ChartPicture(msgspec.Struct, frozen=True, kw_only=True):
    """What a chart shows.

    Args:
        candles: Oldest first, the open one last.
        decimals: Digits of a price.
        lines: Each column of theirs has a value for each candle.
        candle_width: Cells a candle takes.
        pan: Candles between the newest and the right edge.
        cross: Start of the candle under the cross-hair.
        is_old: Prices are not current: everything is drawn muted.
    """

    candles: Sequence[Candle]
    interval: Interval
    decimals: int
    fills: Sequence[FillMark] = ()
    lines: Sequence[Overlay] = ()
    price_lines: Sequence[PriceLine] = ()
    candle_width: int = 1
    pan: int = 0
    cross: int | None = None
    is_log: bool = False
    is_averaged: bool = False
    is_old: bool = False


def axis_width(picture: ChartPicture) -> int:
    """Room for the longest price that can be in sight: a label that is cut would read as another price."""
    most = max((candle.high for candle in picture.candles), default=0.0)
    lines = [
        line.price
        for line in picture.price_lines
        # An order far above the market is named at the edge, and must not push the candles out.
        if line.kind is LineKind.MOVING or line.price <= most * _IN_SIGHT_MAX
    ]
    most = max([most, *lines])
    return len(f"{most:,.{picture.decimals}f}") + 2 if most else 8


def chart_window(picture: ChartPicture, width: int) -> Window:
    """The candles that a chart of that width shows."""
    plot = width - axis_width(picture) - 1
    return window_of(len(picture.candles), plot, step=picture.candle_width, pan=picture.pan)


def place_of(picture: ChartPicture, time_ms: int | None) -> int | None:
    """Place of the candle that begins then."""
    if time_ms is None:
        return None
    found = (
        place for place, candle in enumerate(picture.candles) if candle.open_time_ms == time_ms
    )
    return next(found, None)


def chart(picture: ChartPicture, *, width: int, height: int, palette: Palette) -> list[Strip]:
    """Strips of the whole chart, axes included; says so when there is nothing or no room."""
    base = palette.base
    axis = axis_width(picture)
    if width < axis + COLUMNS_MIN or height < ROWS_MIN:
        return [blank(width, base)] * height
    if not picture.candles:
        note = line(width, base, [("  waiting for candles…", palette.muted)])
        return [note, *[blank(width, base)] * (height - 1)]
    return _Drawing(picture, Grid(width, height, base), palette).strips()


class _Drawing:
    """One chart on its grid."""

    def __init__(self, picture: ChartPicture, grid: Grid, palette: Palette) -> None:
        self.picture, self.grid, self.palette = picture, grid, palette
        self.axis = axis_width(picture)
        self.window = chart_window(picture, grid.width)
        drawn = heikin_ashi(picture.candles) if picture.is_averaged else picture.candles
        self.shown = drawn[self.window.first : self.window.end]
        self.volume_rows = max(1, (grid.height - 1) // 6)
        self.columns = self.window.columns
        self.scale = self._scale()

    def strips(self) -> list[Strip]:
        """Back to front."""
        picture, grid, palette, scale = self.picture, self.grid, self.palette, self.scale
        inks = Inks.of(palette, is_old=picture.is_old)
        decimals, axis, edge = picture.decimals, self.axis, grid.width - self.axis - 1
        rule_price_lines(grid, picture.price_lines, scale=scale, edge=edge, palette=palette)
        draw_price_axis(grid, decimals=decimals, axis=axis, scale=scale, palette=palette)
        for x, candle in zip(self.columns, self.shown, strict=True):
            draw_candle(grid, x, candle, scale=scale, inks=inks)
        bottom = grid.height - 2
        draw_volume(grid, self.columns, self.shown, rows=self.volume_rows, bottom=bottom, inks=inks)
        self._draw_curves()
        self._draw_fills()
        self._draw_cross(bottom)
        label_price_lines(
            grid, picture.price_lines, scale=scale, axis=axis, decimals=decimals, palette=palette
        )
        last = picture.candles[-1]
        chip = palette.field if picture.is_old else last_style(last, palette)
        draw_last_price(grid, last, decimals=decimals, axis=axis, scale=scale, chip=chip)
        label_moving_price(
            grid, picture.price_lines, scale=scale, axis=axis, decimals=decimals, palette=palette
        )
        draw_time_axis(grid, self.columns, self.shown, interval=picture.interval, palette=palette)
        return grid.strips()

    def _scale(self) -> Scale:
        """Every candle in sight, what is being moved, and price lines that are near."""
        rows = self.grid.height - 1 - self.volume_rows
        low = min(candle.low for candle in self.shown)
        high = max(candle.high for candle in self.shown)
        air = (high - low) * _HALF_OF_SPAN
        also = [
            line.price
            for line in self.picture.price_lines
            if line.kind is LineKind.MOVING or low - air <= line.price <= high + air
        ]
        return fitted_scale(self.shown, rows, is_log=self.picture.is_log, also=also)

    def _draw_curves(self) -> None:
        window, scale, palette = self.window, self.scale, self.palette
        # Where two cross the later colour stays: bands are wide, and can spare it.
        for curve in reversed(self.picture.lines):
            ink = (
                palette.faint
                if self.picture.is_old
                else palette.lines[curve.colour % len(palette.lines)]
            )
            for column in curve.columns:
                quarters = [
                    None if value is None else scale.quarter_row(value)
                    for value in column[window.first : window.end]
                ]
                draw_curve(
                    self.grid,
                    self.columns,
                    quarters,
                    rows=range(scale.rows),
                    style=palette.base + ink,
                )

    def _draw_fills(self) -> None:
        places = {candle.open_time_ms: place for place, candle in enumerate(self.shown)}
        span, scale = self.picture.interval.ms, self.scale
        style = self.palette.base + self.palette.own
        for fill in self.picture.fills:
            place = places.get(fill.time_ms // span * span)
            if place is None:
                continue
            x, candle = self.columns[place], self.shown[place]
            if fill.side is Side.BUY:
                self.grid.put(x, min(scale.rows - 1, scale.row(candle.low) + 1), ("▲", style))
            else:
                self.grid.put(x, max(0, scale.row(candle.high) - 1), ("▼", style))

    def _draw_cross(self, bottom: int) -> None:
        place = place_of(self.picture, self.picture.cross)
        if place is None or not self.window.first <= place < self.window.end:
            return
        x = self.window.column(place)
        for y in range(bottom + 1):
            self.grid.put_behind(x, y, ("┊", self.palette.base + self.palette.own))
        self.grid.tint(x, range(bottom + 1), self.palette.cursor)
