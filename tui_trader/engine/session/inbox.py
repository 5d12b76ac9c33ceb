"""What waits for the core: market reports latest-wins, everything else in order and bounded.

Law: nothing that must be kept is lost in silence. When the queue of account reports is full, the
loss is counted, and the session halts trading for it.
"""

import asyncio
from collections import deque

from tui_trader.engine.client.outbox import market_key
from tui_trader.engine.messages.codec import Input
from tui_trader.engine.messages.commands import (
    Command,
    FlattenAll,
    HaltTrading,
    ShutDownEngine,
)
from tui_trader.engine.messages.reports import (
    AccountSideReport,
    MarketReport,
    Report,
    TimerReport,
)
from tui_trader.engine.messages.signal_reports import SignalReport
from tui_trader.engine.messages.strategy_reports import StrategyReport

Message = Input

COMMANDS_MAX = 1_000
"""With so much waiting, new commands are turned away."""
REPORTS_MAX = 20_000
"""Account reports that may wait: a day of fills at one go."""
URGENT_MAX = 100
"""Emergency stops and shut-downs come in although the rest is full."""
BATCH_MAX = 256
MARKET_PACE_S = 0.02
"""Prices alone wake the core no oftener; what comes in between is conflated."""


class Inbox:
    """One queue for the session's loop."""

    def __init__(self) -> None:
        self._urgent: deque[Command] = deque()
        self._kept: deque[Command | AccountSideReport | StrategyReport | SignalReport] = deque()
        self._market: dict[tuple[str, str], MarketReport] = {}
        self._timer: TimerReport | None = None
        self._news = asyncio.Event()
        self._alarm: asyncio.TimerHandle | None = None
        self._lost_count = 0

    def put_command(self, command: Command) -> bool:
        """Take a command in; False when there is no room for it."""
        if isinstance(command, HaltTrading | FlattenAll | ShutDownEngine):
            if len(self._urgent) >= URGENT_MAX:
                return False
            self._urgent.append(command)
        else:
            if len(self._kept) >= COMMANDS_MAX:
                return False
            self._kept.append(command)
        self._news.set()
        return True

    def deliver(self, report: Report) -> None:
        """Take a report in: the `Deliver` of the ports. Never blocks, never raises."""
        if isinstance(report, MarketReport):
            self._market[market_key(report)] = report
            if self._alarm is None:
                loop = asyncio.get_running_loop()
                self._alarm = loop.call_later(MARKET_PACE_S, self._news.set)
            return
        if isinstance(report, TimerReport):
            self._timer = report
        elif len(self._kept) >= REPORTS_MAX:
            self._lost_count += 1
        else:
            self._kept.append(report)
        self._news.set()

    def put_result(self, report: AccountSideReport) -> None:
        """Take in what became of a request of ours; as many as there were requests, never lost."""
        self._kept.append(report)
        self._news.set()

    def put_strategy(self, report: StrategyReport) -> None:
        """Take in what a strategy says: a few for each candle, never lost."""
        self._kept.append(report)
        self._news.set()

    def put_signal(self, report: SignalReport) -> None:
        """Take in what is found out about models: a few each time one changes."""
        self._kept.append(report)
        self._news.set()

    def wake(self) -> None:
        """Let `wait` return although nothing came in."""
        self._news.set()

    async def wait(self) -> None:
        """Return when something should be looked at, having let the others run first."""
        await asyncio.sleep(0)
        await self._news.wait()

    def take(self) -> list[Message]:
        """The next batch: emergency stops, then prices, then at most 256 others in their order."""
        self._news.clear()
        batch: list[Message] = [*self._urgent, *self._market.values()]
        self._urgent.clear()
        self._market.clear()
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        batch += [self._kept.popleft() for _ in range(min(BATCH_MAX, len(self._kept)))]
        if self._timer is not None:
            batch.append(self._timer)
            self._timer = None
        if self._kept:
            self._news.set()
        return batch

    def take_lost_count(self) -> int:
        """Account reports lost since the last call."""
        lost_count, self._lost_count = self._lost_count, 0
        return lost_count

    @property
    def is_empty(self) -> bool:
        """Nothing that must be kept is waiting."""
        return not self._kept and not self._urgent
