"""An exchange that does its worst, by seed: it loses answers, repeats itself, and tells things late.

It keeps the truth to itself: what it accepted, filled and cancelled, whatever anybody was told.
"""

import asyncio
from decimal import Decimal

import msgspec

from tests.engine.session.fakes import BTC, FakeFeed
from tui_trader.engine.messages.reports import (
    BalanceReport,
    FillReport,
    HeartbeatReport,
    LinkReport,
    OrderReport,
)
from tui_trader.engine.values.abilities import BASIC_ABILITIES
from tui_trader.engine.values.account import (
    AccountSnapshot,
    ExchangeBalance,
    ExchangeFill,
    ExchangeOrder,
    OrderFinding,
)
from tui_trader.engine.values.errors import OutcomeUnknown, RejectedByExchange, TemporaryFault
from tui_trader.engine.values.instruments import Asset
from tui_trader.engine.values.modes import LinkState
from tui_trader.engine.values.orders import ExchangeOrderId, ExecutionId, OrderStatus, Side

LINK = "fake private"
STILL_GOING = "no answer, and it is still on its way"
TOO_POOR = "EOrder:Insufficient funds"
NOT_THERE = "EOrder:Unknown order"
AWAY = "503"
LOST_COMING = "lost on the way back"
LOST_GOING = "lost on the way there"
FEE_RATIO = Decimal("0.004")
LIVE = {OrderStatus.OPEN, OrderStatus.PARTIALLY_FILLED}


