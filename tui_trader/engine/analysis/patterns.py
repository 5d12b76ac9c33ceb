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
    candles: Candles, patterns: tuple[Pattern, ...] = PATTERNS
) -> list[PatternSighting]:
    """Every pattern in the candles, oldest first."""
    sightings = [
        _sighting(pattern, int(row), int(values[row]))
        for pattern in patterns
        for values in (pattern_values(candles, pattern),)
        for row in np.flatnonzero(_is_seen(pattern, values))
    ]
    return sorted(sightings, key=lambda sighting: sighting.row)


def _is_seen(pattern: Pattern, values: PatternArray) -> npt.NDArray[np.bool_]:
    return np.abs(values) >= (CONFIRMED if pattern.is_confirmed_later else 1)


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
