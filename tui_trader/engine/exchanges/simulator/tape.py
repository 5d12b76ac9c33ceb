"""What once happened in a market, as a tape to be played again: ticks, and changes of a book.

A candle is played as a path of ticks that touches its open, high, low and close, in the order its
direction suggests, and trades its whole volume. The path is a function of the candle: the same file
always plays the same way.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from tui_trader.engine.exchanges.simulator.noise import hash_unit
from tui_trader.engine.values.orders import Side

_MS_PER_S = 1_000
_STEPS_PER_LEG = 6
_WANDER = 0.35
"""How far a step strays from the straight line, as a part of its leg."""
_WEIGHT_LOWEST = 0.4


@dataclass(frozen=True, slots=True)
class TapeCandle:
    """One candle of a file, in ticks and lots.

    Args:
        trades: How many it stands for; 0 beside a quantity says that the file does not tell.
    """

    begin_s: int
    open: int
    high: int
    low: int
    close: int
    lots: int
    trades: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A moment at which the price was told.

    Args:
        lots: What traded; 0 where the price moved and nothing is known to have traded.
        trades: How many trades of the file this one stands for.
        side: What the taker did.
    """

    time_ms: int
    ticks: int
    lots: int
    side: Side
    trades: int = 1


@dataclass(frozen=True, slots=True)
class BookChange:
    """A moment at which a recorded book changed: `(ticks, lots)` rows, 0 lots remove a level."""

    time_ms: int
    bids: Sequence[tuple[int, int]]
    asks: Sequence[tuple[int, int]]
    is_snapshot: bool = False


TapeEvent = Tick | BookChange


@dataclass(slots=True, kw_only=True)
class Tape:
    """A recording of one pair.

    Args:
        interval_s: Length of its candles; 0 where it consists of trades.
        history: Candles before the beginning, oldest first; an exchange shows them as its past.
        past_ticks: Trades before the beginning, of a tape that consists of trades.
        has_books: The recording tells the book; else one is made around the price.
        book_depth: Levels a side that the recording tells; what is pushed out is not told. 0 is all.
    """

    events: Iterator[TapeEvent]
    interval_s: int = 0
    history: Sequence[TapeCandle] = field(default=())
    past_ticks: Sequence[Tick] = field(default=())
    has_books: bool = False
    book_depth: int = 0


def candle_tape(candles: Sequence[TapeCandle], *, interval_s: int, start_s: float) -> Tape:
    """Tape of a candle file.

    Args:
        candles: All of it, oldest first; holes stay holes.
        interval_s: Their length.
        start_s: The first candle that begins at or after this is the first that is played.
    """
    first = next(
        (index for index, candle in enumerate(candles) if candle.begin_s >= start_s), len(candles)
    )
    played = candles[first:]
    return Tape(
        events=(tick for candle in played for tick in tick_path(candle, interval_s)),
        interval_s=interval_s,
        history=candles[:first],
    )


def trade_tape(ticks: Sequence[Tick], *, start_s: float) -> Tape:
    """Tape of a trade file."""
    start_ms = start_s * _MS_PER_S
    first = next(
        (index for index, tick in enumerate(ticks) if tick.time_ms >= start_ms), len(ticks)
    )
    return Tape(events=iter(ticks[first:]), past_ticks=ticks[:first])


def tick_path(candle: TapeCandle, interval_s: int) -> list[Tick]:
    """Ticks of one candle: first at its begin and open, last before its end and at its close."""
    prices = _prices(candle)
    count = len(prices)
    lots = _shares(candle.lots, count, seed=candle.begin_s)
    told = candle.trades or not candle.lots
    trades = (
        _shares(candle.trades, count, seed=candle.begin_s)
        if told
        else [1 if part else 0 for part in lots]
    )
    begin_ms, span_ms = candle.begin_s * _MS_PER_S, interval_s * _MS_PER_S
    side = Side.BUY if candle.close >= candle.open else Side.SELL
    path = []
    for index, ticks in enumerate(prices):
        if index and ticks != prices[index - 1]:
            side = Side.BUY if ticks > prices[index - 1] else Side.SELL
        time_ms = begin_ms + span_ms * index // count
        path.append(Tick(time_ms, ticks, lots[index], side, trades[index]))
    return path


def _prices(candle: TapeCandle) -> list[int]:
    corners = _corners(candle)
    prices = [corners[0]]
    for leg, (start, end) in enumerate(pairwise(corners)):
        for step in range(1, _STEPS_PER_LEG + 1):
            stray = (hash_unit(candle.begin_s, leg * _STEPS_PER_LEG + step) - 0.5) * _WANDER
            part = step / _STEPS_PER_LEG + (stray if step < _STEPS_PER_LEG else 0.0)
            inside = start + round((end - start) * min(1.0, max(0.0, part)))
            prices.append(inside)
    # A candle of two trades has two prices: corners are kept, steps in between are left out first.
    if candle.trades and candle.trades < len(prices):
        return corners if candle.trades <= len(corners) else prices
    return prices


def _corners(candle: TapeCandle) -> list[int]:
    # Rising candles went down first and falling ones up first: the order that a stop fears.
    is_rising = candle.close >= candle.open
    turns = (candle.low, candle.high) if is_rising else (candle.high, candle.low)
    corners = [candle.open, *turns, candle.close]
    return [corners[0], *(after for before, after in pairwise(corners) if after != before)]


def trades_of(candle: TapeCandle) -> int:
    """How many trades a candle is shown with: the file's, or those of its path."""
    if candle.trades or not candle.lots:
        return candle.trades
    return min(candle.lots, 1 + _STEPS_PER_LEG * (len(_corners(candle)) - 1))


def _shares(total: int, count: int, *, seed: int) -> list[int]:
    """`total` in `count` whole parts of different size that sum up to it exactly."""
    weights = [_WEIGHT_LOWEST + hash_unit(seed, 1_000 + index) for index in range(count)]
    scale = total / sum(weights)
    edges = [min(total, round(edge * scale)) for edge in accumulate(weights)]
    edges[-1] = total
    return [edges[0], *(after - before for before, after in pairwise(edges))]
