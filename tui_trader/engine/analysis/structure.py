"""Structure of a market: its swings, levels, breakouts and divergences, in plain words.

Law: what is said of a candle was certain at its close, and no later candle takes it back. Levels and
trend are those of the newest candle.
"""

import msgspec

from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.analysis.divergences import Divergence, find_divergences
from tui_trader.engine.analysis.levels import Level, LevelEvent, walk_levels
from tui_trader.engine.analysis.swings import CONFIRM_BARS, Swing, find_swings


class Structure(msgspec.Struct, frozen=True, kw_only=True):
    """What the candles up to the newest one have built.

    Args:
        open_time_ms: Start of the newest candle; None without candles.
        trend: 1 rising, -1 falling, 0 neither, by the newest two highs and lows; None before them.
        trend_words: The same for people.
        swings: In the order in which they became certain.
        levels: Highest first.
        events: Breakouts and retests, oldest first.
        divergences: In the order in which they became certain.
    """

    open_time_ms: int | None
    trend: int | None
    trend_words: str
    swings: tuple[Swing, ...]
    levels: tuple[Level, ...]
    events: tuple[LevelEvent, ...]
    divergences: tuple[Divergence, ...]


def structure(candles: Candles, *, confirm_bars: int = CONFIRM_BARS) -> Structure:
    """Swings, levels, breakouts and divergences of closed candles.

    Args:
        candles: Oldest first; may be empty.
        confirm_bars: Candles on either side that a swing must outreach.
    """
    swings = find_swings(candles, bars=confirm_bars)
    levels, events = walk_levels(candles, swings)
    trend, words = _trend(swings)
    return Structure(
        open_time_ms=int(candles.open_time_ms[-1]) if len(candles) else None,
        trend=trend,
        trend_words=words,
        swings=tuple(swings),
        levels=tuple(levels),
        events=tuple(events),
        divergences=tuple(find_divergences(candles, swings)),
    )


def _trend(swings: list[Swing]) -> tuple[int | None, str]:
    highs = [swing.price for swing in swings if swing.is_high][-2:]
    lows = [swing.price for swing in swings if not swing.is_high][-2:]
    if min(len(highs), len(lows)) < len(("before", "now")):
        return None, "too few turns to tell a trend"
    up, down = highs[1] > highs[0], lows[1] < lows[0]
    match up, down:
        case True, False:
            return 1, "rising: higher highs and higher lows"
        case False, True:
            return -1, "falling: lower highs and lower lows"
        case True, True:
            return 0, "widening: higher highs and lower lows"
        case _:
            return 0, "narrowing: lower highs and higher lows"
