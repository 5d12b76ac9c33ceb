"""Requests: what the core wants from outside. A Report says what became of each."""

from decimal import Decimal

import msgspec

from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.orders import (
    PLAIN_TERMS,
    ClientOrderId,
    CommandId,
    ExchangeOrderId,
    OrderTerms,
    OrderType,
    Side,
)


class BaseRequest(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Root of every request."""


class SubmitOrder(BaseRequest, frozen=True, kw_only=True):
    """Send an order, once; answered by `SubmitReport`.

    Args:
        deadline_ms: The exchange must not accept it after this moment, UTC.
    """

    client_order_id: ClientOrderId
    symbol: Symbol
    side: Side
    order_type: OrderType
    quantity_base: Decimal
    price: Decimal | None
    post_only: bool
    deadline_ms: int
    terms: OrderTerms = PLAIN_TERMS


class WithdrawOrder(BaseRequest, frozen=True, kw_only=True):
    """Cancel one order; answered by `CancelReport`."""

    client_order_id: ClientOrderId
    exchange_order_id: ExchangeOrderId | None


class WithdrawAllOrders(BaseRequest, frozen=True, kw_only=True):
    """Cancel every order of the account; answered by `CancelAllReport`. Safe to repeat."""


class AmendOrder(BaseRequest, frozen=True, kw_only=True):
    """Give one open order new terms; `None` leaves what is. It keeps its names; answered by `AmendReport`.

    Args:
        command_id: Names the amendment; its report repeats it.
        quantity_base: All of it, what is filled included.
        post_only: Refuse new terms that would take liquidity.
        deadline_ms: The exchange must not accept it after this moment, UTC.
    """

    client_order_id: ClientOrderId
    exchange_order_id: ExchangeOrderId | None
    symbol: Symbol
    quantity_base: Decimal | None = None
    price: Decimal | None = None
    trigger_price: Decimal | None = None
    display_base: Decimal | None = None
    post_only: bool = False
    deadline_ms: int
    command_id: CommandId | None = None


class LookUpOrder(BaseRequest, frozen=True, kw_only=True):
    """Ask open, closed and trades for one order; answered by `LookupReport`.

    Args:
        since_ms: The order cannot be older, UTC.
    """

    client_order_id: ClientOrderId
    exchange_order_id: ExchangeOrderId | None
    since_ms: int


class FetchAccount(BaseRequest, frozen=True, kw_only=True):
    """Ask for open orders, what closed and filled since `since_ms`, balances; answered by `AccountReport`."""

    since_ms: int


class StopEngine(BaseRequest, frozen=True, kw_only=True):
    """End the session in order."""


Request = (
    SubmitOrder
    | AmendOrder
    | WithdrawOrder
    | WithdrawAllOrders
    | LookUpOrder
    | FetchAccount
    | StopEngine
)
