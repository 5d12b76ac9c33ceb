"""Headlines: read in a child, scored, and nothing a feed says reaches the terminal raw."""

import os
import subprocess
import sys

import msgspec
import pytest

from tests.engine.sources.web_server import (
    FRESH_DATE,
    HOUR_MS,
    NOW_MS,
    OLD_DATE,
    FixedClock,
    WebServer,
    rss,
)
from tui_trader.engine.ports.sentiment_source import FeedTask
from tui_trader.engine.settings.model import SentimentSettings
from tui_trader.engine.sources import headlines as module
from tui_trader.engine.sources.feed_child import TITLE_MAX, plain, scored
from tui_trader.engine.sources.headlines import Headlines, headlines
from tui_trader.engine.sources.web import BoundedReader
from tui_trader.engine.values.errors import SourceFault

WORDS = {"hacked": -3.0, "surges": 2.2}


@pytest.fixture
async def server():
    async with WebServer().open() as running:
        yield running


def feed(body: str | bytes, words=WORDS, headlines_max=50):
    raw = body.encode() if isinstance(body, str) else body
    return scored(
        FeedTask(host="example.org", body=raw, words=dict(words), headlines_max=headlines_max)
    )


def source(*addresses: str, clock=None, **options) -> Headlines:
    return Headlines(
        addresses,
        BoundedReader(total_s=30.0),
        clock or FixedClock(),
        **{"words": WORDS, **options},
    )


def test_good_and_bad_news_differ_in_sign():
    result = feed(rss(("Bitcoin surges", FRESH_DATE), ("Exchange hacked", FRESH_DATE)))
    assert [headline.score > 0 for headline in result.headlines] == [True, False]
    assert {headline.source for headline in result.headlines} == {"Desk News"}
    assert all(headline.time_ms == 1_763_596_800_000 for headline in result.headlines)


def test_atom_is_read_too():
    result = feed(
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><entry><title>Coin surges</title>'
        "<updated>2025-11-20T00:00:00Z</updated></entry></feed>"
    )
    assert result.headlines[0].time_ms == 1_763_596_800_000


def test_a_word_of_the_list_changes_the_score():
    assert feed(rss(("Foo zorks", FRESH_DATE))).headlines[0].score == 0
    assert feed(rss(("Foo zorks", FRESH_DATE)), words={"zorks": -4.0}).headlines[0].score < -0.5


def test_a_headline_without_a_date_says_so():
    assert feed(rss(("Nobody knows", "some day"))).headlines[0].time_ms is None


def test_markup_and_control_characters_are_taken_out():
    raw = "&lt;b&gt;Gold&lt;/b&gt; <![CDATA[<script>x</script>]]>rises &#x1b;]52;c;eA&#x202e;!"
    (headline,) = feed(rss((raw, FRESH_DATE))).headlines
    assert not set(headline.title) & set("\x1b\u202e<>")
    assert headline.title.startswith("Gold")


def test_markup_hidden_in_markup_is_taken_out():
    assert plain("&amp;lt;i&amp;gt;a\x1b[2Jb\n\tc &lt;u&gt;d", 50) == "&lt;i&gt;a[2Jb c d"
    assert len(plain("<" * 5_000_000, 50)) == 50


def test_a_title_of_megabytes_is_cut():
    (headline,) = feed(rss(("x " * 400_000, FRESH_DATE))).headlines
    assert len(headline.title) == TITLE_MAX


def test_no_more_headlines_than_asked_for():
    many = rss(*((f"Number {number}", FRESH_DATE) for number in range(500)))
    assert len(feed(many, headlines_max=20).headlines) == 20


