"""The whole state of trading, and the only place where it changes.

Law: `apply(event)` is total and pure: the same events in the same order give the same state, here,
in the console's mirror and after a crash. It never looks at a clock or a price. An event that the
order table does not allow is a bug of whoever emitted it: assert, crash, restart.
"""

from decimal import Decimal
from typing import assert_never

import msgspec

from tui_trader.engine.messages.events import (
    AnomalyFound,
    BalanceChanged,
    CancelAllConfirmed,
    CancelAllFailed,
    CancelAllRequested,
    CancelRejected,
    CommandRefused,
    EngineStarted,
    EngineStopping,
    EquityMarked,
    Event,
    LimitChanged,
    LinkChanged,
    ModelRefuted,
    OrderAccepted,
    OrderAdopted,
    OrderEvent,
    OrderFilled,
    OrderFoundAbsent,
    OrderSubmitted,
    ReconcileCompleted,
    ReconcileFailed,
    ReconcileStarted,
    SessionEvent,
    StrategyEvent,
    TradingHalted,
    TradingResumed,
)
from tui_trader.engine.messages.hand_events import AmendEvent, ClosingEvent
from tui_trader.engine.messages.signal_reports import model_name
from tui_trader.engine.state.amended_order import after_amendment, ended
from tui_trader.engine.state.closing_record import Leaving
from tui_trader.engine.state.ledger import Position, book_fill
from tui_trader.engine.state.order_life import OrderRecord, next_status
from tui_trader.engine.state.strategy_record import (
    StrategyRecord,
    apply_to_strategies,
    hold_all,
)
from tui_trader.engine.values.account import ExchangeFill
from tui_trader.engine.values.instruments import Asset, Symbol
from tui_trader.engine.values.modes import LinkState, Mode
from tui_trader.engine.values.money import ZERO
from tui_trader.engine.values.orders import (
    ClientOrderId,
    ExchangeOrderId,
    ExecutionId,
    OrderStatus,
    OrderTerms,
    Side,
)
from tui_trader.engine.values.time import utc_day

REFUTED_MAX = 500
"""Refuted models that are remembered: a store keeps twenty versions of a pair."""
FILLS_SHOWN_MAX = 500
"""Fills kept in full for screens; the journal has all of them."""


class Halt(msgspec.Struct, frozen=True, kw_only=True):
    """The latched emergency stop: who, when, why, and what became of the orders.

    Args:
        open_order_count: Orders that were open when it latched.
        is_cancel_confirmed: The exchange confirmed that it cancelled everything.
        cancelled_count: How many the exchange said it cancelled.
    """

    actor: str
    reason: str
    time_ms: int
    open_order_count: int
    is_cancel_confirmed: bool = False
    cancelled_count: int = 0


class BookedFill(msgspec.Struct, frozen=True, kw_only=True):
    """One fill and the order it belongs to."""

    client_order_id: ClientOrderId
    fill: ExchangeFill


