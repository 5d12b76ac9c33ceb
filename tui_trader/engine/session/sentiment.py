"""The mood of the market for consoles: sources asked in the background, the market read when asked.

Law: nothing here can hold the engine. Each source is read in a task of its own with a time limit, and
none is asked again while an old question hangs; what breaks in one is words beside its part. Books
and prices are those the engine has anyway; hourly candles are asked for only when somebody looks.
"""

import asyncio
from collections.abc import Sequence
from typing import TypeVar

import msgspec

from tui_trader.engine.analysis import sentiment_market as market_made
from tui_trader.engine.analysis.sentiment import MARKET_PARTS, PARTS, sentiment
from tui_trader.engine.messages.queries import AskCandles, CandlesAnswer
from tui_trader.engine.messages.reports import BookReport, TakerReport, TickerReport
from tui_trader.engine.messages.sentiment_queries import SentimentAnswer
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.ports.sentiment_source import Reading, ScoredHeadline, SentimentSource
from tui_trader.engine.session.candles import COUNT_MAX, CandleDesk
from tui_trader.engine.settings.model import SentimentSettings
from tui_trader.engine.state.market_view import MarketView
from tui_trader.engine.values.books import BookLevel
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import SourceFault
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.text import sanitize
from tui_trader.engine.values.time import MS_PER_MINUTE

SECONDS_PER_MINUTE = 60
READ_S = 90.0
"""Longest wait for a source; the sources have shorter limits of their own."""
RETRY_S = 30.0
HEADLINES_MAX = 200
NEAR_RATIO = 0.005
"""How far from the middle an order still rests near the price: 0.5 %."""
CANDLES_AGAIN_MS = 15 * MS_PER_MINUTE
CANDLES_RETRY_MS = MS_PER_MINUTE
CANDLES_WAIT_S = 3.0

Stamped = TypeVar("Stamped", BookReport, TakerReport, TickerReport)


