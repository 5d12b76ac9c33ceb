"""A clock that can be set wrong: the exchange's, so that clients can learn to notice."""

from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.values.time import MS_PER_SECOND


class SkewedClock:
    """Wall time of another clock, so much ahead; monotonic time is left alone."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ahead_ms = 0

    def set_ahead(self, seconds: float) -> None:
        """From now on be so much ahead of the other clock; behind with a minus."""
        self._ahead_ms = round(seconds * MS_PER_SECOND)

    def now_ms(self) -> int:
        """UTC milliseconds, wrong by as much as was asked for."""
        return self._clock.now_ms() + self._ahead_ms

    def monotonic_ms(self) -> int:
        """Milliseconds that never go back."""
        return self._clock.monotonic_ms()
