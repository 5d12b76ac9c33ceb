"""Updates that wait for one reader: events all and in order, prices and pulse latest-wins.

Law: nobody waits for the reader. What it has not fetched is bounded: 10,000 events, one market report
of a kind and pair, one pulse. The engine keeps one for each client, and a client keeps one for
its own reader.
"""

import asyncio
from collections import deque
from collections.abc import Iterable

from tui_trader.engine.client.frames import (
    EventFrame,
    Goodbye,
    MarketFrame,
    PulseFrame,
    UpdateFrame,
)
from tui_trader.engine.messages.reports import (
    BookReport,
    CandleReport,
    HeartbeatReport,
    InstrumentsReport,
    MarketReport,
    TakerReport,
    TickerReport,
)

EVENTS_MAX = 10_000
MARKET_EVERY_S = 0.1
TOO_SLOW = "too slow; attach again"


def market_key(report: MarketReport) -> tuple[str, str]:
    """Two reports with the same key are about the same thing: the newer one replaces the older."""
    match report:
        case TickerReport() | BookReport() | TakerReport():
            return type(report).__name__, report.symbol
        case CandleReport():
            return report.interval.value, report.symbol
        case HeartbeatReport():
            return "HeartbeatReport", report.link
        case InstrumentsReport():
            return "InstrumentsReport", ""


class Outbox:
    """An async iterator of updates, filled without waiting.

    Args:
        events_max: Events that may wait; one more, and the reader is told that it is too slow.
        market_every_s: Shortest pause between two market frames.
    """

    def __init__(
        self, *, events_max: int = EVENTS_MAX, market_every_s: float = MARKET_EVERY_S
    ) -> None:
        self._events: deque[EventFrame] = deque()
        self._events_max = events_max
        self._market: dict[tuple[str, str], MarketReport] = {}
        self._market_every_s = market_every_s
        self._market_due_s = 0.0
        self._pulse: PulseFrame | None = None
        self._farewell: Goodbye | None = None
        self._news = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self.ended = asyncio.Event()

    def put_event(self, frame: EventFrame) -> None:
        """Add an event; when too many wait, end instead: a gap would be a lie."""
        if self.ended.is_set():
            return
        if len(self._events) >= self._events_max:
            self._events.clear()
            self._market.clear()
            self.end(TOO_SLOW)
            return
        self._events.append(frame)
        if len(self._events) >= self._events_max:
            self._room.clear()
        self._news.set()

    def put_market(self, reports: Iterable[MarketReport]) -> None:
        """Add market reports; older ones about the same thing are gone."""
        for report in reports:
            self._market[market_key(report)] = report
        if self._market:
            self._news.set()

    def put_pulse(self, frame: PulseFrame) -> None:
        """Add a pulse; an older one is gone."""
        self._pulse = frame
        self._news.set()

    def end(self, reason: str | None) -> None:
        """Let the iterator end, after what waits and a Goodbye with the reason, if there is one."""
        if self.ended.is_set():
            return
        self._farewell = None if reason is None else Goodbye(reason=reason)
        self.ended.set()
        self._room.set()
        self._news.set()

    async def room(self) -> None:
        """Wait until one more event fits; for those who can make the sender wait."""
        await self._room.wait()

    def __aiter__(self) -> "Outbox":
        return self

    async def __anext__(self) -> UpdateFrame:
        # Frames are taken out without an await in between, so that a reader who is cancelled while
        # waiting loses nothing and may come back.
        while True:
            frame = self._next()
            if frame is not None:
                return frame
            if self.ended.is_set():
                raise StopAsyncIteration
            self._news.clear()
            alarm = self._alarm()
            try:
                await self._news.wait()
            finally:
                if alarm is not None:
                    alarm.cancel()

    def _next(self) -> UpdateFrame | None:
        if self._events:
            self._room.set()
            return self._events.popleft()
        if self.ended.is_set():
            farewell, self._farewell = self._farewell, None
            return farewell
        if self._pulse is not None:
            pulse, self._pulse = self._pulse, None
            return pulse
        now_s = asyncio.get_running_loop().time()
        if not self._market or now_s < self._market_due_s:
            return None
        self._market_due_s = now_s + self._market_every_s
        reports, self._market = tuple(self._market.values()), {}
        return MarketFrame(reports=reports)

    def _alarm(self) -> asyncio.TimerHandle | None:
        if not self._market:
            return None
        return asyncio.get_running_loop().call_at(self._market_due_s, self._news.set)
