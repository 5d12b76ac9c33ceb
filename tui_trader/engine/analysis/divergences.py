"""Divergences: the price makes a new extreme and an indicator does not follow, or the other way.

Two neighbouring swings of one kind are compared. A divergence is certain when its second swing is.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import msgspec

from tui_trader.engine.analysis.candles import Candles, FloatArray
from tui_trader.engine.analysis.catalogue import indicator_named
from tui_trader.engine.analysis.compute import compute
from tui_trader.engine.analysis.swings import Swing

WATCHED = (("rsi", "rsi"), ("macd", "macd"), ("mfi", "mfi"), ("obv", "obv"))
"""Indicators that are compared with the price, and which of their lines."""
APART_BARS_MAX = 60
"""Swings further apart have little to do with each other."""
LIKE = 1e-9
"""Values that differ by less than this part of the larger one are the same."""


class Divergence(msgspec.Struct, frozen=True, kw_only=True):
    """Price and an indicator that disagree between two swings.

    Args:
        name: The indicator.
        direction: 1 speaks for rising prices, -1 for falling ones.
        is_hidden: The indicator went further and the price did not: the trend goes on. Else the
            price went further and the indicator did not: the trend tires.
        from_time_ms: Start of the candle of the first swing.
        to_time_ms: Start of the candle of the second.
        confirmed_row: Index of the candle that made it certain.
        confirmed_time_ms: Close of that candle.
        words: One line for people.
    """

    name: str
    direction: int
    is_hidden: bool
    from_time_ms: int
    to_time_ms: int
    confirmed_row: int
    confirmed_time_ms: int
    words: str


class _Pair(NamedTuple):
    """Two neighbouring swings of one kind."""

    first: Swing
    second: Swing


def find_divergences(candles: Candles, swings: Sequence[Swing]) -> list[Divergence]:
    """Every divergence that is certain at the newest candle, in the order they became so.

    Args:
        candles: Closed candles, oldest first.
        swings: Of these candles, as `find_swings` gives them.
    """
    lines = {name: compute(candles, indicator_named(name))[output] for name, output in WATCHED}
    found = (
        divergence
        for pair in _pairs(swings)
        for name, line in lines.items()
        if (divergence := _compared(pair, name, line)) is not None
    )
    return sorted(found, key=lambda divergence: divergence.confirmed_row)


def _pairs(swings: Sequence[Swing]) -> list[_Pair]:
    return [
        _Pair(first, second)
        for is_high in (True, False)
        for kind in ([swing for swing in swings if swing.is_high is is_high],)
        for first, second in pairwise(kind)
        if second.row - first.row <= APART_BARS_MAX
    ]


def _compared(pair: _Pair, name: str, line: FloatArray) -> Divergence | None:
    """What the two say together; a value in the warm-up is like no other."""
    price = _change(pair.first.price, pair.second.price)
    value = _change(float(line[pair.first.row]), float(line[pair.second.row]))
    if price * value >= 0:
        return None
    is_high = pair.second.is_high
    is_hidden = (price < 0) if is_high else (price > 0)
    return Divergence(
        name=name,
        direction=-1 if is_high else 1,
        is_hidden=is_hidden,
        from_time_ms=pair.first.open_time_ms,
        to_time_ms=pair.second.open_time_ms,
        confirmed_row=pair.second.confirmed_row,
        confirmed_time_ms=pair.second.confirmed_time_ms,
        words=_words(name, is_high=is_high, is_hidden=is_hidden),
    )


def _change(before: float, after: float) -> int:
    """1 up, -1 down, 0 the same or unknown."""
    rest = LIKE * max(abs(before), abs(after))
    return int(after > before + rest) - int(after < before - rest)


def _words(name: str, *, is_high: bool, is_hidden: bool) -> str:
    turn, further, less = ("high", "higher", "lower") if is_high else ("low", "lower", "higher")
    way = "falling" if is_high else "rising"
    if is_hidden:
        return (
            f"{name} made a {further} {turn} and the price a {less} one: "
            f"speaks for a {way} trend to go on"
        )
    tired = "rise" if is_high else "fall"
    return f"the price made a {further} {turn} and {name} a {less} one: the {tired} is tiring"
