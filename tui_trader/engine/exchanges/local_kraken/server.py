"""The exchange, listening: `async with serve(config) as exchange` in tests, a process for users."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from aiohttp import web
from aiohttp.typedefs import Handler

from tui_trader.engine.exchanges.local_kraken.clock import SystemClock
from tui_trader.engine.exchanges.local_kraken.control import Control
from tui_trader.engine.exchanges.local_kraken.credentials import DEMO_API_KEY, DEMO_API_SECRET
from tui_trader.engine.exchanges.local_kraken.disasters import Disasters
from tui_trader.engine.exchanges.local_kraken.fault_names import parse_fault
from tui_trader.engine.exchanges.local_kraken.faults import FaultPlan
from tui_trader.engine.exchanges.local_kraken.market_channels import instrument_text
from tui_trader.engine.exchanges.local_kraken.market_pace import MadePace, MarketPace, TapePace
from tui_trader.engine.exchanges.local_kraken.order_desk import OrderDesk
from tui_trader.engine.exchanges.local_kraken.reply_faults import ReplyFaults
from tui_trader.engine.exchanges.local_kraken.rest import RestFace
from tui_trader.engine.exchanges.local_kraken.signing import Gatekeeper
from tui_trader.engine.exchanges.local_kraken.skewed_clock import SkewedClock
from tui_trader.engine.exchanges.local_kraken.sockets import SocketHub
from tui_trader.engine.exchanges.local_kraken.subscriptions import SubscriptionDesk
from tui_trader.engine.exchanges.local_kraken.tokens import TokenDesk
from tui_trader.engine.exchanges.local_kraken.venue import ServeConfig, Venue
from tui_trader.engine.exchanges.local_kraken.ws_orders import OrderEntry
from tui_trader.engine.exchanges.simulator.replay_market import ReplayMarket
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.values.errors import HomeBusy
from tui_trader.engine.values.instruments import Symbol

HOST = "127.0.0.1"
"""Loopback only: the key is public."""
_SHUTDOWN_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningExchange:
    """An exchange that listens.

    Args:
        rest: Base address of REST.
        ws: Address of WebSocket v2, public and private.
        failure: Gets the exception that ended the exchange; nothing else ends it from inside.
    """

    rest: str
    ws: str
    key: str
    secret: str
    venue: Venue
    plan: FaultPlan
    disasters: Disasters
    pace: MarketPace
    failure: asyncio.Future[None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """What an exchange is made of."""

    config: ServeConfig
    plan: FaultPlan
    clock: SkewedClock
    hub: SocketHub
    venue: Venue
    pace: MarketPace
    tokens: TokenDesk
    disasters: Disasters
    failure: asyncio.Future[None]


@contextlib.asynccontextmanager
async def serve(
    config: ServeConfig,
    *,
    clock: Clock | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> AsyncIterator[RunningExchange]:
    """Serve until the block ends.

    Args:
        config: How.
        clock: Instead of the machine's.
        tell: Is given sentences for people.

    Raises:
        StoreError: the journal cannot be read.
        HomeBusy: another exchange has the journal, or something has the port.
        ValueError: a fault of the configuration makes no sense.
    """
    parts = _put_together(config, clock or SystemClock(), tell)
    runner = web.AppRunner(
        _application(parts),
        access_log=None,
        shutdown_timeout=_SHUTDOWN_S,
        handle_signals=False,
    )
    await runner.setup()
    try:
        await _listen(runner, config.port)
        address = f"{HOST}:{runner.addresses[0][1]}"
        async with _pulse(parts):
            for text in config.faults:
                parts.disasters.let_happen(*parse_fault(text))
            yield RunningExchange(
                rest=f"http://{address}",
                ws=f"ws://{address}/v2",
                key=DEMO_API_KEY,
                secret=DEMO_API_SECRET,
                venue=parts.venue,
                plan=parts.plan,
                disasters=parts.disasters,
                pace=parts.pace,
                failure=parts.failure,
            )
    finally:
        parts.disasters.clear()
        parts.hub.drop_all()
        await runner.cleanup()
        parts.venue.close()
        parts.failure.cancel()


def _put_together(config: ServeConfig, clock: Clock, tell: Callable[[str], None]) -> _Parts:
    plan, skewed, tokens = FaultPlan(), SkewedClock(clock), TokenDesk()
    hub = SocketHub(skewed, plan)
    venue = Venue(config, skewed, hub)
    hub.account = venue.account
    hub.instruments = lambda kind: instrument_text(kind, venue.rules)
    venue.status.tell = lambda state: hub.say_status(state.value)
    pace = _pace(config, venue, tell)
    disasters = Disasters(
        plan,
        venue,
        sockets=hub,
        status=venue.status,
        clock=skewed,
        pace=pace,
        tokens=tokens,
    )
    return _Parts(
        config=config,
        plan=plan,
        clock=skewed,
        hub=hub,
        venue=venue,
        pace=pace,
        tokens=tokens,
        disasters=disasters,
        failure=asyncio.get_running_loop().create_future(),
    )


def _pace(config: ServeConfig, venue: Venue, tell: Callable[[str], None]) -> MarketPace:
    played = {
        symbol: market
        for symbol, market in venue.markets.items()
        if isinstance(market, ReplayMarket)
    }
    if not played:
        return MadePace(venue.step, list(venue.markets), speed=config.speed, clock=venue.clock)
    return TapePace(
        venue.step,
        played,
        speed=config.speed,
        clock=venue.clock,
        gaps=config.gaps,
        tell=tell,
    )


async def _listen(runner: web.AppRunner, port: int) -> None:
    try:
        await web.TCPSite(runner, HOST, port).start()
    except OSError as error:
        message = f"port {port} of {HOST} cannot be had ({error.strerror}); choose another --port"
        raise HomeBusy(message) from error


def _application(parts: _Parts) -> web.Application:
    venue, hub, failure = parts.venue, parts.hub, parts.failure
    rest = RestFace(
        venue,
        ReplyFaults(parts.plan, venue.status, parts.disasters.race_cancel),
        gatekeeper=Gatekeeper(
            {DEMO_API_KEY: DEMO_API_SECRET},
            nonce_window=parts.config.nonce_window,
            nonces=venue.nonces,
        ),
        tokens=parts.tokens,
        latency_ms=parts.config.latency_ms,
    )
    orders = OrderDesk(venue)
    hub.rate_level = lambda symbol: orders.rate_level(Symbol(symbol))
    entry = OrderEntry(venue, orders, parts.tokens)
    desk = SubscriptionDesk(venue, hub, tokens=parts.tokens, entry=entry)

    @web.middleware
    async def end_on_bug(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except (web.HTTPException, ConnectionError):
            # A client that hangs up is no bug.
            raise
        except Exception as bug:
            # A broken invariant or an unwritable journal: the exchange must not go on as if
            # nothing had happened, so whoever runs it is told and ends it.
            if not failure.done():
                failure.set_exception(bug)
            raise

    application = web.Application(middlewares=[end_on_bug])
    application.add_routes(rest.routes())
    application.add_routes(Control(parts.plan, parts.disasters, parts.pace).routes())
    application.router.add_get("/v2", desk.serve)
    return application


@contextlib.asynccontextmanager
async def _pulse(parts: _Parts) -> AsyncIterator[None]:
    """Market events and heartbeats in the background."""
    failure = parts.failure
    beats = (parts.pace.run(), parts.hub.beat(), parts.venue.run_timers())
    tasks = [asyncio.create_task(beat) for beat in beats]

    def note_end(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and not failure.done():
            bug = task.exception()
            assert bug is not None
            failure.set_exception(bug)

    for task in tasks:
        task.add_done_callback(note_end)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
