"""A link made of ccxt.pro's watchers: up when all were heard, down when one is silent, made again."""

import asyncio
from collections.abc import Awaitable, Callable

from tui_trader.engine.exchanges.kraken.socket import HEARTBEAT_EVERY_MS, LinkTiming
from tui_trader.engine.messages.reports import HeartbeatReport, LinkReport
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.ports.market_feed import Deliver
from tui_trader.engine.values.errors import ExchangeFault
from tui_trader.engine.values.modes import LinkState
from tui_trader.engine.values.text import sanitize
from tui_trader.engine.values.time import MS_PER_SECOND

__all__ = ["LinkTiming", "Watching"]

Watch = Callable[[Callable[[str], None]], Awaitable[None]]


class Watching:
    """Runs watchers, and tells how their link is.

    Args:
        name: As reports call it.
        chance: Spreads the reconnections of many clients.
    """

    def __init__(
        self, name: str, clock: Clock, *, chance: Callable[[], float], timing: LinkTiming
    ) -> None:
        self._name = name
        self._clock = clock
        self._chance = chance
        self._timing = timing

    async def run(self, watch: Watch, deliver: Deliver, *, awaited: set[str]) -> None:
        """Watch until cancelled.

        Args:
            deliver: Takes the link's reports.
            watch: Tells what it heard by name, until something is wrong.
            awaited: Names that must have been heard before the link is up.
        """
        attempt = 0
        while True:
            began_ms = self._clock.monotonic_ms()
            self._tell(deliver, LinkState.CONNECTING, "")
            self._tell(deliver, LinkState.DOWN, await self._watch_once(watch, deliver, awaited))
            lasted_s = (self._clock.monotonic_ms() - began_ms) / MS_PER_SECOND
            attempt = 0 if lasted_s >= self._timing.healthy_after_s else min(attempt + 1, 16)
            longest_s = min(
                self._timing.backoff_max_s,
                self._timing.backoff_first_s * 2.0 ** max(0, attempt - 1),
            )
            await asyncio.sleep(longest_s * (0.5 + self._chance() / 2))

    async def _watch_once(self, watch: Watch, deliver: Deliver, awaited: set[str]) -> str:
        missing, heartbeat_ms = set(awaited), -HEARTBEAT_EVERY_MS
        limit = asyncio.timeout(self._timing.connect_max_s + self._timing.subscribe_max_s)
        loop = asyncio.get_running_loop()

        def hear(name: str) -> None:
            nonlocal heartbeat_ms
            now_ms = self._clock.monotonic_ms()
            if now_ms - heartbeat_ms >= HEARTBEAT_EVERY_MS:
                heartbeat_ms = now_ms
                deliver(HeartbeatReport(time_ms=self._clock.now_ms(), link=self._name))
            if missing:
                missing.discard(name)
                if missing:
                    return
                self._tell(deliver, LinkState.UP, "")
            limit.reschedule(loop.time() + self._timing.silence_max_s)

        detail = "watching ended"
        try:
            async with limit:
                await watch(hear)
        except* TimeoutError:
            detail = f"silent for {self._timing.silence_max_s:g} s"
        except* ExchangeFault as faults:
            detail = sanitize(str(faults.exceptions[0]))
        return detail

    def _tell(self, deliver: Deliver, state: LinkState, detail: str) -> None:
        deliver(
            LinkReport(time_ms=self._clock.now_ms(), link=self._name, state=state, detail=detail)
        )
