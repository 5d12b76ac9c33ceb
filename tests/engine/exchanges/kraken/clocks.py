"""Clocks for tests of the Kraken adapter."""

import time


class SteppedClock:
    """Stands still until it is moved."""

    def __init__(self, now_ms: int = 1_700_000_000_000) -> None:
        self.wall_ms = now_ms
        self.mono_ms = 5_000

    def now_ms(self) -> int:
        return self.wall_ms

    def monotonic_ms(self) -> int:
        return self.mono_ms

    def move(self, ms: int) -> None:
        self.wall_ms += ms
        self.mono_ms += ms


class RealClock:
    """The machine's own, for tests that wait for a socket."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000
