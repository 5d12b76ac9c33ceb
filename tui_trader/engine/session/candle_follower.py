"""One strategy's candles: when one ends, what the strategy says of it, and what was missed.

Law: a candle has ended when a later one has begun, of its own pair or of another of the strategy on the
same venue. Its numbers are those of the venue's history, not of what was overheard. What was not heard
in time is told as late, so that nobody enters on it; what cannot be learned is told as missing.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from tui_trader.engine.analysis.strategy import SILENT, Strategy
from tui_trader.engine.core.host_notes import rules_of
from tui_trader.engine.messages.signal_reports import ForecastReport, ForecastView
from tui_trader.engine.messages.strategy_reports import (
    CandlesBeganReport,
    CandlesClosedReport,
    CandlesOpenedReport,
    SignalMissingReport,
    StrategyFaultReport,
    StrategyReport,
    WindowRefilledReport,
)
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.ports.market_feed import MarketFeed
from tui_trader.engine.session.file_digest import file_digest
from tui_trader.engine.session.strategy_window import Moment, Rows, Watched, closes_since
from tui_trader.engine.state.strategy_record import StrategyRecord
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.errors import (
    ConfigError,
    ExchangeFault,
    PluginError,
    StoreError,
)
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.text import sanitize
from tui_trader.engine.values.time import format_rfc3339

HISTORY_MAX = 720
TRIES_MAX = 5
TRY_AGAIN_S = 1.0
SETTLE_S = 0.1
"""The feed thins quotes to twenty a second: the first of the new candle is there after this."""
OTHERS_WAIT_S = 2.0
"""How long the candles of the other pairs may take to begin, before they count as without a trade."""
LATE_MS_MAX = 60_000
LATE_SHARE = 4
"""After a minute, or a quarter of the candle, its open is no price to enter at any more."""


AskForecasts = Callable[[Interval, Rows], Awaitable[tuple[ForecastView, ...]]]
"""What models say of the newest closed candle of each pair; silence where they say nothing in time."""


class Outside(NamedTuple):
    """What a follower needs of the session.

    Args:
        deliver: Takes what it finds out.
        find: Loads a strategy, by name or file.
        forecast: Asks models about closed candles; for strategies that hear forecasts.
    """

    feed: MarketFeed
    clock: Clock
    deliver: Callable[[StrategyReport], None]
    find: Callable[[str], Strategy]
    forecast: AskForecasts | None = None


FAULTS = (ConfigError, PluginError, StoreError)
"""What a strategy that does not work ends in: not a bug of ours, it may be a user's file."""


class _Unseen(Exception):
    """The end of a candle cannot be learned; the text says why."""


