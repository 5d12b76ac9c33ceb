"""The crowd: makers who quote around the fair price, takers who trade through the book.

Law: the house plays by the same rules as the user. Its takers meet whatever is first by price and
time, the user's resting orders included; its quotes never cross anybody's.

Sizes are in US dollars because every pair is quoted in them: about 1,000 fit into the best few
levels, 10,000 walk some.

Makers are afraid: in a wild market, and when takers come from one side again and again, they quote
wider and less, on the side that is being taken most of all; they calm down event by event.
"""

import math
from typing import Protocol

from tui_trader.engine.exchanges.simulator.book import BookSide, OrderBook
from tui_trader.engine.exchanges.simulator.listings import LOT_DECIMALS, PairListing
from tui_trader.engine.exchanges.simulator.matching import MatchingEngine, Outcome
from tui_trader.engine.values.orders import Side

_BPS = 1e-4
_LEVELS, _LEVELS_MAX = 40, 48
_SPREAD_HALF_BPS = 0.15
_GAP_BPS = 0.5
_LEVEL_USD_BEST, _LEVEL_USD_STEP = 700.0, 110.0
_LEVEL_SPREAD = 0.8
_TAKER_CHANCE, _TAKER_CHANCE_MAX = 0.3, 0.7
_TAKER_USD, _TAKER_SPREAD = 160.0, 1.3
_TAKER_USD_MAX = 12_000.0
_TAKER_REACH_BPS = 4.0
_TAKER_FOLLY = 3
_SWEEPS_MAX = 400
_FLOW_MEMORY = 0.97
"""What is left of the flow after one event."""
_FLOW_USD_USUAL = 2_500.0
_FEAR_MAX = 4.0
_FRIGHTENED_SHARE_MIN = 0.2
_LOTS_PER_UNIT = 10**LOT_DECIMALS


class Chance(Protocol):
    """Seeded chance, handed in: `random.Random` fits."""

    def random(self) -> float:
        """Uniform in [0, 1)."""
        ...

    def gauss(self, mu: float, sigma: float) -> float:
        """Normal."""
        ...

    def expovariate(self, lambd: float) -> float:
        """Exponential with mean 1 / lambd."""
        ...


