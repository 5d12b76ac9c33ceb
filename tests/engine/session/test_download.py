"""Download: trades reach where candles do not, nothing is skipped, and it goes on where it stopped."""

import asyncio

import pytest
from msgspec.structs import replace

from tests.engine.stores.candles.made import NOW_MS
from tui_trader.engine.analysis.resample import candle_rows, candles_of_trades
from tui_trader.engine.ports.candle_store import DownloadMark
from tui_trader.engine.ports.trade_history import TradePage
from tui_trader.engine.session import download
from tui_trader.engine.session.download import NS_PER_MS, TRIES_MAX, Download, Wanted
from tui_trader.engine.stores.candles import ParquetCandleStore
from tui_trader.engine.stores.candles.venue_store import VenueCandleStore
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import StoreError, TemporaryFault
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.trades import PublicTrade

BTC = Symbol("BTC/USD")
MINUTE_MS = 60_000
PAGE = 10
DAY_MS = NOW_MS - 86_400_000


def made_trades(count=400, *, step_ms=17_000, start_ms=DAY_MS, same_moment=1):
    """Trades in a row; `same_moment` of them share each moment."""
    return [
        PublicTrade(
            time_ms=start_ms + number // same_moment * step_ms,
            price=100.0 + number * 7 % 13,
            quantity_base=0.1 * (1 + number % 5),
            trade_id=1 + number,
        )
        for number in range(count)
    ]


class Venue:
    """A venue with all trades and the newest candles; it may fail."""

    def __init__(self, trades, *, reach=20, numbered=True):
        self.trades = trades
        self.reach = reach
        self.numbered = numbered
        self.asked = []
        self.failures = []

    async def candle_history(self, symbol, interval, count):
        self._fail()
        return candles_of_trades(self.trades, interval)[-self.reach :]

    async def trades_after(self, symbol, cursor_ns):
        self.asked.append(cursor_ns)
        self._fail()
        newer = [one for one in self.trades if one.time_ms * NS_PER_MS > cursor_ns][:PAGE]
        return TradePage(
            trades=tuple(
                PublicTrade(
                    time_ms=one.time_ms, price=one.price, quantity_base=one.quantity_base,
                    trade_id=one.trade_id if self.numbered else None,
                )
                for one in newer
            ),
            cursor_ns=newer[-1].time_ms * NS_PER_MS if newer else cursor_ns,
            is_full=len(newer) == PAGE,
        )  # fmt: skip

    def _fail(self):
        if self.failures and (fault := self.failures.pop(0)):
            raise fault


@pytest.fixture
def store(isolated_home):
    return ParquetCandleStore(isolated_home)


@pytest.fixture
def fetch(store):
    async def fetch(venue, *, start_ms=DAY_MS, end_ms=NOW_MS, interval=Interval.M1):
        pauses = []

        async def sleep(seconds):
            pauses.append(seconds)

        wanted = Wanted(BTC, interval, start_ms, end_ms)
        shares = []
        report = await Download(
            venue, VenueCandleStore(store, "kraken"), wanted, progress=shares.append, sleep=sleep
        ).run()
        assert shares == sorted(shares)
        assert all(0 <= share <= 1 for share in shares)
        return report

    return fetch


def stored(store, interval=Interval.M1):
    return candle_rows(store.load("kraken", BTC, interval))


async def test_candles_beyond_reach_are_made_of_trades_and_checked_where_both_are(fetch, store):
    venue = Venue(made_trades())
    report = await fetch(venue)
    assert stored(store) == candles_of_trades(venue.trades, Interval.M1)[:-1]
    assert (report.from_candles, report.checked > 0, report.unlike) == (19, True, 0)
    assert report.from_trades == len(stored(store)) - 19


async def test_without_a_start_only_the_venues_candles_are_fetched(fetch, store):
    venue = Venue(made_trades())
    report = await fetch(venue, start_ms=None)
    assert (report.from_candles, report.from_trades, venue.asked) == (19, 0, [])
    assert len(stored(store)) == 19


