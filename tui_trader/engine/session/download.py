"""Download of the past of one pair: what the venue's candles do not reach is made of its trades.

Law: a candle is stored once the next has begun, and every trade of it was seen. The venue's own candles
win where they reach; made ones are held against them there. What was stored stays when the download
ends early, and the next call goes on from there.
"""

import asyncio
import math
from bisect import bisect_left
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

import msgspec

from tui_trader.engine.analysis.resample import candles_of_trades
from tui_trader.engine.ports.candle_store import DownloadMark, DownloadStore
from tui_trader.engine.ports.trade_history import TradeHistory, TradePage
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.errors import TemporaryFault
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.time import MS_PER_MINUTE, MS_PER_SECOND

if TYPE_CHECKING:
    from tui_trader.engine.values.trades import PublicTrade

CANDLES_MAX = 720
PAGES_MAX = 100_000
"""Pages of one call: a hundred million trades, a day at Kraken's pace; the next call goes on."""
PAGES_PER_WRITE = 20
TRIES_MAX = 6
PAUSE_MS_MAX = 30_000
CHECKED_CANDLES = 12
CHECKED_MS_MAX = 60 * MS_PER_MINUTE
VOLUME_TOLERANCE = 1e-6
FIRST_TRADE_ID = 1
NS_PER_MS = 1_000_000

Progress = Callable[[float], None]
"""Is told the share of the way, 0 to 1."""
Sleep = Callable[[float], Awaitable[None]]
Closed = Mapping[int, Candle]
"""The venue's own closed candles, by start."""
_Answer = TypeVar("_Answer")


class CandleHistory(Protocol):
    """The newest candles of a venue."""

    async def candle_history(
        self, symbol: Symbol, interval: Interval, count: int
    ) -> tuple[Candle, ...]:
        """`MarketFeed.candle_history`."""
        ...


class PastSource(CandleHistory, TradeHistory, Protocol):
    """A venue that tells both."""


class Wanted(NamedTuple):
    """What to download.

    Args:
        symbol: Of which pair.
        interval: Of which length.
        start_ms: UTC; `None`: as far as the venue's candles reach.
        end_ms: UTC, itself left out.
    """

    symbol: Symbol
    interval: Interval
    start_ms: int | None
    end_ms: int


class DownloadReport(msgspec.Struct, kw_only=True):
    """What a download came to.

    Args:
        from_candles: Candles that the venue gave.
        from_trades: Candles made of trades.
        differing: Stored ones that said something else, and were replaced.
        checked: Made ones that the venue gives, too.
        unlike: How many of those differ.
        first_unlike_ms: The first of them.
        pages: Pages of trades that were asked for.
        resumed_ms: Where an earlier download had stopped, if it goes on from there.
        doubtful_ms: A first candle that was left out, because the venue's trades begin within it.
    """

    from_candles: int = 0
    from_trades: int = 0
    differing: int = 0
    checked: int = 0
    unlike: int = 0
    first_unlike_ms: int | None = None
    pages: int = 0
    resumed_ms: int | None = None
    doubtful_ms: int | None = None


