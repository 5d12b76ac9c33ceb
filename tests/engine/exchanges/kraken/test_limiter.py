"""The counter of calls: what fits, who waits, who is refused."""

import asyncio

import pytest

from tests.engine.exchanges.kraken.clocks import SteppedClock
from tui_trader.engine.exchanges.kraken.limiter import STARTER_TIER, CallCounter, CounterLimits
from tui_trader.engine.values.errors import TemporaryFault

LIMITS = CounterLimits(level_max=15, decay_per_s=0.5, reserve=5, wait_max_ms=10_000)


class Sleeper:
    """Moves the clock instead of sleeping, and keeps the waits."""

    def __init__(self, clock):
        self.clock = clock
        self.waits_s = []

    async def __call__(self, seconds):
        self.waits_s.append(seconds)
        self.clock.move(round(seconds * 1_000))
        await asyncio.sleep(0)


@pytest.fixture
def clock():
    return SteppedClock()


@pytest.fixture
def sleeper(clock):
    return Sleeper(clock)


@pytest.fixture
def counter(clock, sleeper):
    return CallCounter(LIMITS, clock, sleep=sleeper)


async def test_calls_that_fit_do_not_wait(counter, sleeper):
    for _ in range(5):
        await counter.spend(2)
    assert sleeper.waits_s == []


async def test_read_over_the_reserve_waits_until_the_counter_fell(counter, sleeper):
    for _ in range(5):
        await counter.spend(2)
    await counter.spend(2)
    assert sum(sleeper.waits_s) == pytest.approx(4, abs=0.01)


async def test_urgent_call_uses_the_reserve_without_waiting(counter, sleeper):
    for _ in range(5):
        await counter.spend(2)
    await counter.spend(5, is_urgent=True)
    assert sleeper.waits_s == []


async def test_wait_beyond_the_maximum_is_refused_and_counts_nothing(clock, sleeper):
    counter = CallCounter(
        CounterLimits(level_max=4, decay_per_s=0.1, reserve=0, wait_max_ms=10_000),
        clock,
        sleep=sleeper,
    )
    await counter.spend(4)
    with pytest.raises(TemporaryFault) as fault:
        await counter.spend(2)
    assert fault.value.retry_after_ms > 10_000
    assert sleeper.waits_s == []
    clock.move(20_000)
    await counter.spend(2)


async def test_a_thousand_reads_never_pass_the_maximum_of_kraken(clock, sleeper):
    counter = CallCounter(STARTER_TIER, clock, sleep=sleeper)
    level, read_ms = 0.0, clock.monotonic_ms()
    for _ in range(1_000):
        await counter.spend(2)
        fallen = (clock.monotonic_ms() - read_ms) / 1_000 * STARTER_TIER.decay_per_s
        level, read_ms = max(0.0, level - fallen) + 2, clock.monotonic_ms()
        assert level <= STARTER_TIER.level_max
