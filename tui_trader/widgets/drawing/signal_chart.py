"""Confidence candle by candle beside its break-even, what became of it below; and the record by band."""

from collections.abc import Callable, Sequence

from textual.strip import Strip

from tui_trader.engine.messages.signal_queries import PromiseBand
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.grid import Grid
from tui_trader.widgets.drawing.lines import Piece, left_in, line, right_in
from tui_trader.widgets.drawing.signal_words import (
    band_words,
    chance_of,
    clock_minutes,
    right_words,
    share,
    verdict_on,
)

ROWS_MIN, COLUMNS_MIN = 4, 20
_AXIS = 6
_SPAN_MIN = 0.05
_DATE_WIDTH = 11
_BAND_WIDTH, _RIGHT_WIDTH, _VERDICT_WIDTH = 10, 20, 16
_RULER_FROM = 12

Said = tuple[int, float | None, int | None]
"""Start of the candle, confidence, and 1 or 0 where the outcome is known."""


def confidence_chart(
    recent: Sequence[Said],
    break_even: float | None,
    *,
    size: tuple[int, int],
    palette: Palette,
) -> list[Strip]:
    """Line, break-even dashed, a row of outcomes, the times; nothing where nothing is known."""
    width, height = size
    known = [said for _, said, _ in recent if said is not None]
    if width < _AXIS + COLUMNS_MIN or height < ROWS_MIN or not known:
        return []
    if break_even is not None and break_even > 1:
        # No confidence reaches it: a line for it would flatten the one there is.
        break_even = None
    plot, rows = width - _AXIS - 1, height - 2
    shown = recent[-plot * 2 :]
    low, high = _bounds([*known, *([] if break_even is None else [break_even])])
    grid = Grid(width, height, palette.base)

    def quarter(value: float) -> int:
        return round((high - value) / (high - low) * (rows * 4 - 1))

    muted = palette.base + palette.muted
    for value, row in ((high, 0), (low, rows - 1)):
        grid.text(width - _AXIS, row, (share(value).rjust(_AXIS - 1), muted))
    if break_even is not None:
        row = quarter(break_even) >> 2
        for x in range(1, plot + 1):
            grid.put_behind(x, row, ("╌", palette.base + palette.warn))
        label = share(break_even).rjust(_AXIS - 1)
        grid.text(width - _AXIS, row, (label, palette.base + palette.warn))
    offset = plot * 2 - len(shown)
    _draw_line(grid, shown, offset=offset, quarter=quarter, palette=palette)
    _draw_outcomes(grid, shown, offset=offset, row=rows, palette=palette)
    _draw_times(grid, shown, offset=offset, plot=plot, palette=palette)
    return grid.strips()


def _draw_times(
    grid: Grid, shown: Sequence[Said], *, offset: int, plot: int, palette: Palette
) -> None:
    """From the first candle on, as many as have room."""
    first, style = offset // 2, palette.base + palette.muted
    for place in range(first, max(first + 1, plot - _DATE_WIDTH), _DATE_WIDTH + 6):
        index = min(len(shown) - 1, max(0, place * 2 - offset))
        x = min(1 + place, plot - _DATE_WIDTH + 1)
        grid.text(x, grid.height - 1, (clock_minutes(shown[index][0]), style))


def _bounds(values: Sequence[float]) -> tuple[float, float]:
    """In whole twentieths, so that the axis does not breathe with every candle."""
    low = max(0.0, int(min(values) / _SPAN_MIN) * _SPAN_MIN)
    high = min(1.0, (int(max(values) / _SPAN_MIN) + 1) * _SPAN_MIN)
    return low, max(high, low + _SPAN_MIN)


def _draw_line(
    grid: Grid,
    shown: Sequence[Said],
    *,
    offset: int,
    quarter: Callable[[float], int],
    palette: Palette,
) -> None:
    style = palette.base + palette.accent
    before: int | None = None
    for place, (_, said, _) in enumerate(shown):
        if said is None:
            # A candle without a word is a hole, not a line across it.
            before = None
            continue
        now = quarter(said)
        low, high = sorted((now, now if before is None else before))
        for each in range(low, high + 1):
            grid.dot(2 + offset + place, each, style)
        before = now


def _draw_outcomes(
    grid: Grid, shown: Sequence[Said], *, offset: int, row: int, palette: Palette
) -> None:
    """`✓` and `✗` by column; where a column has both, the one that is rarer on a good day."""
    for place, (_, _, outcome) in enumerate(shown):
        if outcome is None:
            continue
        x = 1 + (offset + place) // 2
        if grid.chars[row][x] != "✗":
            is_right = bool(outcome)
            ink = palette.up if is_right else palette.down
            grid.put(x, row, ("✓" if is_right else "✗", palette.base + ink))


# The record.


def band_rows(bands: Sequence[PromiseBand], *, width: int, palette: Palette) -> list[Strip]:
    """`65-70 %  right 68 % of 212  as said`, and where room is a ruler of what was said and what came."""
    ruler = width - _BAND_WIDTH - _RIGHT_WIDTH - _VERDICT_WIDTH - 4
    rows = [_band_titles(ruler, width=width, palette=palette)]
    for band in bands:
        verdict = verdict_on(band)
        is_broken = verdict in {"less than said", "more than said"}
        pieces: list[Piece] = [
            (f" {left_in(band_words(band), _BAND_WIDTH)}", palette.strong),
            (left_in(right_words(band), _RIGHT_WIDTH), None),
            (
                f" {left_in(('! ' if is_broken else '') + verdict, _VERDICT_WIDTH)}",
                palette.warn if is_broken else palette.muted,
            ),
        ]
        if ruler >= _RULER_FROM:
            pieces += [(" ", None), *_ruler(band, ruler, palette)]
        rows.append(line(width, palette.base, pieces))
    return rows


def _band_titles(ruler: int, *, width: int, palette: Palette) -> Strip:
    pieces: list[Piece] = [
        (f" {left_in('said', _BAND_WIDTH)}", palette.muted),
        (left_in("what became of it", _RIGHT_WIDTH), palette.muted),
        (f" {left_in('that is', _VERDICT_WIDTH)}", palette.muted),
    ]
    if ruler >= _RULER_FROM:
        pieces.append((f" 0 %{right_in('100 %', ruler - 3)}", palette.muted))
    return line(width, palette.base, pieces)


def _ruler(band: PromiseBand, width: int, palette: Palette) -> list[Piece]:
    """`[ ]` around what was said, `●` what happened, `─` where that may be chance."""
    cells = ["·"] * width
    inks = [palette.faint] * width

    def place(value: float) -> int:
        return max(0, min(width - 1, round(value * (width - 1))))

    chance = chance_of(band)
    if chance is not None:
        for x in range(place(chance.low), place(chance.high) + 1):
            cells[x], inks[x] = "─", palette.accent
    for x, sign in ((place(band.low), "["), (place(band.high), "]")):
        cells[x], inks[x] = sign, palette.strong
    if band.right_ratio is not None and band.count:
        cells[place(band.right_ratio)], inks[place(band.right_ratio)] = "●", palette.accent
    return list(zip(cells, inks, strict=True))
