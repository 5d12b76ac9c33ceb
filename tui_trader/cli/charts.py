"""Charts made of text, drawn with plotext: for reports, not for screens.

plotext keeps one figure for the whole process, so each chart clears it first.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from tui_trader.engine.values.candles import Candle
from tui_trader.engine.values.time import MS_PER_DAY, MS_PER_SECOND

WIDTH_MIN = 40
LABEL_CELLS = 10
AXIS_CELLS = LABEL_CELLS + 2
"""Labels and frame beside the candles, one cell of which each takes."""
CANDLE_ROWS, LINE_ROWS, TWO_LINE_ROWS = 16, 8, 14
TIME_LABELS = 4
DIGITS_WHOLE = 100_000
"""From here on six digits leave no decimals."""
DAYS_ALONE_MS = 60 * MS_PER_DAY
"""A longer axis names days with their year, not hours."""
# plotext paints falling candles in colour 1. Without colours, and for eyes that do not tell red from
# green, a falling body is hatched.
_FALLING = re.compile("(\x1b\\[38;5;1m)([^\x1b]*)")
_CODES = re.compile("\x1b\\[[0-9;]*m")
LEGEND = "█ rose  ▒ fell"


def candles_shown(width: int) -> int:
    """How many candles fit into a chart so many cells wide."""
    return max(1, width - AXIS_CELLS)


def candle_chart(candles: Sequence[Candle], *, width: int, is_coloured: bool) -> list[str]:
    """Candles as lines of text, at most `width` cells each; at least one candle."""
    figure = _figure(width, CANDLE_ROWS)
    place = list(range(len(candles)))
    figure.draw(
        figure.candlestick(
            {
                "date": place,
                "open": [candle.open for candle in candles],
                "close": [candle.close for candle in candles],
                "high": [candle.high for candle in candles],
                "low": [candle.low for candle in candles],
            }
        )
    )
    low, high = min(candle.low for candle in candles), max(candle.high for candle in candles)
    _label_values(figure, [low + (high - low) * part / 3 for part in range(4)])
    _label_times(figure, [candle.open_time_ms for candle in candles])
    return _lines(figure, is_coloured=is_coloured)


def line_chart(
    values: Sequence[float | None],
    times_ms: Sequence[int],
    *,
    width: int,
    is_coloured: bool,
    marks: tuple[float, float],
) -> list[str]:
    """One line below the candles, with a mark below and one above; what is unknown is left out."""
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    if not known:
        return ["(unknown: too few candles)"]
    figure = _figure(width, LINE_ROWS)
    line = figure.signal(
        [place for place, _ in known], [value for _, value in known], marker="braille"
    )
    figure.draw(line.lines())
    for mark in marks:
        figure.line(mark, "horizontal", style="dotted")
    heights = (*marks, *(value for _, value in known))
    figure.ruler("y").lim(min(heights), max(heights))
    _label_values(figure, marks)
    figure.ruler("x").lim(0, max(1, len(values) - 1))
    _label_times(figure, times_ms)
    return _lines(figure, is_coloured=is_coloured)


def two_line_chart(
    line: Sequence[float],
    beside: Sequence[float],
    times_ms: Sequence[int],
    *,
    width: int,
    is_coloured: bool,
) -> list[str]:
    """A line, and another one in dots to compare it with; at least one value each."""
    figure = _figure(width, TWO_LINE_ROWS)
    place = list(range(len(line)))
    for values, marker in ((beside, "·"), (line, "braille")):
        figure.draw(figure.signal(place, list(values), marker=marker).lines())
    heights = (*line, *beside)
    low, high = min(heights), max(heights)
    _label_values(figure, sorted({low, (low + high) / 2, high}))
    figure.ruler("x").lim(0, max(1, len(line) - 1))
    _label_times(figure, times_ms)
    return _lines(figure, is_coloured=is_coloured)


def _figure(width: int, rows: int):  # type: ignore[no-untyped-def]  # noqa: ANN202  # plotext has no types
    # 0.13 s, and only reports need it.
    import plotext

    figure = plotext.figure
    figure.clear()
    figure.theme("colorless")
    figure.plot_size(max(WIDTH_MIN, width), rows)
    return figure


def _label_values(figure, values: Sequence[float]) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    # Labels of one length, so that charts stand exactly below each other.
    figure.ruler("y").ticks(list(values), [_label(value).rjust(LABEL_CELLS) for value in values])


def _label(value: float) -> str:
    # `g` writes a million and more with an exponent, which nobody reads as money.
    whole = f"{value:,.0f}"
    is_large = abs(value) >= DIGITS_WHOLE and len(whole) <= LABEL_CELLS
    return whole if is_large else f"{value:,.6g}"


def _label_times(figure, times_ms: Sequence[int]) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    last = len(times_ms) - 1
    places = sorted({round(last * part / (TIME_LABELS - 1)) for part in range(TIME_LABELS)})
    is_days = len(times_ms) > 1 and (
        times_ms[1] - times_ms[0] >= MS_PER_DAY or times_ms[last] - times_ms[0] > DAYS_ALONE_MS
    )
    figure.ruler("x").ticks(places, [_clock(times_ms[place], is_days=is_days) for place in places])


def _clock(time_ms: int, *, is_days: bool) -> str:
    moment = datetime.fromtimestamp(time_ms / MS_PER_SECOND, tz=UTC)
    return f"{moment:%Y-%m-%d}" if is_days else f"{moment:%m-%d %H:%M}"


def _lines(figure, *, is_coloured: bool) -> list[str]:  # type: ignore[no-untyped-def]  # noqa: ANN001
    painted = _FALLING.sub(lambda found: found[1] + found[2].replace("█", "▒"), str(figure.build()))
    text = painted if is_coloured else _CODES.sub("", painted)
    return [line.rstrip() for line in text.rstrip("\n").split("\n")]
