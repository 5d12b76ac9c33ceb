"""Life of an order, as a table.

Law: every change of status is a row in TRANSITIONS; nothing else may set a status. The diagram in
ARCHITECTURE.md is drawn from this table, so the table is the documentation.

How to think about it: SUBMITTED means the intent is durable, no more. UNKNOWN is a real state, left
only by evidence. A terminal status never changes, but a late fill is still booked: money that moved
is a fact, whatever we believed about the order.
"""

from decimal import Decimal
from typing import Final

import msgspec

from tui_trader.engine.messages.events import (
    CancelRejected,
    CancelRequested,
    Event,
    OrderAccepted,
    OrderCancelled,
    OrderExpired,
    OrderFilled,
    OrderNotPlaced,
    OrderOutcomeUnknown,
    OrderRejected,
)
from tui_trader.engine.messages.hand_events import (
    AmendOutcomeUnknown,
    AmendRejected,
    AmendRequested,
    OrderAmended,
    OrderCompleted,
)
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.money import ZERO
from tui_trader.engine.values.orders import (
    PLAIN_TERMS,
    ClientOrderId,
    CommandId,
    ExchangeOrderId,
    OrderStatus,
    OrderTerms,
    OrderType,
    Side,
)

_S = OrderStatus

TRANSITIONS: Final[dict[OrderStatus, dict[type[Event], OrderStatus]]] = {
    _S.SUBMITTED: {
        OrderAccepted: _S.OPEN,
        OrderRejected: _S.REJECTED,
        OrderOutcomeUnknown: _S.UNKNOWN,
        OrderFilled: _S.PARTIALLY_FILLED,
        CancelRequested: _S.CANCELLING,
        OrderCancelled: _S.CANCELLED,
        OrderExpired: _S.EXPIRED,
    },
    _S.OPEN: {
        OrderFilled: _S.PARTIALLY_FILLED,
        CancelRequested: _S.CANCELLING,
        OrderCancelled: _S.CANCELLED,
        OrderExpired: _S.EXPIRED,
        OrderOutcomeUnknown: _S.UNKNOWN,
        AmendRequested: _S.OPEN,
        OrderAmended: _S.OPEN,
        AmendRejected: _S.OPEN,
        AmendOutcomeUnknown: _S.OPEN,
        OrderCompleted: _S.FILLED,
    },
    _S.PARTIALLY_FILLED: {
        OrderAccepted: _S.PARTIALLY_FILLED,
        OrderFilled: _S.PARTIALLY_FILLED,
        CancelRequested: _S.CANCELLING,
        OrderCancelled: _S.CANCELLED,
        OrderExpired: _S.EXPIRED,
        OrderOutcomeUnknown: _S.UNKNOWN,
        AmendRequested: _S.PARTIALLY_FILLED,
        OrderAmended: _S.PARTIALLY_FILLED,
        AmendRejected: _S.PARTIALLY_FILLED,
        AmendOutcomeUnknown: _S.PARTIALLY_FILLED,
        OrderCompleted: _S.FILLED,
    },
    _S.CANCELLING: {
        OrderAccepted: _S.CANCELLING,
        OrderRejected: _S.REJECTED,
        OrderFilled: _S.CANCELLING,
        CancelRejected: _S.UNKNOWN,
        OrderCancelled: _S.CANCELLED,
        OrderExpired: _S.EXPIRED,
        OrderOutcomeUnknown: _S.UNKNOWN,
        OrderAmended: _S.CANCELLING,
        AmendRejected: _S.CANCELLING,
        AmendOutcomeUnknown: _S.CANCELLING,
        OrderCompleted: _S.FILLED,
    },
    _S.UNKNOWN: {
        OrderAccepted: _S.OPEN,
        OrderRejected: _S.REJECTED,
        OrderFilled: _S.UNKNOWN,
        CancelRequested: _S.UNKNOWN,
        CancelRejected: _S.UNKNOWN,
        OrderCancelled: _S.CANCELLED,
        OrderExpired: _S.EXPIRED,
        OrderNotPlaced: _S.NOT_PLACED,
        OrderAmended: _S.UNKNOWN,
        AmendRejected: _S.UNKNOWN,
        AmendOutcomeUnknown: _S.UNKNOWN,
        OrderCompleted: _S.FILLED,
    },
    _S.FILLED: {},
    _S.CANCELLED: {OrderFilled: _S.CANCELLED},
    _S.EXPIRED: {OrderFilled: _S.EXPIRED},
    _S.REJECTED: {OrderFilled: _S.REJECTED},
    _S.NOT_PLACED: {OrderFilled: _S.NOT_PLACED},
}


