"""Chart history for consoles, without letting them burn the exchange's rate limit.

Law: at most one upstream call for a pair and interval under way, and at most one in five seconds and one
more when a candle has closed since, no matter how many consoles ask how often: what was fetched while a
candle went on does not know how it closed. A failure is remembered as long as a success. What lies before
that history is read from the disk, one question at a time.
"""

import asyncio

import msgspec

from tui_trader.engine.messages.queries import AskCandles, CandlesAnswer, QueryFailed
from tui_trader.engine.ports.candle_past import CandlePast
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.ports.market_feed import MarketFeed
from tui_trader.engine.state.market_view import MarketView
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.errors import ExchangeFault, StoreError
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.text import sanitize

COUNT_MAX = 720
FRESH_MS = 5_000
READERS_WAITING_MAX = 8
MOMENT_MAX_MS = 253_402_300_800_000
"""The year 10000: a question may name any number, and what reads the disk counts in 64 bits."""
BUSY = "too many charts read older candles at once; ask again in a moment"

Key = tuple[Symbol, Interval]


class _Fetched(msgspec.Struct, frozen=True):
    monotonic_ms: int
    live_start_ms: int
    candles: tuple[Candle, ...]
    failure: str = ""


class CandleDesk:
    """Answers `AskCandles` from a small cache.

    Args:
        symbols: The pairs of this session; nothing else is asked for, which bounds the cache.
        past: What was kept from before the venue's own history; None where nothing is.
    """

    def __init__(
        self,
        feed: MarketFeed,
        market: MarketView,
        clock: Clock,
        *,
        symbols: tuple[Symbol, ...],
        past: CandlePast | None = None,
    ) -> None:
        self._feed = feed
        self._past = past
        self._reading = asyncio.Lock()
        self._readers_waiting = 0
        self._market = market
        self._clock = clock
        self._symbols = symbols
        self._fetched: dict[Key, _Fetched] = {}
        self._under_way: dict[Key, asyncio.Task[_Fetched]] = {}

    async def answer(self, query: AskCandles) -> CandlesAnswer | QueryFailed:
        """The newest candles with the live one merged in, or those before a moment."""
        if query.symbol not in self._symbols:
            name = sanitize(query.symbol)
            return QueryFailed(reason=f"{name} is not watched; see [market] pairs")
        fetched = await self._fresh((query.symbol, query.interval))
        if fetched.failure:
            return QueryFailed(reason=fetched.failure)
        candles = fetched.candles
        live = self._market.candles.get(query.symbol)
        if live is not None and live.interval is Interval.M1:
            candles = merge_live(candles, query.interval, live.candle)
        count = max(1, min(query.count, COUNT_MAX))
        if query.before_ms > 0:
            return await self._older(query, candles, count=count)
        return CandlesAnswer(symbol=query.symbol, interval=query.interval, candles=candles[-count:])

    async def _older(
        self, query: AskCandles, fetched: tuple[Candle, ...], *, count: int
    ) -> CandlesAnswer | QueryFailed:
        """Of what the venue told and of what was kept: the venue's word counts where it has one."""
        told = tuple(candle for candle in fetched if candle.open_time_ms < query.before_ms)
        missing = count - len(told)
        kept: tuple[Candle, ...] = ()
        if missing > 0 and self._past is not None:
            if self._readers_waiting >= READERS_WAITING_MAX:
                return QueryFailed(reason=BUSY)
            end_ms = told[0].open_time_ms if told else min(query.before_ms, MOMENT_MAX_MS)
            try:
                kept = await self._read(self._past, query, end_ms, count=missing)
            except StoreError as error:
                return QueryFailed(reason=str(error))
        candles = (*kept, *told)[-count:]
        return CandlesAnswer(symbol=query.symbol, interval=query.interval, candles=candles)

    async def _read(
        self, past: CandlePast, query: AskCandles, end_ms: int, *, count: int
    ) -> tuple[Candle, ...]:
        self._readers_waiting += 1
        try:
            async with self._reading:
                return await asyncio.to_thread(
                    past.before, query.symbol, query.interval, end_ms, count=count
                )
        finally:
            self._readers_waiting -= 1

    def close(self) -> None:
        """Give up what is under way."""
        for task in self._under_way.values():
            task.cancel()

    async def _fresh(self, key: Key) -> _Fetched:
        known = self._fetched.get(key)
        if known is not None and self._is_fresh(known, key):
            return known
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.create_task(self._fetch(key))
            self._under_way[key] = task
            task.add_done_callback(lambda _: self._under_way.pop(key, None))
        # One console that hangs up must not take the answer away from the others.
        return await asyncio.shield(task)

    def _is_fresh(self, known: _Fetched, key: Key) -> bool:
        is_same_candle = self._live_start_ms(key) <= known.live_start_ms
        return is_same_candle and self._clock.monotonic_ms() - known.monotonic_ms < FRESH_MS

    def _live_start_ms(self, key: Key) -> int:
        """Start of the candle that goes on now, as the feed tells; 0 while it tells none."""
        symbol, interval = key
        live = self._market.candles.get(symbol)
        return 0 if live is None else _start_ms(live.candle, interval)

    async def _fetch(self, key: Key) -> _Fetched:
        symbol, interval = key
        candles: tuple[Candle, ...] = ()
        failure = ""
        live_start_ms = self._live_start_ms(key)
        try:
            candles = await self._feed.candle_history(symbol, interval, COUNT_MAX)
        except ExchangeFault as fault:
            failure = sanitize(str(fault)) or "the exchange did not answer"
        fetched = _Fetched(self._clock.monotonic_ms(), live_start_ms, candles, failure)
        self._fetched[key] = fetched
        return fetched


def merge_live(candles: tuple[Candle, ...], interval: Interval, live: Candle) -> tuple[Candle, ...]:
    """History with the live one-minute candle folded in.

    The volume of a longer candle stays as it was fetched: the part of the live minute that it holds
    already is not known.
    """
    start_ms = _start_ms(live, interval)
    if candles and start_ms < candles[-1].open_time_ms:
        return candles
    if not candles or start_ms > candles[-1].open_time_ms:
        return (*candles, msgspec.structs.replace(live, open_time_ms=start_ms))
    last = candles[-1]
    if interval is Interval.M1:
        return (*candles[:-1], live)
    merged = msgspec.structs.replace(
        last, high=max(last.high, live.high), low=min(last.low, live.low), close=live.close
    )
    return (*candles[:-1], merged)


def _start_ms(minute: Candle, interval: Interval) -> int:
    return minute.open_time_ms - minute.open_time_ms % interval.ms
