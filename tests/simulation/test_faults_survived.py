"""Every fault of the local exchange, met by the whole engine over real HTTP and WebSocket.

The engine's own adapter, session and core run beside the exchange on one loop whose time jumps, so
that a minute of patience costs a moment. Afterwards the two journals must tell the same story.
"""

import asyncio
import contextlib
import json
import uuid
from decimal import Decimal

import aiohttp
import pytest

from tests.engine.session.fakes import FakeJournal, command_id
from tests.engine.session.virtual_time import VirtualClock, run_virtual
from tui_trader.engine.client.in_process import connect_in_process
from tui_trader.engine.core.trader import Trader
from tui_trader.engine.exchanges.kraken.adapter import (
    CounterLimits,
    KrakenExecution,
    KrakenFeed,
    VenueConfig,
)
from tui_trader.engine.exchanges.local_kraken.fault_table import FAULT_KINDS, PRICES_BAD
from tui_trader.engine.exchanges.local_kraken.server import serve
from tui_trader.engine.exchanges.local_kraken.venue import ServeConfig
from tui_trader.engine.messages.commands import CancelOrder, PlaceOrder
from tui_trader.engine.messages.events import (
    AnomalyFound,
    CancelRejected,
    LinkChanged,
    OrderOutcomeUnknown,
    OrderRejected,
    ReconcileFailed,
    TradingHalted,
)
from tui_trader.engine.messages.queries import AskCandles
from tui_trader.engine.session.session import Ports, Session
from tui_trader.engine.settings.model import MarketSettings, Settings
from tui_trader.engine.state.market_view import MarketView
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.state.truth import compare
from tui_trader.engine.stores.exchange_journal import read_exchange_journal
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.modes import LinkState, Mode
from tui_trader.engine.values.orders import ClientOrderId, OrderType, Side

SETTINGS = Settings(market=MarketSettings(pairs=("BTC/USD",)))
BTC = Symbol("BTC/USD")
TIER = CounterLimits(level_max=500, decay_per_s=50, reserve=5, wait_max_ms=60_000)
# Long faults are made short enough for a test, and few messages enough for one core.
SHORT = {
    "delay_reply": {"ms": 20_000},
    "ws_silent": {"seconds": 12},
    "ws_refuse": {"seconds": 5},
    "ws_flood": {"seconds": 1, "per_second": 4_000},
    "fills_while_away": {"fills": 120, "seconds": 3},
    "maintenance": {"seconds": 8},
    "cancel_only": {"seconds": 8},
    "post_only": {"seconds": 8},
    "mix": {"seed": 5, "count": 12, "every_ms": 2_000},
    "clock": {"seconds": -5},
    "refuse": {"endpoint": "AddOrder", "count": 2, "error": "EService:Unavailable"},
    "ws_lose": {"channel": "executions"},
    "ws_duplicate": {"channel": "executions"},
    "ws_reorder": {"channel": "executions"},
}
FAST = {
    *("drop_reply_before", "drop_reply_after", "http_502_after", "refuse_after", "bad_nonce"),
    *("cancel_fill_race", "ws_drop", "ws_silent", "ws_lose", "ws_duplicate", "ws_price"),
    *("duplicate_fill", "fills_while_away", "balance", "maintenance", "hostile_error", "mix"),
}
PATIENCE_S = 240


class House:
    """The exchange, and an engine that lives on it."""

    def __init__(self, exchange, session, state, *, journal, running):
        self.exchange, self.session, self.state = exchange, session, state
        self.journal, self.running = journal, running
        self.client = connect_in_process(session, name="test")

    async def until(self, condition):
        loop = asyncio.get_running_loop()
        end_s = loop.time() + PATIENCE_S
        while not condition():
            assert loop.time() < end_s, "it never came to be"
            if self.running.done():
                self.running.result()
            await asyncio.sleep(0.1)

    def is_settled(self):
        links = self.state.links
        return (
            self.state.is_reconciled
            and not self.state.unknown_orders()
            and len(links) == 2
            and set(links.values()) == {LinkState.UP}
        )

    def mid(self):
        bid, _, ask, _ = self.exchange.venue.markets[BTC].bbo()
        return Decimal(bid + ask) / 20

    async def place(self, quantity, percent_below=None, *, side=Side.BUY):
        name = ClientOrderId(str(uuid.uuid4()))
        price = None
        if percent_below is not None:
            price = (self.mid() * (100 - percent_below) / 100).quantize(Decimal("0.1"))
        await self.client.send(
            PlaceOrder(
                command_id=command_id(),
                actor="test",
                client_order_id=name,
                symbol=BTC,
                side=side,
                order_type=OrderType.MARKET if price is None else OrderType.LIMIT,
                quantity_base=Decimal(quantity),
                price=price,
                post_only=False,
            )
        )
        return name

    async def cancel(self, name):
        await self.client.send(
            CancelOrder(command_id=command_id(), actor="test", client_order_id=name)
        )

    async def control(self, name, **options):
        async with (
            aiohttp.ClientSession() as session,
            session.post(
                f"{self.exchange.rest}/_control", json={"fault": name, **options}
            ) as reply,
        ):
            return reply.status, json.loads(await reply.read())

    async def session_candles(self):
        """What a chart of the pair shows."""
        query = AskCandles(symbol=BTC, interval=Interval.H1, count=10)
        return (await self.client.ask(query)).candles

    def truth(self):
        rows = read_exchange_journal(self.exchange.venue.journal_path)
        return compare((entry.event for entry in self.journal.read()), rows)


