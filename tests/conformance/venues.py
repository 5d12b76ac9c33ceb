"""The exchanges the port laws are run on: each is a venue of its own and adapters connected to it.

An adapter that joins gets a line in VENUES, and every law with it.
"""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path

import aiohttp

from tests.engine.exchanges.kraken.clocks import RealClock
from tests.engine.exchanges.kraken.fake_socket import Inbox, running
from tui_trader.engine.exchanges.ccxt_pro.connection import CcxtConfig
from tui_trader.engine.exchanges.ccxt_pro.execution import CcxtExecution
from tui_trader.engine.exchanges.ccxt_pro.feed import CcxtFeed
from tui_trader.engine.exchanges.kraken.adapter import (
    CounterLimits,
    KrakenExecution,
    KrakenFeed,
    LinkTiming,
    OrderLimits,
    VenueConfig,
)
from tui_trader.engine.exchanges.local_kraken.clock import new_id
from tui_trader.engine.exchanges.local_kraken.server import serve
from tui_trader.engine.exchanges.local_kraken.venue import ServeConfig
from tui_trader.engine.exchanges.paper.execution import PaperExecution
from tui_trader.engine.exchanges.paper.feed import PaperFeed
from tui_trader.engine.exchanges.paper.floor import PaperFloor
from tui_trader.engine.messages.reports import BookReport, TickerReport
from tui_trader.engine.messages.requests import LookUpOrder, SubmitOrder, WithdrawOrder
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.orders import ClientOrderId, OrderType, Side

D = Decimal
BTC = Symbol("BTC/USD")
# Far below the market, so that it rests; at the local exchange bitcoin is about 64,000.
PRICE_RESTING = D("20000.0")
PRICE_TAKING = D("150000.0")
TIMING = LinkTiming(backoff_first_s=0.01, backoff_max_s=0.05, silence_max_s=1.6)
GENEROUS = CounterLimits(level_max=1_000, decay_per_s=100, reserve=0, wait_max_ms=1_000)

MANY_ORDERS = OrderLimits(level_max=1_000, decay_per_s=100, cancel_reserve=0)


class Venue:
    """One exchange, the two adapters connected to it, and its switch for faults."""

    def __init__(self, execution, feed, *, control_url, config):
        self.execution = execution
        self.feed = feed
        self.config = config
        self._control_url = control_url
        self.clock = self._clock = RealClock()

    def now_ms(self):
        """Moment by the clock of this venue."""
        return self._clock.now_ms()

    async def break_down(self, fault, **options):
        """Arm a fault."""
        async with (
            aiohttp.ClientSession() as session,
            session.post(self._control_url, json={"fault": fault, **options}) as answer,
        ):
            assert answer.status == 200, await answer.text()

    def order(self, **changes):
        """A buy of the least bitcoin: resting, unless it is told otherwise."""
        usual = {
            "client_order_id": ClientOrderId(str(uuid.uuid4())),
            "symbol": BTC,
            "side": Side.BUY,
            "order_type": OrderType.LIMIT,
            "quantity_base": D("0.001"),
            "price": PRICE_RESTING,
            "post_only": False,
            "deadline_ms": self._clock.now_ms() + 5_000,
        }
        return SubmitOrder(**(usual | changes))

    def market_order(self, **changes):
        """A buy that fills at once."""
        return self.order(order_type=OrderType.MARKET, price=None, **changes)

    async def find(self, order, exchange_order_id=None):
        """Look an order up."""
        request = LookUpOrder(
            client_order_id=order.client_order_id,
            exchange_order_id=exchange_order_id,
            since_ms=self._clock.now_ms() - 600_000,
        )
        return await self.execution.find_order(request)

    async def withdraw(self, order, exchange_order_id=None):
        """Cancel an order."""
        await self.execution.withdraw(
            WithdrawOrder(
                client_order_id=order.client_order_id, exchange_order_id=exchange_order_id
            )
        )

    async def account(self):
        """Everything of the last ten minutes."""
        return await self.execution.account(self._clock.now_ms() - 600_000)