class Crowd:
    """Everybody else in the market of one pair.

    Args:
        engine: Where its takers trade.
        chance: Decides who comes and how large; the same seed brings the same crowd.
    """

    def __init__(self, pair: PairListing, engine: MatchingEngine, chance: Chance) -> None:
        self._pair, self._engine, self._chance = pair, engine, chance
        self._book: OrderBook = engine.books[pair.symbol]
        self._laid: list[tuple[Side, int, int]] = []
        self.unrest = 1.0
        """How wild the fair price is; 1 is usual."""
        self._flow_usd = 0.0

    @property
    def flow(self) -> float:
        """What takers bought (or with a minus, sold) lately, in usual amounts."""
        return self._flow_usd / _FLOW_USD_USUAL

    def step(self, fair_ticks: float, *, now_ms: int) -> Outcome:
        """One market event: quotes follow the fair price, and sometimes somebody trades."""
        self._flow_usd *= _FLOW_MEMORY
        bid_max, ask_min = self._quote_limits(fair_ticks)
        self._pull(bid_max, ask_min)
        outcome = self._arbitrage(bid_max, ask_min, now_ms=now_ms)
        if self._chance.random() < min(_TAKER_CHANCE_MAX, _TAKER_CHANCE * math.sqrt(self.unrest)):
            outcome.add(self._taker(fair_ticks, now_ms=now_ms))
        self._refill(bid_max, ask_min)
        self._reconsider()
        return outcome

    def jump(self, fair_ticks: float, *, now_ms: int) -> Outcome:
        """The fair price moved at once: quotes are laid anew, what it passed is traded away."""
        for book_side in (self._book.bids, self._book.asks):
            for ticks in list(book_side.prices):
                self._book.set_house(book_side.side, ticks, 0)
        bid_max, ask_min = self._quote_limits(fair_ticks)
        outcome = Outcome()
        for _ in range(_SWEEPS_MAX):
            swept = self._arbitrage(bid_max, ask_min, now_ms=now_ms)
            if not swept.prints:
                break
            outcome.add(swept)
        self.lay(fair_ticks)
        return outcome

    def lay(self, fair_ticks: float) -> None:
        """Quote a full book, and remember it."""
        bid_max, ask_min = self._quote_limits(fair_ticks)
        self._extend(Side.BUY, bid_max)
        self._extend(Side.SELL, ask_min)
        self._laid = [
            (book_side.side, ticks, resting.lots)
            for book_side in (self._book.bids, self._book.asks)
            for ticks in book_side.prices
            if (resting := book_side.find(ticks, None)) is not None
        ]

    def restore(self) -> None:
        """Quote again what was laid, except where it would cross a user's order by now."""
        for side, ticks, lots in self._laid:
            if not self._book.crosses(side, ticks):
                self._book.set_house(side, ticks, lots)

    def _quote_limits(self, fair_ticks: float) -> tuple[int, int]:
        """Highest bid and lowest ask anybody in the crowd would quote now."""
        half = fair_ticks * _SPREAD_HALF_BPS * _BPS * (0.4 + self._chance.random()) * self._fear()
        # Takers who buy and buy know something: the whole quote moves in front of them.
        lean = half * 0.5 * math.tanh(self.flow)
        bid_max = max(1, math.floor(fair_ticks - half + lean))
        return bid_max, max(bid_max + 1, math.ceil(fair_ticks + half + lean))

    def _fear(self) -> float:
        """How much wider than usual makers quote."""
        return min(_FEAR_MAX, self.unrest * (1.0 + abs(self.flow)))

    def _courage(self, side: Side) -> float:
        """What part of its usual size a maker shows on one side of the book."""
        taken = max(0.0, self.flow * -side.sign)
        return max(_FRIGHTENED_SHARE_MIN, 1.0 / math.sqrt(max(1.0, self.unrest)) / (1.0 + taken))

    def _pull(self, bid_max: int, ask_min: int) -> None:
        """Withdraw the house's quotes that the fair price has passed."""
        for ticks in self._book.bids.top(_LEVELS_MAX):
            if ticks <= bid_max:
                break
            self._book.set_house(Side.BUY, ticks, 0)
        for ticks in self._book.asks.top(_LEVELS_MAX):
            if ticks >= ask_min:
                break
            self._book.set_house(Side.SELL, ticks, 0)

    def _arbitrage(self, bid_max: int, ask_min: int, *, now_ms: int) -> Outcome:
        """Somebody takes what is quoted on the wrong side of the fair price: only users do that."""
        outcome = Outcome()
        bid, ask = self._book.bids.best, self._book.asks.best
        if bid is not None and bid >= ask_min:
            outcome.add(self._take(Side.SELL, self._taker_usd() * 2, ask_min, now_ms=now_ms))
        if ask is not None and ask <= bid_max:
            outcome.add(self._take(Side.BUY, self._taker_usd() * 2, bid_max, now_ms=now_ms))
        return outcome

    def _taker(self, fair_ticks: float, *, now_ms: int) -> Outcome:
        """Somebody who wants to trade now, rather in the direction of the fair price."""
        bid, ask = self._book.bids.best, self._book.asks.best
        if bid is None or ask is None:
            return Outcome()
        lean = (fair_ticks - (bid + ask) / 2) / (fair_ticks * _GAP_BPS * _BPS + 1.0)
        side = Side.BUY if self._chance.random() < 0.5 + 0.4 * math.tanh(lean) else Side.SELL
        reach = math.ceil(fair_ticks * _TAKER_REACH_BPS * _BPS)
        # Nobody pays what a lone far order asks: the worst price is bound to the fair one, too.
        fair, far = round(fair_ticks), reach * _TAKER_FOLLY
        limit = (
            min(ask + reach, fair + far) if side is Side.BUY else max(1, bid - reach, fair - far)
        )
        return self._take(side, self._taker_usd(), limit, now_ms=now_ms)

    def _take(self, side: Side, usd: float, limit: int, *, now_ms: int) -> Outcome:
        lots = self._lots(usd, limit)
        outcome = self._engine.house_take(self._pair, side, lots=lots, limit=limit, now_ms=now_ms)
        self._feel(outcome)
        return outcome

    def _feel(self, outcome: Outcome) -> None:
        """Makers see who took what."""
        for tape in outcome.prints:
            usd = tape.ticks / self._pair.ticks_per_unit * tape.lots / _LOTS_PER_UNIT
            self._flow_usd += tape.side.sign * usd

    def _refill(self, bid_max: int, ask_min: int) -> None:
        """Quote again at the front where it was taken, and at the back; drop what is far away."""
        for side, front in ((Side.BUY, bid_max), (Side.SELL, ask_min)):
            book_side = self._book.side(side)
            best = book_side.best
            if best is None or abs(front - best) > self._gap_ticks(front) * 2.0:
                self._quote(side, front - side.sign * int(self._chance.random() * 2.0), index=0)
            if len(book_side.prices) < _LEVELS:
                self._extend(side, front)
            worst = _worst_house(book_side)
            if len(book_side.prices) > _LEVELS_MAX and worst is not None:
                self._book.set_house(side, worst, 0)

    def _reconsider(self) -> None:
        """One maker changes one quote near the front."""
        side = Side.BUY if self._chance.random() < 0.5 else Side.SELL  # noqa: PLR2004 - a coin
        book_side = self._book.side(side)
        depth = min(len(book_side.prices), int(self._chance.expovariate(1 / 6.0)) + 1)
        if depth == 0:
            return
        index = depth - 1
        ticks = book_side.top(depth)[index]
        if book_side.find(ticks, None) is None:
            return
        leaves = index > 0 and self._chance.random() < 0.2 and len(book_side.prices) > _LEVELS  # noqa: PLR2004 - one in five
        self._book.set_house(side, ticks, 0 if leaves else self._level_lots(side, index, ticks))

    def _extend(self, side: Side, front: int) -> None:
        """Quote outwards from the house's worst price (or `front`) until the side is full.

        A user's order far from the market must not draw the crowd after it.
        """
        book_side = self._book.side(side)
        ticks = _worst_house(book_side)
        if ticks is None:
            ticks = front
            self._quote(side, ticks, index=0)
        for index in range(len(book_side.prices), _LEVELS):
            ticks -= side.sign * self._gap(ticks)
            self._quote(side, ticks, index=index)

    def _quote(self, side: Side, ticks: int, *, index: int) -> None:
        if ticks < 1 or self._book.crosses(side, ticks):
            return
        self._book.set_house(side, ticks, self._level_lots(side, index, ticks))

    def _gap_ticks(self, ticks: float) -> float:
        return max(1.0, ticks * _GAP_BPS * _BPS)

    def _gap(self, ticks: int) -> int:
        return max(1, round(self._chance.expovariate(1.0 / self._gap_ticks(ticks))))

    def _level_lots(self, side: Side, index: int, ticks: int) -> int:
        usual = (_LEVEL_USD_BEST + _LEVEL_USD_STEP * index) * self._courage(side)
        return self._lots(usual * math.exp(self._chance.gauss(0.0, _LEVEL_SPREAD)), ticks)

    def _taker_usd(self) -> float:
        return min(_TAKER_USD_MAX, _TAKER_USD * math.exp(self._chance.gauss(0.0, _TAKER_SPREAD)))

    def _lots(self, usd: float, ticks: int) -> int:
        return max(1, int(usd * self._pair.ticks_per_unit / ticks * _LOTS_PER_UNIT))


def _worst_house(book_side: BookSide) -> int | None:
    """The house's price farthest from the market; users' orders are often farther."""
    prices = book_side.prices if book_side.side is Side.BUY else reversed(book_side.prices)
    return next((ticks for ticks in prices if book_side.find(ticks, None) is not None), None)
