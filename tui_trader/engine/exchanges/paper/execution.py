"""`Execution` of paper mode: the simulator in this process."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from tui_trader.engine.exchanges.ccxt_bridge.faults import describe
from tui_trader.engine.exchanges.paper.floor import PaperFloor
from tui_trader.engine.exchanges.paper.translate import (
    amendment_of,
    balance_of,
    fill_of,
    order_of,
    request_of,
)
from tui_trader.engine.exchanges.simulator import rejections
from tui_trader.engine.exchanges.simulator.events import (
    AccountEvent,
    BalanceChanged,
    MarketMoved,
    OrderFilled,
    RulesChanged,
    SwitchSet,
)
from tui_trader.engine.exchanges.simulator.listings import PAIR_BY_SYMBOL
from tui_trader.engine.exchanges.simulator.orders import OrderRecord
from tui_trader.engine.exchanges.simulator.rejections import Rejected
from tui_trader.engine.messages.reports import (
    BalanceReport,
    FillReport,
    HeartbeatReport,
    LinkReport,
    OrderReport,
)
from tui_trader.engine.messages.requests import AmendOrder, LookUpOrder, SubmitOrder, WithdrawOrder
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.ports.market_feed import Deliver
from tui_trader.engine.values.abilities import Abilities, BudgetLevel
from tui_trader.engine.values.account import AccountSnapshot, OrderFinding
from tui_trader.engine.values.errors import RejectedByExchange
from tui_trader.engine.values.modes import LinkState
from tui_trader.engine.values.orders import ClientOrderId, ExchangeOrderId, OrderType, TimeInForce

LINK_NAME: Final = "paper private"
BEAT_S: Final = 1.0
_Answer = TypeVar("_Answer")

PAPER_ABILITIES: Final = Abilities(
    order_types=frozenset(OrderType),
    times_in_force=frozenset(TimeInForce),
    can_amend=True,
    can_close_on_fill=True,
    has_wire=False,
)


class PaperExecution:
    """Orders of one paper account.

    Args:
        beat_s: Pause between two heartbeats.
    """

    abilities = PAPER_ABILITIES

    def __init__(self, floor: PaperFloor, clock: Clock, *, beat_s: float = BEAT_S) -> None:
        self._floor = floor
        self._clock = clock
        self._beat_s = beat_s

    def budgets(self) -> tuple[BudgetLevel, ...]:
        """`Execution.budgets`: nobody counts here."""
        return ()

    async def submit(self, request: SubmitOrder) -> ExchangeOrderId:
        """`Execution.submit`."""
        if self._clock.now_ms() >= request.deadline_ms:
            message = "paper: not sent, its deadline passed while it waited"
            raise RejectedByExchange(message)
        pair = PAIR_BY_SYMBOL.get(request.symbol)
        if pair is None:
            message = f"{request.symbol}: the simulator does not list this pair; see [market] pairs"
            raise RejectedByExchange(message)
        return _judged(lambda: self._floor.place(request_of(request, pair)))

    async def amend(self, request: AmendOrder) -> None:
        """`Execution.amend`."""
        name = self._name(request.client_order_id, request.exchange_order_id)
        _judged(lambda: self._floor.amend(name, amendment_of(request)))

    async def withdraw(self, request: WithdrawOrder) -> None:
        """`Execution.withdraw`."""
        name = self._name(request.client_order_id, request.exchange_order_id)
        _judged(lambda: self._floor.cancel(name))

    async def withdraw_all(self) -> int:
        """`Execution.withdraw_all`."""
        return self._floor.cancel_all()

    async def find_order(self, request: LookUpOrder) -> OrderFinding:
        """`Execution.find_order`."""
        for record in self._floor.account.orders.values():
            accepted = record.accepted
            if accepted.cl_ord_id == request.client_order_id or (
                accepted.cl_ord_id is None and accepted.txid == request.exchange_order_id
            ):
                fills = tuple(fill_of(fill) for fill in record.fills)
                return OrderFinding(order=order_of(record), fills=fills)
        return OrderFinding(order=None)

    async def account(self, since_ms: int) -> AccountSnapshot:
        """`Execution.account`."""
        self._floor.tick()
        account = self._floor.account
        closed = [each for each in account.closed_orders if (each.closed_ms or 0) >= since_ms]
        return AccountSnapshot(
            open_orders=tuple(map(order_of, account.open_orders.values())),
            closed_orders=tuple(map(order_of, closed)),
            fills=tuple(
                fill_of(fill) for fill in account.fills.values() if fill.time_ms >= since_ms
            ),
            balances=tuple(balance_of(account, asset) for asset in account.balances),
            taken_ms=self._clock.now_ms(),
        )

    async def run(self, deliver: Deliver) -> None:
        """`Execution.run`."""
        leave = self._floor.listen(lambda events: self._tell(events, deliver))
        try:
            now_ms = self._clock.now_ms()
            deliver(LinkReport(time_ms=now_ms, link=LINK_NAME, state=LinkState.UP))
            balances = (await self.account(now_ms)).balances
            deliver(BalanceReport(time_ms=now_ms, balances=balances))
            while True:
                now_ms = self._clock.now_ms()
                deliver(HeartbeatReport(time_ms=now_ms, link=LINK_NAME))
                self._floor.tick()
                await asyncio.sleep(self._beat_s)
        finally:
            leave()

    async def close(self) -> None:
        """`Execution.close`: nothing is open."""

    def _tell(self, events: Sequence[AccountEvent], deliver: Deliver) -> None:
        account, now_ms = self._floor.account, self._clock.now_ms()
        for event in events:
            match event:
                case BalanceChanged():
                    balance = balance_of(account, event.asset)
                    deliver(BalanceReport(time_ms=now_ms, balances=(balance,)))
                case SwitchSet() | RulesChanged() | MarketMoved():
                    continue
                case OrderFilled():
                    deliver(FillReport(time_ms=now_ms, fill=fill_of(event)))
                    self._tell_order(account.orders[event.txid], deliver)
                case _:
                    self._tell_order(account.orders[event.txid], deliver)

    def _tell_order(self, record: OrderRecord, deliver: Deliver) -> None:
        deliver(OrderReport(time_ms=self._clock.now_ms(), order=order_of(record)))

    def _name(self, ours: ClientOrderId, theirs: ExchangeOrderId | None) -> ExchangeOrderId:
        record = self._floor.account.open_with_client_id(ours)
        name = theirs if record is None else record.accepted.txid
        if name is None:
            message = f"paper: {describe((rejections.UNKNOWN_ORDER,))}"
            raise RejectedByExchange(message)
        return name


def _judged(act: Callable[[], _Answer]) -> _Answer:
    try:
        return act()
    except Rejected as refusal:
        message = f"paper: {describe((refusal.error,))}"
        raise RejectedByExchange(message) from refusal
