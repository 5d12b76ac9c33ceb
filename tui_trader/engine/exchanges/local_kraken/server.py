"""The exchange, listening: `async with serve(config) as exchange` in tests, a process for users."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from aiohttp import web
from aiohttp.typedefs import Handler

from tui_trader.engine.exchanges.local_kraken.clock import SystemClock
from tui_trader.engine.exchanges.local_kraken.control import Control
from tui_trader.engine.exchanges.local_kraken.credentials import DEMO_API_KEY, DEMO_API_SECRET
from tui_trader.engine.exchanges.local_kraken.faults import FaultPlan
from tui_trader.engine.exchanges.local_kraken.pacing import run_market
from tui_trader.engine.exchanges.local_kraken.rest import RestFace
from tui_trader.engine.exchanges.local_kraken.signing import Gatekeeper
from tui_trader.engine.exchanges.local_kraken.sockets import SocketHub
from tui_trader.engine.exchanges.local_kraken.subscriptions import SubscriptionDesk
from tui_trader.engine.exchanges.local_kraken.tokens import TokenDesk
from tui_trader.engine.exchanges.local_kraken.venue import ServeConfig, Venue
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.values.errors import HomeBusy

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
    failure: asyncio.Future[None]


@contextlib.asynccontextmanager
async def serve(
    config: ServeConfig, *, clock: Clock | None = None
) -> AsyncIterator[RunningExchange]:
    """Serve until the block ends.

    Raises:
        StoreError: the journal cannot be read.
        HomeBusy: another exchange has the journal, or something has the port.
    """
    plan = FaultPlan()
    used_clock = clock or SystemClock()
    hub = SocketHub(used_clock, plan)
    venue = Venue(config, used_clock, hub)
    hub.account = venue.account
    failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    runner = web.AppRunner(
        _application(config, venue, hub, plan, failure),
        access_log=None,
        shutdown_timeout=_SHUTDOWN_S,
        handle_signals=False,
    )
    await runner.setup()
    try:
        await _listen(runner, config.port)
        address = f"{HOST}:{runner.addresses[0][1]}"
        async with _pulse(config, venue, hub, failure):
            yield RunningExchange(
                rest=f"http://{address}",
                ws=f"ws://{address}/v2",
                key=DEMO_API_KEY,
                secret=DEMO_API_SECRET,
                venue=venue,
                plan=plan,
                failure=failure,
            )
    finally:
        hub.drop_all()
        await runner.cleanup()
        venue.close()
        failure.cancel()


async def _listen(runner: web.AppRunner, port: int) -> None:
    try:
        await web.TCPSite(runner, HOST, port).start()
    except OSError as error:
        message = f"port {port} of {HOST} cannot be had ({error.strerror}); choose another --port"
        raise HomeBusy(message) from error


def _application(  # noqa: PLR0917 - the one place that wires
    config: ServeConfig,
    venue: Venue,
    hub: SocketHub,
    plan: FaultPlan,
    failure: asyncio.Future[None],
) -> web.Application:
    tokens = TokenDesk()
    gatekeeper = Gatekeeper({DEMO_API_KEY: DEMO_API_SECRET})
    rest = RestFace(venue, plan, gatekeeper=gatekeeper, tokens=tokens, latency_ms=config.latency_ms)
    desk = SubscriptionDesk(venue, hub, tokens)

    @web.middleware
    async def end_on_bug(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException:
            raise
        except Exception as bug:
            # A broken invariant or an unwritable journal: the exchange must not go on as if
            # nothing had happened, so whoever runs it is told and ends it.
            if not failure.done():
                failure.set_exception(bug)
            raise

    application = web.Application(middlewares=[end_on_bug])
    application.add_routes(rest.routes())
    application.add_routes(Control(plan, hub, venue.move).routes())
    application.router.add_get("/v2", desk.serve)
    return application


@contextlib.asynccontextmanager
async def _pulse(  # noqa: PLR0917 - made in one place
    config: ServeConfig, venue: Venue, hub: SocketHub, failure: asyncio.Future[None]
) -> AsyncIterator[None]:
    """Market events and heartbeats in the background."""
    tasks = [
        asyncio.create_task(
            run_market(venue.step, list(venue.markets), speed=config.speed, clock=venue.clock)
        ),
        asyncio.create_task(hub.beat()),
    ]

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
