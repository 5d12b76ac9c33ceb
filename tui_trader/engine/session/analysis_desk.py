"""Answers about candles for consoles, computed beside the loop.

Law: one computation at a time, in a thread, so that the loop goes on; few may wait. What was computed
for a closed candle is kept until the next one closes, however many consoles ask. History is fetched
again only when a candle should have closed, and then as seldom as `CandleDesk` allows.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import NamedTuple, TypeVar, cast

import msgspec

from tui_trader.engine.analysis import desk_answers
from tui_trader.engine.messages.analysis_queries import (
    AnalysisAnswer,
    AskAnalysis,
    AskCatalogue,
    AskMarkets,
    AskTimeframes,
    CatalogueAnswer,
    IndicatorPick,
    MarketRow,
    MarketsAnswer,
    TimeframeRow,
    TimeframesAnswer,
)
from tui_trader.engine.messages.queries import AskCandles
from tui_trader.engine.messages.query_roots import QueryFailed
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.session.candles import COUNT_MAX, CandleDesk
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.text import sanitize

WAITING_MAX = 16
KEPT_MAX = 128
"""Computed answers that are kept: the pairs of a desk on a few sets of columns and timeframes."""
DAY_INTERVAL = Interval.M5
"""Longest history of it the exchange gives is 60 hours: enough for a day, and fine enough."""
BUSY = f"{WAITING_MAX} questions about candles wait already; ask again in a moment"

Questions = AskCatalogue | AskMarkets | AskAnalysis | AskTimeframes
Answers = CatalogueAnswer | MarketsAnswer | AnalysisAnswer | TimeframesAnswer | QueryFailed
Computed = TypeVar("Computed")


class _History(NamedTuple):
    """Candles of one pair and interval, the open one last, and why there are no newer ones."""

    candles: tuple[Candle, ...]
    failure: str = ""

    @property
    def closed(self) -> tuple[Candle, ...]:
        return self.candles[:-1]

    @property
    def newest(self) -> int:
        """Start of the open candle: what is computed changes only with it."""
        return self.candles[-1].open_time_ms if self.candles else 0


_NOTHING = _History(())


class AnalysisDesk:
    """Answers questions about indicators, patterns and markets.

    Args:
        candles: Where history comes from.
        symbols: The watched pairs; nothing else is asked for, which bounds what is kept.
    """

    def __init__(self, candles: CandleDesk, clock: Clock, *, symbols: tuple[Symbol, ...]) -> None:
        self._candles, self._clock, self._symbols = candles, clock, symbols
        self._histories: dict[tuple[Symbol, Interval], _History] = {}
        self._kept: OrderedDict[Hashable, object] = OrderedDict()
        self._under_way: dict[Hashable, asyncio.Task[object]] = {}
        self._turn = asyncio.Lock()
        self._waiting_count = 0

    def close(self) -> None:
        """Give up what is under way."""
        for task in self._under_way.values():
            task.cancel()

    async def answer(self, query: Questions) -> Answers:
        """The answer, or `QueryFailed` with the reason."""
        if isinstance(query, AskAnalysis | AskTimeframes) and query.symbol not in self._symbols:
            # Before anything is kept under its name.
            name = sanitize(query.symbol)
            return QueryFailed(reason=f"{name} is not watched; see [market] pairs")
        if self._waiting_count >= WAITING_MAX:
            return QueryFailed(reason=BUSY)
        self._waiting_count += 1
        try:
            return await self._answer(query)
        except ConfigError as error:
            return QueryFailed(reason=str(error))
        finally:
            self._waiting_count -= 1

    async def _answer(self, query: Questions) -> Answers:
        match query:
            case AskCatalogue():
                return await self._computed("catalogue", desk_answers.catalogue_answer)
            case AskMarkets():
                return await self._markets(query)
            case AskAnalysis():
                return await self._analysis(query)
            case AskTimeframes():
                return await self._timeframes(query.symbol)

    async def _markets(self, query: AskMarkets) -> MarketsAnswer:
        await asyncio.to_thread(desk_answers.check_picks, query.picks)
        rows = [await self._market(symbol, query) for symbol in self._symbols]
        return MarketsAnswer(interval=query.interval, rows=tuple(rows))

    async def _market(self, symbol: Symbol, query: AskMarkets) -> MarketRow:
        day = await self._history(symbol, DAY_INTERVAL)
        history = await self._history(symbol, query.interval)
        key = ("row", symbol, query.interval, _picked(query.picks), day.newest, history.newest)
        row = await self._computed(
            key,
            lambda: desk_answers.market_row(
                symbol,
                day=day.candles,
                closed=history.closed,
                interval=query.interval,
                picks=query.picks,
            ),
        )
        return msgspec.structs.replace(row, note=history.failure or day.failure)

    async def _analysis(self, query: AskAnalysis) -> Answers:
        await asyncio.to_thread(desk_answers.check_picks, query.picks)
        history = await self._history(query.symbol, query.interval)
        if history.failure and not history.closed:
            return QueryFailed(reason=history.failure)
        key = ("chart", query.symbol, query.interval, _picked(query.picks), history.newest)
        answer = await self._computed(
            key,
            lambda: desk_answers.analysis_answer(
                query.symbol, closed=history.closed, interval=query.interval, picks=query.picks
            ),
        )
        return msgspec.structs.replace(answer, note=history.failure or answer.note)

    async def _timeframes(self, symbol: Symbol) -> TimeframesAnswer:
        rows = [await self._timeframe(symbol, interval) for interval in Interval]
        return TimeframesAnswer(symbol=symbol, rows=tuple(rows))

    async def _timeframe(self, symbol: Symbol, interval: Interval) -> TimeframeRow:
        history = await self._history(symbol, interval)
        key = ("side", symbol, interval, history.newest)
        row = await self._computed(
            key, lambda: desk_answers.timeframe_row(history.closed, interval)
        )
        return msgspec.structs.replace(row, note=history.failure or row.note)

    async def _history(self, symbol: Symbol, interval: Interval) -> _History:
        """The candles as kept, or fetched anew when one should have closed since."""
        key = (symbol, interval)
        known = self._histories.get(key, _NOTHING)
        if known.candles and self._clock.now_ms() < known.newest + interval.ms:
            return known
        query = AskCandles(symbol=symbol, interval=interval, count=COUNT_MAX)
        answer = await self._candles.answer(query)
        if isinstance(answer, QueryFailed):
            # What was known is still true of its time; only what came after is missing.
            return _History(known.candles, answer.reason)
        self._histories[key] = fresh = _History(answer.candles)
        return fresh

    async def _computed(self, key: Hashable, work: Callable[[], Computed]) -> Computed:
        """What `work` returns, from memory where it was done before."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return cast("Computed", self._kept[key])
        task = self._under_way.get(key)
        if task is None:
            if len(self._under_way) >= WAITING_MAX:
                raise ConfigError(BUSY)
            task = asyncio.create_task(self._compute(key, work))
            self._under_way[key] = task
            task.add_done_callback(lambda done: self._finished(key, done))
        # A client that hangs up takes nothing away from others who ask the same, and does not set
        # the next computation free beside one that its thread still works on.
        return cast("Computed", await asyncio.shield(task))

    async def _compute(self, key: Hashable, work: Callable[[], object]) -> object:
        async with self._turn:
            result = await asyncio.to_thread(work)
        self._kept[key] = result
        while len(self._kept) > KEPT_MAX:
            self._kept.popitem(last=False)
        return result

    def _finished(self, key: Hashable, done: asyncio.Task[object]) -> None:
        self._under_way.pop(key, None)
        if not done.cancelled():
            # Looked at, although all who asked may have hung up meanwhile.
            done.exception()


def _picked(picks: tuple[IndicatorPick, ...]) -> Hashable:
    return tuple((pick.name, *sorted(pick.parameters.items())) for pick in picks)