@asynccontextmanager
async def kraken(folder: Path, *, speed: float = 0.0) -> AsyncIterator[Venue]:
    """The Kraken adapter at the local Kraken; the market stands still unless it has a speed."""
    async with serve(ServeConfig(journal=folder / "exchange.journal", speed=speed)) as exchange:
        config = VenueConfig(
            rest_url=exchange.rest,
            ws_public_url=exchange.ws,
            ws_private_url=exchange.ws,
            api_key=exchange.key,
            api_secret=exchange.secret,
            request_timeout_s=1.5,
            book_depth=25,
        )
        clock = RealClock()
        execution = KrakenExecution(
            config, clock, chance=lambda: 0.5, timing=TIMING, tier=GENEROUS, orders=MANY_ORDERS
        )
        feed = KrakenFeed(config, clock, chance=lambda: 0.5, timing=TIMING)
        try:
            yield Venue(execution, feed, control_url=f"{exchange.rest}/_control", config=config)
        finally:
            await execution.close()
            await feed.close()


@asynccontextmanager
async def ccxt_pro(folder: Path, *, speed: float = 0.0) -> AsyncIterator[Venue]:
    """The bridge to any exchange; ccxt.pro's Kraken at the local Kraken plays the other exchange."""
    async with serve(ServeConfig(journal=folder / "exchange.journal", speed=speed)) as exchange:
        ws = {"publicV2": exchange.ws, "privateV2": exchange.ws, "private": exchange.ws}
        config = CcxtConfig(
            exchange="kraken",
            api_key=exchange.key,
            api_secret=exchange.secret,
            request_timeout_s=1.5,
            has_ccxt_limiter=False,
            overrides={
                "urls": {"api": {"public": exchange.rest, "private": exchange.rest, "ws": ws}}
            },
        )
        clock = RealClock()
        timing = LinkTiming(
            backoff_first_s=0.01, backoff_max_s=0.05, silence_max_s=1.6, subscribe_max_s=3
        )
        execution = CcxtExecution(
            config, clock, chance=lambda: 0.5, timing=timing, look_every_s=0.5
        )
        feed = CcxtFeed(config, clock, chance=lambda: 0.5, timing=timing)
        try:
            yield Venue(execution, feed, control_url=f"{exchange.rest}/_control", config=config)
        finally:
            await execution.close()
            await feed.close()


@asynccontextmanager
async def paper(folder: Path, *, speed: float = 0.0) -> AsyncIterator[Venue]:
    """Paper mode: the simulator in this process, at the prices of a feed of the local Kraken."""
    async with serve(ServeConfig(journal=folder / "exchange.journal", speed=speed)) as exchange:
        config = VenueConfig(
            rest_url=exchange.rest,
            ws_public_url=exchange.ws,
            ws_private_url=exchange.ws,
            api_key=exchange.key,
            api_secret=exchange.secret,
            request_timeout_s=1.5,
        )
        clock = RealClock()
        floor = PaperFloor(clock, new_id=new_id, cash=D(10_000))
        feeds = [
            PaperFeed(KrakenFeed(config, clock, chance=lambda: 0.5, timing=TIMING), floor)
            for _ in range(2)
        ]
        try:
            inbox = Inbox()
            async with running(feeds[0].run((BTC,), inbox)):
                await inbox.until(lambda one: isinstance(one, BookReport) and one.is_verified)
                await inbox.until(lambda one: isinstance(one, TickerReport))
            floor.see_book(inbox.of(BookReport)[0])
            yield Venue(
                PaperExecution(floor, clock),
                feeds[1],
                control_url=f"{exchange.rest}/_control",
                config=config,
            )
        finally:
            for feed in feeds:
                await feed.close()


VENUES = {"kraken": kraken, "ccxt_pro": ccxt_pro, "paper": paper}
REMOTE = ("kraken", "ccxt_pro")
"""Those whose answers can be lost: laws about that are run on these."""
