"""What an order is made of: side, type, status, and the names that identify it."""

from enum import Enum
from typing import NewType

ClientOrderId = NewType("ClientOrderId", str)
"""UUID with hyphens that we choose before sending; Kraken's `cl_ord_id`."""
ExchangeOrderId = NewType("ExchangeOrderId", str)
"""Name the exchange gave the order; Kraken's `txid`."""
ExecutionId = NewType("ExecutionId", str)
"""Name the exchange gave one fill; unique per exchange, the key that books a fill once."""
CommandId = NewType("CommandId", str)
"""Name a client chose for one command, to recognise the answer."""


class Side(Enum):
    """Direction of an order."""

    BUY = "buy"
    SELL = "sell"

    @property
    def sign(self) -> int:
        """+1 for buy, -1 for sell."""
        return 1 if self is Side.BUY else -1

    @property
    def opposite(self) -> "Side":
        """The side that closes this one."""
        return Side.SELL if self is Side.BUY else Side.BUY


class OrderType(Enum):
    """How an order finds its price."""

    MARKET = "market"
    LIMIT = "limit"


class OrderStatus(Enum):
    """Where an order is in its life; the moves between them are in `state.order_life`."""

    SUBMITTED = "submitted"
    """The intent is durable; the request has left or is about to, no answer yet."""
    OPEN = "open"
    PARTIALLY_FILLED = "partially_filled"
    CANCELLING = "cancelling"
    """A cancel has left; the exchange has not confirmed it."""
    UNKNOWN = "unknown"
    """The answer never came: the order may or may not exist."""
    FILLED = "filled"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REJECTED = "rejected"
    """The exchange said a definite no."""
    NOT_PLACED = "not_placed"
    """Looked up after its deadline and proven absent."""

    @property
    def is_terminal(self) -> bool:
        """No event may change the status any more (a late fill is booked all the same)."""
        return self in _TERMINAL


_TERMINAL = frozenset(
    {
        OrderStatus.FILLED,
        OrderStatus.CANCELLED,
        OrderStatus.EXPIRED,
        OrderStatus.REJECTED,
        OrderStatus.NOT_PLACED,
    }
)
