"""The market's pulse: so many events a second, whatever the machine does in between."""

import asyncio
import random
from collections.abc import Callable, Sequence

from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.time import MS_PER_SECOND

EVENTS_PER_SECOND = 10.0
"""Over all pairs, at speed 1."""
_WAKE_S_MIN = 0.01
_BURST_MAX = 200
"""After a stall the market does not catch up with more than this many events."""


async def run_market(
    step: Callable[[Symbol], None], symbols: Sequence[Symbol], *, speed: float, clock: Clock
) -> None:
    """Let market events happen until cancelled; at speed 0 none ever does."""
    if speed == 0:
        await asyncio.Event().wait()
    rate = EVENTS_PER_SECOND * speed
    chance = random.Random(str(symbols))  # noqa: S311 - which pair is next, no secret
    due, last_ms = 0.0, clock.monotonic_ms()
    while True:
        await asyncio.sleep(max(_WAKE_S_MIN, 1.0 / rate))
        now_ms = clock.monotonic_ms()
        due = min(due + (now_ms - last_ms) / MS_PER_SECOND * rate, _BURST_MAX)
        last_ms = now_ms
        while due >= 1.0:
            due -= 1.0
            step(chance.choice(symbols))
