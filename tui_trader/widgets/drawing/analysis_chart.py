"""Chart of the analysis screen: candles with lines over them, panes below, levels, marks, cross-hair.

How to think about it: a window of candles (zoom and pan) is cut out first; everything after that counts
columns of the window. Lines are braille dots behind the candles; each pane below has a label line of
its own, so that no number ever lies on a curve.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from textual.strip import Strip

from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.time import MS_PER_DAY, format_clock, format_rfc3339
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.chart_rows import (
    Inks,
    draw_candle,
    draw_last_price,
    draw_price_axis,
    draw_time_axis,
    draw_volume,
    last_style,
)
from tui_trader.widgets.drawing.grid import Grid
from tui_trader.widgets.drawing.lines import Piece, blank, line, pieces_width
from tui_trader.widgets.drawing.numbers import amount, compact, percent
from tui_trader.widgets.drawing.scale import Scale, fitted_scale
from tui_trader.widgets.drawing.subpanes import (
    ChartLine,
    PaneCut,
    draw_curve,
    draw_subpane,
    line_value,
)

PRICE_ROWS_MIN = 9
SUBPANE_ROWS_MIN, SUBPANE_ROWS_MAX = 3, 9
COLUMNS_MIN = 16
_LEVEL = "╌"
SIGNAL = "◆"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceLevel:
    """A labelled price: the label is one letter."""

    price: float
    label: str
    is_support: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisPicture:
    """What the chart shows.

    Args:
        candles: Oldest first, the open one last.
        lines: Each column of theirs counts from the first of `candles`; may end earlier.
        signs: Direction of the pattern at a candle, by its start.
        entries: Starts of candles at which the confidence of a signal came to be enough.
        candle_width: Cells a candle takes.
        pan: Candles between the newest and the right edge.
        cross: Start of the candle under the cross-hair.
        mark: Start of the candle that was jumped to.
        decimals: Digits of a price.
        is_old: Prices are not current.
    """

    candles: Sequence[Candle]
    interval: Interval
    decimals: int
    lines: Sequence[ChartLine] = ()
    levels: Sequence[PriceLevel] = ()
    signs: dict[int, int] = field(default_factory=dict)
    entries: frozenset[int] = frozenset()
    candle_width: int = 1
    pan: int = 0
    cross: int | None = None
    mark: int | None = None
    is_old: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The candles in sight: `first` and `end` count in the picture, `left` is the first column."""

    first: int
    end: int
    left: int
    step: int

    def column(self, index: int) -> int:
        """Column of a candle of the picture."""
        return self.left + (index - self.first) * self.step + self.step // 2


def axis_width(picture: AnalysisPicture) -> int:
    """Room for the longest price: a label that is cut would read as another price."""
    most = max((candle.high for candle in picture.candles), default=0.0)
    return len(f"{most:,.{picture.decimals}f}") + 2


