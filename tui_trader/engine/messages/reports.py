"""Reports: evidence from outside. The core weighs it; none may be refused.

Market reports are latest-value-wins; account reports are all kept, in order.
"""

from decimal import Decimal
from enum import Enum

import msgspec

from tui_trader.engine.values.account import (
    AccountSnapshot,
    ExchangeBalance,
    ExchangeFill,
    ExchangeOrder,
    OrderFinding,
)
from tui_trader.engine.values.books import BookLevel
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.instruments import Instrument, Symbol
from tui_trader.engine.values.modes import LinkState
from tui_trader.engine.values.orders import ClientOrderId, CommandId, ExchangeOrderId


class BaseReport(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What every report carries: when it arrived here, UTC."""

    time_ms: int


class Outcome(Enum):
    """What is known about a request that changes something at the exchange."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    """A definite no: nothing happened."""
    UNKNOWN = "unknown"


class InstrumentsReport(BaseReport, frozen=True, kw_only=True):
    """The pairs of this session as the exchange lists them."""

    instruments: tuple[Instrument, ...]


class TickerReport(BaseReport, frozen=True, kw_only=True):
    """Best prices, last trade and the day of one pair."""

    symbol: Symbol
    bid: Decimal
    ask: Decimal
    last: Decimal
    volume_24h_base: float
    change_24h_percent: float


class BookReport(BaseReport, frozen=True, kw_only=True):
    """Order book of one pair, best levels first.

    Args:
        is_verified: The checksum agreed; an unverified book is empty and prices nothing.
    """

    symbol: Symbol
    bids: tuple[BookLevel, ...]
    asks: tuple[BookLevel, ...]
    is_verified: bool


class CandleReport(BaseReport, frozen=True, kw_only=True):
    """Newest candle of one pair; it changes until the next one begins."""

    symbol: Symbol
    interval: Interval
    candle: Candle


class TakerMinute(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What takers did in one minute, by the venue's clock.

    Args:
        open_time_ms: Start of the minute, UTC.
        bought_base: Quantity that buyers took from the book, as far as it was heard.
        sold_base: Quantity that sellers took.
    """

    open_time_ms: int
    bought_base: float
    sold_base: float


class TakerReport(BaseReport, frozen=True, kw_only=True):
    """What takers of one pair did lately; a statistic, therefore floats.

    Args:
        bought_quote: Value that buyers took from the book.
        sold_quote: Value that sellers took.
        window_ms: How far back that reaches; less where nobody listened before.
        minutes: The newest minutes in which somebody took, the last of them not over yet.
    """

    symbol: Symbol
    bought_quote: float
    sold_quote: float
    window_ms: int
    minutes: tuple[TakerMinute, ...] = ()


class HeartbeatReport(BaseReport, frozen=True, kw_only=True):
    """A link is alive: something was received on it, at most one report a second."""

    link: str


class LinkReport(BaseReport, frozen=True, kw_only=True):
    """A link went up or down."""

    link: str
    state: LinkState
    detail: str = ""


class SubmitReport(BaseReport, frozen=True, kw_only=True):
    """What became of `SubmitOrder`; `exchange_order_id` only when accepted."""

    client_order_id: ClientOrderId
    outcome: Outcome
    exchange_order_id: ExchangeOrderId | None = None
    reason: str = ""


class AmendReport(BaseReport, frozen=True, kw_only=True):
    """What became of `AmendOrder`; `command_id` is its own."""

    client_order_id: ClientOrderId
    command_id: CommandId | None
    outcome: Outcome
    reason: str = ""


class CancelReport(BaseReport, frozen=True, kw_only=True):
    """What became of `WithdrawOrder`. Accepted means taken in: the order's end is reported by itself."""

    client_order_id: ClientOrderId
    outcome: Outcome
    reason: str = ""


class CancelAllReport(BaseReport, frozen=True, kw_only=True):
    """What became of `WithdrawAllOrders`."""

    outcome: Outcome
    count: int = 0
    reason: str = ""


class OrderReport(BaseReport, frozen=True, kw_only=True):
    """The exchange tells the state of one order."""

    order: ExchangeOrder


class FillReport(BaseReport, frozen=True, kw_only=True):
    """The exchange tells one fill, possibly again."""

    fill: ExchangeFill


class BalanceReport(BaseReport, frozen=True, kw_only=True):
    """The exchange tells balances; assets not named are unchanged."""

    balances: tuple[ExchangeBalance, ...]


class LookupReport(BaseReport, frozen=True, kw_only=True):
    """Answer to `LookUpOrder`; `finding` is `None` when the exchange could not be asked.

    Args:
        asked_ms: When the look began, UTC: only a look after the deadline proves absence.
    """

    client_order_id: ClientOrderId
    finding: OrderFinding | None
    asked_ms: int
    reason: str = ""


class AccountReport(BaseReport, frozen=True, kw_only=True):
    """Answer to `FetchAccount`; `snapshot` is `None` when the exchange could not be asked."""

    snapshot: AccountSnapshot | None
    reason: str = ""


class TimerReport(BaseReport, frozen=True, kw_only=True):
    """Time has passed; several a second."""


MarketReport = (
    InstrumentsReport | TickerReport | BookReport | CandleReport | TakerReport | HeartbeatReport
)
AccountSideReport = (
    LinkReport
    | SubmitReport
    | AmendReport
    | CancelReport
    | CancelAllReport
    | OrderReport
    | FillReport
    | BalanceReport
    | LookupReport
    | AccountReport
    | TimerReport
)
Report = MarketReport | AccountSideReport
