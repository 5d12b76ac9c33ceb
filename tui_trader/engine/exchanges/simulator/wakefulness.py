"""What wakes sleeping orders: trades and the middle of the book, looked at in their order.

Law: every trade is looked at once, also those of one sweep, so a stop that was passed for a moment
has been passed.
"""

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tui_trader.engine.exchanges.simulator.account import Account
from tui_trader.engine.exchanges.simulator.book import OrderBook
from tui_trader.engine.exchanges.simulator.events import (
    AccountEvent,
    OrderFilled,
    OrderTriggered,
    TapePrint,
    TrailMoved,
    TriggerSource,
)
from tui_trader.engine.exchanges.simulator.listings import PAIR_BY_SYMBOL
from tui_trader.engine.exchanges.simulator.orders import OrderRecord, OrderTicket
from tui_trader.engine.exchanges.simulator.requests import OrderRequest
from tui_trader.engine.exchanges.simulator.triggers import followed, is_reached, woken_limit
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.money import ZERO

_HALF = Decimal("0.5")


@dataclass(frozen=True, slots=True, kw_only=True)
class WakingStep:
    """What one price means for one sleeping order."""

    record: OrderRecord
    moved: TrailMoved | None
    wakes: bool


class Wakefulness:
    """Last trades, and the sleeping orders that have not looked at them yet."""

    def __init__(self, books: Mapping[Symbol, OrderBook], account: Account) -> None:
        self._books, self._account = books, account
        self._last: dict[Symbol, Decimal] = {}
        self._unseen: deque[tuple[Symbol, Decimal]] = deque()
        self._looks: deque[tuple[OrderRecord, Decimal]] = deque()
        self._index_seen: dict[Symbol, Decimal] = {}

    def set_last(self, symbol: Symbol, price: Decimal) -> None:
        """Tell the last trade of a pair."""
        self._last[symbol] = price

    def note(self, prints: Iterable[TapePrint]) -> None:
        """Hear of new trades."""
        for tape in prints:
            price = PAIR_BY_SYMBOL[tape.symbol].price(tape.ticks)
            self._last[tape.symbol] = price
            if self._account.dormant:
                self._unseen.append((tape.symbol, price))

    def last(self, symbol: Symbol) -> Decimal:
        """The last trade; before the first one the middle of the book."""
        return self._last.get(symbol) or self._middle(symbol) or ZERO

    def reference(self, symbol: Symbol, source: TriggerSource) -> Decimal:
        """The price that a trigger watches."""
        if source is TriggerSource.INDEX:
            return self._middle(symbol) or self.last(symbol)
        return self.last(symbol)

    def look_at(self, record: OrderRecord) -> None:
        """Let a new sleeping order see the present price: it may be over its trigger already."""
        trigger = record.accepted.trigger
        if trigger is not None:
            price = self.reference(record.accepted.pair, trigger.source)
            self._looks.append((record, price))

    def next_step(self, now_ms: int, closed: Collection[Symbol]) -> WakingStep | None:
        """The next order that moves or wakes; `None` when everybody has seen everything."""
        while self._looks or self._gather():
            record, price = self._looks.popleft()
            order, trigger = record.accepted, record.accepted.trigger
            if trigger is None or not record.is_dormant or order.pair in closed:
                continue
            moved = None
            new_terms = followed(record.pair, order.side, trigger=trigger, price=price)
            if new_terms is not None:
                assert new_terms.peak is not None
                moved = TrailMoved(
                    time_ms=now_ms, txid=order.txid, peak=new_terms.peak, price=new_terms.price
                )
                trigger = new_terms
            wakes = is_reached(order.order_type, order.side, trigger=trigger.price, price=price)
            if moved is not None or wakes:
                return WakingStep(record=record, moved=moved, wakes=wakes)
        return None

    def woken(self, record: OrderRecord, *, now_ms: int) -> OrderTriggered:
        """The event of an order that wakes up."""
        order = record.accepted
        return OrderTriggered(
            time_ms=now_ms,
            txid=order.txid,
            cl_ord_id=order.cl_ord_id,
            userref=order.userref,
            pair=order.pair,
            side=order.side,
            order_type=order.order_type,
            volume=record.remaining,
            price=woken_limit(order, record.pair),
            trigger_price=None if order.trigger is None else order.trigger.price,
        )

    def _gather(self) -> bool:
        """Find sleeping orders that have a price to look at."""
        if not self._account.dormant:
            self._unseen.clear()
            return False
        while self._unseen and not self._looks:
            symbol, price = self._unseen.popleft()
            self._let_look(symbol, price, TriggerSource.LAST)
        if not self._looks:
            for symbol in self._books:
                middle = self._middle(symbol)
                if middle is not None and middle != self._index_seen.get(symbol):
                    self._index_seen[symbol] = middle
                    self._let_look(symbol, middle, TriggerSource.INDEX)
        return bool(self._looks)

    def _let_look(self, symbol: Symbol, price: Decimal, source: TriggerSource) -> None:
        for record in self._account.dormant.values():
            trigger = record.accepted.trigger
            if trigger is not None and trigger.source is source and record.accepted.pair == symbol:
                self._looks.append((record, price))

    def _middle(self, symbol: Symbol) -> Decimal | None:
        book = self._books[symbol]
        bid, ask = book.bids.best, book.asks.best
        if bid is None or ask is None:
            return None
        return PAIR_BY_SYMBOL[symbol].price(bid + ask) * _HALF


def funds_ticket(record: OrderRecord) -> OrderTicket:
    """The open rest of an order, as admission weighs it."""
    order = record.accepted
    return OrderTicket(
        pair=record.pair,
        side=order.side,
        order_type=order.order_type,
        volume=record.remaining,
        price=order.price,
        post_only=order.post_only,
        fee_in_base=order.fee_in_base,
    )


def closing_requests(
    account: Account, events: Sequence[AccountEvent]
) -> list[tuple[OrderRequest, Decimal]]:
    """The conditional closes that fills bring forth, one an order, each with the price of its fill.

    A close has the size of what was filled and the opposite side; after that it stands alone.
    """
    filled: dict[str, tuple[OrderRecord, Decimal, Decimal]] = {}
    for event in events:
        if isinstance(event, OrderFilled):
            record = account.orders[event.txid]
            if record.accepted.close is not None:
                assert event.price is not None
                _, volume, _ = filled.get(event.txid, (record, ZERO, ZERO))
                filled[event.txid] = (record, volume + event.volume, event.price)
    return [(_close_of(record, volume), price) for record, volume, price in filled.values()]


def _close_of(parent: OrderRecord, volume: Decimal) -> OrderRequest:
    order = parent.accepted
    assert order.close is not None
    return OrderRequest(
        pair=parent.pair,
        side=order.side.opposite,
        order_type=order.close.order_type,
        volume=volume,
        price=order.close.price,
        price2=order.close.price2,
        userref=order.userref,
        parent_txid=order.txid,
    )