def candles_in(picture: AnalysisPicture, width: int) -> int:
    """How many candles a chart of that width shows."""
    return max(1, (width - axis_width(picture) - 1) // picture.candle_width)


def window_of(picture: AnalysisPicture, width: int) -> Window:
    """Cut the window out; panned no further than the oldest candle."""
    room = candles_in(picture, width)
    count = len(picture.candles)
    end = max(min(room, count), count - max(0, picture.pan))
    first = max(0, end - room)
    right = width - axis_width(picture) - 1
    return Window(
        first=first,
        end=end,
        left=right - (end - first) * picture.candle_width,
        step=picture.candle_width,
    )


def analysis_chart(
    picture: AnalysisPicture, *, width: int, height: int, palette: Palette
) -> list[Strip]:
    """Legend or read-out, price pane, panes below, time axis."""
    axis = axis_width(picture)
    if width < axis + COLUMNS_MIN or height < PRICE_ROWS_MIN or not picture.candles:
        return [blank(width, palette.base)] * height
    window = window_of(picture, width)
    shown = picture.candles[window.first : window.end]
    panes = [chart_line for chart_line in picture.lines if not chart_line.is_overlay]
    heights = pane_heights(height - 2, len(panes))
    price_rows = height - 2 - sum(heights)
    legend = _legend(picture, window, width=width, palette=palette)
    price = _price_pane(picture, window, size=(width, price_rows), scale_of=shown, palette=palette)
    strips = [legend, *price[:price_rows]]
    cut = PaneCut(
        first=window.first,
        columns=[window.column(index) for index in range(window.first, window.end)],
        at=_read_index(picture, window),
        has_cross=picture.cross is not None,
        axis=axis,
    )
    for chart_line, rows in zip(panes, heights, strict=False):
        strips += draw_subpane(chart_line, cut, width=width, height=rows, palette=palette)
    return [*strips, price[-1]]


def pane_heights(rows: int, count: int) -> list[int]:
    """Rows of the panes below the price, as many as leave it enough."""
    each = max(SUBPANE_ROWS_MIN, min(SUBPANE_ROWS_MAX, rows * 18 // 100))
    fitting = max(0, min(count, (rows - PRICE_ROWS_MIN) // each))
    return [each] * fitting


def _price_pane(
    picture: AnalysisPicture,
    window: Window,
    *,
    size: tuple[int, int],
    scale_of: Sequence[Candle],
    palette: Palette,
) -> list[Strip]:
    """Rows of the price pane, and the time axis as the last one."""
    width, rows = size
    grid = Grid(width, rows + 1, palette.base)
    volume_rows = max(1, rows // 6)
    scale = fitted_scale(scale_of, rows - volume_rows)
    axis = axis_width(picture)
    inks = Inks.of(palette, is_old=picture.is_old)
    columns = [window.column(index) for index in range(window.first, window.end)]
    draw_price_axis(grid, decimals=picture.decimals, axis=axis, scale=scale, palette=palette)
    _label_levels(grid, picture, scale=scale, axis=axis, palette=palette)
    last = picture.candles[-1]
    chip = palette.field if picture.is_old else last_style(last, palette)
    draw_last_price(grid, last, decimals=picture.decimals, axis=axis, scale=scale, chip=chip)
    for x, candle in zip(columns, scale_of, strict=True):
        draw_candle(grid, x, candle, scale=scale, inks=inks)
    draw_volume(grid, columns, scale_of, rows=volume_rows, bottom=rows - 1, inks=inks)
    _draw_overlays(grid, picture, window, scale=scale, palette=palette)
    _draw_levels(grid, picture, scale=scale, axis=axis, palette=palette)
    _draw_entries(grid, picture, window, scale=scale, palette=palette)
    _draw_signs(grid, picture, window, scale=scale, palette=palette)
    _draw_cross(grid, picture, window, rows=rows, palette=palette)
    draw_time_axis(grid, columns, scale_of, interval=picture.interval, palette=palette)
    return grid.strips()


def _draw_overlays(
    grid: Grid, picture: AnalysisPicture, window: Window, *, scale: Scale, palette: Palette
) -> None:
    columns = [window.column(index) for index in range(window.first, window.end)]
    for chart_line in picture.lines:
        if not chart_line.is_overlay:
            continue
        style = palette.base + palette.lines[chart_line.colour % len(palette.lines)]
        for values, shift in zip(chart_line.columns, chart_line.shifts, strict=True):
            quarters = [
                None
                if value is None
                else round((scale.high - value) * scale.half_rows_per_price * 2)
                for value in (
                    line_value(values, index - shift) for index in range(window.first, window.end)
                )
            ]
            draw_curve(grid, columns, quarters, rows=range(scale.rows), style=style)


def _draw_levels(
    grid: Grid, picture: AnalysisPicture, *, scale: Scale, axis: int, palette: Palette
) -> None:
    edge = grid.width - axis - 1
    for level in picture.levels:
        row = scale.row(level.price)
        if not 0 <= row < scale.rows:
            continue
        style = palette.base + (palette.bid_bar if level.is_support else palette.ask_bar)
        for x in range(edge):
            grid.put_behind(x, row, (_LEVEL, style))


def _label_levels(
    grid: Grid, picture: AnalysisPicture, *, scale: Scale, axis: int, palette: Palette
) -> None:
    """On the axis: R and S say without colour which side a level is on."""
    for level in picture.levels:
        row = scale.row(level.price)
        if 0 <= row < scale.rows:
            style = palette.base + (palette.up if level.is_support else palette.down)
            text = f"{level.label}{level.price:,.{picture.decimals}f}".rjust(axis - 1)
            grid.text(grid.width - axis, row, (text, style))


def _draw_entries(
    grid: Grid, picture: AnalysisPicture, window: Window, *, scale: Scale, palette: Palette
) -> None:
    """Below the candle, a line below the sign of a pattern: neither hides the other."""
    for index in range(window.first, window.end):
        candle = picture.candles[index]
        if candle.open_time_ms in picture.entries:
            below = min(scale.rows - 1, scale.row(candle.low) + 2)
            grid.put(window.column(index), below, (SIGNAL, palette.base + palette.own))


def _draw_signs(
    grid: Grid, picture: AnalysisPicture, window: Window, *, scale: Scale, palette: Palette
) -> None:
    for index in range(window.first, window.end):
        candle = picture.candles[index]
        direction = picture.signs.get(candle.open_time_ms)
        is_marked = candle.open_time_ms == picture.mark
        if direction is None and not is_marked:
            continue
        x = window.column(index)
        above = max(0, scale.row(candle.high) - 1)
        below = min(scale.rows - 1, scale.row(candle.low) + 1)
        if is_marked:
            grid.tint(x, range(scale.rows), palette.cursor)
            grid.put(x, above, ("▼", palette.base + palette.own + palette.cursor))
            grid.put(x, below, ("▲", palette.base + palette.own + palette.cursor))
        elif direction == 1:
            grid.put_behind(x, below, ("▵", palette.base + palette.up))
        elif direction == -1:
            grid.put_behind(x, above, ("▿", palette.base + palette.down))


def _draw_cross(
    grid: Grid, picture: AnalysisPicture, window: Window, *, rows: int, palette: Palette
) -> None:
    index = _index_of(picture, picture.cross)
    if index is None or not window.first <= index < window.end:
        return
    x = window.column(index)
    for y in range(rows):
        grid.put_behind(x, y, ("┊", palette.base + palette.own))
    grid.tint(x, range(rows), palette.cursor)


def _index_of(picture: AnalysisPicture, time_ms: int | None) -> int | None:
    if time_ms is None:
        return None
    times = (
        index for index, candle in enumerate(picture.candles) if candle.open_time_ms == time_ms
    )
    return next(times, None)


def _read_index(picture: AnalysisPicture, window: Window) -> int:
    """Candle whose values are read out: the one under the cross-hair, else the newest in sight."""
    index = _index_of(picture, picture.cross)
    return window.end - 1 if index is None else index


def _legend(picture: AnalysisPicture, window: Window, *, width: int, palette: Palette) -> Strip:
    """With the cross-hair the candle in numbers; then the overlays, as many numbers as fit."""
    index = _read_index(picture, window)
    start: list[Piece] = [(" ", None)]
    if any(candle.open_time_ms in picture.entries for candle in _in_sight(picture, window)):
        start.append((f"{SIGNAL} confidence was enough  ", palette.own))
    if picture.cross is not None:
        start += _read_out(picture.candles[index], picture, width=width, palette=palette)
    overlays = [chart_line for chart_line in picture.lines if chart_line.is_overlay]
    named = [_named(chart_line, index, picture, palette=palette) for chart_line in overlays]
    numbered = len(named)
    # Whole or not at all: a number that is cut reads as another one. Names stay as long as they fit.
    while numbered and _legend_width(start, named, numbered) > width:
        numbered -= 1
    while named and _legend_width(start, named, numbered) > width:
        named.pop()
    pieces = [*start]
    for place, (name, numbers) in enumerate(named):
        pieces += [name, numbers] if place < numbered else [name]
    return line(width, palette.base, pieces)


def _in_sight(picture: AnalysisPicture, window: Window) -> Sequence[Candle]:
    return picture.candles[window.first : window.end]


def _named(
    chart_line: ChartLine, index: int, picture: AnalysisPicture, *, palette: Palette
) -> tuple[Piece, Piece]:
    style = palette.lines[chart_line.colour % len(palette.lines)]
    # The newest candle is open: lines end at the one before it.
    values = [
        line_value(values, at - shift)
        for values, shift in zip(chart_line.columns, chart_line.shifts, strict=True)
        for at in (min(index, len(values) - 1 + max(0, shift)),)
    ]
    numbers = " ".join(amount(value, picture.decimals) for value in values)
    return (f"{chart_line.label} ", style), (f"{numbers}  ", palette.muted)


def _legend_width(start: list[Piece], named: list[tuple[Piece, Piece]], numbered: int) -> int:
    names = pieces_width([*start, *(name for name, _ in named)])
    return names + pieces_width(numbers for _, numbers in named[:numbered])


def _read_out(
    candle: Candle, picture: AnalysisPicture, *, width: int, palette: Palette
) -> list[Piece]:
    """The candle in numbers; high and low alone where not all of it fits."""
    d = picture.decimals
    change = (candle.close / candle.open - 1) * 100 if candle.open else None
    when: Piece = (f"{time_words(candle.open_time_ms)} ", palette.own)
    middle: Piece = (f"H {amount(candle.high, d)} L {amount(candle.low, d)} ", None)
    end: Piece = (f"{percent(change)} ", palette.signed(change))
    whole: list[Piece] = [
        when,
        (f"O {amount(candle.open, d)} ", None),
        middle,
        (f"C {amount(candle.close, d)} ", None),
        end,
        (f"vol {compact(candle.volume_base)}  ", palette.muted),
    ]
    return whole if pieces_width(whole) < width else [when, middle, end]


def time_words(time_ms: int) -> str:
    """`11-20 10:45`, and the whole date for a candle that begins a day."""
    if time_ms % MS_PER_DAY:
        return f"{format_rfc3339(time_ms)[5:10]} {format_clock(time_ms)[:5]}"
    return format_rfc3339(time_ms)[:10]
