"""Nonces of one API key: strictly rising over restarts, clock steps and processes.

Law: no number is given out twice, and none that is not above every number given out before, by whoever
shares the file. The number is written down before it is used. While a call of this process is on its
way the file's road lock is held, so that another process does not overtake it: `halt` beside the
engine waits for the engine's call, for `PATIENCE_S` at most, and then goes first; a read that is
overtaken is refused by its nonce and asked again.
"""

import asyncio
import contextlib
import fcntl
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.values.errors import TemporaryFault

NONCES_PER_MS = 1_000
PATIENCE_S = 0.5
READ_PATIENCE_S = 10.0
LOOK_AGAIN_S = 0.005
PRIVATE_FILE = 0o600
_DIGITS_MAX = 30


class Nonces(Protocol):
    """Where numbers come from, and the road they travel on."""

    def next(self) -> int:
        """A number above all before it."""
        ...

    def road(self, *, is_patient: bool) -> contextlib.AbstractAsyncContextManager[None]:
        """Hold the road for one round trip; the impatient goes without it after a moment."""
        ...


class RisingNonces:
    """Numbers of one process: microseconds, and one more where the clock stands or steps back."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> int:
        """`Nonces.next`."""
        return self.above(0)

    def above(self, number: int) -> int:
        """A number above all before it, and above `number`."""
        self._last = max(self._last + 1, number + 1, self._clock.now_ms() * NONCES_PER_MS)
        return self._last

    @contextlib.asynccontextmanager
    async def road(self, *, is_patient: bool) -> AsyncIterator[None]:  # noqa: ARG002 - nobody else is on it
        """`Nonces.road`."""
        yield


class SharedNonces:
    """Numbers of every process that names the same file.

    Args:
        path: Holds the last number; `.road` beside it is locked during a round trip.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._own = RisingNonces(clock)
        self._road = -1
        self._travellers = 0

    def next(self) -> int:
        """`Nonces.next`."""
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
            with open(descriptor, "r+b", buffering=0) as file:  # noqa: PTH123 - opened with its mode
                # Held for one read and one write, so waiting for it is no wait.
                fcntl.flock(file, fcntl.LOCK_EX)
                text = file.read(_DIGITS_MAX)
                nonce = self._own.above(int(text) if text.strip().isdigit() else 0)
                file.seek(0)
                file.write(b"%d\n" % nonce)
                return nonce
        except OSError:
            # A full disk must not stop a cancel: the clock is above the last number unless it was set
            # back, and then Kraken refuses for certain.
            return self._own.next()

    @contextlib.asynccontextmanager
    async def road(self, *, is_patient: bool) -> AsyncIterator[None]:
        """`Nonces.road`.

        Raises:
            TemporaryFault: a patient call waited for too long; nothing was sent.
        """
        self._travellers += 1
        try:
            await self._take_road(READ_PATIENCE_S if is_patient else PATIENCE_S, is_patient)
            yield
        finally:
            self._travellers -= 1
            if self._travellers == 0 and self._road >= 0:
                os.close(self._road)
                self._road = -1

    async def _take_road(self, patience_s: float, is_patient: bool) -> None:  # noqa: FBT001
        loop = asyncio.get_running_loop()
        end_s = loop.time() + patience_s
        while self._road < 0 and not self._has_locked():
            if loop.time() >= end_s:
                if is_patient:
                    message = "kraken: another program uses this key all the time; not asked"
                    raise TemporaryFault(message)
                return
            await asyncio.sleep(LOOK_AGAIN_S)

    def _has_locked(self) -> bool:
        try:
            road = os.open(
                self._path.with_suffix(".road"),
                os.O_RDWR | os.O_CREAT | os.O_CLOEXEC,
                PRIVATE_FILE,
            )
        except OSError:
            # Without a lock to hold there is nothing to wait for.
            return True
        try:
            fcntl.flock(road, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(road)
            return False
        self._road = road
        return True
