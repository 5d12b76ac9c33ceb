"""The public feed against a server that misbehaves."""

import json
from decimal import Decimal

import msgspec
import pytest

from tests.engine.exchanges.kraken.clocks import RealClock, SteppedClock
from tests.engine.exchanges.kraken.fake_socket import QUICK, Inbox, book_message, running, serving
from tests.engine.exchanges.kraken.test_book import BTC_USD
from tui_trader.engine.exchanges.kraken.feed import LINK_NAME, PublicFeed
from tui_trader.engine.exchanges.kraken.socket import Link
from tui_trader.engine.exchanges.kraken.takers import WINDOW_MINUTES, TakerWindow
from tui_trader.engine.messages.reports import (
    BookReport,
    CandleReport,
    HeartbeatReport,
    LinkReport,
    TakerReport,
    TickerReport,
)
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.errors import TemporaryFault
from tui_trader.engine.values.modes import LinkState
from tui_trader.engine.values.time import parse_rfc3339

D = Decimal
BTC = BTC_USD.symbol
BIDS = [("100.0", "1.00000000"), ("99.9", "0.10000000")]
ASKS = [("100.1", "2.00000000"), ("100.2", "3.00000000")]
HEARTBEAT = {"channel": "heartbeat"}
TICKER = (
    '{"channel":"ticker","type":"update","data":[{"symbol":"BTC/USD","bid":100.0,"bid_qty":1.0,'
    '"ask":100.10,"ask_qty":2.0,"last":100.1,"volume":12.5,"vwap":100.0,"low":90.0,"high":110.0,'
    '"change":-1.0,"change_pct":-0.99,"field_of_next_year":[1]}]}'
)


def candle_row(**changes):
    row = {
        "symbol": "BTC/USD",
        "interval": 1,
        "interval_begin": "2023-10-04T16:25:00.000000000Z",
        "open": 100.0,
        "high": 101.0,
        "low": 99.5,
        "close": 100.5,
        "volume": 1.25,
        "vwap": 100.2,
        "trades": 3,
    }
    return row | changes


def is_up(report):
    return isinstance(report, LinkReport) and report.state is LinkState.UP


def is_down(report):
    return isinstance(report, LinkReport) and report.state is LinkState.DOWN


def is_book(*, verified):
    return lambda report: isinstance(report, BookReport) and report.is_verified is verified


async def subscribe(scene):
    """A good beginning: every subscription confirmed, and the book's snapshot."""
    for request in await scene.read(4):
        await scene.confirm(request)
    await scene.send(book_message(bids=BIDS, asks=ASKS))


async def good(scene):
    await subscribe(scene)
    await scene.stay()


async def listed(_symbols):
    return (BTC_USD,)


def feed_at(url, *, instruments=listed, timing=QUICK):
    clock = RealClock()
    link = Link(LINK_NAME, url, clock=clock, chance=lambda: 0.5, timing=timing)
    return PublicFeed(link, clock, instruments=instruments, depth=10)


@pytest.fixture
def inbox():
    return Inbox()


async def test_link_is_up_when_everything_is_subscribed_and_the_book_is_there(inbox):
    async with serving(good) as (url, connections), running(feed_at(url).run((BTC,), inbox)):
        await inbox.until(is_up)
    states = [report.state for report in inbox.of(LinkReport)][:2]
    assert states == [LinkState.CONNECTING, LinkState.UP]
    assert inbox.of(HeartbeatReport)[0].link == "kraken public"
    params = [request["params"] for request in connections[0].asked]
    assert params == [
        {"channel": "ticker", "event_trigger": "bbo", "symbol": ["BTC/USD"]},
        {"channel": "book", "depth": 10, "symbol": ["BTC/USD"]},
        {"channel": "ohlc", "interval": 1, "symbol": ["BTC/USD"]},
        {"channel": "trade", "snapshot": False, "symbol": ["BTC/USD"]},
    ]


