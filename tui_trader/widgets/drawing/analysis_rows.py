"""Lists of the analysis screen: readings, patterns, levels, mood and timeframes, as strips."""

from collections.abc import Sequence

from rich.style import Style
from textual.strip import Strip

from tui_trader.engine.messages.analysis_queries import (
    LevelSeen,
    PatternSeen,
    Reading,
    StanceCount,
    TimeframeRow,
    TurnSeen,
)
from tui_trader.engine.messages.sentiment_queries import PartState, SentimentAnswer
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.text import sanitize
from tui_trader.engine.values.time import MS_PER_DAY, format_clock, format_rfc3339
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.lines import Piece, left_in, line, pieces_width, right_in, wrapped
from tui_trader.widgets.drawing.market_rows import STANCES, value_text
from tui_trader.widgets.drawing.numbers import UNKNOWN, age, amount, percent, signed

_GROUP_WIDTH, _COUNT_WIDTH, _TIME_WIDTH = 10, 4, 5
_BAR_MIN = 6
_VALUE_WIDTH = 12
_PART_WIDTH = 14
_MORE_LINES, _HEADLINES_KEPT = 2, 3
_WIDE_ENOUGH_FOR_BOTH = 36


def total_rows(totals: Sequence[StanceCount], *, width: int, palette: Palette) -> list[Strip]:
    """A line a group: how many speak for rising, for falling prices, for neither; and a bar."""
    strips = []
    for total in totals:
        sides: list[Piece] = [
            (
                f" {left_in(total.group, _GROUP_WIDTH)}",
                palette.strong if total.group == "all" else None,
            ),
            (f" ▲{total.bullish:>{_COUNT_WIDTH - 2}}", palette.up),
            (f" ▼{total.bearish:>{_COUNT_WIDTH - 2}}", palette.down),
            (f" ·{total.neutral:>{_COUNT_WIDTH - 2}} ", palette.muted),
        ]
        room = width - 1 - _GROUP_WIDTH - 3 * _COUNT_WIDTH - 2
        if room >= _BAR_MIN:
            sides += _balance(total, room, palette)
        strips.append(line(width, palette.base, sides))
    return strips


def _balance(total: StanceCount, width: int, palette: Palette) -> list[Piece]:
    count = total.bullish + total.bearish + total.neutral
    if not count:
        return [("takes no sides" if width > len("takes no sides") else "", palette.muted)]
    up = round(total.bullish / count * width)
    down = min(width - up, round(total.bearish / count * width))
    return [
        ("█" * up, palette.bid_bar),
        ("─" * (width - up - down), palette.faint),
        ("█" * down, palette.ask_bar),
    ]


def reading_rows(
    readings: Sequence[Reading],
    *,
    decimals: int,
    cursor: int | None,
    width: int,
    palette: Palette,
) -> list[Strip]:
    """A line an indicator: stance, label, first value, and the reason where there is room."""
    strips = []
    for index, reading in enumerate(readings):
        base = palette.base + palette.cursor if index == cursor else palette.base
        value = value_text(reading.values[0], unit=reading.units[0], decimals=decimals)
        ink = palette.muted if reading.stance is None else palette.signed(reading.stance)
        name_width = min(24, width - _VALUE_WIDTH - 4)
        pieces: list[Piece] = [
            (f" {_stance(reading.stance)} ", ink),
            (left_in(reading.label, name_width), None),
            (right_in(value, _VALUE_WIDTH), palette.muted if value == UNKNOWN else palette.plain),
            (f"  {reading.meaning}", palette.muted),
        ]
        strips.append(line(width, base, pieces))
    return strips


def _stance(stance: int | None) -> str:
    return " " if stance is None else STANCES[stance]


def pattern_rows(
    patterns: Sequence[PatternSeen],
    *,
    interval: Interval,
    cursor: int | None,
    now_ms: int,
    width: int,
    palette: Palette,
) -> list[Strip]:
    """A line a pattern: when it became certain, which way it speaks, its name and strength."""
    strips = []
    for index, pattern in enumerate(patterns):
        base = palette.base + palette.cursor if index == cursor else palette.base
        when = short_time(pattern.open_time_ms, interval, now_ms=now_ms, width=width)
        pieces: list[Piece] = [
            ("▸" if index == cursor else " ", palette.accent),
            (f"{when} ", palette.muted),
            (f"{STANCES[pattern.direction]} ", _side(pattern.direction, palette)),
            (pattern.name, None),
            (f"  {pattern.strength.partition(':')[0]}", palette.muted),
        ]
        strips.append(line(width, base, pieces))
    return strips


def _side(direction: int, palette: Palette) -> Style:
    return palette.signed(direction) if direction else palette.muted