class HostileExchange:
    """One account, kept by an exchange with a seed of misfortune.

    Args:
        chance: Seeded.
        misfortune: How likely each thing is to go wrong, 0 to 1.
    """

    def __init__(self, clock, chance, *, misfortune: float) -> None:
        self.clock = clock
        self.chance = chance
        self.misfortune = misfortune
        self.is_calm = False
        self.orders = {}
        self.fills = []
        self.submitted_ids = []
        self.cash = Decimal(10_000)
        self.coins = Decimal(0)
        self.streams = []
        self.later = set()

    def goes_wrong(self, factor=1.0) -> bool:
        return self.chance.random() < self.misfortune * factor

    async def delay(self, longest_s=0.4) -> None:
        await asyncio.sleep(self.chance.random() * longest_s)

    abilities = BASIC_ABILITIES

    def budgets(self):
        return ()

    async def submit(self, request):
        self.submitted_ids.append(request.client_order_id)
        await self.delay()
        if self.goes_wrong(0.3):
            raise RejectedByExchange(TOO_POOR)
        if self.goes_wrong():
            raise OutcomeUnknown(LOST_GOING)
        if self.goes_wrong(0.5):
            # It arrives long after everybody stopped waiting, but within its deadline.
            self.soon(self.accept_before_deadline(request), 3.0)
            raise OutcomeUnknown(STILL_GOING)
        order = self.accept(request)
        if self.goes_wrong():
            raise OutcomeUnknown(LOST_COMING)
        await self.delay(0.2)
        return order.exchange_order_id

    async def accept_before_deadline(self, request):
        if self.clock.now_ms() < request.deadline_ms:
            self.accept(request)

    def accept(self, request):
        name = ExchangeOrderId(f"O{len(self.orders):05d}")
        order = ExchangeOrder(
            exchange_order_id=name,
            client_order_id=request.client_order_id,
            symbol=request.symbol,
            side=request.side,
            order_type=request.order_type,
            status=OrderStatus.OPEN,
            quantity_base=request.quantity_base,
            filled_base=Decimal(0),
            price=request.price,
            opened_ms=self.clock.now_ms(),
        )
        self.orders[name] = order
        self.tell(OrderReport(time_ms=0, order=order))
        for part in range(self.chance.randrange(4)):
            self.soon(
                self.fill(name, self.chance.choice([3, 2, 1])),
                0.1 + part * self.chance.random() * 8,
            )
        return order

    async def fill(self, name, divisor):
        order = self.orders[name]
        if order.status not in LIVE:
            return
        rest = order.quantity_base - order.filled_base
        quantity = max(Decimal("0.00000001"), (rest / divisor).quantize(Decimal("0.00000001")))
        quantity = min(quantity, rest)
        price = order.price or Decimal("64000.0")
        fill = ExchangeFill(
            execution_id=ExecutionId(f"T{len(self.fills):05d}"),
            exchange_order_id=name,
            client_order_id=None if self.goes_wrong() else order.client_order_id,
            symbol=BTC,
            side=order.side,
            price=price,
            quantity_base=quantity,
            fee=quantity * price * FEE_RATIO,
            fee_asset=Asset("USD"),
            is_maker=True,
            filled_ms=self.clock.now_ms(),
        )
        self.fills.append(fill)
        sign = 1 if order.side is Side.BUY else -1
        self.cash -= sign * quantity * price + fill.fee
        self.coins += sign * quantity
        filled = order.filled_base + quantity
        status = (
            OrderStatus.FILLED if filled == order.quantity_base else OrderStatus.PARTIALLY_FILLED
        )
        self.change(name, filled_base=filled, status=status)
        reports = [
            FillReport(time_ms=0, fill=fill),
            OrderReport(time_ms=0, order=self.orders[name]),
        ]
        if self.goes_wrong(3):
            reports.reverse()
        if self.goes_wrong():
            reports.append(FillReport(time_ms=0, fill=fill))
        for report in reports:
            self.tell(report)
        self.tell(BalanceReport(time_ms=0, balances=self.balances()))

    async def withdraw(self, request):
        await self.delay()
        if self.goes_wrong():
            raise OutcomeUnknown(LOST_GOING)
        name = request.exchange_order_id
        known = [n for n, o in self.orders.items() if o.client_order_id == request.client_order_id]
        name = name or (known[0] if known else None)
        if name is None or self.orders[name].status not in LIVE:
            raise RejectedByExchange(NOT_THERE)
        self.cancel(name)
        if self.goes_wrong():
            raise OutcomeUnknown(LOST_COMING)

    async def withdraw_all(self):
        await self.delay()
        if self.goes_wrong():
            raise OutcomeUnknown(LOST_GOING)
        live = [name for name, order in self.orders.items() if order.status in LIVE]
        for name in live:
            self.cancel(name)
        if self.goes_wrong():
            raise OutcomeUnknown(LOST_COMING)
        return len(live)

    def cancel(self, name):
        self.change(name, status=OrderStatus.CANCELLED, reason="User requested")
        self.tell(OrderReport(time_ms=0, order=self.orders[name]))

    async def find_order(self, request):
        await self.delay(2.0)
        if self.goes_wrong():
            raise TemporaryFault(AWAY)
        found = [o for o in self.orders.values() if o.client_order_id == request.client_order_id]
        if not found:
            return OrderFinding(order=None)
        fills = [f for f in self.fills if f.exchange_order_id == found[0].exchange_order_id]
        return OrderFinding(order=found[0], fills=tuple(fills))

    async def account(self, since_ms):
        taken_ms = self.clock.now_ms()
        await self.delay(1.0)
        if self.goes_wrong():
            raise TemporaryFault(AWAY)
        return AccountSnapshot(
            open_orders=tuple(o for o in self.orders.values() if o.status in LIVE),
            closed_orders=tuple(o for o in self.orders.values() if o.status not in LIVE),
            fills=tuple(f for f in self.fills if f.filled_ms >= since_ms),
            balances=self.balances(),
            taken_ms=taken_ms,
        )

    async def run(self, deliver):
        while True:
            await asyncio.sleep(0.2)
            self.streams.append(deliver)
            self.link(deliver, LinkState.UP)
            try:
                beats_left = self.chance.randrange(20, 90)
                while beats_left > 0 or self.is_calm:
                    beats_left -= 1
                    deliver(HeartbeatReport(time_ms=self.clock.now_ms(), link=LINK))
                    await asyncio.sleep(1.0)
            finally:
                self.streams.remove(deliver)
            self.link(deliver, LinkState.DOWN)

    def link(self, deliver, state):
        deliver(LinkReport(time_ms=self.clock.now_ms(), link=LINK, state=state))

    async def close(self):
        pass

    def balances(self):
        return (
            ExchangeBalance(asset=Asset("USD"), total=self.cash),
            ExchangeBalance(asset=Asset("BTC"), total=self.coins),
        )

    def change(self, name, **changes):
        self.orders[name] = msgspec.structs.replace(self.orders[name], **changes)

    def tell(self, report):
        """To every stream that is open, now or a little later, or not at all."""
        if self.goes_wrong():
            return
        self.soon(self.say(report), self.chance.random() * 0.3)

    async def say(self, report):
        for deliver in self.streams:
            deliver(msgspec.structs.replace(report, time_ms=self.clock.now_ms()))

    def soon(self, work, seconds):
        async def wait():
            await asyncio.sleep(seconds)
            await work

        task = asyncio.create_task(wait())
        self.later.add(task)
        task.add_done_callback(self.later.discard)

    def calm_down(self):
        """From now on nothing goes wrong any more."""
        self.misfortune = 0.0
        self.is_calm = True


class HostileFeed(FakeFeed):
    """Prices that stop now and then."""

    def __init__(self, clock, chance) -> None:
        super().__init__(clock)
        self.chance = chance

    async def run(self, symbols, deliver):
        while True:
            deliver(self.link(LinkState.UP))
            for _ in range(self.chance.randrange(30, 120)):
                for report in self.reports():
                    deliver(report)
                await asyncio.sleep(1.0)
            deliver(self.link(LinkState.DOWN))
            await asyncio.sleep(self.chance.random() * 15)
