"""Time, as an argument."""

from typing import Protocol


class Clock(Protocol):
    """Wall time for stamps, monotonic time for durations; never the one for the other."""

    def now_ms(self) -> int:
        """UTC milliseconds."""
        ...

    def monotonic_ms(self) -> int:
        """Milliseconds that never go back."""
        ...
