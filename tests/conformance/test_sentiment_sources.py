"""Every sentiment source of the registry against its port, over a real server."""

import asyncio
import json

import pytest

from tests.engine.sources.web_server import FRESH_DATE, NOW_MS, FixedClock, WebServer, rss
from tui_trader.engine.analysis.sentiment import MARKET_PARTS, PARTS
from tui_trader.engine.registry import SENTIMENT_SOURCES, load
from tui_trader.engine.settings.model import SentimentSettings
from tui_trader.engine.sources.web import BoundedReader
from tui_trader.engine.values.errors import SourceFault

GOOD = {
    "fear_greed": json.dumps({"data": [{"value": "61", "timestamp": str(NOW_MS // 1_000 - 60)}]}),
    "headlines": rss(("Bitcoin surges", FRESH_DATE)),
}
BAD = {"status 500": 500, "garbage": 200}


def made(name: str, address: str = "", *, total_s: float = 30.0):
    settings = SentimentSettings(
        fear_greed_url=address, headline_urls=(address,) if address else ()
    )
    return load(SENTIMENT_SOURCES[name])(
        settings, reader=BoundedReader(total_s=total_s), clock=FixedClock(), words={}
    )


@pytest.fixture
async def server():
    async with WebServer().open() as running:
        yield running


def test_every_part_from_outside_has_a_source_and_every_source_a_part():
    assert set(SENTIMENT_SOURCES) == set(PARTS) - MARKET_PARTS


@pytest.mark.parametrize("name", SENTIMENT_SOURCES)
def test_a_source_without_an_address_is_off(name):
    assert made(name) is None


@pytest.mark.parametrize("name", SENTIMENT_SOURCES)
async def test_a_source_reads_within_the_score(server, name):
    source = made(name, server.put("/it", GOOD[name]))
    reading = await source.read()
    assert source.name == name
    assert -1 <= reading.value <= 1
    assert 0 < reading.time_ms <= NOW_MS
    assert reading.says


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("name", SENTIMENT_SOURCES)
async def test_a_source_that_hears_nothing_usable_says_so(server, name, bad):
    with pytest.raises(SourceFault):
        await made(name, server.put("/it", "\x1b[2J nonsense", status=BAD[bad])).read()


@pytest.mark.parametrize("name", SENTIMENT_SOURCES)
async def test_a_silent_server_is_given_up(server, name):
    with pytest.raises(SourceFault, match="no answer within"):
        await made(name, server.put_silence("/it"), total_s=0.05).read()


@pytest.mark.parametrize("name", SENTIMENT_SOURCES)
async def test_a_source_ends_when_it_is_cancelled(server, name):
    reading = asyncio.create_task(made(name, server.put_silence("/it")).read())
    await server.arrived.wait()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading


@pytest.mark.parametrize("name", SENTIMENT_SOURCES)
async def test_a_source_recovers(server, name):
    source = made(name, server.put("/it", "", status=503))
    with pytest.raises(SourceFault):
        await source.read()
    server.put("/it", GOOD[name])
    assert await source.read()
