"""Fear & Greed, over HTTP."""

import json

import pytest

from tests.engine.sources.web_server import HOUR_MS, NOW_MS, FixedClock, WebServer
from tui_trader.engine.settings.model import SentimentSettings
from tui_trader.engine.sources.fear_greed import fear_greed
from tui_trader.engine.sources.web import BoundedReader
from tui_trader.engine.values.errors import SourceFault

HOUR_AGO = str((NOW_MS - HOUR_MS) // 1_000)


@pytest.fixture
async def server():
    async with WebServer().open() as running:
        yield running


def source(address: str, clock=None):
    return fear_greed(
        SentimentSettings(fear_greed_url=address),
        reader=BoundedReader(),
        clock=clock or FixedClock(),
        words={},
    )


def index(value="40", timestamp=HOUR_AGO, word="Fear") -> str:
    entry = {
        "value": value,
        "value_classification": word,
        "timestamp": timestamp,
        "time_until_update": "68499",
    }
    return json.dumps(
        {"name": "Fear and Greed Index", "data": [entry], "metadata": {"error": None}}
    )


async def test_the_index_becomes_a_reading(server):
    reading = await source(server.put("/fng", index())).read()
    assert reading.value == pytest.approx(-0.2)
    assert reading.time_ms == NOW_MS - HOUR_MS
    assert reading.says == "40 of 100: Fear"


@pytest.mark.parametrize(("value", "expected"), [("0", -1), ("50", 0), (100, 1)])
async def test_its_ends_are_the_ends_of_the_score(server, value, expected):
    assert (await source(server.put("/fng", index(value))).read()).value == expected


async def test_an_unchanged_index_is_not_sent_again(server):
    asked = source(server.put("/fng", index(), ETag='"1"'))
    assert await asked.read() == await asked.read()
    assert server.requests[1][1]["If-None-Match"] == '"1"'


async def test_a_page_that_could_not_be_read_is_asked_for_in_full(server):
    asked = source(server.put("/fng", "not yet", ETag='"1"'))
    for _ in range(2):
        with pytest.raises(SourceFault):
            await asked.read()
    assert "If-None-Match" not in server.requests[1][1]


async def test_the_newest_entry_counts(server):
    entries = [{"value": "10", "timestamp": "1600000000"}, {"value": "90", "timestamp": HOUR_AGO}]
    reading = await source(server.put("/fng", json.dumps({"data": entries}))).read()
    assert reading.says == "90 of 100"


async def test_what_it_says_is_cleaned(server):
    page = index(word="Fear\x1b]52;c;eA==\x07\u202e" + "x" * 500)
    says = (await source(server.put("/fng", page)).read()).says
    assert "\x1b" not in says
    assert "\u202e" not in says
    assert len(says) < 60


@pytest.mark.parametrize(
    "page",
    [
        "",
        "<html>",
        "null",
        "[]",
        "{}",
        '{"data": []}',
        '{"data": "none"}',
        '{"data": [{"value": "forty", "timestamp": "1"}]}',
        '{"data": [{"value": null, "timestamp": "1"}]}',
        '{"data": [{"value": "40"}]}',
        '{"data": [{"value": 1e400, "timestamp": 1}]}',
        index("101"),
        index("-1"),
        index(timestamp="0"),
        index(timestamp="99999999999"),
        index(timestamp="9" * 400),
        "[" * 100_000,
        b"\xff\xfe\x00",
    ],
)
async def test_what_is_no_index_is_a_fault(server, page):
    with pytest.raises(SourceFault):
        await source(server.put("/fng", page)).read()