class TradingState(msgspec.Struct, kw_only=True):
    """Everything a restart must not forget.

    Args:
        is_reconciled: Journal and exchange were compared and agree; no new order before.
        reconciled_ms: When the last comparison began; the next looks back from here.
        open_ids: Names of the orders that can still take money, oldest first: years of ended orders
            must not slow down a gate.
        exchange_ids: Our name of an order by the exchange's.
        execution_ids: Every fill ever booked, so that none is booked twice.
        unsettled: Outflow of fills since the exchange last told the balance of that asset.
        equity_day_start: First equity of the UTC day `equity_day`, quote.
        equity_peak: Highest equity ever marked, quote.
        strategies: Those that were started and have not ended, by name.
        limits: Limits that were changed since the engine started, by their dotted names.
        leaving: Positions that a person is closing, and the sale of everything.
        refuted: Models whose promises did not hold, and why, by `signal_reports.model_name`.
    """

    mode: Mode | None = None
    venue: str = ""
    halt: Halt | None = None
    is_reconciled: bool = False
    is_stopping: bool = False
    reconciled_ms: int = 0
    orders: dict[ClientOrderId, OrderRecord] = {}
    open_ids: dict[ClientOrderId, None] = {}
    exchange_ids: dict[ExchangeOrderId, ClientOrderId] = {}
    execution_ids: set[ExecutionId] = set()
    fills: list[BookedFill] = []
    positions: dict[Symbol, Position] = {}
    balances: dict[Asset, Decimal] = {}
    unsettled: dict[Asset, Decimal] = {}
    links: dict[str, LinkState] = {}
    equity_last: Decimal | None = None
    equity_day: int = 0
    equity_day_start: Decimal | None = None
    equity_peak: Decimal | None = None
    strategies: dict[str, StrategyRecord] = {}
    limits: dict[str, Decimal] = {}
    leaving: Leaving = msgspec.field(default_factory=Leaving)
    refuted: dict[str, str] = {}

    def apply(self, event: Event) -> None:
        """Fold one event in."""
        if isinstance(event, OrderEvent):
            self._apply_to_order(event)
        elif isinstance(event, StrategyEvent):
            apply_to_strategies(self.strategies, event)
        elif isinstance(event, ClosingEvent):
            self.leaving.apply(event)
        else:
            self._apply_to_session(event)

    def open_orders(self) -> list[OrderRecord]:
        """Orders that can still take money, oldest first, UNKNOWN included."""
        return [self.orders[name] for name in self.open_ids]

    def unknown_orders(self) -> list[OrderRecord]:
        """Orders whose existence nobody knows."""
        return [order for order in self.open_orders() if order.status is OrderStatus.UNKNOWN]

    def _keep(self, order: OrderRecord) -> None:
        order = order if order.is_open else ended(order)
        self.orders[order.client_order_id] = order
        if order.is_open:
            self.open_ids[order.client_order_id] = None
        else:
            self.open_ids.pop(order.client_order_id, None)

    def _apply_to_session(self, event: SessionEvent) -> None:  # noqa: C901, PLR0912 (one flat table)
        match event:
            case TradingHalted():
                self.halt = Halt(
                    actor=event.actor,
                    reason=event.reason,
                    time_ms=event.asked_ms or event.time_ms,
                    open_order_count=event.open_order_count,
                )
                hold_all(self.strategies)
            case TradingResumed():
                self.halt = None
            case CancelAllConfirmed():
                self._confirm_cancel_all(event)
            case BalanceChanged():
                self.balances[event.asset] = event.total
                self.unsettled.pop(event.asset, None)
            case EquityMarked():
                self._mark_equity(event)
            case EngineStarted():
                self.mode, self.venue = event.mode, event.venue
                self.is_reconciled, self.is_stopping = False, False
                self.links, self.limits = {}, {}
            case EngineStopping():
                self.is_stopping = True
            case ReconcileStarted():
                self.is_reconciled = False
            case ReconcileCompleted():
                self.is_reconciled, self.reconciled_ms = True, event.checked_ms
            case LinkChanged():
                self.links[event.link] = event.state
            case LimitChanged():
                self.limits[event.key] = event.value
            case ModelRefuted():
                self._refute(event)
            case CommandRefused() | CancelAllRequested() | CancelAllFailed():
                pass
            case ReconcileFailed() | AnomalyFound():
                pass
            case _:
                assert_never(event)

    def _apply_to_order(self, event: OrderEvent) -> None:
        match event:
            case OrderSubmitted():
                self._keep(_submitted(event))
                if event.is_closing:
                    self.leaving.count_order(event.symbol, event.client_order_id)
            case OrderAdopted():
                self._adopt(event)
            case OrderFilled():
                self._fill(event)
            case OrderFoundAbsent():
                order = self.orders[event.client_order_id]
                absent_count = order.absent_count + 1
                self._keep(
                    msgspec.structs.replace(
                        order, absent_count=absent_count, changed_ms=event.time_ms
                    )
                )
            case _:
                self._move(event)

    def _move(self, event: OrderEvent) -> None:
        order = self.orders[event.client_order_id]
        status = next_status(order, event)
        assert status is not None, (order.status, event)
        changes: dict[str, object] = {"status": status, "changed_ms": event.time_ms}
        if isinstance(event, OrderAccepted):
            changes["exchange_order_id"] = event.exchange_order_id
            changes["absent_count"] = 0
            self.exchange_ids[event.exchange_order_id] = event.client_order_id
        reason = getattr(event, "reason", "")
        # A cancel that was refused does not explain why nobody knows whether the order exists.
        is_aside = isinstance(event, CancelRejected) and order.status is OrderStatus.UNKNOWN
        # What an amendment met with says nothing of the order.
        is_aside = is_aside or isinstance(event, AmendEvent)
        if reason and not is_aside:
            changes["reason"] = reason
        record = msgspec.structs.replace(order, **changes)
        self._keep(after_amendment(record, event) if isinstance(event, AmendEvent) else record)

    def _adopt(self, event: OrderAdopted) -> None:
        found = event.order
        record = OrderRecord(
            client_order_id=event.client_order_id,
            exchange_order_id=found.exchange_order_id,
            actor="external",
            symbol=found.symbol,
            side=found.side,
            order_type=found.order_type,
            quantity_base=found.quantity_base,
            price=found.price,
            terms=OrderTerms(trigger_price=found.trigger_price),
            hold_quote=(found.price or found.trigger_price or ZERO) * found.quantity_base
            if found.side is Side.BUY
            else ZERO,
            status=OrderStatus.OPEN,
            submitted_ms=found.opened_ms,
            deadline_ms=found.opened_ms,
            changed_ms=event.time_ms,
        )
        self._keep(record)
        self.exchange_ids[found.exchange_order_id] = event.client_order_id

    def _fill(self, event: OrderFilled) -> None:
        fill, order = event.fill, self.orders[event.client_order_id]
        assert fill.execution_id not in self.execution_ids, fill
        status = next_status(order, event)
        assert status is not None, (order.status, event)
        value, filled_base = fill.quantity_base * fill.price, order.filled_base + fill.quantity_base
        base, quote = fill.symbol.split("/")
        fee_quote = fill.fee if fill.fee_asset == quote else fill.fee * fill.price
        record = msgspec.structs.replace(
            order,
            status=status,
            changed_ms=event.time_ms,
            filled_base=filled_base,
            # More than it has now fills only where it had more: before an amendment, or after it.
            quantity_base=max(order.quantity_base, filled_base),
            cost_quote=order.cost_quote + value,
            fees_quote=order.fees_quote + fee_quote,
        )
        self._keep(record)
        self.leaving.count_fill(fill)
        self.execution_ids.add(fill.execution_id)
        self.fills.append(BookedFill(client_order_id=event.client_order_id, fill=fill))
        del self.fills[:-FILLS_SHOWN_MAX]
        position = self.positions.get(fill.symbol) or Position(symbol=fill.symbol)
        self.positions[fill.symbol] = book_fill(position, fill, fee_quote=fee_quote)
        spent = Asset(quote) if fill.side is Side.BUY else Asset(base)
        outflow = value + fee_quote if fill.side is Side.BUY else fill.quantity_base
        self.unsettled[spent] = self.unsettled.get(spent, ZERO) + outflow

    def _refute(self, event: ModelRefuted) -> None:
        self.refuted[model_name(event.symbol, event.interval, event.version)] = event.reason
        for name in list(self.refuted)[:-REFUTED_MAX]:
            del self.refuted[name]

    def _confirm_cancel_all(self, event: CancelAllConfirmed) -> None:
        self.leaving.confirm_cancel()
        if self.halt is not None:
            self.halt = msgspec.structs.replace(
                self.halt,
                is_cancel_confirmed=True,
                cancelled_count=self.halt.cancelled_count + event.count,
            )

    def _mark_equity(self, event: EquityMarked) -> None:
        equity, day = event.equity_quote, utc_day(event.time_ms)
        if day != self.equity_day or self.equity_day_start is None:
            self.equity_day, self.equity_day_start = day, equity
        self.equity_last = equity
        self.equity_peak = equity if self.equity_peak is None else max(self.equity_peak, equity)


def _submitted(event: OrderSubmitted) -> OrderRecord:
    return OrderRecord(
        client_order_id=event.client_order_id,
        actor=event.actor,
        symbol=event.symbol,
        side=event.side,
        order_type=event.order_type,
        quantity_base=event.quantity_base,
        price=event.price,
        post_only=event.post_only,
        terms=event.terms,
        hold_quote=event.hold_quote,
        status=OrderStatus.SUBMITTED,
        submitted_ms=event.time_ms,
        deadline_ms=event.deadline_ms,
        changed_ms=event.time_ms,
        is_closing=event.is_closing,
    )