class SentimentDesk:
    """Answers `AskSentiment`.

    Args:
        market: Newest prices and books.
        candles: Where hourly candles come from.
        symbols: The watched pairs.
        sources: What to ask outside; none by default.
        settings: Whether the market's own parts count, and how often a source is asked.
    """

    def __init__(
        self,
        market: MarketView,
        candles: CandleDesk,
        clock: Clock,
        *,
        symbols: tuple[Symbol, ...],
        sources: Sequence[SentimentSource],
        settings: SentimentSettings,
    ) -> None:
        self._market, self._candles, self._clock = market, candles, clock
        self._symbols, self._sources = symbols, tuple(sources)
        self._refresh_s = float(settings.refresh_minutes * SECONDS_PER_MINUTE)
        own = MARKET_PARTS if settings.market_parts else frozenset[str]()
        self._asked = own | {source.name for source in self._sources}
        self._readings: dict[str, Reading] = {}
        self._failures: dict[str, str] = {}
        self._hanging: dict[str, asyncio.Task[Reading]] = {}
        self._hourly: dict[str, Reading | None] = {}
        self._candles_due_ms = 0
        self._following: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Ask the sources until cancelled."""
        async with asyncio.TaskGroup() as group:
            for source in self._sources:
                group.create_task(self._poll(source))
            # Without a source there is nothing to do, and still no end.
            await asyncio.Event().wait()

    async def answer(self) -> SentimentAnswer:
        """The score, its parts and the headlines, as of now."""
        if self._asked & MARKET_PARTS:
            await self._follow_candles()
        now_ms = self._clock.now_ms()
        return sentiment(
            {**self._readings, **self._market_readings(now_ms)},
            now_ms=now_ms,
            asked=self._asked,
            failures=self._failures,
        )

    def close(self) -> None:
        """Give up what is under way."""
        for task in (self._following, *self._hanging.values()):
            if task is not None:
                task.cancel()

    async def _poll(self, source: SentimentSource) -> None:
        failures = 0
        while True:
            failures = 0 if await self._has_read(source) else failures + 1
            pause_s = self._refresh_s
            if failures:
                pause_s = min(pause_s, RETRY_S * 2 ** min(failures - 1, 10))
            await asyncio.sleep(pause_s)

    async def _has_read(self, source: SentimentSource) -> bool:
        if source.name in self._hanging:
            return False
        task = asyncio.create_task(source.read())
        self._hanging[source.name] = task
        task.add_done_callback(lambda _: self._hanging.pop(source.name, None))
        try:
            await asyncio.wait({task}, timeout=READ_S)
        finally:
            # Also when this poll itself is cancelled; a task that is done does not mind.
            task.cancel()
        if failure := _failure(task):
            self._failures[source.name] = failure
            return False
        self._failures.pop(source.name, None)
        self._readings[source.name] = _clean(task.result())
        return True

    async def _follow_candles(self) -> None:
        """Ask for hourly candles when they are due; wait a moment for them, not for ever."""
        if self._following is None and self._clock.monotonic_ms() >= self._candles_due_ms:
            self._following = asyncio.create_task(self._fetch_candles())
        task = self._following
        if task is None:
            return
        await asyncio.wait({task}, timeout=CANDLES_WAIT_S)
        if task.done():
            self._following = None
            if not task.cancelled():
                task.result()

    async def _fetch_candles(self) -> None:
        pause_ms = CANDLES_AGAIN_MS
        closes: list[list[float]] = []
        times: list[int] = []
        for symbol in self._symbols:
            asked = AskCandles(symbol=symbol, interval=Interval.H1, count=COUNT_MAX)
            answer = await self._candles.answer(asked)
            closed = answer.candles[:-1] if isinstance(answer, CandlesAnswer) else ()
            if closed:
                closes.append([candle.close for candle in closed])
                times.append(closed[-1].open_time_ms + Interval.H1.ms)
            else:
                pause_ms = CANDLES_RETRY_MS
        if closes:
            self._hourly = {
                "volatility": market_made.volatility_regime(closes, time_ms=min(times)),
                "dispersion": market_made.momentum_dispersion(closes, time_ms=min(times)),
            }
        self._candles_due_ms = self._clock.monotonic_ms() + pause_ms

    def _market_readings(self, now_ms: int) -> dict[str, Reading]:
        found = {
            "book_imbalance": self._books(now_ms),
            "taker_flow": self._takers(now_ms),
            "breadth": self._breadth(now_ms),
            **self._hourly,
        }
        return {name: reading for name, reading in found.items() if reading is not None}

    def _books(self, now_ms: int) -> Reading | None:
        verified = [book for book in self._market.books.values() if book.is_verified]
        books = _recent(verified, now_ms=now_ms, within_ms=PARTS["book_imbalance"].stale_after_ms)
        if not books:
            return None
        sides = [_near_price(book) for book in books]
        return market_made.book_imbalance(sides, time_ms=min(book.time_ms for book in books))

    def _takers(self, now_ms: int) -> Reading | None:
        every = list(self._market.takers.values())
        takers = _recent(every, now_ms=now_ms, within_ms=PARTS["taker_flow"].stale_after_ms)
        return market_made.taker_flow(
            sum(report.bought_quote for report in takers),
            sum(report.sold_quote for report in takers),
            time_ms=max((report.time_ms for report in takers), default=now_ms),
        )

    def _breadth(self, now_ms: int) -> Reading | None:
        every = list(self._market.tickers.values())
        tickers = _recent(every, now_ms=now_ms, within_ms=PARTS["breadth"].stale_after_ms)
        if not tickers:
            return None
        changes = [ticker.change_24h_percent for ticker in tickers]
        return market_made.breadth(changes, time_ms=min(ticker.time_ms for ticker in tickers))


def _recent(reports: list[Stamped], *, now_ms: int, within_ms: int) -> list[Stamped]:
    """Those that still count; all of them where none does, so that their age can be shown."""
    return [item for item in reports if now_ms - item.time_ms <= within_ms] or reports


def _near_price(book: BookReport) -> tuple[float, float]:
    """Value bid and asked near the middle of the book, in its quote currency."""
    if not book.bids or not book.asks:
        return 0.0, 0.0
    middle = float(book.bids[0].price + book.asks[0].price) / 2
    return _value_near(book.bids, middle), _value_near(book.asks, middle)


def _value_near(levels: tuple[BookLevel, ...], middle: float) -> float:
    near = [level for level in levels if abs(float(level.price) - middle) <= NEAR_RATIO * middle]
    return sum(float(level.price * level.quantity_base) for level in near)


def _failure(task: asyncio.Task[Reading]) -> str:
    """Why a source told nothing, in words; empty when it did tell."""
    if not task.done():
        return f"no answer within {READ_S:g} s"
    if task.cancelled():
        return "the question was given up"
    fault = task.exception()
    if fault is None:
        return ""
    # A source is a plug-in: what breaks in it must not end the engine, and is said.
    is_expected = isinstance(fault, SourceFault)
    words = str(fault) if is_expected else f"the source broke ({type(fault).__name__}: {fault})"
    return sanitize(words, length_max=200) or type(fault).__name__


def _clean(reading: Reading) -> Reading:
    """The same, safe to show, whoever wrote the source."""
    return msgspec.structs.replace(
        reading,
        says=sanitize(reading.says),
        headlines=tuple(_clean_headline(item) for item in reading.headlines[:HEADLINES_MAX]),
    )


def _clean_headline(headline: ScoredHeadline) -> ScoredHeadline:
    return msgspec.structs.replace(
        headline,
        title=sanitize(headline.title),
        source=sanitize(headline.source, length_max=60),
    )
