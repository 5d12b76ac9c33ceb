"""How far a long command is and when it ends, on stderr, once it has taken a second."""

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

QUIET_S = 1.0
"""What is done sooner needs no progress."""
REDRAW_S = 0.2
LINE_EVERY_S = 5.0
"""Pause between two lines where nobody sees them replaced: in a log, in a pipe."""
SHARE_LEAST = 0.005
CLEAR_LINE = "\r\x1b[K"
SUBJECT_WIDTH = 48

MonotonicS = Callable[[], float]


class ProgressLine:
    """One line that is drawn again, or a line now and then where stderr is no terminal.

    Args:
        clock: Seconds that never go back.
    """

    def __init__(self, clock: MonotonicS = time.monotonic) -> None:
        self._clock = clock
        self._is_drawn = False
        self._is_terminal = sys.stderr.isatty()
        self._began_s = clock()
        self._due_s = self._began_s + QUIET_S

    def show(self, share: float, subject: str) -> None:
        """Say how much is done.

        Args:
            share: 0 to 1.
            subject: What is worked on.
        """
        now_s = self._clock()
        if now_s < self._due_s:
            return
        self._due_s = now_s + (REDRAW_S if self._is_terminal else LINE_EVERY_S)
        text = f"{share:4.0%}  {_eta(share, now_s - self._began_s)}  {subject[-SUBJECT_WIDTH:]}"
        if self._is_terminal:
            self._write(f"{CLEAR_LINE}{text}")
            self._is_drawn = True
        else:
            self._write(f"{text}\n")

    def clear(self) -> None:
        """Take the line away, so that something else can be said."""
        if self._is_drawn:
            self._write(CLEAR_LINE)
            self._is_drawn = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.clear()

    def _write(self, text: str) -> None:
        with suppress(OSError):
            sys.stderr.write(text)
            sys.stderr.flush()


def _eta(share: float, taken_s: float) -> str:
    if share < SHARE_LEAST:
        return "ends in ?"
    left_s = round(taken_s * (1 - share) / share)
    minutes, seconds = divmod(left_s, 60)
    return f"ends in {minutes}:{seconds:02d}"
