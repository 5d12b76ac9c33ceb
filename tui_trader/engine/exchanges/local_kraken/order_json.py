"""Orders and fills as REST writes them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from tui_trader.engine.exchanges.local_kraken.wire import average_text, fixed, seconds
from tui_trader.engine.exchanges.simulator.events import CloseTerms, OrderFilled, TriggerTerms
from tui_trader.engine.exchanges.simulator.listings import (
    COST_DECIMALS,
    LOT_DECIMALS,
    PAIR_BY_SYMBOL,
    PairListing,
)
from tui_trader.engine.exchanges.simulator.orders import OrderRecord, OrderState, OrderTicket
from tui_trader.engine.exchanges.simulator.price_terms import OrderKind, PriceMark, PriceTerm
from tui_trader.engine.values.orders import Side

Json = Mapping[str, object]
_ZERO_COST = fixed(Decimal(0), COST_DECIMALS)
_PERCENT_DECIMALS = 4
# Kraken fills this field with the trade of the other side, which nobody may look at.
_POSITION_TXID = "TKH2SE-M7IF5-CFI7LT"


class _Terms(Protocol):
    """What a ticket and an accepted order have in common."""

    @property
    def side(self) -> Side: ...
    @property
    def order_type(self) -> OrderKind: ...
    @property
    def volume(self) -> Decimal: ...
    @property
    def cash(self) -> Decimal | None: ...
    @property
    def price(self) -> Decimal | None: ...
    @property
    def trigger(self) -> TriggerTerms | None: ...
    @property
    def close(self) -> CloseTerms | None: ...


def order_sentence(pair: PairListing, terms: _Terms) -> str:
    """The order in words; ccxt parses side, volume, pair, type and prices out of it."""
    volume = terms.volume if terms.cash is None else terms.cash
    start = f"{terms.side.value} {fixed(volume, LOT_DECIMALS)} {pair.altname} @"
    first, second = _prices(pair, terms)
    if terms.trigger is None:
        return f"{start} {terms.order_type.value}" + (f" {first}" if terms.price else "")
    words = terms.order_type.value.removesuffix("-limit").replace("-", " ")
    return f"{start} {words} {first}" + (f" -> limit {second}" if second != "0" else "")


def ticket_description(ticket: OrderTicket) -> Json:
    """`descr` of AddOrder."""
    answer = dict(_description(ticket.pair, ticket))
    close = answer.pop("close")
    del answer["aclass"]
    return {**answer, "close": close} if close else answer


def order_json(record: OrderRecord, *, with_trades: bool) -> Json:
    """One order of OpenOrders, ClosedOrders or QueryOrders."""
    order, pair = record.accepted, record.pair
    row: dict[str, object] = {"refid": order.parent_txid, "userref": order.userref}
    if order.cl_ord_id is not None:
        row["cl_ord_id"] = order.cl_ord_id
    is_waiting = record.is_dormant and order.trigger is None
    stop, limit = _working_prices(record)
    # Kraken counts a `viqc` order in quote throughout.
    volume, filled = order.volume, record.filled
    if order.cash is not None:
        volume, filled = order.cash, record.cost
    row |= {
        "status": "pending" if is_waiting else record.state.value,
        "opentm": seconds(order.time_ms),
        "starttm": seconds(order.starts_ms) if order.starts_ms else 0,
        "expiretm": seconds(order.expires_ms) if order.expires_ms else 0,
        "descr": _description(pair, order),
        "vol": fixed(volume, LOT_DECIMALS),
        "vol_exec": fixed(filled, LOT_DECIMALS),
        "cost": fixed(record.cost, COST_DECIMALS),
        "fee": fixed(record.fee, COST_DECIMALS),
        "price": average_text(pair, record.price_average),
        "stopprice": stop,
        "limitprice": limit,
        "misc": _miscellany(record),
        "oflags": ",".join(_flags(record)),
    }
    if order.trigger is not None:
        row["trigger"] = order.trigger.source.value
    if order.display_volume is not None:
        row["displayvol"] = fixed(order.display_volume, LOT_DECIMALS)
    if record.amends:
        row["amended"] = True
    if with_trades:
        row["trades"] = [fill.trade_id for fill in record.fills]
    if record.closed_ms is not None:
        row["reason"] = record.reason or None
        row["closetm"] = seconds(record.closed_ms)
    return row


def fill_json(fill: OrderFilled, ledger_ids: Sequence[str] = ()) -> Json:
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
        "ledgers": list(ledger_ids),
    }


def is_over(record: OrderRecord) -> bool:
    """Whether an order has ended."""
    return record.state is not OrderState.OPEN


def _description(pair: PairListing, terms: _Terms) -> Json:
    first, second = _prices(pair, terms)
    return {
        "pair": pair.altname,
        "aclass": "forex",
        "type": terms.side.value,
        "ordertype": terms.order_type.value,
        "price": first,
        "price2": second,
        "leverage": "none",
        "order": order_sentence(pair, terms),
        "close": "" if terms.close is None else _close_sentence(pair, terms.close),
    }


def _prices(pair: PairListing, terms: _Terms) -> tuple[str, str]:
    """`price` and `price2` of AddOrder, 0 where there is none."""
    limit = "0" if terms.price is None else fixed(terms.price, pair.price_decimals)
    trigger = terms.trigger
    if trigger is None:
        return limit, "0"
    if trigger.trail is None:
        return fixed(trigger.price, pair.price_decimals), limit
    return _term_text(pair, trigger.trail), _term_text(pair, trigger.limit_offset)


def _term_text(pair: PairListing, term: PriceTerm | None) -> str:
    if term is None:
        return "0"
    decimals = _PERCENT_DECIMALS if term.is_percent else pair.price_decimals
    mark = "" if term.mark is PriceMark.STATIC else term.mark.value
    return f"{mark}{fixed(term.amount, decimals)}{'%' if term.is_percent else ''}"


def _close_sentence(pair: PairListing, close: CloseTerms) -> str:
    words = close.order_type.value.removesuffix("-limit" if close.price2 else "").replace("-", " ")
    first, second = _term_text(pair, close.price), _term_text(pair, close.price2)
    return f"close position @ {words} {first}" + (f" -> limit {second}" if close.price2 else "")


def _working_prices(record: OrderRecord) -> tuple[str, str]:
    """`stopprice` of what sleeps or slept, `limitprice` of what has woken."""
    order, pair = record.accepted, record.pair
    if order.trigger is None:
        return _ZERO_COST, _ZERO_COST
    is_awake = record.triggered_ms is not None and order.price is not None
    limit = average_text(pair, order.price) if is_awake and order.price else _ZERO_COST
    return average_text(pair, order.trigger.price), limit


def _miscellany(record: OrderRecord) -> str:
    words = ["touched"] if record.triggered_ms is not None and record.accepted.trigger else []
    words += ["amended"] if record.amends else []
    if record.filled and is_over(record) and record.remaining:
        words.append("partial")
    return ",".join(words)


def _flags(record: OrderRecord) -> list[str]:
    order = record.accepted
    flags = ["post"] if order.post_only else []
    flags.append("fcib" if order.fee_in_base else "fciq")
    return [*flags, "viqc"] if order.cash is not None else flags
