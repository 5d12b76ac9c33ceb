"""The rungs of the ladder: which prices have a row, and what of the book stands on each.

Law: a rung never shows a better price than was there: an ask counts on the rung at or above it, a bid on
the one at or below. What lies beyond the told depth of the book is not known, and is not zero.
"""

from bisect import bisect_left, bisect_right
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import NamedTuple

from tui_trader.engine.messages.reports import BookReport
from tui_trader.engine.values.instruments import Instrument
from tui_trader.engine.values.orders import Side

RUNGS_MAX = 150
"""On each side, where the rungs are steps: nobody scrolls further, and a frame must stay cheap."""
_MULTIPLES = (1, 2, 5)
_STEPS_MAX = 12
_STEP_RATIO_MAX = Decimal("0.01")


class Ruler(NamedTuple):
    """Prices with a row, each falling from the top.

    Args:
        step: Distance of two rungs, or a tick where each level has its own.
    """

    asks: tuple[Decimal, ...]
    bids: tuple[Decimal, ...]
    step: Decimal

    @property
    def prices(self) -> tuple[Decimal, ...]:
        """All of them."""
        return (*self.asks, *self.bids)


class OnRung(NamedTuple):
    """What stands on one rung."""

    side: Side
    quantity_base: Decimal


def grouping_steps(instrument: Instrument, mid: Decimal) -> tuple[Decimal, ...]:
    """Steps a ladder can be grouped by, finest first: round multiples of the tick, to one percent."""
    steps: list[Decimal] = []
    for place in range(_STEPS_MAX):
        step = instrument.tick * _MULTIPLES[place % 3] * 10 ** (place // 3)
        if steps and step > mid * _STEP_RATIO_MAX:
            break
        steps.append(step)
    return tuple(steps)


def ruler_of(book: BookReport, *, step: Decimal | None, tick: Decimal) -> Ruler:
    """Rungs about the spread: every level where there is no `step`."""
    if step is None or not book.asks or not book.bids:
        asks = tuple(level.price for level in reversed(book.asks))
        return Ruler(asks, tuple(level.price for level in book.bids), tick)
    ask = _rounded(book.asks[0].price, step, ROUND_CEILING)
    bid = _rounded(book.bids[0].price, step, ROUND_FLOOR)
    asks = tuple(ask + place * step for place in range(RUNGS_MAX - 1, -1, -1))
    bids = (bid - place * step for place in range(RUNGS_MAX))
    return Ruler(asks, tuple(price for price in bids if price > 0), step)


def on_rungs(ruler: Ruler, book: BookReport) -> dict[Decimal, OnRung]:
    """What of the book stands on each rung; a rung on which nothing stands is missing."""
    rising = sorted(set(ruler.prices))
    found: dict[Decimal, OnRung] = {}
    if not rising:
        return found
    for side, levels in ((Side.SELL, book.asks), (Side.BUY, book.bids)):
        for level in levels:
            price = rung_at(rising, level.price, side=side, step=ruler.step)
            if price is None:
                continue
            before = found.get(price)
            # A market that moved through rungs that stand still leaves each to one side.
            if before is None or before.side is not side:
                found[price] = OnRung(side, level.quantity_base)
            else:
                found[price] = OnRung(side, before.quantity_base + level.quantity_base)
    return found


def rung_at(rising: list[Decimal], price: Decimal, *, side: Side, step: Decimal) -> Decimal | None:
    """The rung on which a price of that side of the book stands; None beyond the ladder's ends."""
    if side is Side.SELL:
        place = bisect_left(rising, price)
        is_on = place < len(rising) and price > rising[0] - step
    else:
        place = bisect_right(rising, price) - 1
        is_on = place >= 0 and price < rising[-1] + step
    return rising[place] if is_on else None


def is_beyond(book: BookReport, price: Decimal) -> bool:
    """Whether a price lies deeper than the book was told."""
    return bool(
        (book.asks and price > book.asks[-1].price) or (book.bids and price < book.bids[-1].price)
    )


def imbalance(book: BookReport, count: int) -> float | None:
    """Share of the bids in what the best `count` levels of both sides hold, 0 to 1; None for nothing."""
    bids = sum(level.quantity_base for level in book.bids[:count])
    asks = sum(level.quantity_base for level in book.asks[:count])
    return float(bids / (bids + asks)) if bids + asks else None


def _rounded(price: Decimal, step: Decimal, rounding: str) -> Decimal:
    return (price / step).to_integral_value(rounding=rounding) * step


class LadderRow(NamedTuple):
    """One line of a ladder: a price, the spread, or nothing."""

    price: Decimal | None = None
    is_spread: bool = False


def rows_in_sight(ruler: Ruler, count: int, *, top: int | None = None) -> list[LadderRow]:
    """`count` lines from line `top` on; about the spread where nothing says otherwise."""
    lines = [LadderRow(price) for price in ruler.asks]
    lines.append(LadderRow(is_spread=True))
    lines += [LadderRow(price) for price in ruler.bids]
    first = top_of(ruler, count) if top is None else top
    return [
        lines[place] if 0 <= place < len(lines) else LadderRow()
        for place in range(first, first + count)
    ]


def top_of(ruler: Ruler, count: int) -> int:
    """Line at the top when the spread stands in the middle; below zero where the asks are few."""
    return len(ruler.asks) - count // 2


def line_of(ruler: Ruler, price: Decimal) -> int | None:
    """Line of a rung, the spread counted."""
    if price in ruler.asks:
        return ruler.asks.index(price)
    return len(ruler.asks) + 1 + ruler.bids.index(price) if price in ruler.bids else None
