"""What was promised beside what happened: a curve against its diagonal, and the same as a table.

How to think about it: a promise that is kept lies on the diagonal. A mark off it may still be chance: the
bar through it reaches as far as chance does, and a hollow mark has too few outcomes to tell anything.
"""

import math
from collections.abc import Callable, Sequence

from textual.strip import Strip

from tui_trader.engine.messages.signal_queries import PromiseBand
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.grid import Grid
from tui_trader.widgets.drawing.lines import Piece, line
from tui_trader.widgets.drawing.numbers import UNKNOWN
from tui_trader.widgets.drawing.signal_words import (
    OUTCOMES_MIN,
    band_words,
    chance_of,
    count_words,
    share,
    verdict_on,
)
from tui_trader.widgets.drawing.table import Column, table

ROWS_MIN, COLUMNS_MIN = 7, 26
_AXIS = 5
_STEP = 0.1
_LABEL_COLUMNS, _LABEL_ROWS = 8, 3
_LEVELS = "▁▂▃▄▅▆▇█"
LEGEND = " ● happened ○ fewer than 30 ◆ live │ by chance ⠤ as promised"


def reliability_chart(
    bands: Sequence[PromiseBand],
    live: Sequence[PromiseBand],
    *,
    size: tuple[int, int],
    palette: Palette,
) -> list[Strip]:
    """Marks and diagonal, counts below, promises in percent as the last line; nothing without outcomes."""
    width, height = size
    known = [band for band in bands if band.count and band.right_ratio is not None]
    lived = [band for band in live if band.count and band.right_ratio is not None]
    if width < _AXIS + COLUMNS_MIN or height < ROWS_MIN or not (known or lived):
        return []
    low, high = _bounds([*known, *lived])
    plot, rows = width - _AXIS - 2, height - 2
    grid = Grid(width, height, palette.base)

    def column(value: float) -> int:
        return 1 + round((value - low) / (high - low) * (plot - 1))

    def row(value: float) -> int:
        return round((high - value) / (high - low) * (rows - 1))

    _draw_axes(grid, (low, high), column=column, row=row, palette=palette)
    for half in range(plot * 2):
        quarter = round((1 - half / (plot * 2 - 1)) * (rows * 4 - 1))
        grid.dot(2 + half, quarter, palette.base + palette.faint)
    most = max((band.count for band in known), default=1)
    for band in known:
        _draw_band(grid, band, column=column, row=row, palette=palette)
        level = _LEVELS[round(band.count / most * (len(_LEVELS) - 1))]
        grid.put(column(_middle(band)), rows, (level, palette.base + palette.muted))
    for band in lived:
        assert band.right_ratio is not None
        place = column(_middle(band)), row(band.right_ratio)
        if grid.chars[place[1]][place[0]] in "●○":
            place = place[0] + 1, place[1]
        grid.put(*place, ("◆", palette.base + palette.own))
    return grid.strips()


def _middle(band: PromiseBand) -> float:
    return (band.low + band.high) / 2


def _bounds(bands: Sequence[PromiseBand]) -> tuple[float, float]:
    """The same on both axes, in whole tenths, so that the diagonal is one."""
    values = [value for band in bands for value in (band.low, band.high, band.right_ratio or 0.0)]
    low = max(0.0, math.floor(min(values) / _STEP) * _STEP)
    high = min(1.0, math.ceil(max(values) / _STEP) * _STEP)
    return low, max(high, low + _STEP)


def _draw_axes(
    grid: Grid,
    ends: tuple[float, float],
    *,
    column: Callable[[float], int],
    row: Callable[[float], int],
    palette: Palette,
) -> None:
    style = palette.base + palette.muted
    tenths = range(round(ends[0] / _STEP), round(ends[1] / _STEP) + 1)
    last_x, last_y = -_LABEL_COLUMNS, grid.height + _LABEL_ROWS
    for tenth in tenths:
        value = tenth * _STEP
        if column(value) - last_x >= _LABEL_COLUMNS and column(value) + 3 <= grid.width:
            last_x = column(value)
            grid.text(max(0, last_x - 1), grid.height - 1, (share(value), style))
        if last_y - row(value) >= _LABEL_ROWS:
            last_y = row(value)
            grid.text(grid.width - _AXIS, last_y, (share(value).rjust(_AXIS - 1), style))


def _draw_band(
    grid: Grid,
    band: PromiseBand,
    *,
    column: Callable[[float], int],
    row: Callable[[float], int],
    palette: Palette,
) -> None:
    assert band.right_ratio is not None
    x, chance = column(_middle(band)), chance_of(band)
    style = palette.base + palette.accent
    if chance is not None:
        for y in range(row(chance.high), row(chance.low) + 1):
            grid.put(x, y, ("│", style))
    sign = "●" if band.count >= OUTCOMES_MIN else "○"
    grid.put(x, row(band.right_ratio), (sign, style))


_COLUMNS = (
    Column(title="promised", width=8),
    Column(title="happened", width=13, is_right=True),
    Column(title="that is", width=16, priority=2),
    Column(title="live", width=9, priority=1, is_right=True),
)


def promise_rows(
    bands: Sequence[PromiseBand],
    live: Sequence[PromiseBand],
    *,
    width: int,
    palette: Palette,
) -> list[Strip]:
    """Titles, and a line a band that anything was promised in."""
    lived = {(band.low, band.high): band for band in live if band.count}
    known = {(band.low, band.high): band for band in bands if band.count}
    cells: list[list[Piece]] = []
    for key in sorted({*lived, *known}):
        band, now = known.get(key), lived.get(key)
        verdict = verdict_on(band) if band is not None else UNKNOWN
        is_off = verdict in {"less than said", "more than said"}
        named = band or now
        assert named is not None
        cells.append(
            [
                (band_words(named), palette.strong),
                (_happened(band), None),
                (f"! {verdict}" if is_off else verdict, palette.warn if is_off else palette.muted),
                (_happened(now), palette.own if now is not None else palette.muted),
            ]
        )
    return table(_COLUMNS, cells, width=width, base=palette.base, title_style=palette.muted)


def _happened(band: PromiseBand | None) -> str:
    return UNKNOWN if band is None else f"{share(band.right_ratio)} of {count_words(band.count)}"


def legend_row(*, width: int, palette: Palette) -> Strip:
    """What the marks mean."""
    return line(width, palette.base, [(LEGEND, palette.muted)])
