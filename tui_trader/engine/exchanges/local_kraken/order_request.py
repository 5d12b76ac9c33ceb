"""Reading of REST's forms into the desk's requests."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import TypeVar

from tui_trader.engine.exchanges.local_kraken.forms import Form, flatten, is_true, parse_int
from tui_trader.engine.exchanges.local_kraken.order_desk import OrderEdit, OrderNames
from tui_trader.engine.exchanges.simulator import rejections
from tui_trader.engine.exchanges.simulator.events import (
    CloseTerms,
    SelfTrade,
    TimeInForce,
    TriggerSource,
)
from tui_trader.engine.exchanges.simulator.listings import pair_named
from tui_trader.engine.exchanges.simulator.price_terms import OrderKind, PriceTerm, parse_price
from tui_trader.engine.exchanges.simulator.rejections import Rejected
from tui_trader.engine.exchanges.simulator.requests import Amendment, OrderRequest
from tui_trader.engine.values.orders import Side
from tui_trader.engine.values.time import MS_PER_SECOND, parse_rfc3339

# `nompp` changes nothing here: no market order is protected from a bad price.
_FLAGS_TAKEN = frozenset({"post", "fciq", "fcib", "nompp", "viqc"})
_LEVERAGE_NONE = frozenset({"", "none", "0", "1"})
_NUMBER_LENGTH_MAX, _DIGITS_MAX = 40, 18
_ORDERS_MAX = 100
_USERREF = re.compile(r"-?[0-9]{1,18}")
Choice = TypeVar("Choice", bound=Enum)


def parse_request(form: Form, *, now_ms: int) -> OrderRequest:
    """Request of AddOrder; fields nobody knows are ignored, as Kraken does.

    Raises:
        Rejected: a field is not readable or asks for what is not offered.
    """
    pair = pair_named(form.get("pair", ""))
    if pair is None:
        raise Rejected(rejections.UNKNOWN_PAIR)
    flags = _flags(form)
    if form.get("leverage", "") not in _LEVERAGE_NONE:
        raise Rejected(rejections.INVALID_LEVERAGE)
    if is_true(form.get("reduce_only")):
        raise Rejected(rejections.INVALID_REDUCE_ONLY)
    return OrderRequest(
        pair=pair,
        side=_choice(Side, form.get("type"), rejections.INVALID_SIDE),
        order_type=_choice(OrderKind, form.get("ordertype"), rejections.INVALID_ORDER_TYPE),
        volume=_amount(form.get("volume"), rejections.INVALID_VOLUME) or Decimal(0),
        price=price_term(form.get("price"), rejections.INVALID_PRICE),
        price2=price_term(form.get("price2"), rejections.INVALID_PRICE2),
        trigger_source=_choice(
            TriggerSource, form.get("trigger") or "last", rejections.INVALID_TRIGGER
        ),
        display_volume=_amount(form.get("displayvol"), rejections.INVALID_DISPLAY),
        volume_in_quote="viqc" in flags,
        post_only="post" in flags,
        fee_in_base="fcib" in flags,
        time_in_force=_choice(
            TimeInForce, form.get("timeinforce") or "GTC", rejections.INVALID_TIME_IN_FORCE
        ),
        self_trade=_choice(
            SelfTrade, form.get("stptype") or "cancel-newest", rejections.INVALID_SELF_TRADE
        ),
        cl_ord_id=form.get("cl_ord_id") or None,
        userref=_userref(form),
        deadline_ms=deadline_ms(form),
        expires_ms=_moment_ms(form.get("expiretm"), now_ms, rejections.INVALID_EXPIRY),
        starts_ms=_moment_ms(form.get("starttm"), now_ms, rejections.INVALID_BEGIN),
        close=_close_terms(form),
    )


def parse_batch(form: Form, *, now_ms: int) -> list[OrderRequest]:
    """Requests of AddOrderBatch: one pair and one deadline for all of them.

    Raises:
        Rejected: one of them is not readable.
    """
    shared = {name: form[name] for name in ("pair", "deadline", "asset_class") if name in form}
    rows = parse_rows(form.get("orders"))
    return [parse_request({**row, **shared}, now_ms=now_ms) for row in rows]


def parse_rows(text: str | None) -> list[dict[str, str]]:
    """The objects of a JSON list; a plain name in it stands for its txid.

    Raises:
        Rejected: it is no such list.
    """
    try:
        rows = json.loads(text or "")
        if not isinstance(rows, list) or not 0 < len(rows) <= _ORDERS_MAX:
            raise Rejected(rejections.INVALID_ORDERS)
        return [flatten(row) if isinstance(row, dict) else {"txid": str(row)} for row in rows]
    except (ValueError, RecursionError):
        raise Rejected(rejections.INVALID_ORDERS) from None


def parse_amendment(form: Form) -> Amendment:
    """New terms of AmendOrder.

    Raises:
        Rejected: a field is not readable.
    """
    return Amendment(
        volume=_amount(form.get("order_qty"), rejections.INVALID_VOLUME),
        price=price_term(form.get("limit_price"), rejections.INVALID_PRICE),
        trigger_price=price_term(form.get("trigger_price"), rejections.INVALID_TRIGGER_PRICE),
        display_volume=_amount(form.get("display_qty"), rejections.INVALID_DISPLAY),
        post_only=is_true(form["post_only"]) if form.get("post_only") else None,
        deadline_ms=deadline_ms(form),
    )


def parse_edit(form: Form) -> OrderEdit:
    """New terms of EditOrder.

    Raises:
        Rejected: a field is not readable.
    """
    return OrderEdit(
        volume=_amount(form.get("volume"), rejections.INVALID_VOLUME),
        price=price_term(form.get("price"), rejections.INVALID_PRICE),
        price2=price_term(form.get("price2"), rejections.INVALID_PRICE2),
        display_volume=_amount(form.get("displayvol"), rejections.INVALID_DISPLAY),
        post_only="post" in _flags(form) if form.get("oflags") else None,
        userref=_userref(form),
        deadline_ms=deadline_ms(form),
    )


def parse_names(form: Form) -> OrderNames:
    """The orders that a request is about: by `cl_ord_id`, `txid`, or a number, which is a userref.

    Raises:
        Rejected: it names none.
    """
    cl_ord_id, txid = form.get("cl_ord_id"), form.get("txid")
    if cl_ord_id:
        return OrderNames(cl_ord_ids=(cl_ord_id,))
    if not txid and form.get("userref"):
        txid = form["userref"]
    if not txid:
        raise Rejected(rejections.INVALID_TXID)
    if _USERREF.fullmatch(txid):
        return OrderNames(userrefs=(int(txid),))
    return OrderNames(txids=tuple(text for text in txid.split(",") if text))


def parse_cancel_batch(form: Form) -> OrderNames:
    """The orders of CancelOrderBatch: `orders` with txids and userrefs, `cl_ord_ids` with the rest.

    Raises:
        Rejected: the lists are none.
    """
    names = [parse_names(row) for row in parse_rows(form["orders"])] if form.get("orders") else []
    clients = parse_rows(form["cl_ord_ids"]) if form.get("cl_ord_ids") else []
    return OrderNames(
        txids=[txid for name in names for txid in name.txids],
        userrefs=[ref for name in names for ref in name.userrefs],
        cl_ord_ids=[
            *(one for name in names for one in name.cl_ord_ids),
            *(row.get("cl_ord_id") or row.get("txid", "") for row in clients),
        ],
    )


def price_term(text: str | None, error: str) -> PriceTerm | None:
    """A price of a request, `None` where none is given; a bare 0 is none.

    Raises:
        Rejected: it is not readable.
    """
    if not text or text == "0":
        return None
    try:
        return parse_price(text)
    except ValueError:
        raise Rejected(error) from None


def deadline_ms(form: Form) -> int | None:
    """The moment after which the order must not be matched.

    Raises:
        Rejected: it is no RFC 3339 time.
    """
    text = form.get("deadline")
    if not text:
        return None
    try:
        return parse_rfc3339(text)
    except ValueError:
        raise Rejected(rejections.INVALID_DEADLINE) from None


def _flags(form: Form) -> frozenset[str]:
    flags = frozenset(flag.strip() for flag in form.get("oflags", "").split(",") if flag.strip())
    if flags - _FLAGS_TAKEN or {"fcib", "fciq"} <= flags:
        raise Rejected(rejections.INVALID_FLAGS)
    return flags


def _close_terms(form: Mapping[str, str]) -> CloseTerms | None:
    if not form.get("close[ordertype]"):
        return None
    return CloseTerms(
        order_type=_choice(OrderKind, form["close[ordertype]"], rejections.INVALID_CLOSE),
        price=price_term(form.get("close[price]"), rejections.INVALID_CLOSE),
        price2=price_term(form.get("close[price2]"), rejections.INVALID_CLOSE),
    )


def _choice(kind: type[Choice], text: str | None, error: str) -> Choice:
    try:
        return kind(text)
    except ValueError:
        raise Rejected(error) from None


def _amount(text: str | None, error: str) -> Decimal | None:
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise Rejected(error) from None
    # Decimal would read 1_000 and the digits of other scripts, too.
    if not text.isascii() or "_" in text:
        raise Rejected(error)
    if not amount.is_finite() or len(text) > _NUMBER_LENGTH_MAX or amount.adjusted() > _DIGITS_MAX:
        raise Rejected(error)
    return amount


def _userref(form: Form) -> int | None:
    # Clients that do not use it send 0; it names nothing.
    return parse_int(form, "userref", 0, rejections.INVALID_USERREF) or None


def _moment_ms(text: str | None, now_ms: int, error: str) -> int | None:
    """Unix seconds, or `+` and seconds from now; 0 is none."""
    if not text or text == "0":
        return None
    body = text.removeprefix("+").removesuffix("s")
    if not body.isdecimal() or len(body) > _DIGITS_MAX:
        raise Rejected(error)
    start_ms = now_ms if text.startswith("+") else 0
    return start_ms + int(body) * MS_PER_SECOND
