"""What an exchange says about an account: its orders, its fills, its balances."""

from decimal import Decimal

import msgspec

from tui_trader.engine.values.instruments import Asset, Symbol
from tui_trader.engine.values.orders import (
    ClientOrderId,
    ExchangeOrderId,
    ExecutionId,
    OrderStatus,
    OrderType,
    Side,
)


class ExchangeOrder(msgspec.Struct, frozen=True, kw_only=True):
    """One order as the exchange tells it.

    Args:
        client_order_id: `None` when it was not placed with one (by hand, by another program).
        status: One of OPEN, PARTIALLY_FILLED, FILLED, CANCELLED, EXPIRED, REJECTED.
        price: Limit price; `None` for a market order.
        reason: Why it ended, in the exchange's words, sanitised.
        trigger_price: Where it wakes, as far as told; a trailing one's moves.
    """

    exchange_order_id: ExchangeOrderId
    client_order_id: ClientOrderId | None
    symbol: Symbol
    side: Side
    order_type: OrderType
    status: OrderStatus
    quantity_base: Decimal
    filled_base: Decimal
    price: Decimal | None
    opened_ms: int
    reason: str = ""
    trigger_price: Decimal | None = None


class ExchangeFill(msgspec.Struct, frozen=True, kw_only=True):
    """One fill as the exchange tells it.

    Args:
        fee: Amount of `fee_asset` that was charged.
        client_order_id: `None` where the exchange does not repeat it (Kraken's trade history).
    """

    execution_id: ExecutionId
    exchange_order_id: ExchangeOrderId
    client_order_id: ClientOrderId | None
    symbol: Symbol
    side: Side
    price: Decimal
    quantity_base: Decimal
    fee: Decimal
    fee_asset: Asset
    is_maker: bool
    filled_ms: int


class ExchangeBalance(msgspec.Struct, frozen=True, kw_only=True):
    """What the account holds of one asset, holds for open orders included in `total`."""

    asset: Asset
    total: Decimal


class AccountSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """The account as one look at the exchange found it.

    Args:
        open_orders: Every open order.
        closed_orders: Orders that ended since the look-back time, oldest first.
        fills: Fills since the look-back time, oldest first, all pages.
        balances: Every asset with a balance.
        taken_ms: When the look began, UTC: what happened later may be missing.
        unread: What the exchange told and nobody here can read, each named in a sentence: an order
            of a pair that is not listed any more, a balance below zero.
    """

    open_orders: tuple[ExchangeOrder, ...]
    closed_orders: tuple[ExchangeOrder, ...]
    fills: tuple[ExchangeFill, ...]
    balances: tuple[ExchangeBalance, ...]
    taken_ms: int
    unread: tuple[str, ...] = ()


class OrderFinding(msgspec.Struct, frozen=True, kw_only=True):
    """Answer to "does this order exist?": open, closed and trades were asked.

    Args:
        order: `None` when neither the open nor the closed orders know the id.
        fills: All fills of the order.
    """

    order: ExchangeOrder | None
    fills: tuple[ExchangeFill, ...] = ()
