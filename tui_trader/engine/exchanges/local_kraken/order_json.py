"""Orders and fills as REST writes them."""

from collections.abc import Mapping
from decimal import Decimal

from tui_trader.engine.exchanges.local_kraken.wire import average_text, fixed, seconds
from tui_trader.engine.exchanges.simulator.events import OrderFilled
from tui_trader.engine.exchanges.simulator.listings import (
    COST_DECIMALS,
    LOT_DECIMALS,
    PAIR_BY_SYMBOL,
    PairListing,
)
from tui_trader.engine.exchanges.simulator.orders import OrderRecord, OrderState
from tui_trader.engine.values.orders import OrderType, Side

Json = Mapping[str, object]
_ZERO_COST = fixed(Decimal(0), COST_DECIMALS)
# Kraken fills this field with the trade of the other side, which nobody may look at.
_POSITION_TXID = "TKH2SE-M7IF5-CFI7LT"


def order_sentence(
    pair: PairListing,
    *,
    side: Side,
    order_type: OrderType,
    volume: Decimal,
    price: Decimal | None,
) -> str:
    """The order in words; ccxt parses side, volume, pair, type and price out of it."""
    words = f"{side.value} {fixed(volume, LOT_DECIMALS)} {pair.altname} @ {order_type.value}"
    return words if price is None else f"{words} {fixed(price, pair.price_decimals)}"


def order_json(record: OrderRecord, *, with_trades: bool) -> Json:
    """One order of OpenOrders, ClosedOrders or QueryOrders."""
    order, pair = record.accepted, record.pair
    row: dict[str, object] = {"refid": None, "userref": order.userref}
    if order.cl_ord_id is not None:
        row["cl_ord_id"] = order.cl_ord_id
    row |= {
        "status": record.state.value,
        "opentm": seconds(order.time_ms),
        "starttm": 0,
        "expiretm": 0,
        "descr": _description(record),
        "vol": fixed(order.volume, LOT_DECIMALS),
        "vol_exec": fixed(record.filled, LOT_DECIMALS),
        "cost": fixed(record.cost, COST_DECIMALS),
        "fee": fixed(record.fee, COST_DECIMALS),
        "price": average_text(pair, record.price_average),
        "stopprice": _ZERO_COST,
        "limitprice": _ZERO_COST,
        "misc": "",
        "oflags": "post,fciq" if order.post_only else "fciq",
    }
    if with_trades:
        row["trades"] = [fill.trade_id for fill in record.fills]
    if record.closed_ms is not None:
        row["reason"] = record.reason or None
        row["closetm"] = seconds(record.closed_ms)
    return row


def fill_json(fill: OrderFilled) -> Json:
    """One fill of TradesHistory or QueryTrades."""
    pair = PAIR_BY_SYMBOL[fill.pair]
    assert fill.price is not None
    return {
        "ordertxid": fill.txid,
        "postxid": _POSITION_TXID,
        "pair": pair.rest_id,
        "aclass": "forex",
        "time": seconds(fill.time_ms),
        "type": fill.side.value,
        "ordertype": fill.order_type.value,
        "price": average_text(pair, fill.price),
        "cost": fixed(fill.cost, COST_DECIMALS),
        "fee": fixed(fill.fee, COST_DECIMALS),
        "vol": fixed(fill.volume, LOT_DECIMALS),
        "margin": _ZERO_COST,
        "leverage": "0",
        "misc": "",
        "trade_id": fill.tape_id,
        "maker": fill.is_maker,
    }


def is_over(record: OrderRecord) -> bool:
    """Whether an order has ended."""
    return record.state is not OrderState.OPEN


def _description(record: OrderRecord) -> Json:
    order, pair = record.accepted, record.pair
    sentence = order_sentence(
        pair,
        side=order.side,
        order_type=order.order_type,
        volume=order.volume,
        price=order.price,
    )
    return {
        "pair": pair.altname,
        "aclass": "forex",
        "type": order.side.value,
        "ordertype": order.order_type.value,
        "price": "0" if order.price is None else fixed(order.price, pair.price_decimals),
        "price2": "0",
        "leverage": "none",
        "order": sentence,
        "close": "",
    }
