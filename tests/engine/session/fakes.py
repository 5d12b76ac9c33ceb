"""Outsides for a session: a journal that keeps a diary, a feed, and an exchange that does as it is told."""

import asyncio
import itertools
from collections import deque
from contextlib import asynccontextmanager
from decimal import Decimal

from tests.engine.session.virtual_time import VirtualClock
from tui_trader.engine.client.in_process import connect_in_process
from tui_trader.engine.core.trader import Trader
from tui_trader.engine.messages.codec import decode_event, encode
from tui_trader.engine.messages.commands import HaltTrading, PlaceOrder, ResumeTrading
from tui_trader.engine.messages.queries import JournalEntry
from tui_trader.engine.messages.reports import (
    BookReport,
    HeartbeatReport,
    LinkReport,
    TickerReport,
)
from tui_trader.engine.session.session import Ports, Session
from tui_trader.engine.settings.model import MarketSettings, Settings
from tui_trader.engine.state.market_view import MarketView
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.values.abilities import BASIC_ABILITIES
from tui_trader.engine.values.account import (
    AccountSnapshot,
    ExchangeBalance,
    OrderFinding,
)
from tui_trader.engine.values.books import BookLevel
from tui_trader.engine.values.candles import Candle
from tui_trader.engine.values.errors import StoreError
from tui_trader.engine.values.instruments import Asset, Instrument, Symbol
from tui_trader.engine.values.modes import LinkState, Mode
from tui_trader.engine.values.orders import (
    ClientOrderId,
    CommandId,
    ExchangeOrderId,
    OrderType,
    Side,
)

BTC = Symbol("BTC/USD")
D = Decimal
INSTRUMENT = Instrument(
    symbol=BTC,
    base=Asset("BTC"),
    quote=Asset("USD"),
    tick=D("0.1"),
    lot=D("0.00000001"),
    quantity_min=D("0.0001"),
    cost_min=D("0.5"),
    fee_maker_ratio=D("0.0025"),
    fee_taker_ratio=D("0.0040"),
)
SETTINGS = Settings(market=MarketSettings(pairs=("BTC/USD",)))
numbers = itertools.count(1)


def candle_of(open_time_ms, *prices, volume=10.0) -> Candle:
    """One candle; prices are open, high, low and close, or one for all."""
    first, high, low, close = prices if len(prices) == 4 else prices * 4
    return Candle(
        open_time_ms=open_time_ms, open=first, high=high, low=low, close=close, volume_base=volume
    )


def order_id() -> ClientOrderId:
    return ClientOrderId(f"00000000-0000-4000-8000-{next(numbers):012d}")


def command_id() -> CommandId:
    return CommandId(f"command-{next(numbers)}")


def place(client_order_id=None, *, price="60000.0", quantity="0.01", side=Side.BUY) -> PlaceOrder:
    return PlaceOrder(
        command_id=command_id(),
        actor="test",
        client_order_id=client_order_id or order_id(),
        symbol=BTC,
        side=side,
        order_type=OrderType.LIMIT,
        quantity_base=D(quantity),
        price=D(price),
    )


def halt(reason="stop it") -> HaltTrading:
    return HaltTrading(command_id=command_id(), actor="test", reason=reason)


def resume() -> ResumeTrading:
    return ResumeTrading(command_id=command_id(), actor="test")


class FakeJournal:
    """In memory; encodes what it is given, so that what cannot be written is noticed."""

    def __init__(self, diary=None) -> None:
        self.rows = []
        self.inputs = []
        self.diary = [] if diary is None else diary
        self.fails = False
        self.is_closed = False

    def append(self, events, inputs) -> int:
        if self.fails:
            message = "journal.sqlite could not be written (disk full)"
            raise StoreError(message)
        self.rows += [encode(event) for event in events]
        self.inputs += [encode(item) for item in inputs]
        self.diary += [("journal", event) for event in events]
        return len(self.rows)

    def read(self):
        for sequence, row in enumerate(self.rows, 1):
            yield JournalEntry(sequence=sequence, event=decode_event(row))

    def recent(self, limit, *, before=0):
        found = [entry for entry in self.read() if not before or entry.sequence < before]
        return tuple(found[-limit:]) if limit else ()

    def close(self):
        self.is_closed = True

    @property
    def events(self):
        return [entry.event for entry in self.read()]

    def kinds(self):
        return [type(event).__name__ for event in self.events]


