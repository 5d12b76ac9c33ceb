"""The two forms of client, on one kind of session, in real time."""

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.engine.session.fakes import Stage
from tui_trader.engine.api.socket_server import SocketServer
from tui_trader.engine.client.in_process import connect_in_process
from tui_trader.engine.client.socket_client import connect
from tui_trader.engine.session import session
from tui_trader.engine.session.clock import SystemClock
from tui_trader.engine.stores.home import Home


@asynccontextmanager
async def served(home: Path, **changes):
    """A session that is ready to trade, listening in the home."""
    layout = Home(home)
    layout.prepare()
    # The first comparison with the exchange waits for a tick, and every test for that.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "TICK_S", 0.01)
        async with _served(layout, Stage(clock=SystemClock(), **changes)) as stage:
            yield stage


@asynccontextmanager
async def _served(layout: Home, stage: Stage):
    stage.session.start()
    stage.home = layout.path
    stage.path = layout.prepare_socket()
    server = SocketServer(stage.session, stage.path)
    await server.open()
    stage.running = asyncio.create_task(stage.session.run())
    try:
        await stage.ready()
        yield stage
        if not stage.running.done():
            await stage.stop()
    finally:
        stage.running.cancel()
        await asyncio.gather(stage.running, return_exceptions=True)
        await server.close()


async def by_socket(stage, **options):
    return await connect(stage.home, **{"name": "test"} | options)


async def in_process(stage, **options):
    return connect_in_process(stage.session, **{"name": "test"} | options)


FORMS = [in_process, by_socket]
