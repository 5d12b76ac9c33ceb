"""Queries and Answers: read-only questions of clients, never journaled."""

from decimal import Decimal

import msgspec

from tui_trader.engine.messages.analysis_queries import (
    AnalysisAnswer,
    AskAnalysis,
    AskCatalogue,
    AskMarkets,
    AskTimeframes,
    CatalogueAnswer,
    MarketsAnswer,
    TimeframesAnswer,
)
from tui_trader.engine.messages.events import Event
from tui_trader.engine.messages.query_roots import BaseAnswer as BaseAnswer
from tui_trader.engine.messages.query_roots import BaseQuery as BaseQuery
from tui_trader.engine.messages.query_roots import QueryFailed as QueryFailed
from tui_trader.engine.messages.risk_queries import AskRisk, RiskAnswer
from tui_trader.engine.messages.sentiment_queries import AskSentiment, SentimentAnswer
from tui_trader.engine.messages.signal_queries import SignalQuery, SignalsAnswers
from tui_trader.engine.messages.strategy_queries import (
    AskDecisions,
    AskStrategies,
    DecisionsAnswer,
    StrategiesAnswer,
)
from tui_trader.engine.values.abilities import BudgetLevel
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.orders import PLAIN_TERMS, ClientOrderId, OrderTerms, OrderType, Side


class AskCandles(BaseQuery, frozen=True, kw_only=True):
    """The newest `count` candles of a pair, the open one last. At most 720.

    Args:
        before_ms: Only those that began before this, UTC, from what was kept where the venue's history
            does not reach back that far; 0 for the newest there are.
    """

    symbol: Symbol
    interval: Interval
    count: int
    before_ms: int = 0


class AskTicket(BaseQuery, frozen=True, kw_only=True):
    """What an order would cost now, and what the real gate says of it.

    Args:
        amends: The open order that would get these terms, where none would be sent.
    """

    symbol: Symbol
    side: Side
    order_type: OrderType
    quantity_base: Decimal
    price: Decimal | None
    post_only: bool = False
    terms: OrderTerms = PLAIN_TERMS
    amends: ClientOrderId | None = None


class AskStatus(BaseQuery, frozen=True, kw_only=True):
    """The session at a glance."""


class AskSettings(BaseQuery, frozen=True, kw_only=True):
    """Every setting with its value and where it came from; secrets are masked."""


class AskRecentEvents(BaseQuery, frozen=True, kw_only=True):
    """The newest `limit` journal events, oldest first. At most 1,000.

    Args:
        before: Only those with a lower number than this; 0 for the newest there are.
    """

    limit: int
    before: int = 0


class CandlesAnswer(BaseAnswer, frozen=True, kw_only=True):
    """Candles, oldest first; hours without trades are absent."""

    symbol: Symbol
    interval: Interval
    candles: tuple[Candle, ...]


class GateVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """What one gate says of an order; `text` names the numbers."""

    gate: str
    is_passed: bool
    text: str


class TicketAnswer(BaseAnswer, frozen=True, kw_only=True):
    """An order, priced from the live book.

    Args:
        cost_quote: Quote that leaves (buy) or arrives (sell), fee included; `None`: book unknown.
        fee_quote: Estimated fee.
        price_average: Expected mean price.
        slippage_bps: Distance of that mean from the mid price, against the user; 1 bp is 0.01 %.
        available: What the account could spend now: quote for a buy, base for a sell.
        verdicts: Every gate that was asked, in order; the first refusal decides.
    """

    cost_quote: Decimal | None
    fee_quote: Decimal | None
    price_average: Decimal | None
    slippage_bps: float | None
    available: Decimal | None
    verdicts: tuple[GateVerdict, ...]

    @property
    def refusal(self) -> GateVerdict | None:
        """The gate that would refuse the order, if any."""
        return next((verdict for verdict in self.verdicts if not verdict.is_passed), None)


class FeedStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One link: how long ago it was heard, and its state (`up`, `down`, `stale`, `connecting`)."""

    name: str
    age_ms: int | None
    state: str


class PositionStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One open position; P&L in quote, `None` while the price is unknown."""

    symbol: Symbol
    quantity_base: Decimal
    price_average: Decimal
    price_mark: Decimal | None
    pnl_open: Decimal | None
    pnl_realised: Decimal
    fees: Decimal


class EngineVitals(msgspec.Struct, frozen=True, kw_only=True):
    """The process itself."""

    pid: int
    uptime_s: int
    rss_mb: float


class StatusAnswer(BaseAnswer, frozen=True, kw_only=True):
    """The session at a glance; the fields scripts rely on (`status --json`)."""

    mode: str
    halted: bool
    halt_reason: str | None
    equity: Decimal | None
    cash: Decimal | None
    day_pnl: Decimal | None
    drawdown_ratio: float | None
    positions: tuple[PositionStatus, ...]
    open_orders: int
    unknown_orders: int
    feeds: tuple[FeedStatus, ...]
    engine: EngineVitals
    budgets: tuple[BudgetLevel, ...] = ()


class SettingRow(msgspec.Struct, frozen=True, kw_only=True):
    """One setting as it is in force.

    Args:
        value: As TOML writes it; `default` alike.
        source: A file, a variable or `default`.
        expects: What a value must be: kind, bounds and unit, for people.
        choices: The only values there are, as text; empty where there are others.
    """

    key: str
    value: str
    source: str
    help: str
    default: str = ""
    expects: str = ""
    choices: tuple[str, ...] = ()
    is_secret: bool = False


class SettingsAnswer(BaseAnswer, frozen=True, kw_only=True):
    """Every setting in force."""

    rows: tuple[SettingRow, ...]


class JournalEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One event with its place in the journal."""

    sequence: int
    event: Event


class RecentEventsAnswer(BaseAnswer, frozen=True, kw_only=True):
    """Journal entries, oldest first."""

    entries: tuple[JournalEntry, ...]


Query = (
    AskCandles
    | AskTicket
    | AskStatus
    | AskSettings
    | AskRecentEvents
    | AskCatalogue
    | AskMarkets
    | AskAnalysis
    | AskTimeframes
    | AskSentiment
    | AskDecisions
    | AskStrategies
    | AskRisk
    | SignalQuery
)
Answer = (
    QueryFailed
    | CandlesAnswer
    | TicketAnswer
    | StatusAnswer
    | SettingsAnswer
    | RecentEventsAnswer
    | CatalogueAnswer
    | MarketsAnswer
    | AnalysisAnswer
    | TimeframesAnswer
    | SentimentAnswer
    | DecisionsAnswer
    | StrategiesAnswer
    | RiskAnswer
    | SignalsAnswers
)
