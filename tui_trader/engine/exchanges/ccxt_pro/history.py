"""Orders, fills and balances of one account at any exchange, as far back as its pages reach."""

from collections import OrderedDict
from typing import Any, Final, NamedTuple

from tui_trader.engine.exchanges.ccxt_pro import translate
from tui_trader.engine.exchanges.ccxt_pro.connection import CcxtConnection
from tui_trader.engine.messages.requests import LookUpOrder
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.values.account import AccountSnapshot, ExchangeOrder, OrderFinding
from tui_trader.engine.values.errors import TemporaryFault
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.orders import ClientOrderId, ExchangeOrderId

PAGE_ROWS: Final = 50
"""Fewer rows than in the smallest page we know of are all there are."""
ORDERS_REMEMBERED_MAX: Final = 5_000


class KnownOrder(NamedTuple):
    """An order of ours by the exchange's name."""

    name: ExchangeOrderId
    symbol: Symbol


class CcxtHistory:
    """What the account did."""

    def __init__(self, connection: CcxtConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._known: OrderedDict[ClientOrderId, KnownOrder] = OrderedDict()

    def note(self, ours: ClientOrderId, theirs: ExchangeOrderId, symbol: Symbol) -> None:
        """Keep both names of an order."""
        self._known[ours] = KnownOrder(theirs, symbol)
        if len(self._known) > ORDERS_REMEMBERED_MAX:
            self._known.popitem(last=False)

    def known(self, name: ClientOrderId) -> KnownOrder | None:
        """The exchange's name of one of our orders, if it was heard."""
        return self._known.get(name)

    async def find(self, request: LookUpOrder) -> OrderFinding:
        """`Execution.find_order`.

        Raises:
            TemporaryFault: open, closed and trades could not all be asked.
        """
        ours = str(request.client_order_id)
        ask, exchange = self._connection.ask, self._connection.exchange
        named = {"clientOrderId": ours}
        rows = await ask(exchange.fetch_open_orders(None, None, None, named))
        # Open first, closed second: an order that ends in between is seen by the second.
        rows += await ask(exchange.fetch_closed_orders(None, request.since_ms, None, named))
        orders = [translate.order_from(row) for row in rows]
        wanted = [
            order
            for order in orders
            if order.client_order_id == request.client_order_id
            or (
                order.client_order_id is None
                and order.exchange_order_id == request.exchange_order_id
            )
        ]
        if not wanted:
            return OrderFinding(order=None)
        order = wanted[-1]
        self.note(request.client_order_id, order.exchange_order_id, order.symbol)
        trades = await ask(exchange.fetch_my_trades(None, request.since_ms))
        fills = tuple(
            translate.fill_from(row, request.client_order_id)
            for row in trades
            if row["order"] == order.exchange_order_id
        )
        if sum(fill.quantity_base for fill in fills) < order.filled_base:
            message = (
                f"{self._connection.name}: not every fill of {order.exchange_order_id} is told yet"
            )
            raise TemporaryFault(message)
        return OrderFinding(order=order, fills=fills)

    async def account(self, since_ms: int) -> AccountSnapshot:
        """`Execution.account`.

        Raises:
            TemporaryFault: not everything could be asked, or a page was full: what lies beyond it
                nobody knows.
        """
        taken_ms = self._clock.now_ms()
        since_ms = max(0, since_ms)
        ask, exchange = self._connection.ask, self._connection.exchange
        open_rows = await ask(exchange.fetch_open_orders())
        closed_rows = await ask(exchange.fetch_closed_orders(None, since_ms))
        trades = await ask(exchange.fetch_my_trades(None, since_ms))
        for name, rows in (("closed orders", closed_rows), ("fills", trades)):
            self._check_page(name, rows)
        balances, debts = translate.balances_from(await ask(exchange.fetch_balance()))
        known = self._orders(open_rows) | self._orders(closed_rows)
        fills = sorted(
            (translate.fill_from(row, self._owner(row, known)) for row in trades),
            key=lambda fill: fill.filled_ms,
        )
        return AccountSnapshot(
            open_orders=tuple(one for one in known.values() if not one.status.is_terminal),
            closed_orders=tuple(one for one in known.values() if one.status.is_terminal),
            fills=tuple(fills),
            balances=balances,
            taken_ms=taken_ms,
            unread=debts,
        )

    def _check_page(self, name: str, rows: list[Any]) -> None:
        if len(rows) >= PAGE_ROWS:
            message = (
                f"{self._connection.name}: {len(rows)} {name} since the last look fill a page;"
                " what lies beyond it is not known"
            )
            raise TemporaryFault(message, retry_after_ms=60_000)

    def _orders(self, rows: list[Any]) -> dict[ExchangeOrderId, ExchangeOrder]:
        orders = [translate.order_from(row) for row in rows]
        orders.sort(key=lambda order: order.opened_ms)
        for order in orders:
            if order.client_order_id is not None:
                self.note(order.client_order_id, order.exchange_order_id, order.symbol)
        return {order.exchange_order_id: order for order in orders}

    def _owner(
        self, row: translate.Row, known: dict[ExchangeOrderId, ExchangeOrder]
    ) -> ClientOrderId | None:
        order = known.get(ExchangeOrderId(str(row["order"])))
        return None if order is None else order.client_order_id
