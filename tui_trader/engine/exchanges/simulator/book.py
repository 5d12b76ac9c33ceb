"""One pair's order book: price levels, each a queue in order of arrival.

Law: price before time. Integers only: prices in ticks, quantities in lots, so nothing is ever
rounded here. An order without an owner belongs to the house (the simulated market).
"""

from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass, field

from tui_trader.engine.values.orders import ExchangeOrderId, Side


@dataclass(slots=True)
class Resting:
    """An order, or what is left of it, waiting at a price.

    Args:
        lots: What everybody sees.
        hidden: What an iceberg keeps below; it comes up `peak` at a time, at the end of the queue.
    """

    owner: ExchangeOrderId | None
    lots: int
    hidden: int = 0
    peak: int = 0


@dataclass(slots=True)
class Level:
    """Everything waiting at one price, first come first."""

    lots: int = 0
    queue: list[Resting] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Execution:
    """One match: the taker got `lots` at `ticks` from `maker` (`None` is the house)."""

    ticks: int
    lots: int
    maker: ExchangeOrderId | None


@dataclass(frozen=True, slots=True)
class Taken:
    """What a taker got, what is left, and the order of the same account that it ran into."""

    executions: tuple[Execution, ...]
    lots_left: int
    met_own: ExchangeOrderId | None