class CandleFollower:
    """Follows the candles of one started strategy.

    Args:
        record: As the state has it: what was told before a restart is in its note.
        outside: The world.
    """

    def __init__(self, record: StrategyRecord, outside: Outside) -> None:
        self._spec = record.spec
        self._name, self._interval = record.spec.name, record.spec.interval
        self._outside = outside
        self._newest_ms: dict[Symbol, int] = {}
        self._opens: dict[Symbol, float] = {}
        self._news = asyncio.Event()
        self._told_ms = {symbol: pair.closed_ms for symbol, pair in record.note.pairs.items()}
        self._is_resumed = any(self._told_ms.values())
        self._watched = Watched(SILENT, {}, rules_of(record.spec)[0], record.spec.interval)
        self.has_failed = False
        self.continued_ms = record.continued_ms
        self.file_digest = record.spec.file_digest
        self._begun_ms = 0
        self._unopened: list[Symbol] = []
        self._blind_because = ""
        self._missed_because = ""

    def hear(self, symbol: Symbol, minute_ms: int, open_price: float) -> None:
        """A trade of a pair was seen in this minute, which began with a price."""
        if symbol in self._told_ms:
            start_ms = minute_ms - minute_ms % self._interval.ms
            if start_ms == self._begun_ms:
                # The candle that was open when the feed fell is open still: its end will be seen.
                self._blind_because = ""
            if start_ms > self._newest_ms.get(symbol, 0):
                self._newest_ms[symbol] = start_ms
                self._opens[symbol] = open_price
                self._news.set()

    def lose_sight(self, reason: str) -> None:
        """What ends from now on may have ended unseen."""
        self._blind_because = reason

    async def run(self) -> None:
        """Follow until cancelled; a strategy that turns out not to work is followed in silence.

        So it enters and leaves nothing by itself, but the stops of what it holds move on with the candles.
        """
        try:
            self._watched = await asyncio.to_thread(self._load)
        except FAULTS as error:
            self._fail(error)
        try:
            await self._begin()
            while True:
                await self._next_candle()
                await self._close(max(self._newest_ms.values()))
        finally:
            self._watched.strategy.end()

    def _fail(self, error: Exception) -> None:
        reason = sanitize(f"{self._name} cannot go on: {error}")
        now_ms = self._outside.clock.now_ms()
        self._tell(StrategyFaultReport(time_ms=now_ms, strategy=self._name, reason=reason))
        self.has_failed = True
        self._watched.strategy.end()
        self._watched = self._watched._replace(strategy=SILENT, choices={})

    def _load(self) -> Watched:
        spec = self._spec
        if spec.file_digest and file_digest(spec.file) != spec.file_digest:
            message = (
                f"{spec.file} is not what it was when the strategy was started; start it again to trade by "
                "what it says now"
            )
            raise ConfigError(message)
        strategy = self._outside.find(spec.file or spec.name)
        if strategy.name != spec.name:
            message = f"{spec.file} holds {strategy.name}, not {spec.name}"
            raise ConfigError(message)
        choices = strategy.checked(spec.parameters)
        if strategy.memory_bars(choices) >= HISTORY_MAX:
            message = (
                f"it remembers {strategy.memory_bars(choices)} candles; the venue's history gives "
                f"{HISTORY_MAX - 1}: choose smaller parameters"
            )
            raise ConfigError(message)
        rules, _ = rules_of(spec)
        return Watched(strategy, choices, rules, spec.interval)

    async def _begin(self) -> None:
        """Wait for the candle that is open now; after a restart, catch up with what has ended."""
        while not self._newest_ms:
            await self._wait_for_news()
        self._begun_ms = max(self._newest_ms.values())
        if self._is_resumed:
            is_again = self.continued_ms > 0
            self._missed_because = (
                "it had to be loaded again" if is_again else "the engine was not running"
            )
            await self._close(self._begun_ms)
        else:
            self._told_ms = dict.fromkeys(self._told_ms, self._begun_ms - 1)

    async def _next_candle(self) -> None:
        """Return when a candle later than the open one has begun."""
        while max(self._newest_ms.values()) <= self._begun_ms:
            await self._wait_for_news()
            self._open_those_that_began()

    async def _wait_for_news(self) -> None:
        self._news.clear()
        await self._news.wait()

    def _open_those_that_began(self) -> None:
        began = [
            symbol for symbol in self._unopened if self._newest_ms.get(symbol) == self._begun_ms
        ]
        if began:
            self._unopened = [symbol for symbol in self._unopened if symbol not in began]
            self._tell_opened(tuple(began))

    async def _close(self, begun_ms: int) -> None:
        """Tell the ends of all candles before the one that began at `begun_ms`."""
        heard_ms = self._outside.clock.monotonic_ms()
        reason = self._missed_because or self._blind_because
        self._missed_because = self._blind_because = ""
        await asyncio.sleep(SETTLE_S)
        await self._wait_for_others(begun_ms)
        try:
            moments = await self._ends(await self._closed_rows(begun_ms))
        except _Unseen as unseen:
            self._miss(begun_ms, str(unseen))
            return
        took_ms = self._outside.clock.monotonic_ms() - heard_ms
        if max(self._newest_ms.values()) > begun_ms:
            reason = reason or "the next candle began before this one was known"
        elif took_ms > min(LATE_MS_MAX, self._interval.ms // LATE_SHARE):
            reason = reason or f"its end was known {took_ms / 1_000:.0f} s late"
        late_count = len(moments) if reason else max(0, len(moments) - 1)
        if late_count:
            self._tell_refilled(late_count, reason or "the feed was silent")
        for number, (moment, closes) in enumerate(moments):
            self._told_ms.update(dict.fromkeys((close.symbol for close in closes), moment))
            self._tell(
                CandlesClosedReport(
                    time_ms=self._outside.clock.now_ms(),
                    strategy=self._name,
                    closes=closes,
                    is_late=number < late_count,
                )
            )
        self._tell_began(begun_ms)

    async def _ends(self, closed: Rows) -> list[Moment]:
        """What the strategy says of the candles that have not been told; in silence, if it fails."""
        try:
            return await self._asked(closed)
        except FAULTS as error:
            if self.has_failed:
                raise _Unseen(sanitize(str(error))) from error
            self._fail(error)
        return await self._ends(closed)

    async def _asked(self, closed: Rows) -> list[Moment]:
        await self._ask_models(self._watched, closed)
        return await asyncio.to_thread(closes_since, self._watched, closed, dict(self._told_ms))

    async def _ask_models(self, watched: Watched, closed: Rows) -> None:
        """Before the closes are told: whoever decides on forecasts must have them by then."""
        ask = self._outside.forecast
        if not watched.strategy.hears_forecasts or ask is None:
            return
        forecasts = await ask(watched.interval, closed)
        now_ms = self._outside.clock.now_ms()
        self._tell(ForecastReport(time_ms=now_ms, strategy=self._name, forecasts=forecasts))

    async def _wait_for_others(self, begun_ms: int) -> None:
        try:
            async with asyncio.timeout(OTHERS_WAIT_S):
                while any(self._newest_ms.get(symbol, 0) < begun_ms for symbol in self._told_ms):
                    await self._wait_for_news()
        except TimeoutError:
            return

    async def _closed_rows(self, begun_ms: int) -> Rows:
        closed = {}
        for symbol in self._told_ms:
            rows = await self._history(symbol, begun_ms)
            closed[symbol] = tuple(row for row in rows if row.open_time_ms < begun_ms)
        return closed

    async def _history(self, symbol: Symbol, begun_ms: int) -> tuple[Candle, ...]:
        """History that shows the later candle where one was heard: only then is the last one whole."""
        failure = "the venue's history does not show the candle that followed"
        for number in range(TRIES_MAX):
            if number:
                await asyncio.sleep(TRY_AGAIN_S)
            try:
                rows = await self._outside.feed.candle_history(symbol, self._interval, HISTORY_MAX)
            except ExchangeFault as fault:
                failure = sanitize(str(fault)) or "the venue's history could not be had"
                continue
            is_begun = self._newest_ms.get(symbol, 0) >= begun_ms
            if not is_begun or (rows and rows[-1].open_time_ms >= begun_ms):
                return rows
        message = f"{symbol}: {failure}"
        raise _Unseen(message)

    def _miss(self, begun_ms: int, reason: str) -> None:
        self._tell(
            SignalMissingReport(
                time_ms=self._outside.clock.now_ms(),
                strategy=self._name,
                candle_ms=begun_ms - self._interval.ms,
                reason=reason,
            )
        )
        self._missed_because = f"the candle before {format_rfc3339(begun_ms)} could not be learned"
        self._tell_began(begun_ms)

    def _tell_refilled(self, missed_count: int, reason: str) -> None:
        self._tell(
            WindowRefilledReport(
                time_ms=self._outside.clock.now_ms(),
                strategy=self._name,
                missed_count=missed_count,
                reason=reason,
            )
        )

    def _tell_began(self, begun_ms: int) -> None:
        self._begun_ms = begun_ms
        self._tell(
            CandlesBeganReport(
                time_ms=self._outside.clock.now_ms(), strategy=self._name, open_time_ms=begun_ms
            )
        )
        begun = tuple(
            symbol for symbol in self._told_ms if self._newest_ms.get(symbol, 0) >= begun_ms
        )
        self._unopened = [symbol for symbol in self._told_ms if symbol not in begun]
        self._tell_opened(begun)

    def _tell_opened(self, symbols: tuple[Symbol, ...]) -> None:
        self._tell(
            CandlesOpenedReport(
                time_ms=self._outside.clock.now_ms(),
                strategy=self._name,
                symbols=symbols,
                opens=tuple(self._opens[symbol] for symbol in symbols),
            )
        )

    def _tell(self, report: StrategyReport) -> None:
        self._outside.deliver(report)
