"""A socket that is open and says nothing: noticed within five seconds on both links, with Kraken's pace."""

import asyncio

import pytest

from tests.engine.exchanges.kraken.test_feed import is_down, is_up
from tests.engine.session.virtual_time import VirtualClock, run_virtual
from tui_trader.engine.exchanges.kraken.adapter import KrakenExecution, KrakenFeed, VenueConfig
from tui_trader.engine.exchanges.local_kraken.fault_table import WS_SILENT
from tui_trader.engine.exchanges.local_kraken.server import serve
from tui_trader.engine.exchanges.local_kraken.venue import ServeConfig
from tui_trader.engine.values.instruments import Symbol

NOTICED_MS = 5_100
"""Five seconds, and the moment in which what had arrived is read."""


async def noticed_after_ms(folder, link):
    clock, reports = VirtualClock(), []
    async with serve(ServeConfig(journal=folder / "journal", speed=0), clock=clock) as exchange:
        config = VenueConfig(
            rest_url=exchange.rest,
            ws_public_url=exchange.ws,
            ws_private_url=exchange.ws,
            api_key=exchange.key,
            api_secret=exchange.secret,
        )
        if link == "public":
            adapter = KrakenFeed(config, clock, chance=lambda: 0.5)
            running = asyncio.create_task(adapter.run((Symbol("BTC/USD"),), reports.append))
        else:
            adapter = KrakenExecution(config, clock, chance=lambda: 0.5)
            running = asyncio.create_task(adapter.run(reports.append))

        async def until(is_wanted):
            while not any(map(is_wanted, reports)):  # noqa: ASYNC110 - virtual time, to the 10 ms
                await asyncio.sleep(0.01)

        try:
            await until(is_up)
            await asyncio.sleep(60)
            assert not any(map(is_down, reports)), "a quiet market is no silence"
            began_ms = clock.monotonic_ms()
            exchange.disasters.let_happen(WS_SILENT, {"seconds": 30})
            await until(is_down)
            return clock.monotonic_ms() - began_ms
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await adapter.close()


@pytest.mark.parametrize("link", ["public", "private"])
def test_half_open_link_is_noticed_within_five_seconds(link, tmp_path):
    assert 3_900 < run_virtual(noticed_after_ms(tmp_path, link)) <= NOTICED_MS