class BookSide:
    """Bids or asks: levels by price, and the prices in ascending order."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self.levels: dict[int, Level] = {}
        self.prices: list[int] = []

    @property
    def best(self) -> int | None:
        """Best price in ticks, `None` when the side is empty."""
        if not self.prices:
            return None
        return self.prices[-1] if self.side is Side.BUY else self.prices[0]

    def top(self, depth: int) -> list[int]:
        """The best `depth` prices, best first."""
        if self.side is Side.BUY:
            return self.prices[: -depth - 1 : -1]
        return self.prices[:depth]

    def lots_at(self, ticks: int) -> int:
        """Quantity waiting at a price, 0 when there is none."""
        level = self.levels.get(ticks)
        return level.lots if level else 0

    def add(self, ticks: int, resting: Resting) -> None:
        """Queue an order behind everything at its price."""
        level = self.levels.get(ticks)
        if level is None:
            level = self.levels[ticks] = Level()
            insort(self.prices, ticks)
        level.queue.append(resting)
        level.lots += resting.lots

    def reduce(self, ticks: int, resting: Resting, lots: int) -> None:
        """Take `lots` from an order; it keeps its place, and leaves when nothing is left."""
        level = self.levels[ticks]
        resting.lots -= lots
        level.lots -= lots
        if resting.lots == 0:
            level.queue.remove(resting)
            if resting.hidden:
                resting.lots = min(resting.peak, resting.hidden)
                resting.hidden -= resting.lots
                level.queue.append(resting)
                level.lots += resting.lots
        if not level.queue:
            del self.levels[ticks]
            del self.prices[bisect_left(self.prices, ticks)]

    def find(self, ticks: int, owner: ExchangeOrderId | None) -> Resting | None:
        """First order of an owner at a price."""
        level = self.levels.get(ticks)
        if level is None:
            return None
        return next((resting for resting in level.queue if resting.owner == owner), None)


class OrderBook:
    """Both sides of one pair."""

    def __init__(self) -> None:
        self.bids = BookSide(Side.BUY)
        self.asks = BookSide(Side.SELL)

    def side(self, side: Side) -> BookSide:
        """Where orders of that side rest."""
        return self.bids if side is Side.BUY else self.asks

    def crosses(self, side: Side, ticks: int) -> bool:
        """Whether an order at that price would match at once."""
        best = self.side(side.opposite).best
        return best is not None and _reaches(side, ticks, best)

    def rest(
        self,
        side: Side,
        ticks: int,
        *,
        lots: int,
        owner: ExchangeOrderId | None,
        peak: int | None = None,
    ) -> None:
        """Let an order wait; it must not cross. An iceberg shows its peak only."""
        assert lots > 0, lots
        assert not self.crosses(side, ticks), (side, ticks)
        shown = lots if peak is None else min(peak, lots)
        self.side(side).add(ticks, Resting(owner, shown, lots - shown, shown))

    def withdraw(self, side: Side, ticks: int, owner: ExchangeOrderId) -> int:
        """Remove an owner's order; how many lots it still had."""
        return self.shrink(side, ticks, owner=owner, lots=None)

    def shrink(self, side: Side, ticks: int, *, owner: ExchangeOrderId, lots: int | None) -> int:
        """Take so much from an owner's order (`None` is all of it); what is left keeps its place."""
        resting = self.side(side).find(ticks, owner)
        assert resting is not None, (side, ticks, owner)
        wanted = resting.lots + resting.hidden if lots is None else lots
        from_hidden = min(wanted, resting.hidden)
        resting.hidden -= from_hidden
        assert wanted - from_hidden <= resting.lots, (owner, wanted)
        if wanted > from_hidden:
            self.side(side).reduce(ticks, resting, wanted - from_hidden)
        return wanted

    def set_house(self, side: Side, ticks: int, lots: int) -> None:
        """Make the house's quantity at a price `lots`; 0 removes it, more of it queues at the end."""
        book_side = self.side(side)
        resting = book_side.find(ticks, None)
        present = resting.lots if resting else 0
        if resting is not None and lots < present:
            book_side.reduce(ticks, resting, present - lots)
        elif lots > present:
            if resting is not None:
                book_side.reduce(ticks, resting, present)
            self.rest(side, ticks, lots=lots, owner=None)

    def take(self, side: Side, lots: int, *, limit: int | None, stops_at_own: bool) -> Taken:
        """Match a taker of `side` against the other side, best price first, oldest first.

        Args:
            side: What the taker does.
            lots: How much it wants.
            limit: Worst price in ticks it accepts, `None` for any.
            stops_at_own: It belongs to the account, and stops in front of the account's orders.
        """
        other = self.side(side.opposite)
        executions: list[Execution] = []
        while lots > 0:
            ticks = other.best
            if ticks is None or (limit is not None and not _reaches(side, limit, ticks)):
                break
            first = other.levels[ticks].queue[0]
            if stops_at_own and first.owner is not None:
                return Taken(tuple(executions), lots, first.owner)
            matched = min(lots, first.lots)
            executions.append(Execution(ticks, matched, first.owner))
            other.reduce(ticks, first, matched)
            lots -= matched
        return Taken(tuple(executions), lots, None)

    def quote_take(self, side: Side, lots: int, *, limit: int | None = None) -> tuple[int, int]:
        """What the account could get from everybody else: `(lots, ticks * lots summed)`."""
        left, cost = lots, 0
        for ticks, offered in self._offers(side):
            if left == 0 or (limit is not None and not _reaches(side, limit, ticks)):
                break
            matched = min(left, offered)
            cost += matched * ticks
            left -= matched
        return lots - left, cost

    def lots_for(self, side: Side, cost: int) -> int:
        """How many lots `cost` (ticks times lots) gets from everybody else, rounded down."""
        lots = 0
        for ticks, offered in self._offers(side):
            matched = min(offered, cost // ticks)
            lots += matched
            cost -= matched * ticks
            if matched < offered:
                break
        return lots

    def _offers(self, side: Side) -> Iterator[tuple[int, int]]:
        """What others offer a taker, best price first."""
        other = self.side(side.opposite)
        for ticks in other.top(len(other.prices)):
            queue = other.levels[ticks].queue
            yield ticks, sum(resting.lots for resting in queue if resting.owner is None)


def _reaches(side: Side, limit: int, ticks: int) -> bool:
    """Whether a taker with that limit accepts a price."""
    return ticks <= limit if side is Side.BUY else ticks >= limit
