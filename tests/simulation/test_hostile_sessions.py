"""Whole sessions against an exchange that does its worst, with crashes in between, on virtual time.

A failure prints the seed that replays it: the seed is the test's parameter.
"""

import asyncio
import contextlib
import random
from decimal import Decimal

import pytest

from tests.engine.session.fakes import SETTINGS, FakeJournal, command_id, order_id
from tests.engine.session.virtual_time import VirtualClock, run_virtual
from tests.simulation.hostile_exchange import LIVE, HostileExchange, HostileFeed
from tui_trader.engine.client.in_process import connect_in_process
from tui_trader.engine.client.mirror import Mirror
from tui_trader.engine.core.trader import Trader
from tui_trader.engine.messages.commands import (
    CancelAllOrders,
    CancelOrder,
    HaltTrading,
    PlaceOrder,
    ResumeTrading,
)
from tui_trader.engine.messages.events import OrderFilled, OrderSubmitted
from tui_trader.engine.session.session import Ports, Session
from tui_trader.engine.state.market_view import MarketView
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.values.instruments import Asset, Symbol
from tui_trader.engine.values.modes import Mode
from tui_trader.engine.values.orders import OrderType, Side

SEEDS_FAST = range(25)
SEEDS_LONG = range(25, 1_000)
SESSIONS = 3


class Theatre:
    """One home, one exchange, and a session that is killed and started again."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.clock = VirtualClock()
        self.journal = FakeJournal()
        misfortune = self.chance.choice([0.0, 0.05, 0.15, 0.3])
        self.exchange = HostileExchange(self.clock, self.chance, misfortune=misfortune)
        self.state = TradingState()
        self.mirrors = []

    @contextlib.asynccontextmanager
    async def session(self):
        self.state = TradingState()
        for entry in self.journal.read():
            self.state.apply(entry.event)
        trader = Trader(SETTINGS, self.state, MarketView(), mode=Mode.DEMO, venue="hostile")
        feed = HostileFeed(self.clock, self.chance)
        session = Session(
            trader, Ports(self.journal, feed, self.exchange, self.clock), version="test"
        )
        session.start()
        running = asyncio.create_task(session.run())
        try:
            yield session
            if running.done():
                running.result()
        finally:
            # As kill -9 would: nothing is said, nothing is written, what was in flight is lost.
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def trade(self, session, *, seconds: int) -> None:
        client = connect_in_process(session, name="test")
        mirror = Mirror(client.welcome)
        following = asyncio.create_task(follow(client, mirror))
        for _ in range(seconds):
            await asyncio.sleep(self.chance.random() * 2)
            await client.send(self.command())
        await asyncio.sleep(0.05)
        following.cancel()
        assert mirror.state == self.state, "a mirror is not the engine"
        await client.close()

    def command(self):
        named = {"command_id": command_id(), "actor": "test"}
        dice = self.chance.random()
        known = list(self.state.orders)
        if dice < 0.15 and known:
            return CancelOrder(client_order_id=self.chance.choice(known), **named)
        if dice < 0.18:
            return CancelAllOrders(**named)
        if dice < 0.20:
            return HaltTrading(reason="drill", **named)
        if dice < 0.30:
            return ResumeTrading(**named)
        side = self.chance.choice([Side.BUY, Side.BUY, Side.SELL])
        return PlaceOrder(
            client_order_id=order_id(),
            symbol=Symbol("BTC/USD"),
            side=side,
            order_type=OrderType.LIMIT,
            quantity_base=Decimal(self.chance.randrange(1, 30)) / 10_000,
            price=Decimal("63990.0") if side is Side.BUY else Decimal("64010.0"),
            **named,
        )


async def follow(client, mirror):
    async for frame in client.updates():
        mirror.apply(frame)


async def play(seed: int) -> Theatre:
    theatre = Theatre(seed)
    for _ in range(SESSIONS):
        async with theatre.session() as session:
            await theatre.trade(session, seconds=theatre.chance.randrange(5, 40))
    theatre.exchange.calm_down()
    async with theatre.session() as session:
        await asyncio.sleep(240)
        await theatre.trade(session, seconds=0)
    for task in theatre.exchange.later:
        task.cancel()
    return theatre


def check(theatre: Theatre) -> None:
    events, exchange, state = theatre.journal.events, theatre.exchange, theatre.state
    booked = [event.fill.execution_id for event in events if isinstance(event, OrderFilled)]
    assert len(booked) == len(set(booked)), "a fill was booked twice"
    assert set(booked) == {fill.execution_id for fill in exchange.fills}, "fills differ"
    assert len(exchange.submitted_ids) == len(set(exchange.submitted_ids)), "an order left twice"
    intents = {event.client_order_id for event in events if isinstance(event, OrderSubmitted)}
    assert set(exchange.submitted_ids) <= intents, "an order left without its intent"
    assert {order.client_order_id for order in exchange.orders.values()} <= intents
    live = {o.client_order_id for o in exchange.orders.values() if o.status in LIVE}
    assert {order.client_order_id for order in state.open_orders()} == live
    assert state.unknown_orders() == []
    assert state.balances[Asset("USD")] == exchange.cash
    assert state.balances.get(Asset("BTC"), Decimal(0)) == exchange.coins
    assert state.is_reconciled
    rebuilt = TradingState()
    for event in events:
        rebuilt.apply(event)
    assert rebuilt == state


@pytest.mark.parametrize("seed", SEEDS_FAST)
def test_nothing_is_lost_doubled_or_made_up(seed):
    check(run_virtual(play(seed)))


@pytest.mark.long
@pytest.mark.timeout(1_800)
def test_nothing_is_lost_doubled_or_made_up_over_many_seeds():
    for seed in SEEDS_LONG:
        try:
            check(run_virtual(play(seed)))
        except (AssertionError, ExceptionGroup) as error:
            error.add_note(f"seed {seed}")
            raise
