"""Order entry over WebSocket v2: the same desk as REST's, under other names.

Law: a request is read into REST's fields and from there as REST reads them, so that both faces
refuse the same with the same words.
"""

from collections.abc import Callable, Collection, Mapping, Sequence

from tui_trader.engine.exchanges.local_kraken.forms import flatten
from tui_trader.engine.exchanges.local_kraken.order_desk import (
    Added,
    OrderDesk,
    OrderNames,
    Refused,
)
from tui_trader.engine.exchanges.local_kraken.order_request import (
    parse_amendment,
    parse_edit,
    parse_request,
)
from tui_trader.engine.exchanges.local_kraken.tokens import TokenDesk
from tui_trader.engine.exchanges.local_kraken.venue import Venue
from tui_trader.engine.exchanges.local_kraken.wire import moment
from tui_trader.engine.exchanges.local_kraken.ws_reply import Params, Reply
from tui_trader.engine.exchanges.simulator import rejections
from tui_trader.engine.exchanges.simulator.orders import OrderTicket
from tui_trader.engine.exchanges.simulator.rejections import Rejected
from tui_trader.engine.values.time import MS_PER_SECOND, parse_rfc3339

BAD_TOKEN = "ESession:Invalid session"  # noqa: S105 - an error text
_ORDERS_MAX = 100
_SAME = ("side", "deadline", "cl_ord_id", "reduce_only")
_RENAMED = {
    "order_type": "ordertype",
    "order_qty": "volume",
    "time_in_force": "timeinforce",
    "display_qty": "displayvol",
    "order_userref": "userref",
}
Entry = Callable[["OrderEntry", Reply, Params], None]


class OrderEntry:
    """Takes orders from WebSocket clients.

    Args:
        tokens: Every request shows one.
    """

    def __init__(self, venue: Venue, desk: OrderDesk, tokens: TokenDesk) -> None:
        self._venue, self._desk, self._tokens = venue, desk, tokens

    def answer(self, reply: Reply, params: Params, *, living: Collection[str]) -> None:
        """Carry one request out and answer it, or refuse it.

        Args:
            reply: To whom.
            params: Of the request.
            living: Tokens that outlive their 15 minutes, because their connection is maintained.
        """
        token = params.get("token")
        if token not in living and not self._tokens.is_valid(token, self._venue.clock.now_ms()):
            reply.refuse(BAD_TOKEN)
            return
        try:
            is_post_only = params.get("post_only") is True
            self._venue.status.check(reply.method, is_post_only=is_post_only)
            ENTRIES[reply.method](self, reply, params)
        except Rejected as refusal:
            reply.refuse(refusal.error)

    def add(self, reply: Reply, params: Params) -> None:
        """`add_order`."""
        form = order_form(params)
        request = parse_request(form, now_ms=self._venue.clock.now_ms())
        added = self._desk.add(request, validate=params.get("validate") is True)
        reply.succeed(_added_row(added))

    def add_batch(self, reply: Reply, params: Params) -> None:
        """`batch_add`: 2 to 15 orders of one pair."""
        shared = {name: params[name] for name in ("symbol", "deadline") if name in params}
        now_ms = self._venue.clock.now_ms()
        requests = [
            parse_request(order_form({**row, **shared}), now_ms=now_ms)
            for row in _rows(params.get("orders"))
        ]
        rows = self._desk.add_batch(requests, validate=params.get("validate") is True)
        reply.succeed({"orders": [_batch_row(row) for row in rows]})

    def amend(self, reply: Reply, params: Params) -> None:
        """`amend_order`."""
        form = flatten(params)
        _set_price(form, "limit_price", params.get("limit_price"), params.get("limit_price_type"))
        _set_price(
            form, "trigger_price", params.get("trigger_price"), params.get("trigger_price_type")
        )
        amended = self._desk.amend(_one_name(params), parse_amendment(form))
        order = amended.record.accepted
        named = {"cl_ord_id": order.cl_ord_id} if params.get("cl_ord_id") else {}
        reply.succeed({"amend_id": amended.amend_id, "order_id": order.txid, **named})

    def edit(self, reply: Reply, params: Params) -> None:
        """`edit_order`: the new order has a new name."""
        form = order_form({"order_type": "limit", **params})
        edit = parse_edit({name: text for name, text in form.items() if name != "ordertype"})
        edited = self._desk.edit(_one_name(params), edit, validate=params.get("validate") is True)
        original = edited.original.accepted.txid
        reply.succeed({"order_id": edited.txid, "original_order_id": original})

    def cancel(self, reply: Reply, params: Params) -> None:
        """`cancel_order`: one answer for each order that is named."""
        names = _names(params)
        each = [
            *(("order_id", txid, OrderNames(txids=(txid,))) for txid in names.txids),
            *(("cl_ord_id", name, OrderNames(cl_ord_ids=(name,))) for name in names.cl_ord_ids),
            *(("order_userref", ref, OrderNames(userrefs=(ref,))) for ref in names.userrefs),
        ]
        if not each:
            raise Rejected(rejections.INVALID_ORDERS)
        for field, name, named in each:
            try:
                self._desk.cancel(named)
            except Rejected as refusal:
                reply.refuse(refusal.error, **{field: str(name)})
            else:
                reply.succeed({field: name})

    def cancel_batch(self, reply: Reply, params: Params) -> None:
        """`batch_cancel`: `orders` holds order ids and userrefs, `cl_ord_id` the rest."""
        orders = params.get("orders")
        named = _names({**params, "order_id": orders if isinstance(orders, list) else []})
        count = self._desk.cancel_batch(named)
        reply.send({"orders_cancelled": count, "success": True})

    def cancel_all(self, reply: Reply, params: Params) -> None:  # noqa: ARG002 - takes none
        """`cancel_all`."""
        reply.succeed({"count": self._desk.cancel_all()})

    def cancel_after(self, reply: Reply, params: Params) -> None:
        """`cancel_all_orders_after`: the dead man's switch; 0 turns it off."""
        timeout = params.get("timeout")
        if isinstance(timeout, bool) or not isinstance(timeout, int):
            raise Rejected(rejections.INVALID_TIMEOUT)
        switch = self._desk.cancel_after(timeout)
        fires = "0" if switch.fires_ms is None else moment(switch.fires_ms)
        reply.succeed({"currentTime": moment(switch.now_ms), "triggerTime": fires})


