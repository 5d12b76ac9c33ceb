"""Kraken's private REST endpoints about orders, trades and balances."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from tui_trader.engine.exchanges.local_kraken.order_json import (
    Json,
    fill_json,
    order_json,
    order_sentence,
)
from tui_trader.engine.exchanges.local_kraken.order_request import parse_ticket
from tui_trader.engine.exchanges.local_kraken.rest_public import (
    FEES_MAKER,
    FEES_TAKER,
    Form,
    asked_pairs,
    parse_int,
)
from tui_trader.engine.exchanges.local_kraken.venue import Venue
from tui_trader.engine.exchanges.local_kraken.wire import asset_amount
from tui_trader.engine.exchanges.simulator import rejections
from tui_trader.engine.exchanges.simulator.listings import ASSET_BY_NAME
from tui_trader.engine.exchanges.simulator.orders import OrderRecord
from tui_trader.engine.exchanges.simulator.rejections import Rejected
from tui_trader.engine.values.orders import ExchangeOrderId, ExecutionId
from tui_trader.engine.values.time import MS_PER_SECOND

Row = TypeVar("Row")
PrivateEndpoint = Callable[[Venue, Form], Json]

PAGE = 50
_QUERY_MAX = 50
_TRUE = frozenset({"true", "True", "1"})


def add_order(venue: Venue, form: Form) -> Json:
    """AddOrder: market, limit, post-only; `validate` only checks."""
    ticket = parse_ticket(form)
    sentence = order_sentence(
        ticket.pair,
        side=ticket.side,
        order_type=ticket.order_type,
        volume=ticket.volume,
        price=ticket.price,
    )
    if form.get("validate") in _TRUE:
        venue.engine.check(ticket, now_ms=venue.clock.now_ms())
        return {"descr": {"order": sentence}}
    return {"descr": {"order": sentence}, "txid": [venue.place(ticket)]}


def cancel_order(venue: Venue, form: Form) -> Json:
    """CancelOrder by txid, userref or cl_ord_id."""
    return {"count": venue.cancel(_orders_to_cancel(venue, form))}


def cancel_all(venue: Venue, _form: Form) -> Json:
    """CancelAll."""
    return {"count": venue.cancel_all()}


def query_orders(venue: Venue, form: Form) -> Json:
    """QueryOrders by comma-separated txid."""
    txids = [text for text in form.get("txid", "").split(",") if text]
    if not 0 < len(txids) <= _QUERY_MAX:
        raise Rejected(rejections.INVALID_TXID)
    known = venue.account.orders
    if any(txid not in known for txid in txids):
        raise Rejected(rejections.UNKNOWN_ORDER)
    records = [known[ExchangeOrderId(txid)] for txid in txids]
    return _orders_json([record for record in records if _named(record, form)], form)


def open_orders(venue: Venue, form: Form) -> Json:
    """OpenOrders, all of them, newest first."""
    newest_first = reversed(list(venue.account.open_orders.values()))
    return {"open": _orders_json([record for record in newest_first if _named(record, form)], form)}


def closed_orders(venue: Venue, form: Form) -> Json:
    """ClosedOrders, newest end first, 50 a page."""
    start_ms, end_ms = _time_window(venue, form)
    by_open = form.get("closetime") == "open"
    chosen = [
        record
        for record in reversed(venue.account.closed_orders)
        if _named(record, form)
        and start_ms < ((record.accepted.time_ms if by_open else record.closed_ms) or 0) <= end_ms
    ]
    return {"closed": _orders_json(_page(chosen, form), form), "count": len(chosen)}


def trades_history(venue: Venue, form: Form) -> Json:
    """TradesHistory, newest first, 50 a page."""
    start_ms, end_ms = _time_window(venue, form)
    chosen = [
        fill
        for fill in reversed(list(venue.account.fills.values()))
        if start_ms < fill.time_ms <= end_ms
    ]
    page = {fill.trade_id: fill_json(fill) for fill in _page(chosen, form)}
    return {"trades": page, "count": len(chosen)}


def query_trades(venue: Venue, form: Form) -> Json:
    """QueryTrades by comma-separated trade id."""
    trade_ids = [ExecutionId(text) for text in form.get("txid", "").split(",") if text]
    if not 0 < len(trade_ids) <= _QUERY_MAX:
        raise Rejected(rejections.INVALID_TXID)
    fills = venue.account.fills
    if any(trade_id not in fills for trade_id in trade_ids):
        raise Rejected("EQuery:Unknown trade")  # noqa: EM101 - Kraken's own words
    return {trade_id: fill_json(fills[trade_id]) for trade_id in trade_ids}


def balance(venue: Venue, _form: Form) -> Json:
    """Balance."""
    return {
        ASSET_BY_NAME[asset].rest_id: asset_amount(asset, amount)
        for asset, amount in venue.account.balances.items()
    }


def balance_extended(venue: Venue, _form: Form) -> Json:
    """BalanceEx: balances and what open orders hold."""
    return {
        ASSET_BY_NAME[asset].rest_id: {
            "balance": asset_amount(asset, amount),
            "hold_trade": asset_amount(asset, venue.account.held(asset)),
        }
        for asset, amount in venue.account.balances.items()
    }


def trade_volume(_venue: Venue, form: Form) -> Json:
    """TradeVolume: the fees of this account, in percent."""
    pairs = asked_pairs(form)
    return {
        "currency": "ZUSD",
        "volume": "0.0000",
        "fees": dict.fromkeys(pairs, _fee_json(FEES_TAKER)),
        "fees_maker": dict.fromkeys(pairs, _fee_json(FEES_MAKER)),
    }


PRIVATE_ENDPOINTS: Mapping[str, PrivateEndpoint] = {
    "AddOrder": add_order,
    "CancelOrder": cancel_order,
    "CancelAll": cancel_all,
    "QueryOrders": query_orders,
    "OpenOrders": open_orders,
    "ClosedOrders": closed_orders,
    "TradesHistory": trades_history,
    "QueryTrades": query_trades,
    "Balance": balance,
    "BalanceEx": balance_extended,
    "TradeVolume": trade_volume,
}


def _orders_to_cancel(venue: Venue, form: Form) -> Sequence[ExchangeOrderId]:
    account = venue.account
    cl_ord_id, txid = form.get("cl_ord_id"), form.get("txid")
    if cl_ord_id:
        record = account.open_with_client_id(cl_ord_id)
        if record is None:
            raise Rejected(rejections.UNKNOWN_ORDER)
        return [record.accepted.txid]
    if not txid:
        raise Rejected(rejections.INVALID_TXID)
    if not txid.lstrip("-").isdecimal():
        return [ExchangeOrderId(txid)]
    userref = int(txid)
    return [
        key for key, record in account.open_orders.items() if record.accepted.userref == userref
    ]


def _named(record: OrderRecord, form: Form) -> bool:
    """Whether the request's `cl_ord_id` and `userref`, where given, are the order's."""
    cl_ord_id, userref = form.get("cl_ord_id"), form.get("userref")
    if cl_ord_id and record.accepted.cl_ord_id != cl_ord_id:
        return False
    return not userref or str(record.accepted.userref) == userref


def _orders_json(records: Sequence[OrderRecord], form: Form) -> dict[str, object]:
    with_trades = form.get("trades") in _TRUE
    return {record.accepted.txid: order_json(record, with_trades=with_trades) for record in records}


def _time_window(venue: Venue, form: Form) -> tuple[float, float]:
    """Milliseconds after which and up to which; `start` and `end` may also name an order or trade."""
    start, end = form.get("start"), form.get("end")
    start_ms = _edge_ms(venue, start) if start else float("-inf")
    return start_ms, _edge_ms(venue, end) if end else float("inf")


def _edge_ms(venue: Venue, text: str) -> float:
    fill = venue.account.fills.get(ExecutionId(text))
    order = venue.account.orders.get(ExchangeOrderId(text))
    if fill is not None:
        return fill.time_ms
    if order is not None:
        return order.closed_ms or order.accepted.time_ms
    try:
        return float(text) * MS_PER_SECOND
    except ValueError:
        raise Rejected(rejections.INVALID_START) from None


def _page(rows: Sequence[Row], form: Form) -> Sequence[Row]:
    offset = parse_int(form, "ofs", 0, rejections.INVALID_OFFSET)
    if offset < 0:
        raise Rejected(rejections.INVALID_OFFSET)
    return rows[offset : offset + PAGE]


def _fee_json(tiers: Sequence[tuple[int, float]]) -> Json:
    (_, fee), (next_volume, next_fee) = tiers[0], tiers[1]
    return {
        "fee": f"{fee:.4f}",
        "minfee": f"{tiers[-1][1]:.4f}",
        "maxfee": f"{fee:.4f}",
        "nextfee": f"{next_fee:.4f}",
        "nextvolume": f"{next_volume:.4f}",
        "tiervolume": "0.0000",
    }