class Amendment(msgspec.Struct, frozen=True, kw_only=True):
    """New terms on their way; `None` leaves what is.

    Args:
        command_id: Names it: an answer to an earlier one says nothing of this.
        hold_quote: Worst-case quote of the whole order with the new terms.
        is_unknown: The answer never came.
    """

    command_id: CommandId | None
    quantity_base: Decimal | None
    price: Decimal | None
    trigger_price: Decimal | None
    hold_quote: Decimal
    requested_ms: int
    deadline_ms: int
    is_unknown: bool = False


class OrderRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One order as the journal knows it.

    Args:
        actor: Who asked for it; `external` when it was found at the exchange.
        hold_quote: Worst-case quote reserved for the whole order (0 for a sell).
        cost_quote: Quote moved by its fills so far, fee not included.
        fees_quote: Fees of its fills so far.
        absent_count: Looks after the deadline that did not find it, since it became UNKNOWN.
        reason: Why it ended or is unknown.
        amendment: New terms that nobody has answered yet.
        reach_base: Largest quantity that it ever may have had, where that is more than it has: fills
            of before an amendment may be told after it.
        is_closing: It sells what a person closes.
    """

    client_order_id: ClientOrderId
    exchange_order_id: ExchangeOrderId | None = None
    actor: str
    symbol: Symbol
    side: Side
    order_type: OrderType
    quantity_base: Decimal
    price: Decimal | None
    post_only: bool = False
    terms: OrderTerms = PLAIN_TERMS
    hold_quote: Decimal
    status: OrderStatus
    submitted_ms: int
    deadline_ms: int
    changed_ms: int
    filled_base: Decimal = ZERO
    cost_quote: Decimal = ZERO
    fees_quote: Decimal = ZERO
    absent_count: int = 0
    reason: str = ""
    amendment: Amendment | None = None
    reach_base: Decimal | None = None
    is_closing: bool = False

    @property
    def is_open(self) -> bool:
        """It can still take money: everything that is not terminal, UNKNOWN included."""
        return not self.status.is_terminal

    @property
    def fillable_base(self) -> Decimal:
        """What its fills can come to at most: terms that nobody has answered yet count, too."""
        asked = None if self.amendment is None else self.amendment.quantity_base
        return max(self.quantity_base, asked or ZERO, self.reach_base or ZERO)

    @property
    def remaining_base(self) -> Decimal:
        """Base quantity that can still fill, with its old terms or its new ones."""
        if not self.is_open:
            return ZERO
        asked = None if self.amendment is None else self.amendment.quantity_base
        return max(ZERO, max(self.quantity_base, asked or ZERO) - self.filled_base)

    @property
    def remaining_hold_quote(self) -> Decimal:
        """Quote that the rest of a buy can still take, with its old terms or its new ones."""
        if not self.is_open or self.side is Side.SELL:
            return ZERO
        hold = self._rest_of(self.hold_quote, self.quantity_base)
        if self.amendment is None:
            return hold
        quantity = self.amendment.quantity_base or self.quantity_base
        return max(hold, self._rest_of(self.amendment.hold_quote, quantity))

    def _rest_of(self, hold_quote: Decimal, quantity_base: Decimal) -> Decimal:
        return hold_quote * max(ZERO, quantity_base - self.filled_base) / quantity_base

    @property
    def price_average(self) -> Decimal | None:
        """Mean price of its fills, or `None` before the first."""
        return self.cost_quote / self.filled_base if self.filled_base else None


def next_status(order: OrderRecord, event: Event) -> OrderStatus | None:
    """Status after `event`, or `None` where the table has no such row.

    A fill that completes the order makes it FILLED from any status but REJECTED and NOT_PLACED,
    which keep their contradiction visible.
    """
    row = TRANSITIONS[order.status].get(type(event))
    if row is None:
        return None
    if isinstance(event, OrderFilled):
        # With an amendment in between only the exchange knows which quantity was the whole.
        is_complete = order.filled_base + event.fill.quantity_base >= order.fillable_base
        if is_complete and row not in {_S.REJECTED, _S.NOT_PLACED}:
            return _S.FILLED
    if isinstance(event, OrderAccepted) and row is _S.OPEN and order.filled_base > ZERO:
        return _S.PARTIALLY_FILLED
    return row


def may_follow(order: OrderRecord, event: Event) -> bool:
    """Whether the table lets `event` happen to `order`."""
    return next_status(order, event) is not None
