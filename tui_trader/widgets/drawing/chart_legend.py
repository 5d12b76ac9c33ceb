"""Line above the candles: the candle under the cross-hair in numbers, the lines with their values, how it is drawn."""

from textual.strip import Strip

from tui_trader.engine.values.candles import Candle
from tui_trader.engine.values.time import MS_PER_DAY, format_clock, format_rfc3339
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.desk_chart import ChartPicture, place_of
from tui_trader.widgets.drawing.lines import Piece, line, pieces_width
from tui_trader.widgets.drawing.numbers import amount, compact, percent
from tui_trader.widgets.drawing.subpanes import line_value
from tui_trader.widgets.overlays import Overlay


def legend(picture: ChartPicture, *, width: int, palette: Palette) -> Strip:
    """One line, of whole numbers only: what does not fit is left out, a cut number reads as another one."""
    place = place_of(picture, picture.cross)
    pieces: list[Piece] = [(" ", None)]
    if place is not None:
        pieces += read_out(picture, place, room=width - 1, palette=palette)
    if picture.is_averaged:
        pieces.append(("Heikin-Ashi  ", palette.accent))
    if picture.is_log:
        pieces.append(("log  ", palette.accent))
    if picture.pan:
        pieces.append((f"◂ {picture.pan} candles back  ", palette.accent))
    for each in picture.lines:
        named = _named(each, picture, place, palette=palette)
        if pieces_width([*pieces, *named]) > width:
            break
        pieces += named
    return line(width, palette.base, pieces)


def _named(
    each: Overlay, picture: ChartPicture, place: int | None, *, palette: Palette
) -> list[Piece]:
    """A line with its values at a candle, or why it has none."""
    at = len(picture.candles) - 1 if place is None else place
    values = [line_value(column, at) for column in each.columns]
    numbers = " ".join(amount(value, picture.decimals) for value in values)
    why = each.missing if picture.candles and all(value is None for value in values) else ""
    return [
        (f"{each.label} ", palette.lines[each.colour % len(palette.lines)]),
        (f"{why or numbers}  ", palette.muted),
    ]


def read_out(picture: ChartPicture, place: int, *, room: int, palette: Palette) -> list[Piece]:
    """A candle in numbers, and how far the newest price is from it; from most to least, as fits."""
    candle, last, d = picture.candles[place], picture.candles[-1], picture.decimals
    when: Piece = (f"{time_words(candle.open_time_ms)} ", palette.own)
    opened: Piece = (f"O {amount(candle.open, d)} ", None)
    middle: Piece = (f"H {amount(candle.high, d)} L {amount(candle.low, d)} ", None)
    close: Piece = (f"C {amount(candle.close, d)} ", None)
    volume: Piece = (f"V {compact(candle.volume_base)} ", palette.muted)
    away = distance(candle, last, palette=palette)
    said: Piece = ("from last  ", palette.muted)
    kinds: list[list[Piece]] = [
        [when, opened, middle, close, volume, away, said],
        [when, opened, middle, close, volume, ("last ", palette.muted), away],
        [when, middle, close, away],
        [when, close, away],
    ]
    return next((each for each in kinds if pieces_width(each) <= room), [close, away])


def distance(candle: Candle, last: Candle, *, palette: Palette) -> Piece:
    """How far its close lies from the newest price, in percent of that."""
    away = (candle.close / last.close - 1) * 100 if last.close else None
    return f"{percent(away)} ", palette.signed(away)


def time_words(time_ms: int) -> str:
    """`11-20 10:45`, and the whole date for a candle that begins a day."""
    if time_ms % MS_PER_DAY:
        return f"{format_rfc3339(time_ms)[5:10]} {format_clock(time_ms)[:5]}"
    return format_rfc3339(time_ms)[:10]
