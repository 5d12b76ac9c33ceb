"""Open orders, closed orders and trades of one account, all pages of them.

Raw calls, because ccxt's unified ones show one page, drop `count`, and give a status of `None`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from tui_trader.engine.exchanges.ccxt_bridge import translate, wire
from tui_trader.engine.exchanges.ccxt_bridge.client import KrakenClient, Parameters
from tui_trader.engine.values.errors import TemporaryFault
from tui_trader.engine.values.time import MS_PER_SECOND

# Kraken's page has 50 rows; 5,000 rows between two looks are more than its order limits allow.
PAGES_MAX = 100
HISTORY_COST = 2
# Kraken's limit for one QueryOrders.
QUERY_MAX = 50
# Kraken's `start` is exclusive and counts whole seconds.
START_MARGIN_S = 2

_Row = TypeVar("_Row")
_Page = Callable[[object], tuple[Mapping[str, _Row], int]]


class History:
    """What the account did, by Kraken's names."""

    def __init__(self, client: KrakenClient) -> None:
        self._client = client

    async def open_orders(self, *, client_order_id: str | None = None) -> dict[str, wire.OrderRow]:
        """Open orders by txid: all, or the one with a client id.

        Raises:
            TemporaryFault: they could not be asked.
        """
        parameters = {} if client_order_id is None else {"cl_ord_id": client_order_id}
        raw = await self._client.ask(
            "OpenOrders", parameters, cost=1, is_urgent=client_order_id is not None
        )
        rows = translate.parse_answer(raw, wire.OpenOrdersAnswer).open
        return _matching(rows, client_order_id)

    async def closed_orders(
        self, since_ms: int, *, client_order_id: str | None = None, is_urgent: bool = False
    ) -> dict[str, wire.OrderRow]:
        """Orders by txid that ended since `since_ms`, oldest end first: all, or one by client id.

        Raises:
            TemporaryFault: not all pages could be asked.
        """
        parameters: dict[str, object] = {"closetime": "close", "start": _start(since_ms)}
        if client_order_id is not None:
            parameters["cl_ord_id"] = client_order_id
        rows = await self._pages("ClosedOrders", parameters, _closed_page, is_urgent=is_urgent)
        recent = _oldest_first(rows, lambda row: row.closetm, since_ms=since_ms)
        return _matching(recent, client_order_id)

    async def orders_named(self, txids: Sequence[str]) -> dict[str, wire.OrderRow]:
        """Orders by txid, open or not.

        Raises:
            TemporaryFault: they could not all be asked.
        """
        rows: dict[str, wire.OrderRow] = {}
        for first in range(0, len(txids), QUERY_MAX):
            names = ",".join(txids[first : first + QUERY_MAX])
            raw = await self._client.ask("QueryOrders", {"txid": names}, cost=1)
            rows |= translate.parse_answer(raw, dict[str, wire.OrderRow])
        return rows

    async def trades(self, since_ms: int, *, is_urgent: bool = False) -> dict[str, wire.TradeRow]:
        """Fills by execution id since `since_ms`, oldest first.

        Raises:
            TemporaryFault: not all pages could be asked.
        """
        parameters: dict[str, object] = {"start": _start(since_ms)}
        rows = await self._pages("TradesHistory", parameters, _trades_page, is_urgent=is_urgent)
        return _oldest_first(rows, lambda row: row.time, since_ms=since_ms)

    async def _pages(
        self, endpoint: str, parameters: Parameters, page: _Page[_Row], *, is_urgent: bool
    ) -> dict[str, _Row]:
        """All pages, newest rows first.

        Rows that arrive meanwhile push others to a later page: those come twice and are kept once,
        none is skipped.
        """
        rows: dict[str, _Row] = {}
        offset = 0
        for _ in range(PAGES_MAX):
            raw = await self._client.ask(
                endpoint, {**parameters, "ofs": offset}, cost=HISTORY_COST, is_urgent=is_urgent
            )
            fresh, count = page(raw)
            rows.update(fresh)
            offset += len(fresh)
            if not fresh or offset >= count:
                return rows
        message = f"kraken {endpoint}: more than {PAGES_MAX} pages"
        raise TemporaryFault(message)


def _closed_page(raw: object) -> tuple[Mapping[str, wire.OrderRow], int]:
    answer = translate.parse_answer(raw, wire.ClosedOrdersAnswer)
    return answer.closed, answer.count


def _trades_page(raw: object) -> tuple[Mapping[str, wire.TradeRow], int]:
    answer = translate.parse_answer(raw, wire.TradesAnswer)
    return answer.trades, answer.count


def _oldest_first(
    rows: Mapping[str, _Row], time_s: Callable[[_Row], float], *, since_ms: int
) -> dict[str, _Row]:
    recent = [item for item in rows.items() if time_s(item[1]) * MS_PER_SECOND >= since_ms]
    # Pages come newest first. Turned round before the stable sort, rows of one moment are in order too.
    recent.reverse()
    return dict(sorted(recent, key=lambda item: time_s(item[1])))


def _matching(
    rows: Mapping[str, wire.OrderRow], client_order_id: str | None
) -> dict[str, wire.OrderRow]:
    """Checked here too: a filter that Kraken overlooked must not find somebody else's order."""
    if client_order_id is None:
        return dict(rows)
    return {txid: row for txid, row in rows.items() if row.cl_ord_id == client_order_id}


def _start(since_ms: int) -> int:
    return max(0, since_ms // MS_PER_SECOND - START_MARGIN_S)
