"""Futures that did not happen: markets cut off, changed after a moment, or made up.

`causality.py` runs functions on them. A market is the candles of its pairs; a cut is a moment: what
opened at or before it is known.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tui_trader.engine.analysis.candles import Candles, TimeArray
from tui_trader.engine.analysis.statistics.chance import Chance
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.time import MS_PER_DAY, MS_PER_MINUTE, UtcMs

Market = tuple[Candles, ...]

FIRST_CUT = 0.4
"""Cuts lie after this part of each pair's candles, so that a warm-up lies before them."""
PERIODS_MS = (4 * 60 * MS_PER_MINUTE, MS_PER_DAY, 7 * MS_PER_DAY)
"""Longer candles that people build from shorter ones; a week is counted from a Thursday (1970)."""
WALK_PACE = 0.03
JUMP = 0.25
COIN = 0.5
GAP_SHARE = 0.005
SAMPLE_CANDLES = 1_200
SAMPLE_START_MS = UtcMs(1_704_067_200_000)


def known_at(market: Market, cut_ms: int) -> Market:
    """The market as it was known when the candle that opened at `cut_ms` had closed."""
    return tuple(candles[: known_count(candles, cut_ms)] for candles in market)


def known_count(candles: Candles, cut_ms: int) -> int:
    """Candles that opened at or before a moment."""
    return int(np.searchsorted(candles.open_time_ms, cut_ms, side="right"))


def other_future(market: Market, cut_ms: int, generator: Chance) -> Market:
    """The same market up to the cut; after it prices walk elsewhere and volumes are others."""
    return tuple(
        _other_candles(candles, known_count(candles, cut_ms), generator) for candles in market
    )


def cut_times(
    market: Market, turns: Sequence[TimeArray], *, generator: Chance, count: int
) -> list[int]:
    """Moments to cut at, ascending: where longer candles begin, where outputs turn, and anywhere.

    A leak of the day's close shows only while the day lasts, so one cut leaves its first candle as
    the last one known; one of a rare signal only where the signal stands. Chance would miss both.

    Args:
        market: Each pair has 8 candles at least.
        turns: Times at which each output differs from its value before.
        generator: Chooses among them.
        count: At most so many.
    """
    first_ms = max(int(pair.open_time_ms[int(len(pair) * FIRST_CUT)]) for pair in market)
    times = np.unique(np.concatenate([pair.open_time_ms for pair in market]))
    times = times[(times >= first_ms) & (times < times[-1])]
    wanted: list[int] = []
    for period in PERIODS_MS:
        wanted += _some(times[1:][np.diff(times // period) > 0], 1, generator)
    inside = [found[(found >= first_ms) & (found <= times[-1])] for found in turns]
    share = max(1, (count - len(wanted)) // (2 * max(len(inside), 1)))
    # What turns often turns near any cut; what seldom does goes first.
    for found in sorted(inside, key=len):
        wanted += _some(found, share, generator)
    wanted = wanted[: max(count - 1, 1)]
    wanted += _some(times, max(count - len(wanted), 1), generator)
    return sorted(set(wanted))


def sample_candles(
    generator: Chance, *, interval: Interval = Interval.H1, count: int = SAMPLE_CANDLES
) -> Candles:
    """A made market to try a function on: a walk whose pace changes, days that differ, a few gaps."""
    steps = 1 + (generator.random(count) < GAP_SHARE) * generator.integers(1, 30, count)
    noise = (generator.random((3, count)) + generator.random((3, count)) - 1) * 0.012
    pace = 1 + 0.8 * np.sin(np.arange(count) / 60)
    close = 100 * np.exp(np.cumsum(noise[0] * pace))
    open_ = np.concatenate([[100.0], close[:-1]])
    volume = 1 + 100 * generator.random(count) ** 3
    return Candles(
        interval=interval,
        open_time_ms=SAMPLE_START_MS + interval.ms * np.cumsum(steps),
        open=open_,
        high=np.maximum(open_, close) * (1 + np.abs(noise[1])),
        low=np.minimum(open_, close) * (1 - np.abs(noise[2])),
        close=close,
        volume=volume,
        buy_volume=volume * generator.random(count),
        book_imbalance=2 * generator.random(count) - 1,
    )


def _some(times: npt.NDArray[np.int64], count: int, generator: Chance) -> list[int]:
    if not len(times):
        return []
    return [int(times[place]) for place in generator.integers(0, len(times), count)]


def _other_candles(candles: Candles, known: int, generator: Chance) -> Candles:
    later = len(candles) - known
    factor, volume = np.ones(len(candles)), np.ones(len(candles))
    walk = np.cumsum((generator.random(later) - COIN) * 2 * WALK_PACE)
    jump = JUMP if generator.random() < COIN else -JUMP
    factor[known:] = np.exp(np.clip(walk + jump, -20, 20))
    volume[known:] = 0.2 + 3 * generator.random(later)
    mirror = np.where(np.arange(len(candles)) >= known, -1.0, 1.0)
    bought, imbalance = candles.buy_volume, candles.book_imbalance
    if bought is not None:
        # Who bought sells now: the other part of the volume.
        bought = np.where(mirror < 0, np.maximum(candles.volume - bought, 0.0), bought) * volume
    return Candles(
        interval=candles.interval,
        open_time_ms=candles.open_time_ms,
        open=candles.open * factor,
        high=candles.high * factor,
        low=candles.low * factor,
        close=candles.close * factor,
        volume=candles.volume * volume,
        buy_volume=bought,
        book_imbalance=None if imbalance is None else imbalance * mirror,
    )
