"""Which fields an order of each type must have, must not have, and what the venue takes at all.

Law: each function answers with a sentence of what is wrong, or with `None`; nothing is mended.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Protocol

from tui_trader.engine.values.abilities import Abilities
from tui_trader.engine.values.money import ZERO
from tui_trader.engine.values.orders import ConditionalClose, OrderTerms, OrderType, TimeInForce


class Form(Protocol):
    """The part of an order that is looked at here."""

    @property
    def order_type(self) -> OrderType:
        """Its type."""
        ...

    @property
    def quantity_base(self) -> Decimal:
        """All of it."""
        ...

    @property
    def price(self) -> Decimal | None:
        """Limit."""
        ...

    @property
    def post_only(self) -> bool:
        """Refuse to take."""
        ...

    @property
    def terms(self) -> OrderTerms:
        """Everything else."""
        ...


def numbers_of(form: Form) -> tuple[Decimal, ...]:
    """Every number an order says."""
    terms = form.terms
    trailing, close = terms.trailing, terms.close
    numbers = (
        form.quantity_base,
        form.price,
        terms.trigger_price,
        terms.display_base,
        None if trailing is None else trailing.amount,
        None if trailing is None else trailing.limit_offset,
        None if close is None else close.price,
        None if close is None else close.trigger_price,
    )
    return tuple(number for number in numbers if number is not None)


def prices_of(form: Form) -> tuple[Decimal, ...]:
    """Every absolute price it says: these lie on the grid."""
    terms = form.terms
    prices = [form.price, terms.trigger_price]
    if terms.close is not None:
        prices += [terms.close.price, terms.close.trigger_price]
    return tuple(price for price in prices if price is not None)


def form_fault(form: Form, *, now_ms: int) -> str | None:
    """What is missing or too much."""
    return next(_faults(form, now_ms=now_ms), None)


def _faults(form: Form, *, now_ms: int) -> Iterator[str]:
    if form.quantity_base <= ZERO:
        yield f"quantity {form.quantity_base} must be above zero"
    yield from _price_faults(form)
    yield from _trigger_faults(form)
    yield from _time_faults(form, now_ms=now_ms)
    yield from _display_faults(form)
    if form.terms.close is not None:
        yield from _close_faults(form.terms.close)


def _price_faults(form: Form) -> Iterator[str]:
    kind = form.order_type
    if kind is OrderType.MARKET and (form.price is not None or form.post_only):
        yield "a market order takes no price and cannot be post-only"
    needs_price = kind.has_limit and not kind.is_trailing
    if needs_price and (form.price is None or form.price <= ZERO):
        yield f"a {kind.value} order needs a price above zero"
    if not needs_price and form.price is not None:
        yield f"a {kind.value} order takes no price of its own"
    if form.post_only and kind not in {OrderType.LIMIT, OrderType.ICEBERG}:
        yield f"a {kind.value} order cannot be post-only"


def _trigger_faults(form: Form) -> Iterator[str]:
    kind, trigger, trailing = form.order_type, form.terms.trigger_price, form.terms.trailing
    needs_trigger = kind.is_triggered and not kind.is_trailing
    if needs_trigger and (trigger is None or trigger <= ZERO):
        yield f"a {kind.value} order needs a trigger price above zero"
    if not needs_trigger and trigger is not None:
        yield f"a {kind.value} order takes no trigger price"
    if kind.is_trailing != (trailing is not None):
        yield f"a {kind.value} order " + (
            "needs a trailing distance" if kind.is_trailing else "takes no trailing distance"
        )
    if trailing is None:
        return
    if trailing.amount <= ZERO:
        yield "a trailing distance must be above zero"
    has_offset = trailing.limit_offset is not None
    if has_offset != (kind is OrderType.TRAILING_STOP_LIMIT):
        yield "a trailing-stop-limit order, and no other, has the distance of its limit"


def _time_faults(form: Form, *, now_ms: int) -> Iterator[str]:
    terms = form.terms
    if (terms.time_in_force is TimeInForce.GTD) != (terms.expires_ms is not None):
        yield "an order until a moment (GTD), and no other, names the moment it ends"
    if terms.expires_ms is not None and terms.expires_ms <= now_ms:
        yield "the moment an order ends must lie ahead"
    if terms.time_in_force is TimeInForce.IOC and (
        form.post_only or form.order_type is not OrderType.LIMIT
    ):
        yield "immediate-or-cancel is for limit orders that may take"


def _display_faults(form: Form) -> Iterator[str]:
    is_iceberg, shown = form.order_type is OrderType.ICEBERG, form.terms.display_base
    if is_iceberg != (shown is not None):
        yield "an iceberg order, and no other, names the quantity it shows"
    if shown is not None and not ZERO < shown <= form.quantity_base:
        yield f"the quantity shown, {shown}, must be above zero and not above the whole"


def _close_faults(close: ConditionalClose) -> Iterator[str]:
    kind = close.order_type
    if kind in {OrderType.MARKET, OrderType.ICEBERG} or kind.is_trailing:
        yield f"a conditional close cannot be a {kind.value} order"
    if kind.has_limit != (close.price is not None and close.price > ZERO):
        yield f"a conditional close of type {kind.value} has the wrong price"
    if kind.is_triggered != (close.trigger_price is not None and close.trigger_price > ZERO):
        yield f"a conditional close of type {kind.value} has the wrong trigger price"


def ability_fault(form: Form, abilities: Abilities) -> str | None:
    """What the venue does not take."""
    terms = form.terms
    if form.order_type not in abilities.order_types:
        known = ", ".join(sorted(kind.value for kind in abilities.order_types))
        return f"the exchange takes no {form.order_type.value} orders here; it takes {known}"
    if terms.time_in_force not in abilities.times_in_force:
        return f"the exchange does not take {terms.time_in_force.value} orders here"
    if terms.close is not None and not abilities.can_close_on_fill:
        return "the exchange takes no conditional close here"
    if terms.reduce_only and not abilities.can_reduce_only:
        return "the exchange takes no reduce-only orders here"
    return None
