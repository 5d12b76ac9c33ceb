"""Events: what happened. None may be refused; the journal of them is the truth.

Law: `TradingState.apply` of the events, in order, rebuilds the whole state. Whatever a decision
needs after a restart must therefore be in an event.
"""

from decimal import Decimal

from tui_trader.engine.messages.event_roots import BaseEvent
from tui_trader.engine.messages.hand_events import AmendEvent, ClosingEvent
from tui_trader.engine.messages.signal_events import ModelRefuted as ModelRefuted
from tui_trader.engine.messages.strategy_queries import DecisionRow
from tui_trader.engine.values.account import ExchangeFill, ExchangeOrder
from tui_trader.engine.values.instruments import Asset, Symbol
from tui_trader.engine.values.modes import LinkState, Mode
from tui_trader.engine.values.orders import (
    PLAIN_TERMS,
    ClientOrderId,
    ExchangeOrderId,
    OrderTerms,
    OrderType,
    Side,
)
from tui_trader.engine.values.strategies import StrategyNote, StrategySpec


class EngineStarted(BaseEvent, frozen=True, kw_only=True):
    """A session began; nothing is traded before it has reconciled."""

    mode: Mode
    venue: str
    version: str


class EngineStopping(BaseEvent, frozen=True, kw_only=True):
    """The session ends in order."""

    actor: str


class CommandRefused(BaseEvent, frozen=True, kw_only=True):
    """A rule said no.

    Args:
        gate: Name of the rule.
        reason: What, to which thing, and what to do.
        subject: The order that was asked for, in words; empty for other commands.
    """

    actor: str
    gate: str
    reason: str
    subject: str = ""


class OrderSubmitted(BaseEvent, frozen=True, kw_only=True):
    """The intent to send an order; durable before a byte leaves.

    Args:
        hold_quote: Worst-case quote the order can take, fee included (0 for a sell).
        deadline_ms: After this moment the exchange must not accept it any more, UTC.
        is_closing: It sells what a person closes: a halt lets it pass.
    """

    actor: str
    client_order_id: ClientOrderId
    symbol: Symbol
    side: Side
    order_type: OrderType
    quantity_base: Decimal
    price: Decimal | None
    post_only: bool
    hold_quote: Decimal
    deadline_ms: int
    terms: OrderTerms = PLAIN_TERMS
    is_closing: bool = False


class OrderAccepted(BaseEvent, frozen=True, kw_only=True):
    """The exchange has the order."""

    client_order_id: ClientOrderId
    exchange_order_id: ExchangeOrderId


class OrderRejected(BaseEvent, frozen=True, kw_only=True):
    """The exchange said a definite no."""

    client_order_id: ClientOrderId
    reason: str


class OrderOutcomeUnknown(BaseEvent, frozen=True, kw_only=True):
    """No answer came: the order may exist. It counts in every limit until found or proven absent."""

    client_order_id: ClientOrderId
    reason: str


class OrderFoundAbsent(BaseEvent, frozen=True, kw_only=True):
    """One look at open, closed and trades, taken after the deadline, did not find the order."""

    client_order_id: ClientOrderId


class OrderNotPlaced(BaseEvent, frozen=True, kw_only=True):
    """Enough such looks: the order does not exist and cannot come to exist."""

    client_order_id: ClientOrderId


class OrderFilled(BaseEvent, frozen=True, kw_only=True):
    """A fill, booked once; `client_order_id` names our order even if the exchange did not."""

    client_order_id: ClientOrderId
    fill: ExchangeFill


class OrderCancelled(BaseEvent, frozen=True, kw_only=True):
    """The exchange confirmed that the rest of the order is gone."""

    client_order_id: ClientOrderId
    reason: str = ""


class OrderExpired(BaseEvent, frozen=True, kw_only=True):
    """The exchange let the order lapse."""

    client_order_id: ClientOrderId
    reason: str = ""


class OrderAdopted(BaseEvent, frozen=True, kw_only=True):
    """The exchange holds an order of this account that we did not send; shown as EXTERNAL.

    Args:
        client_order_id: Its own, or `external-` and the exchange's id.
    """

    client_order_id: ClientOrderId
    order: ExchangeOrder


class CancelRequested(BaseEvent, frozen=True, kw_only=True):
    """A cancel is about to leave."""

    actor: str
    client_order_id: ClientOrderId


class CancelRejected(BaseEvent, frozen=True, kw_only=True):
    """The cancel did not take effect, or nobody knows; the order is looked up."""

    client_order_id: ClientOrderId
    reason: str


class CancelAllRequested(BaseEvent, frozen=True, kw_only=True):
    """A cancel of everything is about to leave."""

    actor: str


class CancelAllConfirmed(BaseEvent, frozen=True, kw_only=True):
    """The exchange cancelled everything; `count` is what it says it was."""

    count: int


class CancelAllFailed(BaseEvent, frozen=True, kw_only=True):
    """The exchange did not confirm; it is asked again until it does."""

    reason: str


class TradingHalted(BaseEvent, frozen=True, kw_only=True):
    """The emergency stop latched; it survives restarts.

    Args:
        asked_ms: When it was asked for, UTC; 0 where that is `time_ms`.
    """

    actor: str
    reason: str
    open_order_count: int
    asked_ms: int = 0


