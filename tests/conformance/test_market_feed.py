"""Laws of the port MarketFeed, on every adapter."""

from decimal import Decimal

import pytest

from tests.conformance.venues import BTC, REMOTE, VENUES
from tests.engine.exchanges.kraken.fake_socket import Inbox, running
from tests.engine.exchanges.kraken.test_feed import is_book, is_down, is_up
from tui_trader.engine.messages.reports import (
    BookReport,
    CandleReport,
    HeartbeatReport,
    TickerReport,
)
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import RejectedByExchange
from tui_trader.engine.values.instruments import Asset, Symbol
from tui_trader.engine.values.money import is_on_grid

D = Decimal
SYMBOLS = tuple(map(Symbol, ("BTC/USD", "ETH/USD", "SOL/USD", "XRP/USD", "DOGE/USD")))
# A hundred market events a second: a book changes many times within each test.
LIVELY = 10.0


@pytest.fixture(params=VENUES)
async def venue(request, tmp_path):
    async with VENUES[request.param](tmp_path, speed=LIVELY) as standing:
        yield standing


@pytest.fixture
async def remote(request, tmp_path):
    async with VENUES[request.param](tmp_path, speed=LIVELY) as standing:
        yield standing


@pytest.fixture
def inbox():
    return Inbox()


async def test_instruments_come_in_the_order_asked(venue):
    instruments = await venue.feed.instruments(SYMBOLS)
    assert tuple(instrument.symbol for instrument in instruments) == SYMBOLS
    bitcoin = instruments[0]
    assert (bitcoin.base, bitcoin.quote) == (Asset("BTC"), Asset("USD"))
    assert (bitcoin.tick, bitcoin.lot) == (D("0.1"), D("0.00000001"))
    assert (bitcoin.quantity_min, bitcoin.cost_min) == (D("0.00005"), D("0.5"))
    assert (bitcoin.fee_maker_ratio, bitcoin.fee_taker_ratio) == (D("0.0025"), D("0.004"))


async def test_pair_that_is_not_listed_is_rejected_by_name(venue):
    with pytest.raises(RejectedByExchange, match="XRP/EUR"):
        await venue.feed.instruments((BTC, Symbol("XRP/EUR")))


@pytest.mark.parametrize("interval", Interval)
async def test_candle_history_is_in_order_and_on_its_grid(venue, interval):
    candles = await venue.feed.candle_history(BTC, interval, 100)
    times_ms = [candle.open_time_ms for candle in candles]
    assert 0 < len(candles) <= 100
    assert times_ms == sorted(set(times_ms))
    assert all(time_ms % interval.ms == 0 for time_ms in times_ms)


async def test_whole_history_has_at_most_721_candles_and_the_newest_are_those_of_a_short_one(venue):
    whole = await venue.feed.candle_history(BTC, Interval.H1, 720)
    short = await venue.feed.candle_history(BTC, Interval.H1, 5)
    assert len(short) == 5
    assert [candle.open_time_ms for candle in whole[-5:]] == [
        candle.open_time_ms for candle in short
    ]
    assert len(whole) <= 720


@pytest.mark.parametrize("remote", REMOTE, indirect=True)
async def test_clock_of_the_exchange_is_ours(remote):
    assert abs(await remote.feed.server_skew_ms()) <= 1_000


async def test_live_prices_of_every_pair_are_on_its_grid(venue, inbox):
    instruments = {each.symbol: each for each in await venue.feed.instruments(SYMBOLS)}
    async with running(venue.feed.run(SYMBOLS, inbox)):
        await inbox.until(is_up)
        for symbol in SYMBOLS:
            for kind in (TickerReport, CandleReport, BookReport):
                await inbox.until(
                    lambda report, symbol=symbol, kind=kind: (
                        isinstance(report, kind) and report.symbol == symbol
                    )
                )
        books = await inbox.until(is_book(verified=True), count=50)
        assert not any(map(is_book(verified=False), inbox.reports))
    assert inbox.of(HeartbeatReport)[0].link == "kraken public"
    for report in inbox.of(TickerReport):
        assert report.bid < report.ask
        assert is_on_grid(report.bid, instruments[report.symbol].tick)
    for report in books:
        assert len(report.bids) <= 25
        bids, asks = ([level.price for level in side] for side in (report.bids, report.asks))
        assert bids == sorted(bids, reverse=True)
        assert asks == sorted(asks)
        assert bids[0] < asks[0]


async def test_flipped_digit_empties_the_book_until_it_is_verified_again(venue, inbox):
    async with running(venue.feed.run((BTC,), inbox)):
        await inbox.until(is_up)
        if not venue.execution.abilities.has_verified_books:
            return
        await venue.break_down("book_flip")
        broken = await inbox.until(is_book(verified=False))
        healed_from = inbox.reports.index(broken)
        await inbox.until(
            lambda report: (
                is_book(verified=True)(report) and inbox.reports.index(report) > healed_from
            )
        )
        assert not any(map(is_down, inbox.reports))
    assert (broken.bids, broken.asks) == ((), ())


async def test_dropped_link_empties_the_books_and_comes_back(venue, inbox):
    async with running(venue.feed.run((BTC,), inbox)):
        await inbox.until(is_up)
        await inbox.until(is_book(verified=True))
        await venue.break_down("ws_drop")
        down = await inbox.until(is_down)
        assert any(map(is_book(verified=False), inbox.reports[: inbox.reports.index(down)]))
        await inbox.until(is_up, count=2)


async def test_silent_link_is_noticed_and_made_again(venue, inbox):
    async with running(venue.feed.run((BTC,), inbox)):
        await inbox.until(is_up)
        await venue.break_down("ws_silent", seconds=2)
        down = await inbox.until(is_down)
        await inbox.until(is_up, count=2)
    assert "silent" in down.detail
