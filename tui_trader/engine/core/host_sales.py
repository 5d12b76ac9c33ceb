"""Sales of one strategy: how much may be sold now, and what waits for its time, its gate or its book.

Law: whoever sells in parts waits for a book that was told after the part before had ended: the last one
still shows what that part has taken. Only for so long, though: prices and orders come on connections of their
own, and the book that knows of the part may have been told before its end.
"""

from typing import TYPE_CHECKING, NamedTuple

from tui_trader.engine.core.decision import Decision
from tui_trader.engine.core.host_book import BY_TAKE, STAYS, HostBook, PairBook
from tui_trader.engine.core.host_orders import Wish, is_let_through
from tui_trader.engine.core.host_wallet import free_lots
from tui_trader.engine.core.sale_retries import SaleRetries
from tui_trader.engine.core.sale_size import due_lots, part_for_book
from tui_trader.engine.rules.model import TradeRules
from tui_trader.engine.rules.orders import sold_ticks
from tui_trader.engine.rules.sizing import is_large_enough
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.orders import Side

if TYPE_CHECKING:
    from tui_trader.engine.messages.reports import BookReport


BOOK_PATIENCE_MS = 2_000
"""A trade shows in the book within a fraction of that, or the book is no longer believed."""


class _UsedBook(NamedTuple):
    book: "BookReport | None"
    until_ms: int


class HostSales:
    """What a strategy remembers of its sales; a restart tries everything at once.

    Args:
        actor: Who sells.
        book: What is held, and why it is to be sold.
        rules: Parts of a profit, slippage.
    """

    def __init__(self, actor: str, book: HostBook, rules: TradeRules) -> None:
        self.retries = SaleRetries(
            symbol for symbol, pair in book.pairs.items() if pair.leaving != STAYS
        )
        self._actor, self._book, self._rules = actor, book, rules
        self._parts: set[Symbol] = set()
        self._used_books: dict[Symbol, _UsedBook] = {}

    @property
    def is_waiting(self) -> bool:
        """Whether anything waits at all: asked at every step of a backtest."""
        return bool(self._used_books) or self.retries.is_waiting

    def awaits_book(self, symbol: Symbol) -> bool:
        """Whether a sale waits for a book that can take it."""
        return symbol in self._used_books or self.retries.is_by_gate(symbol)

    def is_part(self, symbol: Symbol) -> bool:
        """Whether what is sold now is less than what is due."""
        return symbol in self._parts

    def open(self, now_ms: int) -> list[Symbol]:
        """What may be tried now, or asked silently."""
        due = [symbol for symbol, used in self._used_books.items() if now_ms >= used.until_ms]
        return [*self.retries.open(now_ms), *due]

    def sent(self, symbol: Symbol) -> None:
        """An order of this pair has left."""
        self.retries.sent(symbol)
        self._used_books.pop(symbol, None)

    def forget(self, symbol: Symbol) -> None:
        """There is nothing to sell."""
        self.sent(symbol)
        self._parts.discard(symbol)

    def ended(self, desk: Decision, symbol: Symbol) -> None:
        """An order of this pair has ended."""
        if symbol in self._parts:
            self._parts.discard(symbol)
            book = desk.market.books.get(symbol)
            self._used_books[symbol] = _UsedBook(book, desk.now_ms + BOOK_PATIENCE_MS)

    def lots_now(self, desk: Decision, symbol: Symbol, *, price: float, reason: int) -> int:
        """Lots to sell now; 0 where it has to wait or too little is there."""
        if self._is_used(desk, symbol):
            return 0
        pair = self._book.pairs[symbol]
        grid, lots = pair.grid, due_lots(pair, self._rules, reason=reason)
        ticks = sold_ticks(lots, pair.market(price), self._rules, grid)
        there = free_lots(desk, symbol)
        if is_large_enough(there, ticks, grid):
            # What a hand has sold of it must not keep the rest from being sold.
            lots = min(lots, there)
        if not is_large_enough(lots, ticks, grid):
            return 0
        part = part_for_book(desk, symbol, lots, ticks=ticks, grid=grid)
        (self._parts.add if part < lots else self._parts.discard)(symbol)
        return part if self._may_ask(desk, symbol, lots=part) else 0

    def owes_profit(self, pair: PairBook) -> bool:
        """Whether something of the present part of the profit is left to sell."""
        assert pair.held is not None, pair
        due = due_lots(pair, self._rules, reason=BY_TAKE)
        return is_large_enough(due, pair.held.take_ticks, pair.grid)

    def _is_used(self, desk: Decision, symbol: Symbol) -> bool:
        used = self._used_books.get(symbol)
        if used is None or desk.now_ms >= used.until_ms:
            return False
        return used.book is desk.market.books.get(symbol)

    def _may_ask(self, desk: Decision, symbol: Symbol, *, lots: int) -> bool:
        """Whether a sale may be tried: when it is time, or as soon as our own gate lets it pass."""
        if not self.retries.must_wait(symbol, desk.now_ms):
            return True
        quantity = desk.market.instruments[symbol].lot * lots
        wish = Wish(self._actor, symbol, Side.SELL, quantity)
        return self.retries.is_by_gate(symbol) and is_let_through(desk, wish)