async def test_prices_arrive_exact(inbox):
    async def scene(server):
        await subscribe(server)
        await server.send(TICKER)
        await server.send({"channel": "ohlc", "type": "update", "data": [candle_row()]})
        await server.stay()

    async with serving(scene) as (url, _), running(feed_at(url).run((BTC,), inbox)):
        ticker = await inbox.until(lambda report: isinstance(report, TickerReport))
        candle = await inbox.until(lambda report: isinstance(report, CandleReport))
        book = await inbox.until(is_book(verified=True))
    assert (ticker.bid, ticker.ask, ticker.last) == (D("100.0"), D("100.1"), D("100.1"))
    assert str(ticker.ask) == "100.10"
    assert (ticker.volume_24h_base, ticker.change_24h_percent) == (12.5, -0.99)
    assert candle.interval is Interval.M1
    assert candle.candle == Candle(
        open_time_ms=1_696_436_700_000,
        open=100.0,
        high=101.0,
        low=99.5,
        close=100.5,
        volume_base=1.25,
    )
    assert [tuple(map(str, msgspec.structs.astuple(level))) for level in book.bids] == BIDS
    assert [tuple(map(str, msgspec.structs.astuple(level))) for level in book.asks] == ASKS


async def test_takers_are_summed(inbox):
    def trade(side, **changes):
        row = {"symbol": "BTC/USD", "side": side, "price": 100.0, "qty": 0.5, "trade_id": 1}
        return {"channel": "trade", "type": "update", "data": [row | changes]}

    async def scene(server):
        await subscribe(server)
        await server.send(trade("buy"))
        await server.send(trade("buy", qty=0.25))
        await server.send(trade("sell", symbol="ETH/USD"))
        await server.send(trade("sell", price=40.0))
        await server.stay()

    async with serving(scene) as (url, _), running(feed_at(url).run((BTC,), inbox)):
        report = await inbox.until(lambda item: isinstance(item, TakerReport) and item.sold_quote)
    assert (report.bought_quote, report.sold_quote) == (75.0, 20.0)
    assert report.symbol == BTC


def test_the_window_of_takers_forgets_and_stays_small():
    clock = SteppedClock()
    window = TakerWindow(clock)

    def add(value, minute, *, is_buyer):
        moment = f"2026-01-01T{minute // 60:02}:{minute % 60:02}:59.123456Z"
        window.add(value, is_buyer=is_buyer, quantity_base=value / 2, moment=moment)

    add(5.0, 0, is_buyer=True)
    for minute in range(1, WINDOW_MINUTES):
        clock.move(60_000)
        add(1.0, minute, is_buyer=False)
    report = window.report(BTC)
    assert (report.bought_quote, report.sold_quote) == (5.0, WINDOW_MINUTES - 1)
    assert report.window_ms == (WINDOW_MINUTES - 1) * 60_000
    clock.move(60_000)
    assert window.report(BTC).bought_quote == 0
    for minute in range(WINDOW_MINUTES, 1_000):
        clock.move(60_000)
        add(1.0, minute, is_buyer=False)
    assert len(window._minutes) == len(window._taken) == WINDOW_MINUTES


def test_takers_are_told_by_the_minute_of_the_venue():
    window = TakerWindow(SteppedClock())
    for quantity, is_buyer, moment in (
        (0.5, True, "2026-01-01T00:00:58.5Z"),
        (0.25, False, "2026-01-01T00:01:00.000001Z"),
        (0.125, True, "2026-01-01T00:00:59.999999Z"),
        (1.0, True, "2026-01-01T00:01:01Z"),
        (9.0, True, "no moment"),
    ):
        window.add(1.0, is_buyer=is_buyer, quantity_base=quantity, moment=moment)
    start_ms = parse_rfc3339("2026-01-01T00:00:00Z")
    told = [msgspec.structs.astuple(minute) for minute in window.report(BTC).minutes]
    # What has no moment that can be read is of no minute.
    assert told == [(start_ms, 0.625, 0.0), (start_ms + 60_000, 1.0, 0.25)]