LAUGHS = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE l [<!ENTITY f SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("head", [LAUGHS, OUTSIDE, LAUGHS.lower()])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_feed_that_declares_entities_is_not_read(head, encoding):
    result = feed(rss(("&b;&f;", FRESH_DATE), head=head).encode(encoding))
    assert "declares entities" in result.fault
    assert result.headlines == ()


@pytest.mark.parametrize(
    "page",
    [
        "",
        "garbage",
        "<html><body>no feed</body></html>",
        b"\xff\x00\x1b",
        "{}",
        "<rss",
        "<" * 100_000,
    ],
)
def test_what_is_no_feed_is_a_fault_and_not_an_error(page):
    result = feed(page)
    assert result.fault or result.headlines == ()


async def test_a_feed_is_read_in_a_child_that_sees_no_key(server, monkeypatch):
    monkeypatch.setenv("TUI_TRADER_VENUE__API_SECRET", "canary")
    seen = {}
    plain_exec = module.asyncio.create_subprocess_exec

    async def spied(*command, **options):
        seen.update(options["env"])
        return await plain_exec(*command, **options)

    monkeypatch.setattr(module.asyncio, "create_subprocess_exec", spied)
    address = server.put("/rss", rss(("Bitcoin surges", FRESH_DATE), ("Old ruin", OLD_DATE)))
    reading = await source(address).read()
    assert reading.value > 0
    assert reading.time_ms == NOW_MS
    assert reading.says == "1 headlines of the last day from 1 of 1 feeds"
    assert [headline.title for headline in reading.headlines] == ["Bitcoin surges", "Old ruin"]
    assert "canary" not in str(seen)
    assert "PATH" in seen or "PATH" not in os.environ


async def test_an_unchanged_feed_is_heard_without_a_child(server, monkeypatch):
    address = server.put("/rss", rss(("Bitcoin surges", FRESH_DATE)), ETag='"1"')
    clock = FixedClock()
    asked = source(address, clock=clock)
    await asked.read()
    clock.ms += HOUR_MS
    monkeypatch.setattr(sys, "executable", "/nonexistent")
    again = await asked.read()
    assert again.time_ms == NOW_MS + HOUR_MS


async def test_a_dead_feed_is_named_and_the_others_count(server):
    good = server.put("/rss", rss(("Bitcoin surges", FRESH_DATE)))
    reading = await source(good, server.put("/bad", "", status=500)).read()
    assert reading.says == (
        "1 headlines of the last day from 1 of 2 feeds; the server answered 500"
    )


async def test_a_feed_whose_child_dies_costs_the_others_nothing(server, monkeypatch):
    good = server.put("/rss", rss(("Bitcoin surges", FRESH_DATE)))
    # More than the child may compute on: it ends itself, and the other page has a child of its own.
    monkeypatch.setattr(module, "CHILD", "tests.engine.sources.picky_child")
    reading = await source(good, server.put("/hostile", "hostile")).read()
    assert reading.says.startswith(
        "1 headlines of the last day from 1 of 2 feeds; reading the feed"
    )


async def test_a_feed_without_a_name_has_that_of_its_host_and_no_more_of_its_address(server):
    address = server.put("/rss", rss(("Bitcoin surges", FRESH_DATE), title="")) + "?token=canary"
    reading = await source(address).read()
    assert reading.headlines[0].source == "127.0.0.1"


async def test_a_machine_without_room_for_a_process_is_a_fault(server, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nonexistent")
    address = server.put("/rss", rss(("Bitcoin surges", FRESH_DATE)))
    with pytest.raises(SourceFault, match="no process could be started"):
        await source(address).read()


async def test_no_feed_at_all_is_a_fault(server):
    with pytest.raises(SourceFault, match="answered 500"):
        await source(server.put("/bad", "", status=500)).read()


async def test_old_news_are_no_mood(server):
    with pytest.raises(SourceFault, match="no feed has a headline of the last day"):
        await source(server.put("/rss", rss(("Old ruin", OLD_DATE)))).read()


async def test_a_child_that_takes_too_long_is_killed(server, monkeypatch):
    address = server.put("/rss", rss(("Bitcoin surges", FRESH_DATE)))
    with pytest.raises(SourceFault, match=r"could not be read within 0\.01 s"):
        await source(address, child_s=0.01).read()


async def test_a_child_that_dies_is_a_fault_of_the_feed(server, monkeypatch):
    monkeypatch.setattr(module, "CHILD", "tui_trader.engine.sources.nobody")
    address = server.put("/rss", rss(("Bitcoin surges", FRESH_DATE)))
    with pytest.raises(SourceFault, match="took too much"):
        await source(address).read()


async def test_a_headline_from_the_future_does_not_count(server):
    address = server.put("/rss", rss(("Bitcoin surges", "Fri, 20 Nov 2099 00:00:00 GMT")))
    with pytest.raises(SourceFault, match="no feed has a headline"):
        await source(address).read()


async def test_the_shipped_words_are_read_and_those_of_the_user_go_first(server):
    made = headlines(
        SentimentSettings(headline_urls=("https://example.org/",)),
        reader=BoundedReader(),
        clock=FixedClock(),
        words={"hacked": 0.5},
    )
    assert made._words["hacked"] == 0.5
    assert made._words["bullish"] > 2
    assert len(made._words) > 80


def test_the_child_loads_nothing_that_calls_out():
    look = (
        "import sys; import tui_trader.engine.sources.feed_child; "
        "print([name for name in ('requests', 'aiohttp', 'ccxt', 'nltk') if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_the_task_survives_the_way_to_the_child():
    task = FeedTask(host="a", body=b"\x00\xff", words=WORDS, headlines_max=3)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(task), type=FeedTask) == task
