"""Messages of Kraken's WebSocket v2, as far as we read them.

Unknown fields are tolerated, missing and mistyped ones end the connection. Amounts are JSON numbers
with trailing zeros; a `Decimal` field keeps their text.
"""

from decimal import Decimal

import msgspec


class AckResult(msgspec.Struct, frozen=True):
    """What a confirmation of a subscription is about."""

    channel: str
    symbol: str | None = None


class QuoteRow(msgspec.Struct, frozen=True):
    """The numbers of a row of the ticker channel, quick to read: most are replaced before they are told."""

    symbol: str
    bid: float
    ask: float
    last: float
    volume: float
    change_pct: float = 0.0


class TickerRow(msgspec.Struct, frozen=True):
    """One row of the ticker channel, prices exact."""

    symbol: str
    bid: Decimal
    ask: Decimal
    last: Decimal
    volume: float
    change_pct: float = 0.0


class OhlcRow(msgspec.Struct, frozen=True):
    """One row of the ohlc channel; `interval_begin` has nanoseconds."""

    symbol: str
    open: float
    high: float
    low: float
    close: float
    volume: float
    interval_begin: str
    interval: int


class TradeRow(msgspec.Struct, frozen=True):
    """One row of the trade channel; `side` is the taker's."""

    symbol: str
    side: str
    price: float
    qty: float
    timestamp: str = ""


class Fee(msgspec.Struct, frozen=True):
    """A fee of one fill."""

    asset: str
    qty: Decimal


class Trigger(msgspec.Struct, frozen=True):
    """What wakes an order: a price, or for a trailing one a distance and the price it means now."""

    price: Decimal | None = None
    actual_price: Decimal | None = None
    price_type: str = "static"


class ExecutionRow(msgspec.Struct, frozen=True):
    """One row of the executions channel. Only a first row is complete; later ones name what changed."""

    order_id: str
    exec_type: str
    timestamp: str
    order_status: str | None = None
    cl_ord_id: str | None = None
    symbol: str | None = None
    side: str | None = None
    order_type: str | None = None
    order_qty: Decimal | None = None
    limit_price: Decimal | None = None
    cum_qty: Decimal | None = None
    reason: str | None = None
    exec_id: str | None = None
    last_qty: Decimal | None = None
    last_price: Decimal | None = None
    liquidity_ind: str | None = None
    triggers: Trigger | None = None
    fees: tuple[Fee, ...] = ()


class Wallet(msgspec.Struct, frozen=True):
    """Part of a balance in a snapshot."""

    type: str
    id: str
    balance: Decimal


class BalanceRow(msgspec.Struct, frozen=True):
    """One row of the balances channel: a whole asset in a snapshot, one wallet in an update."""

    asset: str
    balance: Decimal
    wallets: tuple[Wallet, ...] = ()
    wallet_type: str = "spot"
    wallet_id: str = "main"
