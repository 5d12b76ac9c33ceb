"""Support and resistance: prices where the market has turned, and what happened there since.

One walk from the oldest candle to the newest. At each candle a level knows only the swings that were
certain by then, so whatever is said of a candle stays said.
"""

from dataclasses import dataclass
from enum import Enum

import msgspec
import numpy as np

from tui_trader.engine.analysis.candles import Candles, FloatArray
from tui_trader.engine.analysis.rolling import rolling_mean
from tui_trader.engine.analysis.swings import Swing

LEVELS_MAX = 24
"""Levels kept at a time; the one that was touched longest ago makes room."""
REACH = 0.5
"""Swings within this part of a candle's usual width of a level are touches of it."""
USUAL_BARS = 20
"""Candles whose mean width and volume are the usual ones."""
TOUCHES_MIN = 2
"""One turn is a swing; a level is where the market turned again."""
TOUCHES_STRONG = 4
RETEST_BARS = 20
"""Candles after a breakout within which a return to the level is a retest."""
WHOLE_FROM = 1e6
"""From here on a price is told without a fraction, not as a power of ten."""
BUSY_VOLUME = 1.5
THIN_VOLUME = 0.75


class Happening(Enum):
    """What a candle did at a level."""

    BREAKOUT = "breakout"
    RETEST_HELD = "retest held"
    RETEST_FAILED = "retest failed"


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """A price where the market turned at least TOUCHES_MIN times.

    Args:
        price: Mean of its turns.
        is_support: The newest close is above it; else it is resistance.
        touches: Turns.
        strength: In plain words.
        first_time_ms: Start of the candle of the first turn.
        last_touch_time_ms: Start of the candle of the newest one.
        distance_percent: From the newest close to it.
    """

    price: float
    is_support: bool
    touches: int
    strength: str
    first_time_ms: int
    last_touch_time_ms: int
    distance_percent: float


class LevelEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A breakout through a level, or what came of it.

    Args:
        row: Index of the candle whose close decided it.
        open_time_ms: Start of that candle.
        happening: What it was.
        direction: 1 up through the level, -1 down.
        price: The level as it was then.
        touches: Turns that it had then.
        volume_ratio: Volume of the candle over the usual; None where nothing was usual.
        words: One line for people.
    """

    row: int
    open_time_ms: int
    happening: Happening
    direction: int
    price: float
    touches: int
    volume_ratio: float | None
    words: str


@dataclass(slots=True)
class _Tracked:
    """A level while the walk goes on; `side` is where closes are: 1 above, -1 below."""

    price: float
    touches: int
    side: int
    first_row: int
    last_row: int
    broken_row: int | None = None


def walk_levels(candles: Candles, swings: list[Swing]) -> tuple[list[Level], list[LevelEvent]]:
    """Levels at the newest candle, highest first, and every event on the way, oldest first.

    Args:
        candles: Closed candles, oldest first.
        swings: Of these candles, as `find_swings` gives them.
    """
    reaches = (REACH * _usual(candles.high - candles.low)).tolist()
    volume = _usual(candles.volume)
    tracked: list[_Tracked] = []
    events: list[LevelEvent] = []
    confirmed = iter(swings)
    upcoming = next(confirmed, None)
    for row, close in enumerate(candles.close.tolist()):
        reach = reaches[row]
        for level in tracked:
            if level.broken_row is None and (close - level.price) * level.side >= -reach:
                # Closes stay where they were and nobody waits for a retest: so it is nearly always.
                continue
            if level.touches >= TOUCHES_MIN and (
                happened := _happened(level, candles, row, reach=reach)
            ):
                events.append(_event(level, candles, row, happened=happened, volume=volume))
            elif abs(close - level.price) > reach:
                level.side = 1 if close > level.price else -1
        while upcoming is not None and upcoming.confirmed_row == row:
            _touch(tracked, upcoming, close=close, reach=reach)
            upcoming = next(confirmed, None)
    return _standing(tracked, candles), events


def _usual(values: FloatArray) -> FloatArray:
    """Mean of the values before each row, USUAL_BARS of them at most; of the first row, its own."""
    usual = np.empty(len(values))
    early = values[:USUAL_BARS]
    usual[:1] = values[:1]
    usual[1 : len(early)] = (np.cumsum(early) / np.arange(1, len(early) + 1))[:-1]
    if len(values) > USUAL_BARS:
        usual[USUAL_BARS:] = rolling_mean(values, USUAL_BARS)[USUAL_BARS - 1 : -1]
    return usual


def _touch(tracked: list[_Tracked], swing: Swing, *, close: float, reach: float) -> None:
    """Let a swing that has just become certain join a level, or begin one."""
    nearest = min(tracked, key=lambda level: abs(level.price - swing.price), default=None)
    if nearest is not None and abs(nearest.price - swing.price) <= reach:
        nearest.price += (swing.price - nearest.price) / (nearest.touches + 1)
        nearest.touches += 1
        nearest.last_row = swing.row
        return
    if len(tracked) == LEVELS_MAX:
        tracked.remove(min(tracked, key=lambda level: level.last_row))
    side = 1 if close > swing.price else -1
    tracked.append(_Tracked(swing.price, 1, side, swing.row, swing.row))


def _happened(level: _Tracked, candles: Candles, row: int, *, reach: float) -> Happening | None:
    """What this candle did at the level, noted in it."""
    beyond = (float(candles.close[row]) - level.price) * level.side
    if beyond < -reach:
        is_back = level.broken_row is not None and row - level.broken_row <= RETEST_BARS
        level.side = -level.side
        level.broken_row = None if is_back else row
        return Happening.RETEST_FAILED if is_back else Happening.BREAKOUT
    if level.broken_row is None:
        return None
    if row - level.broken_row > RETEST_BARS:
        level.broken_row = None
        return None
    near = float((candles.low if level.side > 0 else candles.high)[row])
    has_returned = (near - level.price) * level.side <= reach and row > level.broken_row
    if has_returned and beyond > reach:
        level.broken_row = None
        return Happening.RETEST_HELD
    return None


def _event(
    level: _Tracked, candles: Candles, row: int, *, happened: Happening, volume: FloatArray
) -> LevelEvent:
    usual = float(volume[row])
    ratio = float(candles.volume[row]) / usual if usual > 0 else None
    return LevelEvent(
        row=row,
        open_time_ms=int(candles.open_time_ms[row]),
        happening=happened,
        direction=level.side,
        price=level.price,
        touches=level.touches,
        volume_ratio=ratio,
        words=_event_words(level, happened, ratio),
    )


def _event_words(level: _Tracked, happened: Happening, ratio: float | None) -> str:
    digits = ",.0f" if level.price >= WHOLE_FROM else ",.6g"
    price, way = f"{level.price:{digits}}", "above" if level.side > 0 else "below"
    match happened:
        case Happening.BREAKOUT:
            role = "resistance" if level.side > 0 else "support"
            return f"closed {way} {role} at {price} ({level.touches} turns){volume_words(ratio)}"
        case Happening.RETEST_HELD:
            return f"came back to {price} after the breakout and stayed {way} it"
        case Happening.RETEST_FAILED:
            return f"back {way} {price}: the breakout failed{volume_words(ratio)}"


def volume_words(ratio: float | None) -> str:
    """`, on 2.1 times the usual volume`; empty where volume says nothing."""
    if ratio is None:
        return ""
    if ratio >= BUSY_VOLUME:
        return f", on {ratio:.1f} times the usual volume"
    return ", on thin volume" if ratio <= THIN_VOLUME else ", on usual volume"


def strength_words(touches: int) -> str:
    """How often the market has turned there."""
    if touches >= TOUCHES_STRONG:
        return f"strong: turned there {touches} times"
    return f"fair: turned there {touches} times"


def _standing(tracked: list[_Tracked], candles: Candles) -> list[Level]:
    chosen = [level for level in tracked if level.touches >= TOUCHES_MIN]
    return [
        Level(
            price=level.price,
            is_support=bool(candles.close[-1] > level.price),
            touches=level.touches,
            strength=strength_words(level.touches),
            first_time_ms=int(candles.open_time_ms[level.first_row]),
            last_touch_time_ms=int(candles.open_time_ms[level.last_row]),
            distance_percent=float(level.price / candles.close[-1] - 1) * 100,
        )
        for level in sorted(chosen, key=lambda level: -level.price)
    ]
