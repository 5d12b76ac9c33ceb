"""Too much of it: the same message, as often a second as somebody asks for."""

import asyncio
from collections.abc import Callable

_PULSE_S = 0.01
SendCopies = Callable[[int], int]
"""Sends so many copies to everybody; how many that were."""


class Flood:
    """At most one flood at a time.

    Args:
        send: Called a hundred times a second while it lasts.
    """

    def __init__(self, send: SendCopies) -> None:
        self._send = send
        self._task: asyncio.Task[None] | None = None

    def begin(self, seconds: float, per_second: int) -> None:
        """Begin, instead of one that lasts; 0 seconds only end that."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if seconds > 0:
            self._task = asyncio.get_running_loop().create_task(self._run(seconds, per_second))

    async def _run(self, seconds: float, per_second: int) -> None:
        loop = asyncio.get_running_loop()
        begun_s, sent = loop.time(), 0
        while True:
            passed_s = min(seconds, loop.time() - begun_s)
            due = int(passed_s * per_second) - sent
            self._send(due)
            sent += due
            if passed_s >= seconds:
                return
            await asyncio.sleep(_PULSE_S)
