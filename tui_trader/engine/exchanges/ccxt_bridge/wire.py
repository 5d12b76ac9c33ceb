"""Answers of Kraken's REST interface, as far as we read them.

Unknown fields are tolerated, missing and mistyped ones are a `ValidationError`. Amounts come as
text and become exact; times come as floats, statistics stay floats.
"""

from decimal import Decimal

import msgspec


class FeeTier(msgspec.Struct, frozen=True, array_like=True):
    """Fee in percent from a 30-day volume on."""

    volume: float
    percent: float


class PairRow(msgspec.Struct, frozen=True):
    """One pair of AssetPairs."""

    altname: str
    base: str
    quote: str
    pair_decimals: int
    lot_decimals: int
    wsname: str = ""
    fees: tuple[FeeTier, ...] = ()
    fees_maker: tuple[FeeTier, ...] = ()
    ordermin: Decimal = Decimal(0)
    costmin: Decimal = Decimal(0)
    tick_size: Decimal | None = None


class OrderSentence(msgspec.Struct, frozen=True):
    """What was ordered: `descr` of an order; prices may be distances, as `+5%`."""

    pair: str
    type: str
    ordertype: str
    price: str = "0"
    price2: str = "0"


class OrderRow(msgspec.Struct, frozen=True):
    """One order of OpenOrders, ClosedOrders or QueryOrders."""

    status: str
    opentm: float
    descr: OrderSentence
    vol: Decimal
    vol_exec: Decimal
    cl_ord_id: str | None = None
    closetm: float = 0.0
    reason: str | None = None
    oflags: str | None = ""
    stopprice: Decimal | None = None

    @property
    def is_over(self) -> bool:
        """Whether the order has ended."""
        return self.status not in {"pending", "open"}


class TradeRow(msgspec.Struct, frozen=True):
    """One fill of TradesHistory."""

    ordertxid: str
    pair: str
    time: float
    type: str
    price: Decimal
    vol: Decimal
    fee: Decimal
    maker: bool = False


class BalanceRow(msgspec.Struct, frozen=True):
    """One asset of BalanceEx, what orders hold included."""

    balance: Decimal


class CandleRow(msgspec.Struct, frozen=True, array_like=True):
    """One row of OHLC; the average price stands before the volume."""

    time_s: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    vwap: Decimal
    volume: Decimal


class TapeRow(msgspec.Struct, frozen=True, array_like=True):
    """One row of Trades: a trade of the market."""

    price: Decimal
    volume: Decimal
    time: Decimal
    side: str
    kind: str
    misc: str = ""
    trade_id: int | None = None


class OpenOrdersAnswer(msgspec.Struct, frozen=True):
    """Answer of OpenOrders: all of them."""

    open: dict[str, OrderRow]


class ClosedOrdersAnswer(msgspec.Struct, frozen=True):
    """Answer of ClosedOrders: one page and the number of rows on all pages."""

    closed: dict[str, OrderRow]
    count: int = 0


class TradesAnswer(msgspec.Struct, frozen=True):
    """Answer of TradesHistory: one page and the number of rows on all pages."""

    trades: dict[str, TradeRow]
    count: int = 0


class AddOrderAnswer(msgspec.Struct, frozen=True):
    """Answer of AddOrder; one name, as no conditional close is sent."""

    txid: tuple[str, ...]


class AmendAnswer(msgspec.Struct, frozen=True):
    """Answer of AmendOrder."""

    amend_id: str


class CountAnswer(msgspec.Struct, frozen=True):
    """Answer of CancelOrder and CancelAll."""

    count: int


class TokenAnswer(msgspec.Struct, frozen=True):
    """Answer of GetWebSocketsToken."""

    token: str


class TimeAnswer(msgspec.Struct, frozen=True):
    """Answer of Time."""

    unixtime: int
