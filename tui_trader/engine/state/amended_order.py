"""What an amendment makes of an order's record.

Law: until it is known which terms an order has, both count at their worst; fills are booked whichever
of the two they fit.
"""

from decimal import Decimal
from typing import assert_never

import msgspec

from tui_trader.engine.messages.hand_events import (
    AmendEvent,
    AmendOutcomeUnknown,
    AmendRejected,
    AmendRequested,
    OrderAmended,
    OrderCompleted,
)
from tui_trader.engine.state.order_life import Amendment, OrderRecord

_replace = msgspec.structs.replace


def after_amendment(order: OrderRecord, event: AmendEvent) -> OrderRecord:
    """The record with this event folded in; its status is the order table's."""
    match event:
        case AmendRequested():
            return _replace(
                order,
                amendment=Amendment(
                    command_id=event.command_id,
                    quantity_base=event.quantity_base,
                    price=event.price,
                    trigger_price=event.trigger_price,
                    hold_quote=event.hold_quote,
                    requested_ms=event.time_ms,
                    deadline_ms=event.deadline_ms,
                ),
            )
        case OrderAmended():
            return _with_terms(order, event)
        case AmendRejected():
            return _replace(order, amendment=None)
        case AmendOutcomeUnknown():
            assert order.amendment is not None, order
            return _replace(order, amendment=_replace(order.amendment, is_unknown=True))
        case OrderCompleted():
            return order
        case _:
            assert_never(event)


def ended(order: OrderRecord) -> OrderRecord:
    """The record of an order that is over: a late fill may still fit what it was to become."""
    if order.amendment is None:
        return order
    return _replace(
        order, amendment=None, reach_base=_beyond(order.quantity_base, order.fillable_base)
    )


def _with_terms(order: OrderRecord, event: OrderAmended) -> OrderRecord:
    terms = order.terms
    if event.trigger_price != terms.trigger_price:
        terms = _replace(terms, trigger_price=event.trigger_price)
    return _replace(
        order,
        quantity_base=event.quantity_base,
        price=event.price,
        terms=terms,
        hold_quote=event.hold_quote,
        amendment=None,
        reach_base=_beyond(event.quantity_base, order.fillable_base),
    )


def _beyond(quantity_base: Decimal, reach_base: Decimal) -> Decimal | None:
    return reach_base if reach_base > quantity_base else None
