"""Events of what a person does to what is there: orders amended, positions closed, everything sold."""

from decimal import Decimal

from tui_trader.engine.messages.event_roots import BaseEvent
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.orders import ClientOrderId


class AmendRequested(BaseEvent, frozen=True, kw_only=True):
    """New terms for an open order are about to leave; until it is known, both count at their worst.

    Args:
        quantity_base: All of it, what is filled included; `None` leaves what is, as for the prices.
        hold_quote: Worst-case quote that the whole order can take with the new terms, fee included.
        deadline_ms: After this moment the exchange must not accept them any more, UTC.
    """

    actor: str
    client_order_id: ClientOrderId
    quantity_base: Decimal | None
    price: Decimal | None
    trigger_price: Decimal | None
    hold_quote: Decimal
    deadline_ms: int


class OrderAmended(BaseEvent, frozen=True, kw_only=True):
    """The order has these terms now: all of them, changed or not."""

    client_order_id: ClientOrderId
    quantity_base: Decimal
    price: Decimal | None
    trigger_price: Decimal | None
    hold_quote: Decimal


class AmendRejected(BaseEvent, frozen=True, kw_only=True):
    """The exchange said a definite no, or a look after the deadline found the old terms."""

    client_order_id: ClientOrderId
    reason: str


class AmendOutcomeUnknown(BaseEvent, frozen=True, kw_only=True):
    """No answer came: the order has its old terms or its new ones; it is looked up."""

    client_order_id: ClientOrderId
    reason: str


class OrderCompleted(BaseEvent, frozen=True, kw_only=True):
    """The exchange calls an order filled with what was booked; told where an amendment left doubt."""

    client_order_id: ClientOrderId


class CloseRequested(BaseEvent, frozen=True, kw_only=True):
    """A share of a position is being sold.

    Args:
        quantity_base: What is to be sold; sales of the pair that fill meanwhile are part of it.
    """

    actor: str
    symbol: Symbol
    fraction: Decimal
    quantity_base: Decimal


class CloseEnded(BaseEvent, frozen=True, kw_only=True):
    """No more is sold of this position.

    Args:
        left_base: What was to be sold and was not.
        reason: Why something is left, in words; empty where nothing is.
    """

    symbol: Symbol
    sold_base: Decimal
    left_base: Decimal
    reason: str = ""


class FlattenRequested(BaseEvent, frozen=True, kw_only=True):
    """Every position is to be sold, once the exchange has confirmed the cancel of all orders."""

    actor: str


class FlattenEnded(BaseEvent, frozen=True, kw_only=True):
    """Everything that could be sold is sold; trading stays halted.

    Args:
        left: What stays and why, a sentence each.
    """

    left: tuple[str, ...] = ()


AmendEvent = AmendRequested | OrderAmended | AmendRejected | AmendOutcomeUnknown | OrderCompleted
"""What happens to the terms of one order."""
ClosingEvent = CloseRequested | CloseEnded | FlattenRequested | FlattenEnded
"""What happens to positions that a person leaves."""
