"""Reports that replace each other, thinned to a fixed rate: the latest wins, none is late for ever."""

import asyncio
from collections.abc import Callable, Hashable

from tui_trader.engine.messages.reports import Report
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.ports.market_feed import Deliver
from tui_trader.engine.values.time import MS_PER_SECOND

# Twenty a second: more than an eye sees, less than building 50 levels a thousand times costs.
PERIOD_MS = 50


class Conflation:
    """At most one report a key and period; a report is built when it leaves, not when it is offered."""

    def __init__(self, deliver: Deliver, clock: Clock, *, period_ms: int = PERIOD_MS) -> None:
        self._deliver = deliver
        self._clock = clock
        self._period_ms = period_ms
        self._left_ms: dict[Hashable, int] = {}
        self._waiting: dict[Hashable, tuple[Callable[[], Report], asyncio.TimerHandle]] = {}

    def offer(self, key: Hashable, build: Callable[[], Report]) -> None:
        """Deliver what `build` gives: now, or when the period of `key` is over."""
        if key in self._waiting:
            self._waiting[key] = (build, self._waiting[key][1])
            return
        now_ms = self._clock.monotonic_ms()
        wait_ms = self._left_ms.get(key, now_ms - self._period_ms) + self._period_ms - now_ms
        if wait_ms <= 0:
            self._send(key, build)
            return
        loop = asyncio.get_running_loop()
        timer = loop.call_later(wait_ms / MS_PER_SECOND, self._release, key)
        self._waiting[key] = (build, timer)

    def drop(self, key: Hashable) -> None:
        """Forget what waits under `key`: it is no longer true."""
        if key in self._waiting:
            self._waiting.pop(key)[1].cancel()

    def close(self) -> None:
        """Forget everything that waits."""
        for key in tuple(self._waiting):
            self.drop(key)

    def _release(self, key: Hashable) -> None:
        self._send(key, self._waiting.pop(key)[0])

    def _send(self, key: Hashable, build: Callable[[], Report]) -> None:
        self._left_ms[key] = self._clock.monotonic_ms()
        self._deliver(build())
