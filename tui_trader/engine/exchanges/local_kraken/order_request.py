"""Reading of AddOrder's form into a ticket."""

from decimal import Decimal, InvalidOperation
from typing import TypeVar

from tui_trader.engine.exchanges.local_kraken.rest_public import Form, parse_int
from tui_trader.engine.exchanges.simulator import rejections
from tui_trader.engine.exchanges.simulator.events import TimeInForce
from tui_trader.engine.exchanges.simulator.listings import pair_named
from tui_trader.engine.exchanges.simulator.orders import OrderTicket
from tui_trader.engine.exchanges.simulator.rejections import Rejected
from tui_trader.engine.values.orders import OrderType, Side
from tui_trader.engine.values.time import parse_rfc3339

# `nompp` and the fee currency change nothing here: fees are in quote, and nothing is protected.
_FLAGS_TAKEN = frozenset({"post", "fciq", "fcib", "nompp"})
_LEVERAGE_NONE = frozenset({"", "none", "0", "1"})
_NUMBER_LENGTH_MAX, _DIGITS_MAX = 40, 18
Choice = TypeVar("Choice", Side, OrderType, TimeInForce)


def parse_ticket(form: Form) -> OrderTicket:
    """Ticket of a request; fields nobody knows are ignored, as Kraken does.

    Raises:
        Rejected: a field is not readable or asks for what is not offered.
    """
    pair = pair_named(form.get("pair", ""))
    if pair is None:
        raise Rejected(rejections.UNKNOWN_PAIR)
    flags = frozenset(flag for flag in form.get("oflags", "").split(",") if flag)
    if flags - _FLAGS_TAKEN:
        raise Rejected(rejections.INVALID_FLAGS)
    if form.get("leverage", "") not in _LEVERAGE_NONE:
        raise Rejected(rejections.INVALID_LEVERAGE)
    order_type = _choice(OrderType, form.get("ordertype"), rejections.INVALID_ORDER_TYPE)
    price = _amount(form.get("price"), rejections.INVALID_PRICE)
    return OrderTicket(
        pair=pair,
        side=_choice(Side, form.get("type"), rejections.INVALID_SIDE),
        order_type=order_type,
        volume=_amount(form.get("volume"), rejections.INVALID_VOLUME) or Decimal(0),
        price=price if order_type is OrderType.LIMIT else None,
        post_only="post" in flags,
        time_in_force=_choice(
            TimeInForce, form.get("timeinforce") or "GTC", rejections.INVALID_TIME_IN_FORCE
        ),
        cl_ord_id=form.get("cl_ord_id") or None,
        userref=_userref(form),
        deadline_ms=_deadline_ms(form),
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
    if not amount.is_finite() or len(text) > _NUMBER_LENGTH_MAX or amount.adjusted() > _DIGITS_MAX:
        raise Rejected(error)
    return amount


def _userref(form: Form) -> int | None:
    if not form.get("userref"):
        return None
    return parse_int(form, "userref", 0, rejections.INVALID_USERREF)


def _deadline_ms(form: Form) -> int | None:
    text = form.get("deadline")
    if not text:
        return None
    try:
        return parse_rfc3339(text)
    except ValueError:
        raise Rejected(rejections.INVALID_DEADLINE) from None
