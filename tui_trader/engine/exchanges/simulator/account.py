"""The one account of the exchange: balances, holds, orders and fills.

Law: `apply` is the only way it changes, so the journal's rows rebuild it entirely.
"""

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, assert_never

from tui_trader.engine.exchanges.simulator.events import (
    AccountEvent,
    BalanceChanged,
    OrderAccepted,
    OrderCancelled,
    OrderFilled,
)
from tui_trader.engine.exchanges.simulator.orders import OrderRecord, OrderState
from tui_trader.engine.values.money import ZERO

if TYPE_CHECKING:
    from tui_trader.engine.values.orders import ExchangeOrderId, ExecutionId


class Account:
    """Everything the exchange knows about its customer."""

    def __init__(self) -> None:
        self.balances: dict[str, Decimal] = {}
        self.orders: dict[ExchangeOrderId, OrderRecord] = {}
        self.open_orders: dict[ExchangeOrderId, OrderRecord] = {}
        self.closed_orders: list[OrderRecord] = []
        """Oldest end first."""
        self.fills: dict[ExecutionId, OrderFilled] = {}
        """Oldest first."""
        self._open_by_client_id: dict[str, OrderRecord] = {}
        self._holds: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)

    def held(self, asset: str) -> Decimal:
        """Part of the balance that open orders set aside."""
        return self._holds[asset]

    def available(self, asset: str) -> Decimal:
        """Part of the balance that a new order may use."""
        return self.balances.get(asset, ZERO) - self._holds[asset]

    def open_with_client_id(self, cl_ord_id: str) -> OrderRecord | None:
        """Open order of that client id; closed ones do not count."""
        return self._open_by_client_id.get(cl_ord_id)

    def apply(self, event: AccountEvent) -> None:
        """Let one thing have happened."""
        match event:
            case OrderAccepted():
                self._open(OrderRecord(event))
            case OrderFilled():
                self.fills[event.trade_id] = event
                record = self.orders[event.txid]
                record.add_fill(event)
                self._settle(record)
            case OrderCancelled():
                record = self.orders[event.txid]
                record.close(OrderState.CANCELED, event.time_ms, event.reason)
                self._settle(record)
            case BalanceChanged():
                self.balances[event.asset] = event.balance
            case _:
                assert_never(event)

    def _open(self, record: OrderRecord) -> None:
        txid = record.accepted.txid
        assert txid not in self.orders, txid
        self.orders[txid] = self.open_orders[txid] = record
        if record.accepted.cl_ord_id is not None:
            self._open_by_client_id[record.accepted.cl_ord_id] = record
        self._settle(record)

    def _settle(self, record: OrderRecord) -> None:
        hold = record.hold_needed()
        self._holds[record.hold_asset] += hold - record.hold
        record.hold = hold
        if record.state is OrderState.OPEN:
            return
        del self.open_orders[record.accepted.txid]
        self.closed_orders.append(record)
        if record.accepted.cl_ord_id is not None:
            del self._open_by_client_id[record.accepted.cl_ord_id]