async def test_candle_snapshot_gives_its_newest_row_alone(inbox):
    rows = [candle_row(interval_begin=f"2023-10-04T16:{minute}:00Z") for minute in (23, 24, 25)]

    async def scene(server):
        await subscribe(server)
        await server.send({"channel": "ohlc", "type": "snapshot", "data": rows})
        await server.send(TICKER)
        await server.stay()

    async with serving(scene) as (url, _), running(feed_at(url).run((BTC,), inbox)):
        await inbox.until(lambda report: isinstance(report, TickerReport))
    assert [report.candle.open_time_ms for report in inbox.of(CandleReport)] == [1_696_436_700_000]


async def test_wrong_checksum_empties_the_book_and_asks_for_a_new_one(inbox):
    async def scene(server):
        await subscribe(server)
        await server.send(
            book_message(bids=[("100.0", "7.00000000")], after=(BIDS, ASKS), kind="update")
        )
        unsubscribe, again = await server.read(2)
        assert (unsubscribe["method"], again["method"]) == ("unsubscribe", "subscribe")
        assert again["params"] == {"channel": "book", "depth": 10, "symbol": ["BTC/USD"]}
        # The rest of the old subscription, which fits no book any more.
        await server.send(book_message(bids=[("100.0", "8.00000000")], kind="update"))
        await server.confirm(again)
        await server.send(book_message(bids=BIDS[1:], asks=ASKS))
        await server.stay()

    async with serving(scene) as (url, connections), running(feed_at(url).run((BTC,), inbox)):
        broken = await inbox.until(is_book(verified=False))
        await inbox.until(lambda report: is_book(verified=True)(report) and len(report.bids) == 1)
    assert (broken.bids, broken.asks) == ((), ())
    assert len(connections) == 1
    assert [report.is_verified for report in inbox.of(BookReport)][:3] == [True, False, True]


async def test_book_that_breaks_again_and_again_costs_the_connection_and_asks_for_the_pairs(inbox):
    asked = []

    async def instruments(symbols):
        asked.append(symbols)
        return (BTC_USD,)

    async def scene(server):
        await subscribe(server)
        for _ in range(6):
            await server.send(book_message(bids=BIDS, after=(ASKS, BIDS)))
        await server.stay()

    async with (
        serving(scene, good) as (url, _),
        running(feed_at(url, instruments=instruments).run((BTC,), inbox)),
    ):
        down = await inbox.until(is_down)
        await inbox.until(is_up, count=2)
    assert "6 times" in down.detail
    assert len(asked) == 2


@pytest.mark.parametrize(
    "garbage",
    [
        "{",
        "[]",
        '"text"',
        '{"channel":5}',
        '{"channel":"ticker","data":[{"symbol":"BTC/USD"}]}',
        '{"channel":"ticker","data":{"symbol":"BTC/USD"}}',
        TICKER.replace("100.10", "-1"),
        TICKER.replace("100.10", '"NaN"'),
        TICKER.replace("12.5", "1e999"),
        json.dumps({"channel": "ohlc", "type": "update", "data": [candle_row(high=99.0)]}),
        json.dumps({"channel": "ohlc", "type": "update", "data": [candle_row(volume=-1.0)]}),
        json.dumps({"channel": "ohlc", "type": "update", "data": [candle_row(interval_begin="x")]}),
        '{"channel":"trade","data":[{"symbol":"BTC/USD","side":"buy","price":-1,"qty":1}]}',
        '{"channel":"trade","data":[{"symbol":"BTC/USD","side":"both","price":1,"qty":1}]}',
        '{"channel":"trade","data":[{"symbol":"BTC/USD","side":"buy","price":1e300,"qty":1e300}]}',
        '{"method":"subscribe","success":true,"result":{"channel":7}}',
        '{"method":"subscribe","success":false,"error":"Currency pair not supported XBT/USD"}',
        "[" * 100_000,
        " " * (5 * 1024 * 1024),
    ],
    ids=lambda text: text[:40],
)
async def test_garbage_ends_the_connection_and_the_next_one_works(inbox, garbage):
    async def scene(server):
        await subscribe(server)
        await server.send(garbage)
        await server.stay()

    async with serving(scene, good) as (url, _), running(feed_at(url).run((BTC,), inbox)):
        down = await inbox.until(is_down)
        await inbox.until(is_up, count=2)
    assert down.detail
    assert "\n" not in down.detail