ENTRIES: Mapping[str, Entry] = {
    "add_order": OrderEntry.add,
    "batch_add": OrderEntry.add_batch,
    "amend_order": OrderEntry.amend,
    "edit_order": OrderEntry.edit,
    "cancel_order": OrderEntry.cancel,
    "batch_cancel": OrderEntry.cancel_batch,
    "cancel_all": OrderEntry.cancel_all,
    "cancel_all_orders_after": OrderEntry.cancel_after,
}


def order_form(params: Params) -> dict[str, str]:
    """REST's fields of one order.

    Raises:
        Rejected: a field is not readable.
    """
    form = flatten({name: params[name] for name in _SAME if name in params})
    form |= flatten({new: params[old] for old, new in _RENAMED.items() if old in params})
    form["type"] = form.pop("side", "")
    form["pair"] = str(params.get("symbol", ""))
    form["oflags"] = ",".join(_flags(params))
    form["stptype"] = str(params.get("stp_type", "")).replace("_", "-")
    form["timeinforce"] = form.get("timeinforce", "gtc").upper()
    if "cash_order_qty" in params:
        form |= flatten({"volume": params["cash_order_qty"]})
    for name, field, error in (
        ("expire_time", "expiretm", rejections.INVALID_EXPIRY),
        ("effective_time", "starttm", rejections.INVALID_BEGIN),
    ):
        if name in params:
            form[field] = _unix_seconds(params[name], error)
    _set_prices(form, params, kind=form.get("ordertype", ""))
    conditional = params.get("conditional")
    if isinstance(conditional, dict):
        _set_close(form, conditional)
    return form


def _flags(params: Params) -> Sequence[str]:
    preference = params.get("fee_preference")
    flags = {
        "post": params.get("post_only") is True,
        "fcib": preference == "base",
        "fciq": preference == "quote",
        "nompp": params.get("no_mpp") is True,
        "viqc": "cash_order_qty" in params,
    }
    return [name for name, is_set in flags.items() if is_set]


