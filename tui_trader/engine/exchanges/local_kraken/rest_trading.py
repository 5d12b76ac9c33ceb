"""Kraken's private REST endpoints that change orders: they read, the order desk acts."""

from dataclasses import dataclass
from datetime import UTC, datetime

from tui_trader.engine.exchanges.local_kraken.forms import Form, is_true, parse_int
from tui_trader.engine.exchanges.local_kraken.order_desk import Added, OrderDesk, Refused
from tui_trader.engine.exchanges.local_kraken.order_json import (
    Json,
    order_sentence,
    ticket_description,
)
from tui_trader.engine.exchanges.local_kraken.order_request import (
    parse_amendment,
    parse_batch,
    parse_cancel_batch,
    parse_edit,
    parse_names,
    parse_request,
)
from tui_trader.engine.exchanges.local_kraken.venue import Venue
from tui_trader.engine.exchanges.local_kraken.wire import fixed, seconds
from tui_trader.engine.exchanges.simulator import rejections
from tui_trader.engine.exchanges.simulator.listings import LOT_DECIMALS


@dataclass(frozen=True, slots=True)
class Office:
    """What a private endpoint works with."""

    venue: Venue
    desk: OrderDesk


def add_order(office: Office, form: Form) -> Json:
    """AddOrder; `validate` only checks."""
    request = parse_request(form, now_ms=office.venue.clock.now_ms())
    return _added_json(office.desk.add(request, validate=is_true(form.get("validate"))))


def add_order_batch(office: Office, form: Form) -> Json:
    """AddOrderBatch: 2 to 15 orders of one pair, each with its own outcome."""
    requests = parse_batch(form, now_ms=office.venue.clock.now_ms())
    added = office.desk.add_batch(requests, validate=is_true(form.get("validate")))
    return {"orders": [_batch_json(one) for one in added]}


def amend_order(office: Office, form: Form) -> Json:
    """AmendOrder: new terms, same order."""
    amended = office.desk.amend(parse_names(form), parse_amendment(form))
    return {"amend_id": amended.amend_id}


def edit_order(office: Office, form: Form) -> Json:
    """EditOrder: another order in place of one."""
    validate = is_true(form.get("validate"))
    edited = office.desk.edit(parse_names(form), parse_edit(form), validate=validate)
    ticket, pair = edited.ticket, edited.ticket.pair
    descr = ticket_description(ticket)
    answer: dict[str, object] = {
        "status": "ok",
        "originaltxid": edited.original.accepted.txid,
        "volume": fixed(ticket.volume, LOT_DECIMALS),
        "price": descr["price"],
        "price2": descr["price2"],
        "orders_cancelled": 0 if edited.txid is None else 1,
        "descr": {"order": order_sentence(pair, ticket)},
    }
    return answer if edited.txid is None else {"txid": edited.txid, **answer}


def cancel_order(office: Office, form: Form) -> Json:
    """CancelOrder by txid, userref or cl_ord_id."""
    return {"count": office.desk.cancel(parse_names(form))}


def cancel_order_batch(office: Office, form: Form) -> Json:
    """CancelOrderBatch: up to 50; what is gone already does not count."""
    return {"count": office.desk.cancel_batch(parse_cancel_batch(form))}


def cancel_all(office: Office, _form: Form) -> Json:
    """CancelAll."""
    return {"count": office.desk.cancel_all()}


def cancel_all_after(office: Office, form: Form) -> Json:
    """CancelAllOrdersAfter: the dead man's switch."""
    timeout_s = parse_int(form, "timeout", -1, rejections.INVALID_TIMEOUT)
    switch = office.desk.cancel_after(timeout_s)
    fires = "0" if switch.fires_ms is None else _moment(switch.fires_ms)
    return {"currentTime": _moment(switch.now_ms), "triggerTime": fires}


def _added_json(added: Added) -> Json:
    descr = {"descr": ticket_description(added.ticket)}
    return descr if added.txid is None else {**descr, "txid": [added.txid]}


def _batch_json(one: Added | Refused) -> Json:
    descr = {"descr": {"order": order_sentence(one.ticket.pair, one.ticket)}}
    if isinstance(one, Refused):
        return {**descr, "error": one.error}
    row: dict[str, object] = {**descr}
    if one.txid is not None:
        row["txid"] = one.txid
    if one.ticket.close is not None:
        row["close"] = ticket_description(one.ticket)["close"]
    return row


def _moment(time_ms: int) -> str:
    return f"{datetime.fromtimestamp(seconds(time_ms), tz=UTC):%Y-%m-%dT%H:%M:%SZ}"
