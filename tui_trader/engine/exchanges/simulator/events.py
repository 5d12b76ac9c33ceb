"""What happened on the account: the rows of the exchange's journal.

Law: `Account.apply` of these, in order, rebuilds every order, fill and balance.
"""

from decimal import Decimal
from enum import Enum

import msgspec

from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.orders import ExchangeOrderId, ExecutionId, OrderType, Side


class TimeInForce(Enum):
    """How long an order may wait."""

    GTC = "GTC"
    """Until cancelled."""
    IOC = "IOC"
    """Not at all: what does not match at once is cancelled."""


class OrderRow(msgspec.Struct, frozen=True, kw_only=True):
    """What every row about an order says."""

    time_ms: int
    txid: ExchangeOrderId
    cl_ord_id: str | None
    userref: int | None
    pair: Symbol
    side: Side
    order_type: OrderType = msgspec.field(name="type")
    volume: Decimal
    """Base quantity: of the order, of the fill, or left when cancelled."""
    price: Decimal | None
    """Limit of the order (`None` for market), or price of the fill."""


class OrderAccepted(OrderRow, frozen=True, kw_only=True, tag_field="kind", tag="order"):
    """The exchange took an order in."""

    post_only: bool
    time_in_force: TimeInForce


class OrderFilled(OrderRow, frozen=True, kw_only=True, tag_field="kind", tag="fill"):
    """Part of an order, or all of it, traded.

    Args:
        cost: Quote that changed hands, fee apart.
        fee: Quote charged.
        trade_id: Name of the fill: WebSocket `exec_id`, key in TradesHistory.
        tape_id: Number of the trade on the public tape.
    """

    cost: Decimal
    fee: Decimal
    trade_id: ExecutionId
    tape_id: int
    is_maker: bool


class OrderCancelled(OrderRow, frozen=True, kw_only=True, tag_field="kind", tag="cancel"):
    """An order ended before it was filled."""

    reason: str


class BalanceChanged(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="balance"):
    """One ledger entry.

    Args:
        ref_id: What caused it: a fill's `trade_id`, or the deposit's own name.
        amount: Change without the fee, signed.
        fee: Charged on top.
        balance: Balance afterwards, `amount` and fee included.
        reason: `trade` or `deposit`.
    """

    time_ms: int
    ledger_id: str
    ref_id: str
    asset: str
    amount: Decimal
    fee: Decimal
    balance: Decimal
    reason: str


AccountEvent = OrderAccepted | OrderFilled | OrderCancelled | BalanceChanged


class TapePrint(msgspec.Struct, frozen=True, kw_only=True):
    """One trade on the public tape, whoever made it.

    Args:
        side: What the taker did.
    """

    tape_id: int
    time_ms: int
    symbol: Symbol
    side: Side
    order_type: OrderType
    ticks: int
    lots: int