class Download:
    """One download.

    Args:
        source: The venue.
        store: Where the candles go.
        wanted: What to fetch.
        progress: Told how far it is.
        sleep: Waits between two tries.
    """

    def __init__(
        self,
        source: PastSource,
        store: DownloadStore,
        wanted: Wanted,
        *,
        progress: Progress,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._source = source
        self._store = store
        self._wanted = wanted
        self._progress = progress
        self._sleep = sleep
        self._report = DownloadReport()

    async def run(self) -> DownloadReport:
        """Fetch and store everything.

        Raises:
            TemporaryFault: the venue did not answer several times in a row; what came is stored.
            RejectedByExchange: it does not list the pair.
            StoreError: it could not be stored.
        """
        symbol, interval, start_ms, end_ms = self._wanted
        rows = await self._patiently(
            partial(self._source.candle_history, symbol, interval, CANDLES_MAX)
        )
        # The last one goes on.
        closed = {row.open_time_ms: row for row in rows[:-1]}
        reach_ms = min(closed, default=end_ms)
        first_ms = reach_ms if start_ms is None else start_ms - start_ms % interval.ms
        if first_ms < reach_ms:
            await self._fetch_trades(first_ms, reach_ms, closed)
        given = [
            row
            for row in closed.values()
            if first_ms <= row.open_time_ms and row.open_time_ms + interval.ms <= end_ms
        ]
        self._report.differing += self._store.append(symbol, interval, given, is_better=True)
        self._report.from_candles = len(given)
        self._store.remove_mark(symbol, interval)
        return self._report

    async def _fetch_trades(self, first_ms: int, reach_ms: int, closed: Closed) -> None:
        """Candles from `first_ms` up to `reach_ms` out of trades, and some more to check them by."""
        symbol, interval, _, end_ms = self._wanted
        mark = self._store.read_mark(symbol, interval)
        cursor_ns = first_ms * NS_PER_MS - 1
        if mark is not None and mark.start_ms == first_ms and mark.cursor_ns > cursor_ns:
            cursor_ns = mark.cursor_ns
            self._report.resumed_ms = (cursor_ns + 1) // NS_PER_MS
        tail = _Tail(interval)
        stop_ms = end_ms
        if end_ms > reach_ms:
            checked_ms = max(interval.ms, min(CHECKED_CANDLES * interval.ms, CHECKED_MS_MAX))
            stop_ms = min(reach_ms + checked_ms, max(closed, default=end_ms))
        begin_ms = (cursor_ns + 1) // NS_PER_MS
        way = _Way(first_ms, stop_ms, min(reach_ms, end_ms), begin_ms=begin_ms)
        try:
            await self._page(tail, cursor_ns, way=way, closed=closed)
        finally:
            # Also when it is interrupted: what is whole is kept, and the next call goes on behind it.
            self._keep(tail, way, closed)

    async def _page(self, tail: "_Tail", cursor_ns: int, *, way: "_Way", closed: Closed) -> None:
        for number in range(1, PAGES_MAX + 1):
            page = await self._patiently(
                partial(self._source.trades_after, self._wanted.symbol, cursor_ns)
            )
            self._report.pages += 1
            fresh_count = tail.take(page)
            if number == 1 and page.trades:
                await self._doubt_the_first(tail, page.trades[0], way)
            if tail.newest_ms >= way.stop_ms or (not fresh_count and not page.is_full):
                return
            cursor_ns = tail.next_cursor_ns(page, is_stuck=not fresh_count)
            if number % PAGES_PER_WRITE == 0:
                self._keep(tail, way, closed)
            self._progress(way.share(tail.newest_ms))
        message = f"{self._wanted.symbol}: {PAGES_MAX:,} pages of trades are fetched; the same call goes on"
        raise TemporaryFault(message)

    async def _doubt_the_first(self, tail: "_Tail", first: "PublicTrade", way: "_Way") -> None:
        """Leave the first candle out if trades of it may have been before those the venue still has.

        They were not if it has older ones, or if this is the first of all.
        """
        begin_ms = first.time_ms - first.time_ms % self._wanted.interval.ms
        if begin_ms <= way.first_ms or first.trade_id == FIRST_TRADE_ID:
            return
        oldest = await self._patiently(partial(self._source.trades_after, self._wanted.symbol, 0))
        if not oldest.trades or oldest.trades[0].time_ms >= first.time_ms:
            tail.doubtful_ms = begin_ms
            self._report.doubtful_ms = begin_ms

    def _keep(self, tail: "_Tail", way: "_Way", closed: Closed) -> None:
        """Store the candles that are whole, and mark where the unfinished one begins."""
        symbol, interval = self._wanted.symbol, self._wanted.interval
        whole = tail.release()
        self._check([row for row in whole if row.open_time_ms in closed], closed)
        made = [row for row in whole if row.open_time_ms < way.stored_ms]
        if not made:
            return
        self._report.differing += self._store.append(symbol, interval, made, is_better=True)
        self._report.from_trades += len(made)
        cursor_ns = tail.begin_ms * NS_PER_MS - 1
        self._store.write_mark(
            symbol, interval, DownloadMark(start_ms=way.first_ms, cursor_ns=cursor_ns)
        )

    def _check(self, made: Sequence[Candle], closed: Closed) -> None:
        for row in made:
            self._report.checked += 1
            if not is_alike(row, closed[row.open_time_ms]):
                self._report.unlike += 1
                if self._report.first_unlike_ms is None:
                    self._report.first_unlike_ms = row.open_time_ms

    async def _patiently(self, ask: Callable[[], Awaitable[_Answer]]) -> _Answer:
        """The answer, after some tries if need be."""
        for attempt in range(1, TRIES_MAX + 1):
            try:
                return await ask()
            except TemporaryFault as fault:
                if attempt == TRIES_MAX:
                    raise
                pause_ms = min(PAUSE_MS_MAX, fault.retry_after_ms * 2 ** (attempt - 1))
            await self._sleep(pause_ms / MS_PER_SECOND)
        raise AssertionError(TRIES_MAX)


def is_alike(left: Candle, right: Candle) -> bool:
    """Whether two candles of one moment say the same: equal prices, volumes equal but for rounding."""
    prices = ((one.open, one.high, one.low, one.close) for one in (left, right))
    return len(set(prices)) == 1 and math.isclose(
        left.volume_base, right.volume_base, rel_tol=VOLUME_TOLERANCE
    )


class _Way(NamedTuple):
    """From where to where trades are fetched, and up to where they make stored candles."""

    first_ms: int
    stop_ms: int
    stored_ms: int
    begin_ms: int

    def share(self, time_ms: int) -> float:
        """How much of what this call has to fetch is fetched."""
        length_ms = max(1, self.stop_ms - self.begin_ms)
        return max(0.0, min(1.0, (time_ms - self.begin_ms) / length_ms))


class _Tail:
    """Trades whose candles are not stored yet; the newest candle among them is never whole."""

    def __init__(self, interval: Interval) -> None:
        self._interval = interval
        self._trades: list[PublicTrade] = []
        self._seen: set[int | None] = set()
        self.newest_ms = 0
        self.doubtful_ms: int | None = None

    @property
    def begin_ms(self) -> int:
        """Start of the unfinished candle."""
        return self.newest_ms - self.newest_ms % self._interval.ms

    def take(self, page: TradePage) -> int:
        """Add the trades of a page that the page before did not have; how many those were."""
        fresh = [
            trade
            for trade in page.trades
            if trade.trade_id is None or trade.trade_id not in self._seen
        ]
        self._seen = {trade.trade_id for trade in page.trades}
        self._trades += fresh
        if self._trades:
            self.newest_ms = self._trades[-1].time_ms
        return len(fresh)

    def next_cursor_ns(self, page: TradePage, *, is_stuck: bool) -> int:
        """Where the next page begins.

        One nanosecond earlier than the page ended, so that a second trade of that very moment is not
        skipped; the one that comes again is known by its number.
        """
        has_numbers = bool(page.trades) and page.trades[-1].trade_id is not None
        return page.cursor_ns - 1 if has_numbers and not is_stuck else page.cursor_ns

    def release(self) -> tuple[Candle, ...]:
        """The candles that are whole; their trades are forgotten."""
        begin_ms = self.begin_ms
        row = bisect_left(self._trades, begin_ms, key=lambda trade: trade.time_ms)
        whole, self._trades = self._trades[:row], self._trades[row:]
        made = candles_of_trades(whole, self._interval) if whole else ()
        return tuple(row for row in made if row.open_time_ms != self.doubtful_ms)
