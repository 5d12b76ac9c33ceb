"""Rows of the private WebSocket channels: executions and balances.

Law: like Kraken's, the rows of a status change (`new`, `filled`, `canceled`) name neither symbol
nor side: the client knows them from `pending_new` or from its snapshot.
"""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from itertools import islice

import msgspec

from tui_trader.engine.exchanges.local_kraken.wire import (
    asset_amount,
    average_text,
    fixed,
    moment,
    number,
)
from tui_trader.engine.exchanges.simulator.account import Account
from tui_trader.engine.exchanges.simulator.events import (
    BalanceChanged,
    OrderAccepted,
    OrderAmended,
    OrderCancelled,
    OrderFilled,
    OrderRow,
    OrderTriggered,
    TrailMoved,
    TriggerTerms,
)
from tui_trader.engine.exchanges.simulator.listings import (
    COST_DECIMALS,
    LOT_DECIMALS,
    PairListing,
)
from tui_trader.engine.exchanges.simulator.orders import OrderRecord

Row = Mapping[str, object]
OrderEvent = (
    OrderAccepted | OrderAmended | OrderTriggered | TrailMoved | OrderFilled | OrderCancelled
)
_SNAPSHOT_TRADES = 50
_FEE_DECIMALS = 4


def execution_rows(account: Account, event: OrderEvent, untold: Collection[str] = ()) -> list[Row]:
    """Messages, one row each, that one event of an order causes.

    Args:
        account: As it is after everything that happened at once.
        event: One of those things.
        untold: Fills that came after it: the row must not tell what its reader will hear later.
    """
    record = account.orders[event.txid]
    match event:
        case OrderAccepted():
            pending = {
                **_order_row(record, event),
                "exec_type": "pending_new",
                "order_status": "pending_new",
            }
            return [pending, _status_row(event, "new", {})]
        case OrderFilled():
            rows: list[Row] = [trade_row(record, event, is_snapshot=False)]
            if record.fills[-1] is event and record.remaining == 0:
                rows.append(_status_row(event, "filled", _totals(record)))
            return rows
        case OrderAmended():
            return [_changed_row(record, event.time_ms, "amended", untold)]
        case OrderTriggered() | TrailMoved():
            return [_changed_row(record, event.time_ms, "status", untold)]
        case OrderCancelled():
            reason = {"cancel_reason": event.reason, "reason": event.reason}
            status = "expired" if event.is_expired else "canceled"
            return [_status_row(event, status, {**_totals(record, untold), **reason})]


def open_order_rows(account: Account) -> list[Row]:
    """Snapshot of every open order, oldest first."""
    return [
        {
            **_order_row(record, record.accepted),
            **_totals(record),
            "exec_type": "new",
            "order_status": "partially_filled" if record.filled else "new",
        }
        for record in account.open_orders.values()
    ]


def newest_trade_rows(account: Account) -> list[Row]:
    """Snapshot of the last 50 fills, oldest first."""
    newest_first = islice(reversed(account.fills.values()), _SNAPSHOT_TRADES)
    return [
        trade_row(account.orders[fill.txid], fill, is_snapshot=True)
        for fill in reversed(list(newest_first))
    ]


def trade_row(record: OrderRecord, fill: OrderFilled, *, is_snapshot: bool) -> Row:
    """One fill. Its status says `partially_filled` even when it completes the order."""
    pair = record.pair
    assert fill.price is not None
    known = record.fills[: record.fills.index(fill) + 1]
    volume = sum((part.volume for part in known), Decimal(0))
    cost = sum((part.cost for part in known), Decimal(0))
    # What is booked is rounded; the mean price is not made of that.
    value = sum((part.price * part.volume for part in known if part.price), Decimal(0))
    is_complete = is_snapshot and volume == record.accepted.volume
    return {
        **_identity(fill),
        "exec_id": fill.trade_id,
        "exec_type": "trade",
        "trade_id": fill.tape_id,
        "symbol": fill.pair,
        "side": fill.side.value,
        "last_qty": number(fixed(fill.volume, LOT_DECIMALS)),
        "last_price": number(fixed(fill.price, pair.price_decimals)),
        "liquidity_ind": "m" if fill.is_maker else "t",
        "cost": number(fixed(fill.cost, COST_DECIMALS)),
        "order_type": fill.order_type.value,
        "timestamp": moment(fill.time_ms),
        "order_status": "filled" if is_complete else "partially_filled",
        "cum_qty": number(fixed(volume, LOT_DECIMALS)),
        "cum_cost": number(fixed(cost, COST_DECIMALS)),
        "avg_price": number(average_text(pair, value / volume)),
        "fee_usd_equiv": number(fixed(fill.fee, COST_DECIMALS)),
        "fees": [_fee(pair, fill)],
    }


def balance_snapshot_rows(account: Account) -> list[Row]:
    """Snapshot of every balance."""
    rows: list[Row] = []
    for asset, amount in account.balances.items():
        balance = number(asset_amount(asset, amount))
        wallet = {"type": "spot", "id": "main", "balance": balance}
        rows.append(
            {"asset": asset, "asset_class": "currency", "balance": balance, "wallets": [wallet]}
        )
    return rows


