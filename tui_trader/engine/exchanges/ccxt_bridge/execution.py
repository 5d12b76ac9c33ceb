"""The REST half of Execution: orders out, and every way to find out what became of them.

Law: what changes something goes through `KrakenClient.change`, once; what asks goes through `ask`.
"""

from collections.abc import Callable
from typing import TypeVar

from tui_trader.engine.exchanges.ccxt_bridge import faults, translate, wire
from tui_trader.engine.exchanges.ccxt_bridge.client import KrakenClient, KrakenSaid
from tui_trader.engine.exchanges.ccxt_bridge.feed import RestFeed, pair_id_of
from tui_trader.engine.exchanges.ccxt_bridge.history import History
from tui_trader.engine.exchanges.ccxt_bridge.parameters import amend_parameters, order_parameters
from tui_trader.engine.exchanges.ccxt_bridge.snapshot import Look, snapshot_of
from tui_trader.engine.exchanges.ccxt_bridge.turns import Urgency
from tui_trader.engine.messages.requests import AmendOrder, LookUpOrder, SubmitOrder, WithdrawOrder
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.values.account import AccountSnapshot, OrderFinding
from tui_trader.engine.values.errors import OutcomeUnknown, RejectedByExchange, TemporaryFault
from tui_trader.engine.values.orders import ExchangeOrderId

_Parsed = TypeVar("_Parsed")


class RestExecution:
    """Orders of one account over REST.

    Orders and cancels use ccxt's signed raw calls. Its `create_order` cuts the quantity to the grid
    without a word, and reads the answer's sentence afterwards, where any stumble hides an order that
    is live; its `cancel_order` tells neither the count nor Kraken's error string.
    """

    def __init__(self, client: KrakenClient, listing: RestFeed, clock: Clock) -> None:
        self._client = client
        self._listing = listing
        self._history = History(client)
        self._clock = clock

    async def submit(self, request: SubmitOrder) -> ExchangeOrderId:
        """`Execution.submit`."""
        try:
            pair_id = pair_id_of(request.symbol, await self._listing.pairs())
        except TemporaryFault as fault:
            message = f"not sent, the pairs of kraken are not known: {fault}"
            raise RejectedByExchange(message) from fault
        raw = await self._client.change(
            "AddOrder",
            order_parameters(request, pair_id),
            urgency=Urgency.ORDER,
            not_after_ms=request.deadline_ms,
        )
        names = _certain(lambda: translate.parse_answer(raw, wire.AddOrderAnswer).txid)
        if len(names) != 1:
            message = f"kraken AddOrder: {len(names)} orders in the answer to one; look it up"
            raise OutcomeUnknown(message)
        return translate.exchange_order_id(names[0])

    async def amend(self, request: AmendOrder) -> None:
        """`Execution.amend`."""
        raw = await self._client.change(
            "AmendOrder",
            amend_parameters(request),
            urgency=Urgency.ORDER,
            not_after_ms=request.deadline_ms,
        )
        _certain(lambda: translate.parse_answer(raw, wire.AmendAnswer).amend_id)

    async def withdraw(self, request: WithdrawOrder) -> None:
        """`Execution.withdraw`."""
        if request.exchange_order_id is not None:
            parameters = {"txid": str(request.exchange_order_id)}
        else:
            parameters = {"cl_ord_id": str(request.client_order_id)}
        raw = await self._client.change("CancelOrder", parameters, urgency=Urgency.CANCEL)
        if _certain(lambda: translate.parse_answer(raw, wire.CountAnswer).count) == 0:
            message = "kraken CancelOrder: the order is not open (Kraken cancelled none)"
            raise RejectedByExchange(message)

    async def withdraw_all(self) -> int:
        """`Execution.withdraw_all`."""
        raw = await self._client.change("CancelAll", {}, urgency=Urgency.CANCEL)
        return _certain(lambda: translate.parse_answer(raw, wire.CountAnswer).count)

    async def find_order(self, request: LookUpOrder) -> OrderFinding:
        """`Execution.find_order`."""
        pairs = await self._listing.pairs()
        row = await self._order_by_name(request) or await self._order_by_client_id(request)
        if row is None:
            # Trades know their order by Kraken's name for it only: without an order there is
            # nothing to match them with.
            return OrderFinding(order=None)
        txid, order = row
        trades = await self._history.trades(request.since_ms, is_urgent=True)
        fills = [
            translate.fill_from(name, trade, pairs=pairs, order=order)
            for name, trade in trades.items()
            if trade.ordertxid == txid
        ]
        return OrderFinding(
            order=translate.order_from(txid, order, pairs),
            fills=tuple(fills),
        )

    async def _order_by_name(self, request: LookUpOrder) -> tuple[str, wire.OrderRow] | None:
        if request.exchange_order_id is None:
            return None
        txid = str(request.exchange_order_id)
        try:
            raw = await self._client.ask("QueryOrders", {"txid": txid}, cost=1, is_urgent=True)
        except KrakenSaid as said:
            if any(error.startswith(faults.ORDER_UNKNOWN) for error in said.errors):
                return None
            raise
        order = translate.parse_answer(raw, dict[str, wire.OrderRow]).get(txid)
        return None if order is None else (txid, order)

    async def _order_by_client_id(self, request: LookUpOrder) -> tuple[str, wire.OrderRow] | None:
        # Not ccxt's fetch_order: it sends a client id as `userref` and finds nothing.
        name = str(request.client_order_id)
        rows = await self._history.open_orders(client_order_id=name)
        if not rows:
            # Open first, closed second: an order that ends in between is seen by the second.
            rows = await self._history.closed_orders(
                request.since_ms, client_order_id=name, is_urgent=True
            )
        return next(iter(rows.items()), None)

    async def account(self, since_ms: int) -> AccountSnapshot:
        """`Execution.account`."""
        taken_ms = self._clock.now_ms()
        pairs = await self._listing.pairs()
        open_rows = await self._history.open_orders()
        closed_rows = await self._history.closed_orders(since_ms)
        trades = await self._history.trades(since_ms)
        # Every fill comes with its order: one may have been placed and filled since the second look.
        unseen = {row.ordertxid for row in trades.values()} - open_rows.keys() - closed_rows.keys()
        late_rows = await self._history.orders_named(sorted(unseen))
        balances = await self._client.ask("BalanceEx", {}, cost=1)
        # What ended between two looks is in both; the later one counts.
        look = Look(open_rows | closed_rows | late_rows, trades, balances)
        if look.names_unlisted(pairs):
            # Perhaps a pair that was listed after we asked.
            pairs = await self._listing.pairs_now()
        return snapshot_of(look, pairs, taken_ms=taken_ms)

    async def websocket_token(self) -> str:
        """A token for the private WebSocket, good for 15 minutes until used.

        Raises:
            TemporaryFault: none was given.
        """
        raw = await self._client.ask("GetWebSocketsToken", {}, cost=1, is_urgent=True)
        return translate.parse_answer(raw, wire.TokenAnswer).token


def _certain(parse: Callable[[], _Parsed]) -> _Parsed:
    """A parsed answer to a change; one that cannot be read leaves the outcome open."""
    try:
        return parse()
    except translate.MalformedAnswer as fault:
        raise OutcomeUnknown(str(fault)) from fault
