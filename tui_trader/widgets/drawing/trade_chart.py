"""Candles of a run with its entries and exits: a line from each purchase to its sale.

How to think about it: the window is chosen by the candle in its middle. Zoomed out, so many candles become
one. A trade is drawn in green or red by what came of it, and with ▲ and ▼, which need no colour.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style
from textual.strip import Strip

from tui_trader.engine.values.backtests import BacktestTrade
from tui_trader.engine.values.candles import Candle
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.chart_rows import (
    Inks,
    draw_candle,
    draw_price_axis,
    draw_volume,
)
from tui_trader.widgets.drawing.equity_chart import draw_days
from tui_trader.widgets.drawing.grid import Grid
from tui_trader.widgets.drawing.lines import blank
from tui_trader.widgets.drawing.scale import Scale, fitted_scale

ROWS_MIN, COLUMNS_MIN = 6, 16
_DIGITS = 6
_TWO = 2
_DECIMALS_MAX = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class TradePicture:
    """What the chart shows.

    Args:
        candles: As far as they are loaded, oldest first.
        trades: Of the same pair.
        middle_ms: Candle in the middle; None for the newest at the right.
        zoom: Cells a candle takes, or below zero how many become one.
        marked: The trade that was jumped to.
    """

    candles: Sequence[Candle]
    trades: Sequence[BacktestTrade]
    middle_ms: int | None
    zoom: int
    marked: BacktestTrade | None


def decimals_for(price: float) -> int:
    """Digits behind the point that make six in all."""
    whole = len(f"{int(abs(price))}") if abs(price) >= 1 else 0
    return max(0, min(_DECIMALS_MAX, _DIGITS - whole))


def index_at(candles: Sequence[Candle], time_ms: int) -> int:
    """The candle that is open at a time; the first for one before all."""
    return max(0, bisect_right(candles, time_ms, key=lambda candle: candle.open_time_ms) - 1)


def candles_in(zoom: int, width: int) -> int:
    """How many candles so many columns show."""
    return width // zoom if zoom > 0 else width * -zoom


def window(picture: TradePicture, width: int) -> tuple[int, int]:
    """First candle in sight and the one after the last."""
    count, room = len(picture.candles), candles_in(picture.zoom, width)
    if picture.middle_ms is None:
        return max(0, count - room), count
    middle = index_at(picture.candles, picture.middle_ms)
    first = max(0, min(middle - room // 2, count - room))
    return first, min(count, first + room)


def plot_width(candles: Sequence[Candle], width: int) -> int:
    """Columns without the price axis."""
    return width - _axis(candles) - 1


def _axis(candles: Sequence[Candle]) -> int:
    most = max((candle.high for candle in candles), default=0.0)
    return len(f"{most:,.{decimals_for(most)}f}") + 2


def merged(candles: Sequence[Candle], count: int) -> list[Candle]:
    """Each `count` candles as one."""
    found = []
    for first in range(0, len(candles), count):
        part = candles[first : first + count]
        found.append(
            Candle(
                open_time_ms=part[0].open_time_ms,
                open=part[0].open,
                high=max(one.high for one in part),
                low=min(one.low for one in part),
                close=part[-1].close,
                volume_base=sum(one.volume_base for one in part),
            )
        )
    return found


def trade_chart(picture: TradePicture, *, width: int, height: int, palette: Palette) -> list[Strip]:
    """Candles, volume, trades and days."""
    plot = plot_width(picture.candles, width)
    if plot < COLUMNS_MIN or height < ROWS_MIN or not picture.candles:
        return [blank(width, palette.base)] * height
    first, end = window(picture, plot)
    shown = list(picture.candles[first:end])
    if picture.zoom < 0:
        shown = merged(shown, -picture.zoom)
    step = max(1, picture.zoom)
    columns = range(0, len(shown) * step, step)
    grid = Grid(width, height, palette.base)
    volume_rows = max(1, (height - 1) // 7)
    scale = fitted_scale(shown, height - 1 - volume_rows)
    inks = Inks.of(palette, is_old=False)
    axis = _axis(picture.candles)
    decimals = decimals_for(max(candle.high for candle in picture.candles))
    draw_price_axis(grid, decimals=decimals, axis=axis, scale=scale, palette=palette)
    for column, candle in zip(columns, shown, strict=True):
        draw_candle(grid, column, candle, scale=scale, inks=inks)
    draw_volume(grid, columns, shown, rows=volume_rows, bottom=height - 2, inks=inks)
    times = [candle.open_time_ms for candle in shown]
    place = _Place(times=times, step=step, end_ms=picture.candles[end - 1].open_time_ms)
    for trade in picture.trades:
        if trade is not picture.marked:
            _draw_trade(grid, trade, place, scale=scale, palette=palette)
    if picture.marked is not None:
        _draw_marked(grid, picture.marked, place, scale=scale, palette=palette)
    draw_days(grid, times, columns=range(len(shown) * step), palette=palette)
    return grid.strips()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """From a time to a column."""

    times: Sequence[int]
    step: int
    end_ms: int

    def column(self, time_ms: int) -> int | None:
        if not self.times or not self.times[0] <= time_ms <= self.end_ms:
            return None
        return (bisect_right(self.times, time_ms) - 1) * self.step

    def reach(self, time_ms: int) -> int:
        """The column of a time, outside of the window too: by its distance in candles."""
        inside = self.column(time_ms)
        if inside is not None or len(self.times) < _TWO:
            return inside or 0
        span = self.times[1] - self.times[0]
        return (time_ms - self.times[0]) // span * self.step


def _draw_trade(
    grid: Grid, trade: BacktestTrade, place: _Place, *, scale: Scale, palette: Palette
) -> None:
    style = grid.base + (palette.up if trade.pnl > 0 else palette.down)
    _draw_way(grid, trade, place, scale=scale, style=style)
    _draw_ends(grid, trade, place, scale=scale, style=grid.base + palette.own)


def _draw_marked(
    grid: Grid, trade: BacktestTrade, place: _Place, *, scale: Scale, palette: Palette
) -> None:
    style = grid.base + (palette.up if trade.pnl > 0 else palette.down)
    for time_ms in (trade.entry_time_ms, trade.exit_time_ms):
        column = place.column(time_ms)
        if column is not None:
            for row in range(scale.rows):
                grid.put_behind(column, row, ("┊", grid.base + palette.accent))
    _draw_way(grid, trade, place, scale=scale, style=style)
    _draw_ends(grid, trade, place, scale=scale, style=grid.base + palette.strong)


def _draw_ends(
    grid: Grid, trade: BacktestTrade, place: _Place, *, scale: Scale, style: Style
) -> None:
    ends = (
        (trade.entry_time_ms, trade.entry_price, "▲", 1),
        (trade.exit_time_ms, trade.exit_price, "▼", -1),
    )
    for time_ms, price, sign, beside in ends:
        column = place.column(time_ms)
        if column is not None:
            row = max(0, min(scale.rows - 1, scale.row(price) + beside))
            grid.put(column, row, (sign, style))


def _draw_way(
    grid: Grid, trade: BacktestTrade, place: _Place, *, scale: Scale, style: Style
) -> None:
    """Dots from the purchase to the sale, behind the candles, as far as they are in sight."""
    start, end = place.reach(trade.entry_time_ms), place.reach(trade.exit_time_ms)
    if end <= start or end < 0 or start > grid.width:
        return
    first = (scale.high - trade.entry_price) * scale.half_rows_per_price * 2
    last = (scale.high - trade.exit_price) * scale.half_rows_per_price * 2
    last_column = len(place.times) * place.step
    for half in range(max(0, 2 * start), min(2 * end, 2 * last_column - 1) + 1):
        share = (half - 2 * start) / (2 * (end - start))
        quarter = round(first + share * (last - first))
        if 0 <= quarter >> 2 < scale.rows:
            grid.dot(half, quarter, style)
