"""Kraken's REST counter, kept on our side so that it never overflows there.

A counter rises by the cost of a call and falls with time; over the maximum Kraken refuses, and locks
the key out for a quarter of an hour if that repeats. Orders and cancels are not counted. Reads leave
a reserve, so that the look-up of an order whose answer was lost never waits behind a page of history.
"""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.values.abilities import BudgetLevel
from tui_trader.engine.values.errors import TemporaryFault
from tui_trader.engine.values.time import MS_PER_SECOND


class CounterLimits(msgspec.Struct, frozen=True, kw_only=True):
    """One counter of Kraken.

    Args:
        level_max: What the counter may reach.
        decay_per_s: What it falls each second.
        reserve: What reads that are not urgent leave untouched.
        wait_max_ms: Longest wait for a call before it is refused here.
    """

    level_max: float
    decay_per_s: float
    reserve: float
    wait_max_ms: int


# https://docs.kraken.com/api/docs/guides/spot-rest-ratelimits, lowest tier.
STARTER_TIER = CounterLimits(level_max=15, decay_per_s=0.33, reserve=5, wait_max_ms=60_000)
# About one call a second per address and pair; the burst is a start with a dozen charts.
PUBLIC = CounterLimits(level_max=15, decay_per_s=1, reserve=0, wait_max_ms=60_000)

Sleep = Callable[[float], Awaitable[None]]


class CallCounter:
    """One counter; calls wait until it has room for them."""

    def __init__(
        self, limits: CounterLimits, clock: Clock, *, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._sleep = sleep
        self._level = 0.0
        self._read_ms = clock.monotonic_ms()

    async def spend(self, cost: int, *, is_urgent: bool = False) -> None:
        """Wait until `cost` fits, then count it.

        Raises:
            TemporaryFault: it would not fit within `wait_max_ms`; nothing was counted.
        """
        waited_ms = 0
        while (wait_ms := self._wait_ms(cost, is_urgent=is_urgent)) > 0:
            if waited_ms + wait_ms > self._limits.wait_max_ms:
                message = "kraken: our own limit on calls is reached; not asked"
                raise TemporaryFault(message, retry_after_ms=wait_ms)
            await self._sleep(wait_ms / MS_PER_SECOND)
            waited_ms += wait_ms
        self._level += cost

    def level(self, name: str) -> BudgetLevel:
        """Where it stands."""
        return BudgetLevel(
            name=name,
            used=round(self._level_now(), 1),
            limit=self._limits.level_max,
            recovers_per_s=self._limits.decay_per_s,
        )

    def _wait_ms(self, cost: int, *, is_urgent: bool) -> int:
        room = self._limits.level_max - (0 if is_urgent else self._limits.reserve)
        excess = self._level_now() + cost - room
        if excess <= 0:
            return 0
        return int(excess / self._limits.decay_per_s * MS_PER_SECOND) + 1

    def _level_now(self) -> float:
        now_ms = self._clock.monotonic_ms()
        fallen = (now_ms - self._read_ms) / MS_PER_SECOND * self._limits.decay_per_s
        self._read_ms = now_ms
        self._level = max(0.0, self._level - fallen)
        return self._level