def _set_prices(form: dict[str, str], params: Params, *, kind: str) -> None:
    """REST has the trigger of a triggered order first and its limit second."""
    triggers = params.get("triggers")
    limit, limit_type = params.get("limit_price"), params.get("limit_price_type")
    if not isinstance(triggers, dict):
        _set_price(form, "price", limit, limit_type)
        return
    form["trigger"] = str(triggers.get("reference", "last"))
    price_type = triggers.get("price_type")
    _set_price(form, "price", triggers.get("price"), price_type)
    if kind.startswith("trailing") and form.get("price", "")[:1].isdigit():
        form["price"] = f"+{form['price']}"
    _set_price(form, "price2", limit, limit_type)


def _set_close(form: dict[str, str], conditional: Params) -> None:
    kind = str(conditional.get("order_type", ""))
    form["close[ordertype]"] = kind
    trigger = conditional.get("trigger_price"), conditional.get("trigger_price_type")
    limit = conditional.get("limit_price"), conditional.get("limit_price_type")
    first, second = (limit, (None, None)) if kind == "limit" else (trigger, limit)
    _set_price(form, "close[price]", *first)
    _set_price(form, "close[price2]", *second)


def _set_price(  # noqa: PLR0917 - what to set, and to what
    form: dict[str, str], field: str, price: object, price_type: object
) -> None:
    """A price as REST writes it: a distance has its sign in front, a share a % behind."""
    form.pop(field, None)
    if price is None:
        return
    text = str(price)
    if price_type in {"pct", "quote"}:
        sign = "" if text[:1] in {"-", "+", "#"} else "+"
        text = f"{sign}{text}{'%' if price_type == 'pct' else ''}"
    form[field] = text


def _unix_seconds(value: object, error: str) -> str:
    try:
        return str(parse_rfc3339(str(value)) // MS_PER_SECOND)
    except ValueError:
        raise Rejected(error) from None


def _added_row(added: Added) -> dict[str, object]:
    row: dict[str, object] = {} if added.txid is None else {"order_id": added.txid}
    return {**row, **_names_of(added.ticket)}


def _batch_row(one: Added | Refused) -> dict[str, object]:
    if isinstance(one, Refused):
        return {**_names_of(one.ticket), "success": False, "error": one.error}
    return {**_added_row(one), "success": True}


def _names_of(ticket: OrderTicket) -> dict[str, object]:
    """What the client called it; a userref that was not given is 0."""
    named = {} if ticket.cl_ord_id is None else {"cl_ord_id": ticket.cl_ord_id}
    return {**named, "order_userref": ticket.userref or 0}


def _rows(value: object) -> list[dict[str, object]]:
    if not isinstance(value, list) or len(value) > _ORDERS_MAX:
        raise Rejected(rejections.INVALID_ORDERS)
    if not all(isinstance(row, dict) for row in value):
        raise Rejected(rejections.INVALID_ORDERS)
    return value


def _names(params: Params) -> OrderNames:
    """Orders of lists; a number among the order ids is a userref."""
    lists = {}
    for name in ("order_id", "cl_ord_id", "order_userref"):
        value = params.get(name, [])
        lists[name] = value if isinstance(value, list) else [value]
        if len(lists[name]) > _ORDERS_MAX:
            raise Rejected(rejections.INVALID_ORDERS)
    userrefs = [ref for ref in (*lists["order_userref"], *lists["order_id"]) if _is_userref(ref)]
    return OrderNames(
        txids=[str(txid) for txid in lists["order_id"] if not _is_userref(txid)],
        cl_ord_ids=[str(name) for name in lists["cl_ord_id"]],
        userrefs=userrefs,
    )


def _is_userref(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _one_name(params: Params) -> OrderNames:
    cl_ord_id, order_id = params.get("cl_ord_id"), params.get("order_id")
    if cl_ord_id is not None and order_id is None:
        return OrderNames(cl_ord_ids=(str(cl_ord_id),))
    if order_id is None:
        raise Rejected(rejections.INVALID_TXID)
    return OrderNames(txids=(str(order_id),))
