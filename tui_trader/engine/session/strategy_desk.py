"""Candles for the strategies that trade live: one follower each, started and ended with them.

Law: what runs is what the state says runs; a restart, a client and a halt need no word of their own here.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from tui_trader.engine.analysis.strategy import Strategy
from tui_trader.engine.messages.reports import CandleReport, LinkReport, Report
from tui_trader.engine.messages.strategy_reports import StrategyReport
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.ports.market_feed import MarketFeed
from tui_trader.engine.session.candle_follower import AskForecasts, CandleFollower, Outside
from tui_trader.engine.state.strategy_record import Strategies, StrategyRecord
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.modes import LinkState

if TYPE_CHECKING:
    from tui_trader.engine.values.instruments import Symbol

Key = tuple[str, int]
"""Name and start: stopped and started again is another one."""
FindStrategy = Callable[[str], Strategy]
"""From a name, or the path of a user's file, to the strategy; may take seconds."""


class StrategyDesk:
    """Everybody who follows candles for a strategy.

    Args:
        feed: Gives the history of candles.
        strategies: Those that were started, as the state has them now.
        deliver: Takes what the followers find out.
        find: Loads a strategy.
        forecast: Asks models about closed candles.
    """

    def __init__(
        self,
        feed: MarketFeed,
        clock: Clock,
        strategies: Callable[[], Strategies],
        *,
        deliver: Callable[[StrategyReport], None],
        find: FindStrategy,
        forecast: AskForecasts | None = None,
    ) -> None:
        self._outside = Outside(feed, clock, deliver, find, forecast)
        self._strategies = strategies
        self._followers: dict[Key, CandleFollower] = {}
        self._tasks: dict[Key, asyncio.Task[None]] = {}
        self._newest: dict[Symbol, Candle] = {}
        self._changed = asyncio.Event()

    def hear(self, report: Report) -> None:
        """Take note of what the feed delivers, before anything is conflated; never blocks."""
        match report:
            case CandleReport(interval=Interval.M1):
                minute = self._newest[report.symbol] = report.candle
                for follower in self._followers.values():
                    follower.hear(report.symbol, minute.open_time_ms, minute.open)
            case LinkReport(state=LinkState.UP):
                pass
            case LinkReport():
                for follower in self._followers.values():
                    follower.lose_sight("the feed was interrupted")
            case _:
                pass

    def look(self) -> None:
        """The state may have changed: start and end what follows from it."""
        named = self._named()
        if named.keys() != self._tasks.keys() or self._continued(named):
            self._changed.set()

    async def run(self) -> None:
        """Follow until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._begin_and_end(group)
                await self._changed.wait()
                self._changed.clear()

    def _named(self) -> dict[Key, StrategyRecord]:
        return {
            (name, record.spec.started_ms): record for name, record in self._strategies().items()
        }

    def _continued(self, named: Mapping[Key, StrategyRecord]) -> set[Key]:
        """Those started again since, that had failed or whose file is another one: they are loaded anew."""
        return {
            key
            for key, follower in self._followers.items()
            if key in named
            and named[key].continued_ms > follower.continued_ms
            and (follower.has_failed or named[key].spec.file_digest != follower.file_digest)
        }

    def _begin_and_end(self, group: asyncio.TaskGroup) -> None:
        named = self._named()
        for key in (self._tasks.keys() - named.keys()) | self._continued(named):
            self._tasks.pop(key).cancel()
            del self._followers[key]
        for key in named.keys() - self._tasks.keys():
            follower = CandleFollower(named[key], self._outside)
            for symbol, minute in self._newest.items():
                follower.hear(symbol, minute.open_time_ms, minute.open)
            self._followers[key] = follower
            self._tasks[key] = group.create_task(follower.run())
