"""The machine's clocks."""

import time

_NS_PER_MS = 1_000_000


class SystemClock:
    """The `Clock` port on this machine."""

    def now_ms(self) -> int:
        """UTC milliseconds."""
        return time.time_ns() // _NS_PER_MS

    def monotonic_ms(self) -> int:
        """Milliseconds that never go back."""
        return time.monotonic_ns() // _NS_PER_MS
