"""What is new in one look at an account beside the last: reports for the engine."""

from collections import OrderedDict
from typing import Final

from tui_trader.engine.messages.reports import BalanceReport, FillReport, OrderReport
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.ports.market_feed import Deliver
from tui_trader.engine.values.account import AccountSnapshot, ExchangeBalance, ExchangeOrder

REMEMBERED_MAX: Final = 20_000


class AccountNews:
    """Memory of what was told, bounded; the oldest may be told again, which changes nothing."""

    def __init__(self, clock: Clock, deliver: Deliver) -> None:
        self._clock = clock
        self._deliver = deliver
        self.since_ms = clock.now_ms()
        self._orders: OrderedDict[str, ExchangeOrder] = OrderedDict()
        self._fills: OrderedDict[str, None] = OrderedDict()
        self._balances: dict[str, ExchangeBalance] = {}

    def tell(self, snapshot: AccountSnapshot) -> None:
        """Report what the last looks did not have: fills before the ends they bring about."""
        now_ms = self._clock.now_ms()
        for fill in snapshot.fills:
            if fill.execution_id not in self._fills:
                self._fills[fill.execution_id] = None
                self._deliver(FillReport(time_ms=now_ms, fill=fill))
        for order in (*snapshot.open_orders, *snapshot.closed_orders):
            if self._orders.get(order.exchange_order_id) != order:
                self._orders[order.exchange_order_id] = order
                self._orders.move_to_end(order.exchange_order_id)
                self._deliver(OrderReport(time_ms=now_ms, order=order))
        told: dict[str, ExchangeBalance] = {balance.asset: balance for balance in snapshot.balances}
        changed = tuple(each for asset, each in told.items() if self._balances.get(asset) != each)
        if changed:
            self._deliver(BalanceReport(time_ms=now_ms, balances=changed))
        self._balances = told
        self.since_ms = snapshot.taken_ms
        while len(self._orders) > REMEMBERED_MAX:
            self._orders.popitem(last=False)
        while len(self._fills) > REMEMBERED_MAX:
            self._fills.popitem(last=False)