def ledger_row(entry: BalanceChanged) -> Row:
    """Update: one row for each ledger entry."""
    return {
        "ledger_id": entry.ledger_id,
        "ref_id": entry.ref_id,
        "timestamp": moment(entry.time_ms),
        "type": entry.reason,
        "asset": entry.asset,
        "asset_class": "currency",
        "category": entry.reason,
        "wallet_type": "spot",
        "wallet_id": "main",
        "amount": number(asset_amount(entry.asset, entry.amount)),
        "fee": number(asset_amount(entry.asset, entry.fee)),
        "balance": number(asset_amount(entry.asset, entry.balance)),
    }


def channel_text(channel: str, kind: str, rows: Iterable[Row], sequence: int) -> str:  # noqa: PLR0917 - the four parts of a message
    """One message of a private channel."""
    message = {"channel": channel, "type": kind, "data": list(rows), "sequence": sequence}
    return msgspec.json.encode(message).decode()


def _order_row(record: OrderRecord, order: OrderAccepted) -> Row:
    row: dict[str, object] = {
        **_identity(order),
        "symbol": order.pair,
        "cum_cost": number(fixed(Decimal(0), COST_DECIMALS)),
        "time_in_force": order.time_in_force.value,
        "side": order.side.value,
        "order_type": order.order_type.value,
        "fee_usd_equiv": number(fixed(Decimal(0), COST_DECIMALS)),
        "fee_ccy_pref": "fcib" if order.fee_in_base else "fciq",
        "timestamp": moment(order.time_ms),
        **_terms(record, order),
    }
    if order.cash is not None:
        row["cash_order_qty"] = number(fixed(order.cash, LOT_DECIMALS))
    if order.expires_ms is not None:
        row["expire_time"] = moment(order.expires_ms)
    if order.starts_ms is not None:
        row["effective_time"] = moment(order.starts_ms)
    return row


def _terms(record: OrderRecord, order: OrderAccepted) -> Row:
    """What an amendment can change, or a trigger."""
    pair = record.pair
    row: dict[str, object] = {"order_qty": number(fixed(order.volume, LOT_DECIMALS))}
    if order.price is not None:
        row["limit_price_type"] = "static"
        row["limit_price"] = number(fixed(order.price, pair.price_decimals))
    if order.display_volume is not None:
        row["display_qty"] = number(fixed(order.display_volume, LOT_DECIMALS))
    if order.post_only:
        row["post_only"] = True
    if order.trigger is not None:
        is_asleep = record.is_dormant or order is not record.accepted
        row["triggers"] = _trigger(record, order.trigger, is_asleep=is_asleep)
    return row


def _trigger(record: OrderRecord, terms: TriggerTerms, *, is_asleep: bool) -> Row:
    decimals = record.pair.price_decimals
    row: dict[str, object] = {
        "reference": terms.source.value,
        "price": number(fixed(terms.price, decimals)),
        "price_type": "static",
        "status": "untriggered" if is_asleep else "triggered",
    }
    if terms.trail is not None:
        row["price"] = number(f"{terms.trail.amount:f}")
        row["price_type"] = "pct" if terms.trail.is_percent else "quote"
        row["actual_price"] = number(fixed(terms.price, decimals))
    if terms.peak is not None:
        row["peak_price"] = number(fixed(terms.peak, decimals))
    return row


def _fee(pair: PairListing, fill: OrderFilled) -> Row:
    if fill.fee_base is not None:
        amount = number(asset_amount(pair.base.name, fill.fee_base))
        return {"asset": pair.base.name, "qty": amount}
    return {"asset": pair.quote.name, "qty": number(fixed(fill.fee, COST_DECIMALS))}


def _changed_row(  # noqa: PLR0917 - what changed, when, how, and what is told later
    record: OrderRecord, time_ms: int, kind: str, untold: Collection[str]
) -> Row:
    """An order that is still open, with other terms."""
    is_filled = any(fill.trade_id not in untold for fill in record.fills)
    return {
        "timestamp": moment(time_ms),
        "exec_type": kind,
        "order_status": "partially_filled" if is_filled else "new",
        **_terms(record, record.accepted),
        **_totals(record, untold),
        **_identity(record.accepted),
    }


def _status_row(event: OrderRow, status: str, extra: Row) -> Row:
    return {
        "timestamp": moment(event.time_ms),
        "order_status": status,
        "exec_type": status,
        **extra,
        **_identity(event),
    }


def _totals(record: OrderRecord, untold: Collection[str] = ()) -> Row:
    told = [fill for fill in record.fills if fill.trade_id not in untold]
    volume = sum((fill.volume for fill in told), Decimal(0))
    value = sum((fill.price * fill.volume for fill in told if fill.price), Decimal(0))
    return {
        "cum_qty": number(fixed(volume, LOT_DECIMALS)),
        "cum_cost": number(fixed(sum((fill.cost for fill in told), Decimal(0)), COST_DECIMALS)),
        "fee_usd_equiv": number(fixed(sum((fill.fee for fill in told), Decimal(0)), COST_DECIMALS)),
        "avg_price": number(average_text(record.pair, value / volume if volume else Decimal(0))),
    }


def _identity(event: OrderRow) -> Row:
    row: dict[str, object] = {"order_id": event.txid, "order_userref": event.userref or 0}
    if event.cl_ord_id is not None:
        row["cl_ord_id"] = event.cl_ord_id
    return row
