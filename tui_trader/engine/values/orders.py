"""What an order is made of: side, type, terms, status, and the names that identify it."""

from decimal import Decimal
from enum import Enum
from typing import NewType

import msgspec

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
    ICEBERG = "iceberg"
    """A limit order that shows a part of itself."""
    STOP_LOSS = "stop-loss"
    STOP_LOSS_LIMIT = "stop-loss-limit"
    TAKE_PROFIT = "take-profit"
    TAKE_PROFIT_LIMIT = "take-profit-limit"
    TRAILING_STOP = "trailing-stop"
    TRAILING_STOP_LIMIT = "trailing-stop-limit"

    @property
    def is_triggered(self) -> bool:
        """Whether it sleeps at the exchange until a price is reached."""
        return self not in {OrderType.MARKET, OrderType.LIMIT, OrderType.ICEBERG}

    @property
    def is_trailing(self) -> bool:
        """Whether its trigger follows the market."""
        return self in {OrderType.TRAILING_STOP, OrderType.TRAILING_STOP_LIMIT}

    @property
    def has_limit(self) -> bool:
        """Whether it never trades at a worse price than its limit."""
        return self in {OrderType.LIMIT, OrderType.ICEBERG} or self.value.endswith("-limit")


class TimeInForce(Enum):
    """How long an order stays."""

    GTC = "GTC"
    """Until it is cancelled."""
    IOC = "IOC"
    """What does not trade at once is gone."""
    GTD = "GTD"
    """Until a moment."""


class TrailingOffset(msgspec.Struct, frozen=True, kw_only=True):
    """Distance that a trailing stop keeps from the market.

    Args:
        amount: Quote per base, or percent; above zero.
        limit_offset: Distance of the limit from the trigger, on the costly side, in the same unit; a
            trailing-stop-limit alone has one.
    """

    amount: Decimal
    is_percent: bool = False
    limit_offset: Decimal | None = None


class ConditionalClose(msgspec.Struct, frozen=True, kw_only=True):
    """Order on the other side that each fill brings forth at the exchange.

    Args:
        price: Limit, for types that have one.
        trigger_price: Trigger, for types that have one.
    """

    order_type: OrderType
    price: Decimal | None = None
    trigger_price: Decimal | None = None


class OrderTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What an order may say beside type, quantity and limit; an order without them says nothing here.

    Args:
        trigger_price: Last trade that wakes it.
        display_base: What an iceberg shows.
        expires_ms: When it ends, UTC; GTD alone has it.
        reduce_only: Refuse to open or grow a position; margin only.
    """

    trigger_price: Decimal | None = None
    display_base: Decimal | None = None
    time_in_force: TimeInForce = TimeInForce.GTC
    expires_ms: int | None = None
    trailing: TrailingOffset | None = None
    close: ConditionalClose | None = None
    reduce_only: bool = False


PLAIN_TERMS = OrderTerms()
"""Of a market or limit order that says nothing else."""


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
