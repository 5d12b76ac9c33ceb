"""Armed mode: with real money, trading keys act only for some minutes after they were armed.

Law: it ends by itself: when the time is over, when nobody touches the console, when prices are old or
the engine is gone, when the clock jumps back. Only a person begins it.
"""

from dataclasses import dataclass

from tui_trader.engine.values.time import MS_PER_SECOND

_MS_PER_MINUTE = 60 * MS_PER_SECOND


@dataclass(slots=True, kw_only=True)
class Arming:
    """Whether trading keys act, and until when.

    Args:
        minutes: How long they do.
        idle_minutes: Without a key or a click they sleep after as long as that.
        until_ms: When they sleep again; `None` while they do.
        since_ms: When they were armed.
        touched_ms: When a person last pressed or clicked anything.
    """

    minutes: int = 10
    idle_minutes: int = 3
    until_ms: int | None = None
    since_ms: int = 0
    touched_ms: int = 0

    def arm(self, now_ms: int) -> None:
        """From now on."""
        self.since_ms = self.touched_ms = now_ms
        self.until_ms = now_ms + self.minutes * _MS_PER_MINUTE

    def disarm(self) -> None:
        """They sleep."""
        self.until_ms = None

    def left_s(self, now_ms: int) -> int | None:
        """Whole seconds until they sleep; `None` while they do."""
        if self.until_ms is None or now_ms < self.since_ms or now_ms >= self.until_ms:
            return None
        return (self.until_ms - now_ms + MS_PER_SECOND - 1) // MS_PER_SECOND

    def watch(self, now_ms: int, *, trouble: str) -> str:
        """Put them to sleep where it is time; why, in words, or empty.

        Args:
            now_ms: UTC.
            trouble: Why nobody should trade now; empty when all is well.
        """
        if self.until_ms is None:
            return ""
        why = trouble
        if now_ms >= self.until_ms:
            why = f"{self.minutes} minutes are over"
        elif now_ms < self.since_ms:
            why = "the clock went back"
        elif now_ms - self.touched_ms >= self.idle_minutes * _MS_PER_MINUTE:
            why = f"nothing was pressed for {self.idle_minutes} minutes"
        if why:
            self.disarm()
        return why