async def test_unknown_channels_fields_and_pairs_and_empty_sides_are_tolerated(inbox):
    async def scene(server):
        await subscribe(server)
        for message in (
            {"channel": "weather", "data": [1, "x"]},
            {"method": "amuse", "success": False},
            {"channel": "status", "type": "update", "data": [{"system": "online"}]},
            {},
        ):
            await server.send(message)
        await server.send(TICKER.replace("BTC/USD", "ETH/USD"))
        await server.send(TICKER.replace("100.10", "0.0"))
        await server.send(book_message(bids=BIDS, asks=ASKS, symbol="ETH/USD"))
        await server.send(TICKER)
        await server.stay()

    async with serving(scene) as (url, connections), running(feed_at(url).run((BTC,), inbox)):
        await inbox.until(lambda report: isinstance(report, TickerReport))
    assert len(connections) == 1
    assert {report.symbol for report in [*inbox.of(TickerReport), *inbox.of(BookReport)]} == {BTC}


async def test_silence_ends_the_connection_though_pings_are_answered(inbox):
    async with serving(good, good) as (url, _), running(feed_at(url).run((BTC,), inbox)):
        down = await inbox.until(is_down)
        await inbox.until(is_up, count=2)
    assert down.detail == "silent for 0.15 s"


async def test_loss_empties_every_book_before_it_is_told(inbox):
    async def scene(server):
        await subscribe(server)
        server.cut()

    async with serving(scene, good) as (url, _), running(feed_at(url).run((BTC,), inbox)):
        await inbox.until(is_up, count=2)
    told = [
        report for report in inbox.reports if is_down(report) or is_book(verified=False)(report)
    ]
    assert [is_down(report) for report in told[:2]] == [False, True]


async def test_subscription_without_its_book_is_given_up(inbox):
    async def heartbeats(server):
        for request in await server.read(4):
            await server.confirm(request)
        while not server.socket.closed:
            await server.send(HEARTBEAT)
            message = await server.socket.receive()
            if message.type.name != "TEXT":
                return

    timing = msgspec.structs.replace(QUICK, subscribe_max_s=0.1)
    async with (
        serving(heartbeats, good) as (url, _),
        running(feed_at(url, timing=timing).run((BTC,), inbox)),
    ):
        down = await inbox.until(is_down)
        await inbox.until(is_up)
    assert "book did not come" in down.detail


async def test_feed_survives_a_listing_that_cannot_be_asked(inbox):
    answers = iter([TemporaryFault("kraken AssetPairs: no answer", retry_after_ms=1)])

    async def instruments(_symbols):
        for fault in answers:
            raise fault
        return (BTC_USD,)

    async with (
        serving(good) as (url, _),
        running(feed_at(url, instruments=instruments).run((BTC,), inbox)),
    ):
        await inbox.until(is_up)
    assert inbox.reports[1].detail == "kraken AssetPairs: no answer"


async def test_books_are_thinned_but_every_message_counts(inbox):
    async def scene(server):
        await subscribe(server)
        for number in range(1, 501):
            bids = [("100.0", f"{number}.00000000"), BIDS[1]]
            await server.send(book_message(bids=bids[:1], after=(bids, ASKS), kind="update"))
        await server.stay()

    async with serving(scene) as (url, connections), running(feed_at(url).run((BTC,), inbox)):
        await inbox.until(
            lambda report: is_book(verified=True)(report) and report.bids[0].quantity_base == 500
        )
    assert len(inbox.of(BookReport)) < 100
    assert len(connections) == 1
