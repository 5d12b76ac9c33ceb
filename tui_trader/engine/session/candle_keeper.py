"""Keeps the candle store current: what the feed shows, and what was missed meanwhile.

Law: a candle is stored once the next one has begun while the link stood, or once the venue's history
gives it with a later one behind it. What was open when the link fell is forgotten, because its end was
not seen; the history fills it. What the history does not reach stays a gap.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

from tui_trader.engine.messages.reports import CandleReport, LinkReport, Report
from tui_trader.engine.ports.candle_store import CandleStore
from tui_trader.engine.ports.market_feed import MarketFeed
from tui_trader.engine.session.candle_writer import Batch, CandleWriter, Written
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.errors import ExchangeFault
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.modes import LinkState
from tui_trader.engine.values.text import sanitize
from tui_trader.engine.values.time import MS_PER_MINUTE, format_rfc3339

FIRST_WRITE_S = 60.0
WRITE_EVERY_S = 300.0
"""A write replaces the file of the month: every minute, twenty pairs would write 30 GB a day. What a crash
loses of five minutes, the history gives back at the next start."""
FILL_EVERY_S = 3_600.0
"""Pause between two looks at the history: a venue may correct a candle after its end."""
FILL_PAUSE_S = 2.0
"""Between two pairs, so that the charts of consoles get their share of the calls."""
ROUND_PAUSE_S = 60.0
"""Between two looks at all pairs, however often the link falls and stands."""
GAP_TOLD_MS = 60 * MS_PER_MINUTE
HISTORY_COUNT = 720
WAITING_MAX = 30_000
"""Candles that wait for the disk: a day of twenty pairs. Beyond, the oldest go, and that is said."""

Tell = Callable[[str], None]


class Writer(Protocol):
    """Who writes, on a thread of its own."""

    def offer(self, batch: Batch) -> bool:
        """`CandleWriter.offer`."""
        ...

    def close(self) -> None:
        """`CandleWriter.close`."""
        ...


StartWriter = Callable[[CandleStore, Callable[[Written], None]], Writer]


class CandleKeeper:
    """One venue's candles, on their way to the store.

    Args:
        feed: Gives the history.
        store: Where they go.
        tell: Is given sentences for the log.
        start_writer: Starts the thread that writes.
    """

    def __init__(
        self,
        feed: MarketFeed,
        store: CandleStore,
        tell: Tell,
        *,
        start_writer: StartWriter = CandleWriter,
    ) -> None:
        self._start_writer = start_writer
        self._feed = feed
        self._store = store
        self._tell = tell
        self._open: dict[Symbol, Candle] = {}
        self._waiting: dict[Symbol, dict[int, Candle]] = {}
        self._fill_wanted = asyncio.Event()
        self._is_failing = False
        self._lost_count = 0
        self._is_gap_looked_for: set[Symbol] = set()

    def hear(self, report: Report) -> None:
        """Take note of what the feed delivers; never blocks."""
        match report:
            case CandleReport(interval=Interval.M1):
                self._hear_candle(report.symbol, report.candle)
            case LinkReport(state=LinkState.UP):
                self._fill_wanted.set()
            case LinkReport():
                self._open.clear()
            case _:
                pass

    async def run(self, symbols: tuple[Symbol, ...]) -> None:
        """Write and fill until cancelled."""
        loop = asyncio.get_running_loop()

        def done(written: Written) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._take_back, written)

        writer = self._start_writer(self._store, done)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._fill_for_ever(symbols))
                group.create_task(self._write_for_ever(writer))
        finally:
            self._offer(writer)
            writer.close()

    def _hear_candle(self, symbol: Symbol, candle: Candle) -> None:
        before = self._open.get(symbol)
        if before is not None and candle.open_time_ms < before.open_time_ms:
            # A snapshot begins in the past; the history has those minutes better.
            return
        if before is not None and candle.open_time_ms > before.open_time_ms:
            self._put(symbol, before)
        self._open[symbol] = candle

    def _put(self, symbol: Symbol, candle: Candle) -> None:
        waiting = self._waiting.setdefault(symbol, {})
        waiting[candle.open_time_ms] = candle
        while sum(map(len, self._waiting.values())) > WAITING_MAX:
            fullest = max(self._waiting.values(), key=len)
            fullest.pop(min(fullest))
            self._lost_count += 1

    async def _write_for_ever(self, writer: Writer) -> None:
        await asyncio.sleep(FIRST_WRITE_S)
        while True:
            self._offer(writer)
            await asyncio.sleep(WRITE_EVERY_S)

    def _offer(self, writer: Writer) -> None:
        batch = {
            symbol: tuple(candles[time_ms] for time_ms in sorted(candles))
            for symbol, candles in self._waiting.items()
            if candles
        }
        if batch and writer.offer(batch):
            self._waiting.clear()

    def _take_back(self, written: Written) -> None:
        for symbol, candles in written.left.items():
            newer = self._waiting.pop(symbol, {})
            for candle in candles:
                self._put(symbol, candle)
            for candle in newer.values():
                self._put(symbol, candle)
        if written.failure and not self._is_failing:
            self._tell(
                f"candles cannot be stored ({sanitize(written.failure)}); trading goes on, they wait in "
                "memory and are tried again every five minutes"
            )
        elif self._is_failing and not written.failure:
            lost = f"; {self._lost_count:,} were lost meanwhile" if self._lost_count else ""
            self._tell(f"candles are stored again{lost}")
            self._lost_count = 0
        self._is_failing = bool(written.failure)
        self._tell_gaps(written)

    def _tell_gaps(self, written: Written) -> None:
        """Say once a run and pair what happened while nobody listened and cannot be had any more."""
        gaps = [
            f"{symbol} from {format_rfc3339(newest_ms + MS_PER_MINUTE)} to {format_rfc3339(first_ms)}"
            for symbol, (newest_ms, first_ms) in written.gaps_ms.items()
            if first_ms - newest_ms > GAP_TOLD_MS and symbol not in self._is_gap_looked_for
        ]
        self._is_gap_looked_for |= set(written.stored)
        if gaps:
            self._tell(
                f"candles stay missing: {', '.join(gaps)}; the venue's history does not reach back that "
                "far, `tui-trader data download` can make them of its trades"
            )

    async def _fill_for_ever(self, symbols: tuple[Symbol, ...]) -> None:
        while True:
            self._fill_wanted.clear()
            for symbol in symbols:
                await self._fill(symbol)
                await asyncio.sleep(FILL_PAUSE_S)
            await asyncio.sleep(ROUND_PAUSE_S)
            try:
                async with asyncio.timeout(FILL_EVERY_S):
                    await self._fill_wanted.wait()
            except TimeoutError:
                continue

    async def _fill(self, symbol: Symbol) -> None:
        try:
            rows = await self._feed.candle_history(symbol, Interval.M1, HISTORY_COUNT)
        except ExchangeFault:
            # The link tells that the venue is away; when it is back it is asked again.
            return
        # The last one goes on.
        for candle in rows[:-1]:
            self._put(symbol, candle)
