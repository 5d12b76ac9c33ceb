"""The trading floor of paper mode: one account, the matching engine, and the books as a feed tells them.

Law: the books are the feed's; our orders rest beside them. An order of ours is filled at its price when
the feed's quotes pass it, and what we take comes from the quotes as last told, which are there again
with the next book. Triggers look at the middle of the book. Nothing here waits, and nothing is kept
on disk: what the account did is in the engine's journal.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal

from tui_trader.engine.exchanges.simulator.account import Account
from tui_trader.engine.exchanges.simulator.book import BookSide, OrderBook
from tui_trader.engine.exchanges.simulator.booking import NewId
from tui_trader.engine.exchanges.simulator.events import AccountEvent, TriggerSource
from tui_trader.engine.exchanges.simulator.listings import (
    LOT_DECIMALS,
    PAIR_BY_SYMBOL,
    PAIRS,
    PairListing,
    units_of,
)
from tui_trader.engine.exchanges.simulator.matching import MatchingEngine, Outcome
from tui_trader.engine.exchanges.simulator.requests import Amendment, OrderRequest
from tui_trader.engine.messages.reports import BookReport, TickerReport
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.values.books import BookLevel
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.orders import ExchangeOrderId, Side

Hear = Callable[[Sequence[AccountEvent]], None]


class PaperFloor:
    """Where paper orders trade.

    Args:
        new_id: Source of names.
        cash: Quote of the new account, in US dollars.
    """

    def __init__(self, clock: Clock, *, new_id: NewId, cash: Decimal) -> None:
        self._clock = clock
        self.account = Account()
        books = {pair.symbol: OrderBook() for pair in PAIRS}
        self.engine = MatchingEngine(books, self.account, new_id=new_id, tape_id_first=1)
        self._hearers: list[Hear] = []
        self.engine.deposit("USD", cash, now_ms=clock.now_ms())

    def listen(self, hear: Hear) -> Callable[[], None]:
        """Let somebody hear of every event from now on; what is given ends that."""
        self._hearers.append(hear)
        return lambda: self._hearers.remove(hear)

    def place(self, request: OrderRequest) -> ExchangeOrderId:
        """Take an order in.

        Raises:
            Rejected: it does not exist.
        """
        ticket = self.engine.ticket(request)
        txid, outcome = self.engine.place(ticket, now_ms=self._clock.now_ms())
        self._settle(outcome)
        return txid

    def amend(self, txid: ExchangeOrderId, amendment: Amendment) -> None:
        """Give an open order new terms.

        Raises:
            Rejected: it is as it was.
        """
        self._settle(self.engine.amend(txid, amendment, now_ms=self._clock.now_ms())[1])

    def cancel(self, txid: ExchangeOrderId) -> None:
        """Cancel one open order.

        Raises:
            Rejected: it is not open.
        """
        self._settle(self.engine.cancel(txid, now_ms=self._clock.now_ms()))

    def cancel_all(self) -> int:
        """Cancel every open order; how many."""
        count, outcome = self.engine.cancel_all(now_ms=self._clock.now_ms())
        self._settle(outcome)
        return count

    def see_ticker(self, report: TickerReport) -> None:
        """Take in the last trade of a pair: relative prices count from it."""
        if report.symbol in PAIR_BY_SYMBOL:
            self.engine.note_last(report.symbol, report.last)

    def see_book(self, report: BookReport) -> None:
        """Take in the quotes of a pair, and let them trade with our orders."""
        pair = PAIR_BY_SYMBOL.get(report.symbol)
        if pair is None:
            return
        self._clear(report.symbol)
        outcome = Outcome()
        if report.is_verified and report.bids and report.asks:
            quotes = {Side.BUY: _quotes(pair, report.bids), Side.SELL: _quotes(pair, report.asks)}
            outcome.add(self._sweep(pair, quotes))
            self._lay(report.symbol, quotes)
        self._settle(outcome)

    def tick(self) -> None:
        """Let what is due happen: expiries, triggers."""
        self._settle(Outcome())

    def _settle(self, outcome: Outcome) -> None:
        outcome.add(self.engine.advance(self._clock.now_ms()))
        if outcome.events:
            for hear in tuple(self._hearers):
                hear(outcome.events)

    def _clear(self, symbol: Symbol) -> None:
        book = self.engine.books[symbol]
        for side in (book.bids, book.asks):
            for ticks in list(side.prices):
                book.set_house(side.side, ticks, 0)

    def _sweep(self, pair: PairListing, quotes: dict[Side, list[tuple[int, int]]]) -> Outcome:
        """Fill our orders that the quotes of the other side have passed."""
        book, outcome = self.engine.books[pair.symbol], Outcome()
        for side in (book.bids, book.asks):
            passing = quotes[side.side.opposite]
            limit = passing[0][0] if passing else None
            lots = 0 if limit is None else _ours_up_to(side, limit)
            if lots and limit is not None:
                outcome.add(
                    self.engine.house_take(
                        pair,
                        side.side.opposite,
                        lots=lots,
                        limit=limit,
                        now_ms=self._clock.now_ms(),
                    )
                )
        return outcome

    def _lay(self, symbol: Symbol, quotes: dict[Side, list[tuple[int, int]]]) -> None:
        book = self.engine.books[symbol]
        for side, rows in quotes.items():
            for ticks, lots in rows:
                if not book.crosses(side, ticks):
                    book.set_house(side, ticks, lots)


def _quotes(pair: PairListing, levels: Sequence[BookLevel]) -> list[tuple[int, int]]:
    """Levels in ticks and lots; what is not on the grid of the simulator is left out."""
    rows = []
    for level in levels:
        ticks = units_of(level.price, pair.price_decimals)
        lots = units_of(level.quantity_base, LOT_DECIMALS)
        if ticks and lots:
            rows.append((ticks, lots))
    return rows


def _ours_up_to(side: BookSide, limit: int) -> int:
    """Lots of ours that a quote of the other side at `limit` meets; the house has none now."""
    is_bids = side.side is Side.BUY
    return sum(
        resting.lots + resting.hidden
        for ticks, level in side.levels.items()
        if (ticks >= limit if is_bids else ticks <= limit)
        for resting in level.queue
    )


TRIGGER_SOURCE = TriggerSource.INDEX
"""The middle of the book: a thinned feed tells every change of it, but not every trade."""