class FakeFeed:
    """A calm market at 64,000."""

    def __init__(self, clock) -> None:
        self.clock = clock
        self.history_calls = []
        self.history_faults = deque()
        self.instrument_faults = deque()
        self.is_closed = False

    async def instruments(self, symbols):
        if self.instrument_faults:
            raise self.instrument_faults.popleft()
        return (INSTRUMENT,)

    async def candle_history(self, symbol, interval, count):
        self.history_calls.append((symbol, interval, count))
        await asyncio.sleep(0.5)
        if self.history_faults:
            raise self.history_faults.popleft()
        start = self.clock.now_ms() // interval.ms * interval.ms - (count - 1) * interval.ms
        return tuple(
            candle_of(start + i * interval.ms, 1.0 + i, 2.0 + i, 0.5 + i, 1.5 + i)
            for i in range(count)
        )

    async def run(self, symbols, deliver):
        deliver(self.link(LinkState.UP))
        while True:
            for report in self.reports():
                deliver(report)
            await asyncio.sleep(1.0)

    def link(self, state):
        return LinkReport(time_ms=self.clock.now_ms(), link="fake public", state=state)

    def reports(self):
        now_ms = self.clock.now_ms()
        yield HeartbeatReport(time_ms=now_ms, link="fake public")
        yield TickerReport(
            time_ms=now_ms,
            symbol=BTC,
            bid=D("64000.0"),
            ask=D("64000.1"),
            last=D("64000.0"),
            volume_24h_base=100.0,
            change_24h_percent=1.0,
        )
        yield BookReport(
            time_ms=now_ms,
            symbol=BTC,
            bids=(BookLevel(D("64000.0"), D(5)), BookLevel(D("63999.0"), D(50))),
            asks=(BookLevel(D("64000.1"), D(5)), BookLevel(D("64001.0"), D(50))),
            is_verified=True,
        )

    async def close(self):
        self.is_closed = True


class FakeExecution:
    """Accepts everything at once, unless told otherwise by `script`.

    `script` maps a method's name to what its next calls do: an exception to raise, a number of
    seconds to wait, or an async function to run instead.
    """

    def __init__(self, clock, diary=None) -> None:
        self.clock = clock
        self.diary = [] if diary is None else diary
        self.script = {}
        self.deliver = None
        self.cash = D(10_000)
        self.is_closed = False

    abilities = BASIC_ABILITIES

    def budgets(self):
        return ()

    async def amend(self, request):
        self.diary.append(("amend", request))
        await self._act("amend")

    async def submit(self, request):
        self.diary.append(("submit", request))
        await self._act("submit")
        return ExchangeOrderId(f"O{request.client_order_id[-12:]}")

    async def withdraw(self, request):
        self.diary.append(("withdraw", request))
        await self._act("withdraw")

    async def withdraw_all(self):
        self.diary.append(("withdraw_all", None))
        await self._act("withdraw_all")
        return 0

    async def find_order(self, request):
        self.diary.append(("find_order", request))
        await self._act("find_order")
        return OrderFinding(order=None)

    async def account(self, since_ms):
        taken_ms = self.clock.now_ms()
        self.diary.append(("account", since_ms))
        await self._act("account")
        balances = (ExchangeBalance(asset=Asset("USD"), total=self.cash),)
        return AccountSnapshot(
            open_orders=(), closed_orders=(), fills=(), balances=balances, taken_ms=taken_ms
        )

    async def run(self, deliver):
        self.deliver = deliver
        now_ms = self.clock.now_ms()
        deliver(LinkReport(time_ms=now_ms, link="fake private", state=LinkState.UP))
        while True:
            deliver(HeartbeatReport(time_ms=self.clock.now_ms(), link="fake private"))
            await asyncio.sleep(1.0)

    async def close(self):
        self.is_closed = True

    def will(self, method, *actions):
        self.script.setdefault(method, deque()).extend(actions)

    def calls(self, method):
        return [what for name, what in self.diary if name == method]

    async def _act(self, method):
        actions = self.script.get(method)
        action = actions.popleft() if actions else None
        if isinstance(action, BaseException):
            raise action
        if isinstance(action, int | float):
            await asyncio.sleep(action)
        elif action is not None:
            await action()


class Stage:
    """A session with its outsides."""

    def __init__(
        self,
        *,
        journal=None,
        state=None,
        settings=SETTINGS,
        clock=None,
        models=(None, None),
        **changes,
    ):
        self.diary = []
        self.clock = clock or VirtualClock()
        self.journal = journal if journal is not None else FakeJournal(self.diary)
        self.feed = FakeFeed(self.clock)
        self.execution = FakeExecution(self.clock, self.diary)
        self.state = state or TradingState()
        self.trader = Trader(settings, self.state, MarketView(), mode=Mode.DEMO, venue="127.0.0.1")
        forecaster, waterfalls = models
        ports = Ports(
            self.journal,
            self.feed,
            self.execution,
            self.clock,
            forecaster=forecaster,
            waterfalls=waterfalls,
        )
        self.session = Session(self.trader, ports, version="test", **changes)
        self.running = None

    def client(self, **kwargs):
        return connect_in_process(self.session, **{"name": "test"} | kwargs)

    async def until(self, condition, *, seconds=30.0):
        """Let time pass until the condition holds."""
        loop = asyncio.get_running_loop()
        end_s = loop.time() + seconds
        while not condition():
            assert loop.time() < end_s, "it never came to be"
            if self.running is not None and self.running.done():
                self.running.result()
                message = "the session ended"
                raise AssertionError(message)
            await asyncio.sleep(0.01)

    async def ready(self):
        """Wait until orders may be placed."""
        await self.until(
            lambda: self.state.is_reconciled and self.trader.market.books and self.state.balances
        )

    async def stop(self):
        self.session.shut_down("test")
        await self.running


@asynccontextmanager
async def on_stage(**changes):
    """A session that is ready to trade, and is stopped at the end."""
    stage = Stage(**changes)
    stage.session.start()
    stage.running = asyncio.create_task(stage.session.run())
    await stage.ready()
    yield stage
    if not stage.running.done():
        await stage.stop()
