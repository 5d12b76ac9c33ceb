"""The one account of the exchange: balances, holds, orders and fills.

Law: `apply` is the only way it changes, so the journal's rows rebuild it entirely.
"""

from collections import defaultdict, deque
from decimal import Decimal
from typing import TYPE_CHECKING, assert_never

import msgspec

from tui_trader.engine.exchanges.simulator.events import (
    AccountEvent,
    BalanceChanged,
    MarketMoved,
    OrderAccepted,
    OrderAmended,
    OrderCancelled,
    OrderFilled,
    OrderTriggered,
    RulesChanged,
    SwitchSet,
    TrailMoved,
)
from tui_trader.engine.exchanges.simulator.fee_schedule import FEE_WINDOW_MS
from tui_trader.engine.exchanges.simulator.orders import OrderRecord, OrderState
from tui_trader.engine.values.money import ZERO

if TYPE_CHECKING:
    from tui_trader.engine.values.instruments import Symbol
    from tui_trader.engine.values.orders import ExchangeOrderId, ExecutionId

REWARDS_SUFFIX = ".F"
"""Kraken's name for a balance that earns rewards and can be spent all the same."""


class Account:
    """Everything the exchange knows about its customer."""

    def __init__(self) -> None:
        self.balances: dict[str, Decimal] = {}
        self.orders: dict[ExchangeOrderId, OrderRecord] = {}
        self.open_orders: dict[ExchangeOrderId, OrderRecord] = {}
        self.dormant: dict[ExchangeOrderId, OrderRecord] = {}
        """Open, but asleep."""
        self.timed: dict[ExchangeOrderId, OrderRecord] = {}
        """Open, and with a moment at which they start or expire."""
        self.closed_orders: list[OrderRecord] = []
        """Oldest end first."""
        self.fills: dict[ExecutionId, OrderFilled] = {}
        """Oldest first."""
        self.ledger: dict[str, BalanceChanged] = {}
        """Oldest first."""
        self.ledger_ids_by_cause: defaultdict[str, list[str]] = defaultdict(list)
        self.switch_ms: int | None = None
        """When the dead man's switch cancels everything."""
        self.rules: dict[Symbol, RulesChanged] = {}
        """What was changed by hand; all other pairs are as they are listed."""
        self.moves: list[MarketMoved] = []
        """Jumps by hand, oldest first: the prices of a restart begin where they led to."""
        self._open_by_client_id: dict[str, OrderRecord] = {}
        self._holds: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
        self._places = 0
        self._recent: deque[tuple[int, Decimal]] = deque()
        self._recent_cost = ZERO

    def held(self, asset: str) -> Decimal:
        """Part of the balance that open orders set aside."""
        return self._holds[asset]

    def available(self, asset: str) -> Decimal:
        """What a new order may use: the balance, what earns rewards included, without the holds."""
        balances = self.balances
        total = balances.get(asset, ZERO) + balances.get(asset + REWARDS_SUFFIX, ZERO)
        return total - self._holds[asset]

    def open_with_client_id(self, cl_ord_id: str) -> OrderRecord | None:
        """Open order of that client id; closed ones do not count."""
        return self._open_by_client_id.get(cl_ord_id)

    def volume_usd(self, now_ms: int) -> Decimal:
        """What was traded in the last 30 days: the fee tier rests on it."""
        while self._recent and self._recent[0][0] <= now_ms - FEE_WINDOW_MS:
            self._recent_cost -= self._recent.popleft()[1]
        return self._recent_cost

    def apply(self, event: AccountEvent) -> None:
        """Let one thing have happened."""
        match event:
            case OrderAccepted():
                self._open(OrderRecord(event))
            case OrderFilled():
                self._fill(event)
            case OrderCancelled():
                record = self.orders[event.txid]
                state = OrderState.EXPIRED if event.is_expired else OrderState.CANCELED
                record.close(state, event.time_ms, event.reason)
                self._settle(record)
            case OrderAmended() | OrderTriggered() | TrailMoved():
                self._change(event)
            case SwitchSet():
                self.switch_ms = event.fires_ms
            case RulesChanged():
                self.rules[event.pair] = event
            case MarketMoved():
                self.moves.append(event)
            case BalanceChanged():
                self.balances[event.asset] = event.balance
                self.ledger[event.ledger_id] = event
                self.ledger_ids_by_cause[event.ref_id].append(event.ledger_id)
            case _:
                assert_never(event)

    def _open(self, record: OrderRecord) -> None:
        order = record.accepted
        assert order.txid not in self.orders, order.txid
        self.orders[order.txid] = self.open_orders[order.txid] = record
        if order.cl_ord_id is not None:
            self._open_by_client_id[order.cl_ord_id] = record
        if order.expires_ms is not None or order.starts_ms is not None:
            self.timed[order.txid] = record
        if order.trigger is not None or order.starts_ms is not None:
            record.is_dormant = True
            self.dormant[order.txid] = record
        self._queue(record)
        self._settle(record)

    def _fill(self, fill: OrderFilled) -> None:
        self.fills[fill.trade_id] = fill
        self._recent.append((fill.time_ms, fill.cost))
        self._recent_cost += fill.cost
        record = self.orders[fill.txid]
        record.add_fill(fill)
        self._settle(record)

    def _change(self, event: OrderAmended | OrderTriggered | TrailMoved) -> None:
        record = self.orders[event.txid]
        replace = msgspec.structs.replace
        if isinstance(event, OrderAmended):
            record.accepted = replace(
                record.accepted,
                volume=event.volume,
                price=event.price,
                display_volume=event.display_volume,
                trigger=event.trigger,
                post_only=event.post_only,
            )
            record.amends.append(event)
            if not event.keeps_place:
                self._queue(record)
        elif isinstance(event, OrderTriggered):
            record.accepted = replace(record.accepted, price=event.price)
            record.is_dormant, record.triggered_ms = False, event.time_ms
            del self.dormant[event.txid]
            self._queue(record)
        else:
            assert record.accepted.trigger is not None, event.txid
            trigger = replace(record.accepted.trigger, peak=event.peak, price=event.price)
            record.accepted = replace(record.accepted, trigger=trigger)
        self._settle(record)

    def _queue(self, record: OrderRecord) -> None:
        self._places += 1
        record.place = self._places

    def _settle(self, record: OrderRecord) -> None:
        hold = record.hold_needed()
        self._holds[record.hold_asset] += hold - record.hold
        record.hold = hold
        if record.state is OrderState.OPEN:
            return
        txid = record.accepted.txid
        del self.open_orders[txid]
        self.dormant.pop(txid, None)
        self.timed.pop(txid, None)
        self.closed_orders.append(record)
        if record.accepted.cl_ord_id is not None:
            del self._open_by_client_id[record.accepted.cl_ord_id]