def short_time(time_ms: int, interval: Interval, *, now_ms: int, width: int) -> str:
    """`10:45` of today; before that `11-19`, with the time where there is room for it."""
    is_today = time_ms // MS_PER_DAY == now_ms // MS_PER_DAY
    clock, day = format_clock(time_ms)[:_TIME_WIDTH], format_rfc3339(time_ms)[5:10]
    if interval is Interval.D1:
        return day
    if is_today:
        return clock
    return f"{day} {clock}" if width >= _WIDE_ENOUGH_FOR_BOTH else day


def level_rows(
    levels: Sequence[LevelSeen], *, decimals: int, width: int, palette: Palette
) -> list[Strip]:
    """Prices with their distance from the newest close, and how often the market turned there."""
    strips = []
    for level in levels:
        ink = palette.up if level.is_support else palette.down
        name = "support" if level.is_support else "resist."
        pieces: list[Piece] = [
            (f" {name} ", ink),
            (right_in(amount(level.price, decimals), 12), palette.strong),
            (right_in(percent(level.distance_percent, 1), 8), palette.muted),
            (f"  {level.touches} turns", palette.muted),
        ]
        strips.append(line(width, palette.base, pieces))
    return strips


def turn_rows(
    turns: Sequence[TurnSeen],
    *,
    interval: Interval,
    cursor: int | None,
    now_ms: int,
    width: int,
    palette: Palette,
) -> list[Strip]:
    """Breakouts, retests and divergences, each in its words."""
    strips = []
    for index, turn in enumerate(turns):
        base = palette.base + palette.cursor if index == cursor else palette.base
        when = short_time(turn.open_time_ms, interval, now_ms=now_ms, width=width)
        pieces: list[Piece] = [
            ("▸" if index == cursor else " ", palette.accent),
            (f"{when} ", palette.muted),
            (f"{STANCES[turn.direction]} ", _side(turn.direction, palette)),
            (turn.words, None),
        ]
        strips.append(line(width, base, pieces))
    return strips


def sentiment_rows(
    answer: SentimentAnswer,
    *,
    older_ms: int,
    is_old: bool,
    size: tuple[int, int],
    palette: Palette,
) -> list[Strip]:
    """A line a part with value and age; what does not count is muted, with the reason.

    Words that are longer than the line go on below it while there are lines to spare.
    """
    width, height = size
    strips = []
    spare = height - len(answer.parts) - min(_HEADLINES_KEPT, len(answer.headlines))
    for part in answer.parts:
        counts = part.state is PartState.FRESH and not is_old
        ink = palette.signed(part.value) if counts else palette.muted
        text = signed(part.value)
        old = "" if part.age_ms is None else age(part.age_ms + older_ms)
        name = left_in(sanitize(part.title), min(_PART_WIDTH, width // 3))
        pieces: list[Piece] = [
            (f" {name}", None if counts else palette.muted),
            (right_in(text, 6), ink),
            (right_in(old, 7), palette.muted),
        ]
        if part.state is not PartState.FRESH:
            pieces.append((f" {part.state.value}", palette.warn if counts else palette.muted))
        begin = pieces_width(pieces) + 2
        words = wrapped(
            sanitize(part.says),
            max(1, width - begin),
            lines_max=1 + min(_MORE_LINES, max(0, spare)),
        )
        spare -= len(words) - 1
        pieces.append((f"  {words[0]}", palette.muted))
        strips.append(line(width, palette.base, pieces))
        strips += [
            line(width, palette.base, [(" " * begin + rest, palette.muted)]) for rest in words[1:]
        ]
    for headline in answer.headlines:
        old = "" if headline.age_ms is None else age(headline.age_ms + older_ms)
        pieces = [
            (right_in(old, 5), palette.muted),
            (f" {STANCES[_sign(headline.score)]} ", palette.signed(headline.score)),
            (sanitize(headline.title), None),
        ]
        strips.append(line(width, palette.base, pieces))
    return strips


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def timeframe_rows(
    rows: Sequence[TimeframeRow], *, chosen: Interval, width: int, palette: Palette
) -> list[Strip]:
    """Two lines: the intervals, and how many more speak for one side than for the other."""
    if not rows:
        return []
    each = max(4, width // len(rows))
    names: list[Piece] = []
    nets: list[Piece] = []
    for row in rows:
        is_chosen = row.interval is chosen
        name = f"[{row.interval.value}]" if is_chosen else f" {row.interval.value}"
        names.append((left_in(name, each), palette.strong if is_chosen else palette.muted))
        net = row.bullish - row.bearish
        if row.note:
            nets.append((left_in(f" {UNKNOWN}", each), palette.muted))
            continue
        sign = STANCES[_sign(net)]
        nets.append((left_in(f" {sign}{abs(net)}", each), palette.signed(net)))
    return [line(width, palette.base, names), line(width, palette.base, nets)]
