"""Parts of the sentiment that the market makes itself: books, takers, breadth, volatility, momentum.

Each is a number from -1 (fear) to 1 (greed) with its words, or None where too little is known.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import isfinite, log, sqrt
from statistics import fmean, median, pstdev

from tui_trader.engine.ports.sentiment_source import Reading

BREADTH_PAIRS_MIN = 2
DISPERSION_PAIRS_MIN = 3
DAY_CANDLES = 24
WINDOWS_MIN = 7
"""Days of hourly candles to know a usual day from an unusual one."""
STILL_RATIO = 1e-9


def book_imbalance(sides: Sequence[tuple[float, float]], *, time_ms: int) -> Reading | None:
    """How much more is bid than asked.

    Args:
        sides: Value bid and value asked near the price, one pair each, in one currency.
        time_ms: Of the oldest of them.
    """
    known = [(bid - ask) / (bid + ask) for bid, ask in sides if bid + ask > 0]
    if not known:
        return None
    value = fmean(known)
    words = f"{(1 + value) / 2:.0%} of what rests near the price is bid, in {_pairs(known)}"
    return Reading(value=value, time_ms=time_ms, says=words)


def taker_flow(bought: float, sold: float, *, time_ms: int) -> Reading | None:
    """Whether those who could not wait bought or sold.

    Args:
        bought: Value that buyers took from the books lately.
        sold: Value that sellers took.
        time_ms: Of the newest trade.
    """
    if bought + sold <= 0:
        return None
    value = (bought - sold) / (bought + sold)
    return Reading(
        value=value, time_ms=time_ms, says=f"{(1 + value) / 2:.0%} of what was taken was bought"
    )


def breadth(changes_percent: Sequence[float], *, time_ms: int) -> Reading | None:
    """How many of the watched pairs rose over a day.

    Args:
        changes_percent: Change over 24 hours, a pair each.
        time_ms: Of the oldest of them.
    """
    known = [change for change in changes_percent if isfinite(change)]
    if len(known) < BREADTH_PAIRS_MIN:
        return None
    ups, downs = sum(change > 0 for change in known), sum(change < 0 for change in known)
    words = f"{ups} of {len(known)} pairs rose over 24 hours, {downs} fell"
    return Reading(value=(ups - downs) / len(known), time_ms=time_ms, says=words)


def volatility_regime(closes: Sequence[Sequence[float]], *, time_ms: int) -> Reading | None:
    """Whether the last day was calm or wild beside the days before it; wild is fear.

    Args:
        closes: Hourly closes, oldest first, a pair each.
        time_ms: Close of the last of them.
    """
    ranks = [rank for rank in map(_wildness_rank, closes) if rank is not None]
    if not ranks:
        return None
    rank = median(ranks)
    words = f"the last day moved more than {rank:.0%} of the days before, in {_pairs(ranks)}"
    return Reading(value=1 - 2 * rank, time_ms=time_ms, says=words)


def momentum_dispersion(closes: Sequence[Sequence[float]], *, time_ms: int) -> Reading | None:
    """Whether the pairs go one way together, or each its own way.

    Args:
        closes: Hourly closes, oldest first, a pair each; the last day of each counts.
        time_ms: Close of the last of them.
    """
    moves = [
        log(row[-1] / row[-1 - DAY_CANDLES]) for row in closes if _is_priced(row, DAY_CANDLES + 1)
    ]
    if len(moves) < DISPERSION_PAIRS_MIN:
        return None
    together, apart = fmean(moves), pstdev(moves)
    whole = abs(together) + apart
    value = together / whole if whole > STILL_RATIO else 0.0
    words = f"{together:+.1%} over a day on average, {apart:.1%} apart, in {_pairs(moves)}"
    return Reading(value=value, time_ms=time_ms, says=words)


def _wildness_rank(closes: Sequence[float]) -> float | None:
    """Part of the earlier days that moved less than the last one; equal days count half."""
    days = (len(closes) - 1) // DAY_CANDLES
    if days < WINDOWS_MIN or not _is_priced(closes, days * DAY_CANDLES + 1):
        return None
    moves = [log(later / earlier) for earlier, later in pairwise(closes)]
    end = len(moves)
    sizes = [
        sqrt(
            fmean(
                move * move
                for move in moves[end - (day + 1) * DAY_CANDLES : end - day * DAY_CANDLES]
            )
        )
        for day in range(days)
    ]
    last, before = sizes[0], sizes[1:]
    return fmean(1.0 if size < last else 0.5 if size == last else 0.0 for size in before)


def _is_priced(closes: Sequence[float], count: int) -> bool:
    return len(closes) >= count and all(isfinite(close) and close > 0 for close in closes)


def _pairs(rows: Sequence[float]) -> str:
    return "1 pair" if len(rows) == 1 else f"{len(rows)} pairs"
