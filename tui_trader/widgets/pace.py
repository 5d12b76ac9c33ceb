"""The pace of painting: as fast as wished, and never faster than the line to the terminal carries.

After a frame the terminal is asked where its cursor is. It answers when it has shown everything before
the question, however long that lay in the buffers of an ssh session: so at most one frame is under way,
a key is never behind a queue of old pictures, and the time it took is the round trip of the line.

Law: a terminal that does not answer is never waited for twice; nobody's keys depend on its manners.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

ASK = "\x1b[6n"
"""Device status report: where is the cursor? Every terminal since the VT100 answers."""
ANSWER_MAX_S = 2.0
ASKED_EVERY_S = 2.0
ASKED_EVERY_BYTES = 512
UNSEEN_PAUSE_S, COVERED_PAUSE_S = 1.0, 1.5
READ_EVERY_S = 5.0
_LATE_S = 0.1
_ROUND_TRIPS_A_FRAME = 4
_SMOOTHING = 0.3


@dataclass(frozen=True, slots=True)
class LinkReading:
    """What the line to the terminal does.

    Args:
        round_trip_ms: `None` while the terminal has not answered.
        bytes_per_s: Sent to it, of late.
    """

    round_trip_ms: float | None
    bytes_per_s: float


class Pace:
    """When to paint, for one terminal.

    Args:
        clock: Monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.is_focused = True
        self.round_trip_s: float | None = None
        self._best_s = 0.0
        self._asked_s: float | None = None
        self._asked_at_bytes = 0
        self._last_asked_s = float("-inf")
        self._painted_s = float("-inf")
        self._is_mute = False
        self._sent_bytes = 0
        self._read_s, self._read_bytes = clock(), 0

    # What the line tells.

    def frame_sent(self, sent_bytes: int) -> bool:
        """A frame went out, `sent_bytes` since the beginning; whether to ask the terminal now."""
        now_s, self._sent_bytes = self._clock(), sent_bytes
        if self._is_mute or self._asked_s is not None:
            return False
        is_much = sent_bytes - self._asked_at_bytes >= ASKED_EVERY_BYTES
        if not is_much and now_s - self._last_asked_s < ASKED_EVERY_S:
            return False
        self._asked_s = self._last_asked_s = now_s
        self._asked_at_bytes = sent_bytes
        return True

    def answered(self, at_s: float) -> None:
        """The terminal has shown everything up to the question."""
        if self._asked_s is None:
            return
        took_s = max(0.0, at_s - self._asked_s)
        self._asked_s = None
        before_s = self.round_trip_s
        self._best_s = took_s if before_s is None else min(self._best_s, took_s)
        self.round_trip_s = (
            took_s if before_s is None else before_s + _SMOOTHING * (took_s - before_s)
        )

    # What follows from it.

    def may_paint(self, *, is_covered: bool = False) -> bool:
        """Whether the clock may paint now: nothing under way, and the last frame is long enough ago.

        Args:
            is_covered: A dialog stands over what would be painted, and has the person's eyes.
        """
        now_s = self._clock()
        pause_s = max(self._pause_s(), COVERED_PAUSE_S if is_covered else 0.0)
        if self._is_waiting(now_s) or now_s - self._painted_s < pause_s:
            return False
        self._painted_s = now_s
        return True

    def is_behind(self) -> bool:
        """Whether not even what a key has changed should go out now: the line is full."""
        now_s = self._clock()
        if not self._is_waiting(now_s) or self._asked_s is None:
            return False
        return now_s - self._asked_s > _LATE_S + 2 * self._best_s

    def reading(self) -> LinkReading | None:
        """What the line does, measured anew every few seconds; `None` in between."""
        now_s = self._clock()
        passed_s = now_s - self._read_s
        if passed_s < READ_EVERY_S:
            return None
        rate = (self._sent_bytes - self._read_bytes) / passed_s
        self._read_s, self._read_bytes = now_s, self._sent_bytes
        trip_s = self.round_trip_s
        return LinkReading(None if trip_s is None else trip_s * 1_000, rate)

    def _is_waiting(self, now_s: float) -> bool:
        if self._asked_s is None:
            return False
        if now_s - self._asked_s <= ANSWER_MAX_S:
            return True
        self._asked_s = None
        # One that never answered will not; one that did is on a line that hangs.
        self._is_mute = self.round_trip_s is None
        return False

    def _pause_s(self) -> float:
        by_line_s = _ROUND_TRIPS_A_FRAME * self._best_s
        return by_line_s if self.is_focused else max(UNSEEN_PAUSE_S, by_line_s)