async def test_range_is_kept_to(fetch, store):
    venue = Venue(made_trades())
    bounds = {"start_ms": DAY_MS + 5 * MINUTE_MS + 1, "end_ms": DAY_MS + 9 * MINUTE_MS}
    await fetch(venue, **bounds)
    times = [(row.open_time_ms - DAY_MS) // MINUTE_MS for row in stored(store)]
    assert times == [5, 6, 7, 8]
    assert len(venue.asked) < 5


@pytest.mark.parametrize("same_moment", [2, 3, 7, PAGE])
async def test_trades_of_one_moment_on_two_pages_are_all_counted_once(fetch, store, same_moment):
    venue = Venue(made_trades(300, same_moment=same_moment, step_ms=40_000))
    await fetch(venue)
    assert stored(store) == candles_of_trades(venue.trades, Interval.M1)[:-1]


async def test_trades_without_numbers_are_paged_by_their_moments(fetch, store):
    venue = Venue(made_trades(), numbered=False)
    await fetch(venue)
    assert stored(store) == candles_of_trades(venue.trades, Interval.M1)[:-1]


async def test_candle_that_the_venue_gives_otherwise_is_told_and_the_venues_counts(fetch, store):
    venue = Venue(made_trades())
    true = candles_of_trades(venue.trades, Interval.M1)

    async def history(symbol, interval, count):
        rows = list(true[-20:])
        rows[3] = replace(rows[3], high=rows[3].high + 5)
        return tuple(rows)

    venue.candle_history = history
    report = await fetch(venue)
    assert (report.unlike, report.first_unlike_ms) == (1, true[-17].open_time_ms)
    assert stored(store)[-16].high == true[-17].high + 5


@pytest.mark.parametrize(
    ("first_id", "is_left_out"),
    [(500, True), (1, False)],
    ids=["the tape is cut", "the market began"],
)
async def test_first_candle_is_left_out_where_its_trades_may_be_cut(
    fetch, store, first_id, is_left_out
):
    trades = made_trades(300)[2:]
    trades = [replace(one, trade_id=first_id + number) for number, one in enumerate(trades)]
    report = await fetch(Venue(trades), start_ms=DAY_MS - 3_600_000)
    assert (report.doubtful_ms == DAY_MS) is is_left_out
    assert stored(store) == candles_of_trades(trades, Interval.M1)[is_left_out:-1]


async def test_quiet_stretch_at_the_start_is_no_cut_where_older_trades_are(fetch, store):
    trades = made_trades(300)
    quiet = [replace(one, time_ms=one.time_ms + 7_200_000) for one in trades[50:]]
    report = await fetch(Venue(trades[:50] + quiet), start_ms=DAY_MS + 3_600_000)
    assert report.doubtful_ms is None
    assert stored(store) == candles_of_trades(quiet, Interval.M1)[:-1]


async def test_venue_that_stumbles_is_asked_again_with_longer_pauses(fetch, store):
    venue = Venue(made_trades())
    venue.failures = [None, TemporaryFault("busy"), TemporaryFault("busy"), None]
    await fetch(venue)
    assert stored(store) == candles_of_trades(venue.trades, Interval.M1)[:-1]


async def test_venue_that_is_away_ends_it_and_the_next_call_goes_on(fetch, store, monkeypatch):
    monkeypatch.setattr(download, "PAGES_PER_WRITE", 5)
    venue = Venue(made_trades())
    venue.failures = [None] * 12 + [TemporaryFault("away")] * TRIES_MAX
    with pytest.raises(TemporaryFault, match="away"):
        await fetch(venue)
    before = stored(store)
    assert 10 < len(before) < 100
    venue.asked.clear()
    report = await fetch(venue)
    assert report.resumed_ms == before[-1].open_time_ms + MINUTE_MS
    assert venue.asked[0] == report.resumed_ms * NS_PER_MS - 1
    assert stored(store) == candles_of_trades(venue.trades, Interval.M1)[:-1]
    assert (await fetch(venue)).resumed_ms is None


async def test_mark_of_another_start_is_not_gone_on_from(fetch, store):
    marks = VenueCandleStore(store, "kraken")
    marks.write_mark(BTC, Interval.M1, DownloadMark(start_ms=5, cursor_ns=NOW_MS * NS_PER_MS))
    venue = Venue(made_trades())
    assert (await fetch(venue)).resumed_ms is None
    assert stored(store) == candles_of_trades(venue.trades, Interval.M1)[:-1]


async def test_interrupted_download_keeps_what_is_whole(store):
    venue = Venue(made_trades())
    reached = asyncio.Event()
    plain = venue.trades_after

    async def hanging(symbol, cursor_ns):
        if len(venue.asked) == 7:
            reached.set()
            await asyncio.Event().wait()
        return await plain(symbol, cursor_ns)

    venue.trades_after = hanging
    wanted = Wanted(BTC, Interval.M1, DAY_MS, NOW_MS)
    work = Download(venue, VenueCandleStore(store, "kraken"), wanted, progress=lambda _: None)
    task = asyncio.create_task(work.run())
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    whole = candles_of_trades(venue.trades, Interval.M1)
    assert stored(store) == whole[: len(stored(store))]
    assert len(stored(store)) > 10


async def test_pages_of_one_call_are_bounded(fetch, monkeypatch):
    monkeypatch.setattr(download, "PAGES_MAX", 3)
    with pytest.raises(
        TemporaryFault, match="3 pages of trades are fetched; the same call goes on"
    ):
        await fetch(Venue(made_trades()))


async def test_disk_that_is_full_ends_it(fetch, store, monkeypatch):
    def full(*_, **__):
        message = "no space left"
        raise StoreError(message)

    monkeypatch.setattr(store, "write", full)
    with pytest.raises(StoreError, match="no space left"):
        await fetch(Venue(made_trades()))


async def test_pair_that_never_traded_has_nothing(fetch, store):
    report = await fetch(Venue([]))
    assert (report.from_candles, report.from_trades, report.pages) == (0, 0, 1)
    assert store.series() == ()
