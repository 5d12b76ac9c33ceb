"""Candlestick patterns: where TA-Lib sees one, which way it speaks and how strongly.

A pattern belongs to its last candle, or to the candle that confirmed it; nothing later has a say.
"""

import msgspec
import numpy as np
import numpy.typing as npt

from tui_trader.engine.analysis.candles import PRICES, Candles
from tui_trader.engine.analysis.pattern_table import PATTERNS, Lean, Pattern
from tui_trader.engine.analysis.talib_source import talib_function

PatternArray = npt.NDArray[np.int32]

FULL = 100
"""TA-Lib's value of a whole pattern; 80 is one whose bodies only touch at an end."""
CONFIRMED = 200
"""TA-Lib's value at the candle that confirms an earlier one."""
CONFIRM_BARS = 3
"""Candles after a hikkake that may confirm it."""
PATTERN_BARS = 64
"""Candles that decide whether a pattern is there: five of its own, and the averages before them."""


class PatternSighting(msgspec.Struct, frozen=True, kw_only=True):
    """One pattern at one candle.

    Args:
        row: Index of the candle at which it is complete, or confirmed.
        pattern: Which one.
        direction: 1 bullish, -1 bearish, 0 neither.
        strength: Share of the whole pattern, 0.8 or 1.
    """

    row: int
    pattern: Pattern
    direction: int
    strength: float


def pattern_values(candles: Candles, pattern: Pattern) -> PatternArray:
    """TA-Lib's own values, shape (T,): 0 none, ±80 and ±100 seen, ±200 confirmed."""
    if not len(candles):
        return np.zeros(0, dtype=np.int32)
    found = talib_function(pattern.function)(*(candles.column(name) for name in PRICES))
    return np.asarray(found, dtype=np.int32)


def find_patterns(
    candles: Candles, patterns: tuple[Pattern, ...] = PATTERNS, *, begin: int = 0
) -> list[PatternSighting]:
    """Every pattern in the candles, oldest first.

    Args:
        candles: Closed candles, oldest first.
        patterns: Which ones.
        begin: Rows before it are read, and not told of.
    """
    sightings = [
        _sighting(pattern, int(row), int(values[row]))
        for pattern in patterns
        for values in (pattern_values(candles, pattern),)
        for row in begin + np.flatnonzero(_is_seen(pattern, values[begin:]))
    ]
    return sorted(sightings, key=lambda sighting: sighting.row)


class PatternRow(msgspec.Struct, frozen=True, kw_only=True):
    """One pattern for people.

    Args:
        name: Its usual name.
        direction: 1 bullish, -1 bearish, 0 neither.
        strength: In plain words.
        meaning: What happened, and what it is said to mean.
        open_time_ms: Start of the last candle of the pattern.
        confirmed_time_ms: Close of the candle that made it certain: nobody knew before. For most it
            is that same candle, for a few a later one.
    """

    name: str
    direction: int
    strength: str
    meaning: str
    open_time_ms: int
    confirmed_time_ms: int


def patterns_found(candles: Candles, *, last: int | None = None) -> tuple[PatternRow, ...]:
    """Patterns as rows for people, the newest first.

    Args:
        candles: Closed candles; at least PATTERN_BARS before the first that matters.
        last: Only patterns that became certain on the newest so many candles.
    """
    begin = 0 if last is None else max(0, len(candles) - last)
    slow = {entry: pattern_values(candles, entry) for entry in PATTERNS if entry.is_confirmed_later}
    rows = [
        _row(candles, sighting, _origin(sighting, slow.get(sighting.pattern)))
        for sighting in find_patterns(candles, begin=begin)
    ]
    return tuple(reversed(rows))


def _origin(sighting: PatternSighting, values: PatternArray | None) -> int:
    """Row of the last candle of the pattern itself, which a later one may have confirmed."""
    if values is None:
        return sighting.row
    earlier = range(max(0, sighting.row - CONFIRM_BARS), sighting.row)
    return max((row for row in earlier if abs(values[row]) == FULL), default=sighting.row)


def _row(candles: Candles, sighting: PatternSighting, origin: int) -> PatternRow:
    return PatternRow(
        name=sighting.pattern.name,
        direction=sighting.direction,
        strength=strength_words(sighting),
        meaning=sighting.pattern.meaning,
        open_time_ms=int(candles.open_time_ms[origin]),
        confirmed_time_ms=int(candles.open_time_ms[sighting.row]) + candles.interval.ms,
    )


def strength_words(sighting: PatternSighting) -> str:
    """How much of the pattern there is."""
    if sighting.pattern.is_confirmed_later:
        return "confirmed"
    return "whole" if sighting.strength >= 1 else "weaker: the bodies only touch at an end"


def _is_seen(pattern: Pattern, values: PatternArray) -> npt.NDArray[np.bool_]:
    return np.abs(values) >= (CONFIRMED if pattern.is_confirmed_later else 1)


def sighting_of(pattern: Pattern, row: int, value: int) -> PatternSighting | None:
    """What one value of TA-Lib says, if anything."""
    least = CONFIRMED if pattern.is_confirmed_later else 1
    return _sighting(pattern, row, value) if abs(value) >= least else None


def _sighting(pattern: Pattern, row: int, value: int) -> PatternSighting:
    whole = CONFIRMED if pattern.is_confirmed_later else FULL
    return PatternSighting(
        row=row,
        pattern=pattern,
        direction=_direction(pattern.lean, value),
        strength=abs(value) / whole,
    )


def _direction(lean: Lean, value: int) -> int:
    match lean:
        case Lean.BULLISH:
            return 1
        case Lean.BEARISH:
            return -1
        case Lean.NEUTRAL:
            return 0
        case Lean.AS_SIGNED:
            return 1 if value > 0 else -1