@contextlib.asynccontextmanager
async def housed(folder, **changes):
    clock = VirtualClock()
    config = ServeConfig(journal=folder / "journal.jsonl", **{"speed": 0, **changes})
    async with serve(config, clock=clock) as exchange:
        venue = VenueConfig(
            rest_url=exchange.rest,
            ws_public_url=exchange.ws,
            ws_private_url=exchange.ws,
            api_key=exchange.key,
            api_secret=exchange.secret,
            request_timeout_s=float(SETTINGS.execution.request_timeout_s),
            book_depth=SETTINGS.market.book_depth,
        )
        journal, state = FakeJournal(), TradingState()
        feed = KrakenFeed(venue, clock, chance=lambda: 0.5)
        execution = KrakenExecution(venue, clock, chance=lambda: 0.5, tier=TIER)
        trader = Trader(SETTINGS, state, MarketView(), mode=Mode.DEMO, venue="127.0.0.1")
        session = Session(trader, Ports(journal, feed, execution, clock), version="test")
        session.start()
        running = asyncio.create_task(session.run())
        try:
            yield House(exchange, session, state, journal=journal, running=running)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await feed.close()
            await execution.close()


async def live_through(name, folder, **given):
    bugs, given = [], given or SHORT.get(name, {})
    asyncio.get_running_loop().set_exception_handler(lambda _, context: bugs.append(context))
    async with housed(folder) as house:
        await house.until(house.is_settled)
        resting = await house.place("0.012", percent_below=4)
        await house.until(lambda: house.exchange.venue.account.open_orders)
        status, answer = await house.control(name, **given)
        assert status == 200, answer
        await house.place("0.002")
        await asyncio.sleep(2)
        await house.place("0.003", percent_below=6)
        await house.cancel(resting)
        await asyncio.sleep(30)
        assert name not in house.exchange.plan.armed(), "it did not happen"
        if name == "mix":
            assert was_harmed(house), "it did no harm"
        await house.control("clear")
        await house.until(house.is_settled)
        # One comparison later nothing is left to find.
        await asyncio.sleep(float(SETTINGS.execution.reconcile_every_s) + 5)
        await house.until(house.is_settled)
        report = house.truth()
        assert report.differences == ()
        assert bugs == []
        return house.journal.events, report


def was_harmed(house):
    """Whether the engine's journal tells of anything that went wrong."""
    return any(
        isinstance(event, OrderOutcomeUnknown | OrderRejected | CancelRejected | ReconcileFailed)
        or (isinstance(event, LinkChanged) and event.state is LinkState.DOWN)
        for event in house.journal.events
    )


def cases():
    """All faults but the one that needs a recording; those like another one only in the long run."""
    for name in sorted(set(FAULT_KINDS) - {"step"}):
        yield name if name in FAST else pytest.param(name, marks=pytest.mark.long)


@pytest.mark.parametrize("name", cases())
def test_engine_survives_and_both_journals_agree(name, tmp_path):
    events, report = run_virtual(live_through(name, tmp_path))
    assert report.orders >= 1
    if name != "balance":
        assert not any(isinstance(event, AnomalyFound | TradingHalted) for event in events)


@pytest.mark.long
@pytest.mark.parametrize("value", PRICES_BAD)
@pytest.mark.parametrize("channel", ["ticker", "book", "executions"])
def test_engine_survives_every_impossible_price(channel, value, tmp_path):
    run_virtual(live_through("ws_price", tmp_path, channel=channel, value=value))


@pytest.mark.long
@pytest.mark.parametrize(
    "endpoint", ["CancelOrder", "OpenOrders", "TradesHistory", "BalanceEx", "*"]
)
@pytest.mark.parametrize(
    "fault", ["drop_reply_after", "http_520_before", "bad_nonce", "delay_reply"]
)
def test_engine_survives_the_loss_of_any_answer(fault, endpoint, tmp_path):
    async def play():
        async with housed(tmp_path) as house:
            await house.until(house.is_settled)
            given = {"ms": 20_000} if fault == "delay_reply" else {}
            await house.control(fault, endpoint=endpoint, count=2, **given)
            names = [await house.place("0.002", percent) for percent in (None, 3, 5)]
            await asyncio.sleep(3)
            for name in names[1:]:
                await house.cancel(name)
            # Two comparisons: whatever they ask may be lost, too.
            await asyncio.sleep(2 * float(SETTINGS.execution.reconcile_every_s) + 10)
            await house.control("clear")
            await house.until(house.is_settled)
            await asyncio.sleep(float(SETTINGS.execution.reconcile_every_s) + 5)
            await house.until(house.is_settled)
            assert house.truth().differences == ()

    run_virtual(play())


@pytest.mark.long
@pytest.mark.parametrize("seed", range(60))
def test_engine_survives_a_seeded_mix(seed, tmp_path):
    async def play():
        async with housed(tmp_path, speed=0.3) as house:
            await house.until(house.is_settled)
            await house.control("mix", seed=seed, count=40, every_ms=3_000)
            names = []
            for number in range(25):
                names.append(await house.place("0.002", number % 3 or None))
                await asyncio.sleep(4)
                if number % 4 == 3:
                    await house.cancel(names[-2])
            await asyncio.sleep(40)
            assert was_harmed(house), "it did no harm"
            await house.control("clear")
            await house.until(house.is_settled)
            await asyncio.sleep(float(SETTINGS.execution.reconcile_every_s) + 5)
            await house.until(house.is_settled)
            assert house.truth().differences == ()

    run_virtual(play())
