"""Kraken's private REST endpoints that only tell: orders, trades, ledger, balances, the key."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar

from tui_trader.engine.exchanges.local_kraken.credentials import DEMO_API_KEY
from tui_trader.engine.exchanges.local_kraken.forms import Form, is_true, parse_int
from tui_trader.engine.exchanges.local_kraken.order_json import Json, fill_json, order_json
from tui_trader.engine.exchanges.local_kraken.rest_public import asked_pairs
from tui_trader.engine.exchanges.local_kraken.rest_trading import Office
from tui_trader.engine.exchanges.local_kraken.venue import Venue
from tui_trader.engine.exchanges.local_kraken.wire import asset_amount, fixed, seconds
from tui_trader.engine.exchanges.simulator import rejections
from tui_trader.engine.exchanges.simulator.events import BalanceChanged, OrderFilled
from tui_trader.engine.exchanges.simulator.fee_schedule import FEES_MAKER, FEES_TAKER, tier_index
from tui_trader.engine.exchanges.simulator.listings import (
    ASSET_BY_NAME,
    LOT_DECIMALS,
    PAIRS,
    USD,
    asset_named,
)
from tui_trader.engine.exchanges.simulator.orders import OrderRecord
from tui_trader.engine.exchanges.simulator.rejections import Rejected
from tui_trader.engine.values.money import ZERO
from tui_trader.engine.values.orders import ExchangeOrderId, ExecutionId
from tui_trader.engine.values.time import MS_PER_SECOND

Row = TypeVar("Row")

PAGE = 50
_QUERY_MAX = 50
_USD_DECIMALS = 4
_LEDGER_QUERY_MAX = 20
# What the demo key may do: everything about trading, nothing that moves money away.
_PERMISSIONS = (
    *("query-funds", "query-open-trades", "query-closed-trades", "query-ledger"),
    *("modify-trades", "close-trades", "create-ws-token"),
)


def query_orders(office: Office, form: Form) -> Json:
    """QueryOrders by comma-separated txid, or by cl_ord_id; an open order says `reason: null`."""
    known = office.venue.account.orders
    txids = [text for text in form.get("txid", "").split(",") if text]
    if not txids and form.get("cl_ord_id"):
        found = [record for record in known.values() if _named(record, form)]
        return _queried_json(found[-_QUERY_MAX:], form)
    if not 0 < len(txids) <= _QUERY_MAX:
        raise Rejected(rejections.INVALID_TXID)
    if any(txid not in known for txid in txids):
        raise Rejected(rejections.UNKNOWN_ORDER)
    records = [known[ExchangeOrderId(txid)] for txid in txids]
    return _queried_json([record for record in records if _named(record, form)], form)


def open_orders(office: Office, form: Form) -> Json:
    """OpenOrders, all of them, newest first."""
    newest_first = reversed(office.venue.account.open_orders.values())
    return {"open": _orders_json([record for record in newest_first if _named(record, form)], form)}


def closed_orders(office: Office, form: Form) -> Json:
    """ClosedOrders, newest end first, 50 a page."""
    start_ms, end_ms = _time_window(office.venue, form)
    by_open = form.get("closetime") == "open"
    chosen = [
        record
        for record in reversed(office.venue.account.closed_orders)
        if _named(record, form)
        and start_ms < ((record.accepted.time_ms if by_open else record.closed_ms) or 0) <= end_ms
    ]
    return {"closed": _orders_json(_page(chosen, form), form), "count": len(chosen)}


def order_amends(office: Office, form: Form) -> Json:
    """OrderAmends: the terms an order began with, and every change."""
    record = office.venue.account.orders.get(ExchangeOrderId(form.get("order_id", "")))
    if record is None:
        raise Rejected(rejections.UNKNOWN_ORDER)
    rows = [
        {
            "amend_id": change.amend_id,
            "amend_type": "user",
            "order_qty": fixed(change.volume, LOT_DECIMALS),
            "remaining_qty": fixed(change.volume - record.filled, LOT_DECIMALS),
            "limit_price": "0" if change.price is None else f"{change.price:f}",
            "timestamp": change.time_ms,
            "reason": "user requested",
            "post_only": change.post_only,
        }
        for change in record.amends
    ]
    return {"count": len(rows), "amends": rows}


def trades_history(office: Office, form: Form) -> Json:
    """TradesHistory, newest first, 50 a page."""
    start_ms, end_ms = _time_window(office.venue, form)
    chosen = [
        fill
        for fill in reversed(office.venue.account.fills.values())
        if start_ms < fill.time_ms <= end_ms
    ]
    page = {fill.trade_id: _fill_json(office, fill) for fill in _page(chosen, form)}
    return {"trades": page, "count": len(chosen)}


def query_trades(office: Office, form: Form) -> Json:
    """QueryTrades by comma-separated trade id."""
    trade_ids = [ExecutionId(text) for text in form.get("txid", "").split(",") if text]
    if not 0 < len(trade_ids) <= _QUERY_MAX:
        raise Rejected(rejections.INVALID_TXID)
    fills = office.venue.account.fills
    if any(trade_id not in fills for trade_id in trade_ids):
        raise Rejected(rejections.UNKNOWN_TRADE)
    return {trade_id: _fill_json(office, fills[trade_id]) for trade_id in trade_ids}


def ledgers(office: Office, form: Form) -> Json:
    """Ledgers, newest first, 50 a page."""
    start_ms, end_ms = _time_window(office.venue, form)
    wanted = _asked_assets(form)
    kind = form.get("type", "all")
    chosen = [
        entry
        for entry in reversed(office.venue.account.ledger.values())
        if start_ms < entry.time_ms <= end_ms
        and (not wanted or entry.asset in wanted)
        and kind in {"all", "", entry.reason}
    ]
    page = {entry.ledger_id: _ledger_json(entry) for entry in _page(chosen, form)}
    return {"ledger": page, "count": len(chosen)}


def query_ledgers(office: Office, form: Form) -> Json:
    """QueryLedgers by comma-separated id."""
    names = [text for text in form.get("id", "").split(",") if text]
    entries = office.venue.account.ledger
    if not 0 < len(names) <= _LEDGER_QUERY_MAX or any(name not in entries for name in names):
        raise Rejected(rejections.UNKNOWN_LEDGER)
    return {name: _ledger_json(entries[name]) for name in names}


def deposit_status(office: Office, form: Form) -> object:
    """DepositStatus: the deposits of the ledger."""
    wanted = _asked_assets(form)
    return [
        {
            "method": "Demo",
            "aclass": "currency",
            "asset": ASSET_BY_NAME[entry.asset].rest_id,
            "refid": entry.ref_id,
            "txid": entry.ledger_id,
            "info": "demo",
            "amount": asset_amount(entry.asset, entry.amount),
            "fee": asset_amount(entry.asset, entry.fee),
            "time": entry.time_ms // MS_PER_SECOND,
            "status": "Success",
        }
        for entry in office.venue.account.ledger.values()
        if entry.reason == "deposit" and (not wanted or entry.asset in wanted)
    ]


def withdraw_status(_office: Office, form: Form) -> object:
    """WithdrawStatus: nothing ever leaves this exchange."""
    _asked_assets(form)
    return []


def balance(office: Office, _form: Form) -> Json:
    """Balance."""
    return {
        ASSET_BY_NAME[asset].rest_id: asset_amount(asset, amount)
        for asset, amount in office.venue.account.balances.items()
    }


def balance_extended(office: Office, _form: Form) -> Json:
    """BalanceEx: balances and what open orders hold."""
    account = office.venue.account
    return {
        ASSET_BY_NAME[asset].rest_id: {
            "balance": asset_amount(asset, amount),
            "hold_trade": asset_amount(asset, account.held(asset)),
        }
        for asset, amount in account.balances.items()
    }


def trade_balance(office: Office, form: Form) -> Json:
    """TradeBalance: what everything is worth in dollars; nothing is ever on margin."""
    asset = asset_named(form.get("asset") or USD.rest_id)
    if asset is None:
        raise Rejected(rejections.UNKNOWN_ASSET)
    worth = sum(
        (_worth_usd(office.venue, name, amount) for name, amount in _balances(office)), ZERO
    )
    worth /= _worth_usd(office.venue, asset.name, Decimal(1)) or Decimal(1)
    total, nothing = fixed(worth, _USD_DECIMALS), fixed(ZERO, _USD_DECIMALS)
    names_of_nothing = dict.fromkeys(("m", "uv", "n", "c", "v"), nothing)
    return {"eb": total, "tb": total, **names_of_nothing, "e": total, "mf": total, "ml": nothing}


def open_positions(_office: Office, form: Form) -> object:
    """OpenPositions: there is no margin here, so there are none."""
    return [] if form.get("consolidation") else {}


def trade_volume(office: Office, form: Form) -> Json:
    """TradeVolume: the fees of this account, in percent, by what it traded in 30 days."""
    volume = office.venue.account.volume_usd(office.venue.clock.now_ms())
    pairs = asked_pairs(form)
    return {
        "currency": "ZUSD",
        "volume": fixed(volume, _USD_DECIMALS),
        "fees": dict.fromkeys(pairs, _fee_json(FEES_TAKER, volume)),
        "fees_maker": dict.fromkeys(pairs, _fee_json(FEES_MAKER, volume)),
    }


def api_key_rights(office: Office, _form: Form) -> Json:
    """GetApiKeyInfo: what the key may do; withdrawing is not among it."""
    now = str(office.venue.clock.now_ms() // MS_PER_SECOND)
    return {
        "apiKeyName": "demo",
        "apiKey": DEMO_API_KEY,
        "nonce": now,
        "nonceWindow": str(office.venue.nonce_window),
        "permissions": list(_PERMISSIONS),
        "iban": "",
        "validUntil": "0",
        "queryFrom": "0",
        "queryTo": "0",
        "createdTime": "0",
        "modifiedTime": "0",
        "ipAllowlist": [],
        "lastUsed": now,
    }


def _balances(office: Office) -> list[tuple[str, Decimal]]:
    return list(office.venue.account.balances.items())


def _worth_usd(venue: Venue, asset: str, amount: Decimal) -> Decimal:
    name = asset.removesuffix(".F")
    if name == USD.name:
        return amount
    pair = next(pair for pair in PAIRS if pair.base.name == name)
    market = venue.markets[pair.symbol]
    return amount * pair.price(market.last.ticks)


def _named(record: OrderRecord, form: Form) -> bool:
    """Whether the request's `cl_ord_id` and `userref`, where given, are the order's."""
    cl_ord_id, userref = form.get("cl_ord_id"), form.get("userref")
    if cl_ord_id and record.accepted.cl_ord_id != cl_ord_id:
        return False
    return not userref or str(record.accepted.userref) == userref


def _orders_json(records: Sequence[OrderRecord], form: Form) -> dict[str, object]:
    with_trades = is_true(form.get("trades"))
    return {record.accepted.txid: order_json(record, with_trades=with_trades) for record in records}


def _queried_json(records: Sequence[OrderRecord], form: Form) -> dict[str, object]:
    with_trades = is_true(form.get("trades"))
    return {
        record.accepted.txid: {"reason": None, **order_json(record, with_trades=with_trades)}
        for record in records
    }


def _fill_json(office: Office, fill: OrderFilled) -> Json:
    return fill_json(fill, office.venue.account.ledger_ids_by_cause.get(fill.trade_id, ()))


def _ledger_json(entry: BalanceChanged) -> Json:
    return {
        "refid": entry.ref_id,
        "time": seconds(entry.time_ms),
        "type": entry.reason,
        "subtype": "",
        "aclass": "currency",
        "asset": ASSET_BY_NAME[entry.asset].rest_id,
        "amount": asset_amount(entry.asset, entry.amount),
        "fee": asset_amount(entry.asset, entry.fee),
        "balance": asset_amount(entry.asset, entry.balance),
    }


def _asked_assets(form: Form) -> set[str]:
    names = [name for name in form.get("asset", "").split(",") if name and name != "all"]
    found = [asset_named(name) for name in names]
    if None in found:
        raise Rejected(rejections.UNKNOWN_ASSET)
    return {asset.name for asset in found if asset is not None}


def _time_window(venue: Venue, form: Form) -> tuple[float, float]:
    """Milliseconds after which and up to which; `start` and `end` may also name an order or trade."""
    start, end = form.get("start"), form.get("end")
    start_ms = _edge_ms(venue, start) if start else float("-inf")
    return start_ms, _edge_ms(venue, end) if end else float("inf")


def _edge_ms(venue: Venue, text: str) -> float:
    fill = venue.account.fills.get(ExecutionId(text))
    order = venue.account.orders.get(ExchangeOrderId(text))
    entry = venue.account.ledger.get(text)
    if fill is not None:
        return fill.time_ms
    if order is not None:
        return order.closed_ms or order.accepted.time_ms
    if entry is not None:
        return entry.time_ms
    try:
        return float(text) * MS_PER_SECOND
    except ValueError:
        raise Rejected(rejections.INVALID_START) from None


def _page(rows: Sequence[Row], form: Form) -> Sequence[Row]:
    offset = parse_int(form, "ofs", 0, rejections.INVALID_OFFSET)
    if offset < 0:
        raise Rejected(rejections.INVALID_OFFSET)
    return rows[offset : offset + PAGE]


def _fee_json(tiers: Sequence[tuple[int, float]], volume: Decimal) -> Json:
    index = tier_index(volume)
    start, fee = tiers[index]
    following = tiers[index + 1] if index + 1 < len(tiers) else None
    return {
        "fee": f"{fee:.4f}",
        "minfee": f"{tiers[-1][1]:.4f}",
        "maxfee": f"{tiers[0][1]:.4f}",
        "nextfee": None if following is None else f"{following[1]:.4f}",
        "nextvolume": None if following is None else f"{following[0]:.4f}",
        "tiervolume": f"{start:.4f}",
    }
