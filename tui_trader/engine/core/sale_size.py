"""How much a strategy sells at once: what was set off, and the part of it that the visible book can take.

Law: a part is never below the smallest order, and never leaves a rest below it. What the book takes is
counted as the risk gate counts: down to the collar around the middle of the market.
"""

from decimal import Decimal
from math import ceil
from typing import Final

from tui_trader.engine.core.decision import Decision
from tui_trader.engine.core.host_book import BY_TAKE, PairBook
from tui_trader.engine.rules.grid import price_of
from tui_trader.engine.rules.model import Grid, TradeRules
from tui_trader.engine.rules.sizing import COST_MIN_TIMES, is_large_enough
from tui_trader.engine.rules.take_profits import part_lots
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.money import ZERO

PERCENT: Final = Decimal(100)


def due_lots(pair: PairBook, rules: TradeRules, *, reason: int) -> int:
    """What is to be sold for a reason: everything, or what this part of the profit still owes."""
    held = pair.held
    if held is None:
        return 0
    if reason != BY_TAKE:
        return held.lots
    parts = rules.take_parts
    # The part is that of its beginning: a thin book may have taken some of it already.
    begun = max(held.lots, held.lots_first - held.lots_first // parts * held.part)
    part = part_lots(held.lots_first, begun, held.part, parts, held.take_ticks, pair.grid)
    return max(0, part - (begun - held.lots))


def part_for_book(desk: Decision, symbol: Symbol, lots: int, *, ticks: int, grid: Grid) -> int:
    """Lots of a sale to send now: all, or a part where the book is too thin for all.

    All of them as well where no part can be sold: the gate then says why, with its numbers.
    """
    room = _room_lots(desk, symbol, lots)
    if room is None or room >= lots:
        return lots
    smallest = _smallest_lots(ticks, grid)
    part = min(room, lots - smallest)
    return part if part >= smallest and is_large_enough(part, ticks, grid) else lots


def _smallest_lots(ticks: int, grid: Grid) -> int:
    """Lots that can be sold even when the price has halved since."""
    price = price_of(max(1, ticks), grid.ticks_per_unit)
    worth = ceil(COST_MIN_TIMES * grid.cost_min_quote / price * grid.lots_per_unit)
    return max(1, grid.lots_min, worth)


def _room_lots(desk: Decision, symbol: Symbol, lots: int) -> int | None:
    """Lots that the visible bids take within the collar; None where there is no book to believe."""
    book, mid = desk.market.books.get(symbol), desk.market.mid(symbol)
    if book is None or not book.is_verified or mid is None:
        return None
    lot = desk.market.instruments[symbol].lot
    collar, wanted, room = desk.settings.limits.price_collar_percent, lots * lot, ZERO
    for level in book.bids:
        if room >= wanted or (mid - level.price) / mid * PERCENT > collar:
            break
        room += level.quantity_base
    return int(room / lot) if room < wanted else lots
