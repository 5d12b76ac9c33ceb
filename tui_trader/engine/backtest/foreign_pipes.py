"""Both pipes to a child that may never read, never write, or leave them to a stranger: nothing waits beyond its moment."""

import os
import select
import subprocess
import time
from typing import IO

from tui_trader.engine.backtest.foreign_messages import LENGTH_BYTES

CHUNK_BYTES = 1 << 20
LOOK_S = 0.1
"""A pipe that somebody else holds open does not tell that the child has gone: it is looked at so often."""


class Overtime(Exception):
    """The moment has come, and it is not done."""


class ChildPipes:
    """What a child is asked through, and what it answers through.

    Args:
        process: Started with pipes on both.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._asks, self._answers = process.stdin, process.stdout
        for pipe in (self._asks, self._answers):
            os.set_blocking(pipe.fileno(), False)

    def send(self, body: bytes, *, end_s: float) -> None:
        """Send one message, as far as the child reads it: what it said last is read all the same.

        Args:
            body: All of it; its length goes ahead.
            end_s: Moment of the monotonic clock.

        Raises:
            Overtime: the child does not read.
        """
        left = memoryview(len(body).to_bytes(LENGTH_BYTES, "big") + body)
        while left and self._is_ready(self._asks, select.POLLOUT, end_s):
            try:
                left = left[os.write(self._asks.fileno(), left[:CHUNK_BYTES]) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                return

    def receive(self, *, length_max: int, end_s: float) -> bytes | None:
        """One message; None where the child has ended, or says what nobody would.

        Raises:
            Overtime: the child does not answer.
        """
        head = self._bytes(LENGTH_BYTES, end_s)
        if head is None or int.from_bytes(head, "big") > length_max:
            return None
        return self._bytes(int.from_bytes(head, "big"), end_s)

    def _bytes(self, count: int, end_s: float) -> bytes | None:
        found = bytearray()
        while len(found) < count:
            if not self._is_ready(self._answers, select.POLLIN, end_s):
                return None
            chunk = os.read(self._answers.fileno(), min(CHUNK_BYTES, count - len(found)))
            if not chunk:
                return None
            found += chunk
        return bytes(found)

    def _is_ready(self, pipe: IO[bytes], what: int, end_s: float) -> bool:
        """Wait for a pipe; False where the child has gone and nothing more can come."""
        poll = select.poll()
        poll.register(pipe.fileno(), what)
        while True:
            has_gone = has_exited(self._process)
            left_s = end_s - time.monotonic()
            if poll.poll(0.0 if has_gone else 1_000 * max(0.0, min(left_s, LOOK_S))):
                return True
            if has_gone:
                return False
            if left_s <= 0:
                raise Overtime


def has_exited(process: subprocess.Popen[bytes]) -> bool:
    """Whether a child has ended; its number stays its own until somebody waits for it."""
    if process.returncode is not None:
        return True
    flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
    return os.waitid(os.P_PID, process.pid, flags) is not None