class TradingResumed(BaseEvent, frozen=True, kw_only=True):
    """A person unlatched the emergency stop."""

    actor: str


class BalanceChanged(BaseEvent, frozen=True, kw_only=True):
    """The exchange reports another balance, holds included."""

    asset: Asset
    total: Decimal


class EquityMarked(BaseEvent, frozen=True, kw_only=True):
    """Account value in quote currency, once a minute while every price is known."""

    equity_quote: Decimal


class ReconcileStarted(BaseEvent, frozen=True, kw_only=True):
    """The account is being compared with the journal; no new order before it agrees."""

    reason: str


class ReconcileCompleted(BaseEvent, frozen=True, kw_only=True):
    """Journal and exchange agree.

    Args:
        fills_found: Fills that only this look revealed.
        checked_ms: When the look began: the next one looks back from here.
        unread: What the exchange told and nobody here can read, each in a sentence.
    """

    fills_found: int
    orders_found: int
    checked_ms: int
    unread: tuple[str, ...] = ()


class ReconcileFailed(BaseEvent, frozen=True, kw_only=True):
    """The exchange could not be asked; it is tried again."""

    reason: str


class LinkChanged(BaseEvent, frozen=True, kw_only=True):
    """A connection went up or down."""

    link: str
    state: LinkState
    detail: str = ""


class AnomalyFound(BaseEvent, frozen=True, kw_only=True):
    """Evidence that contradicts the journal; it is set aside, and trading halts."""

    text: str


class LimitChanged(BaseEvent, frozen=True, kw_only=True):
    """A limit of [limits] or [risk] is another one until the engine ends.

    Args:
        key: Dotted name: `risk.daily_loss_max_percent`.
        is_looser: It allows more than before.
    """

    actor: str
    key: str
    value: Decimal
    before: Decimal
    is_looser: bool


class StrategyStarted(BaseEvent, frozen=True, kw_only=True):
    """A strategy trades by itself from now on, through every restart."""

    actor: str
    spec: StrategySpec
    note: StrategyNote


class StrategyNoted(BaseEvent, frozen=True, kw_only=True):
    """What a strategy must not forget has changed: a candle, an order, a fill."""

    strategy: str
    note: StrategyNote


class StrategyDecided(BaseEvent, frozen=True, kw_only=True):
    """Why a strategy traded or did not: kept, so that a restart does not forget it."""

    strategy: str
    rows: tuple[DecisionRow, ...]


class StrategyWroteOff(BaseEvent, frozen=True, kw_only=True):
    """Coins that a strategy had bought are not in the account any more: it counts them no longer.

    Args:
        quantity_base: How many.
        reason: What showed it.
    """

    strategy: str
    symbol: Symbol
    quantity_base: Decimal
    reason: str


class StrategyRefilled(BaseEvent, frozen=True, kw_only=True):
    """Candles that a strategy had not heard were fetched: it knows them, but enters on none of them.

    Args:
        missed_count: Candles that ended while nobody told it.
    """

    strategy: str
    missed_count: int
    reason: str


class StrategyHeld(BaseEvent, frozen=True, kw_only=True):
    """A strategy enters nothing until it is started again; what it holds stays protected."""

    strategy: str
    reason: str


class StrategyContinued(BaseEvent, frozen=True, kw_only=True):
    """A person let a held strategy enter again.

    Args:
        file_digest: SHA-256 of its file now, which may have been mended; "" for one without.
    """

    actor: str
    strategy: str
    file_digest: str = ""


class StrategyClosing(BaseEvent, frozen=True, kw_only=True):
    """A strategy sells what it holds, and ends."""

    actor: str
    strategy: str


class StrategyStopped(BaseEvent, frozen=True, kw_only=True):
    """A strategy has ended.

    Args:
        left: What it still held, in words; nothing protects that any more.
    """

    actor: str
    strategy: str
    left: str = ""


StrategyEvent = (
    StrategyStarted
    | StrategyNoted
    | StrategyDecided
    | StrategyWroteOff
    | StrategyRefilled
    | StrategyHeld
    | StrategyContinued
    | StrategyClosing
    | StrategyStopped
)
"""What happens to one strategy."""
OrderEvent = (
    OrderSubmitted
    | OrderAccepted
    | OrderRejected
    | OrderOutcomeUnknown
    | OrderFoundAbsent
    | OrderNotPlaced
    | OrderFilled
    | OrderCancelled
    | OrderExpired
    | OrderAdopted
    | CancelRequested
    | CancelRejected
    | AmendEvent
)
"""What happens to one order; each names it by `client_order_id`."""
SessionEvent = (
    EngineStarted
    | EngineStopping
    | CommandRefused
    | CancelAllRequested
    | CancelAllConfirmed
    | CancelAllFailed
    | TradingHalted
    | TradingResumed
    | BalanceChanged
    | EquityMarked
    | ReconcileStarted
    | ReconcileCompleted
    | ReconcileFailed
    | LinkChanged
    | AnomalyFound
    | LimitChanged
    | ModelRefuted
)
"""What happens to the account, the session or its links."""
Event = OrderEvent | SessionEvent | StrategyEvent | ClosingEvent
