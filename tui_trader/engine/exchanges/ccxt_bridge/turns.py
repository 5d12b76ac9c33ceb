"""The order in which private calls of one key leave.

Law: Kraken refuses a nonce below one it has seen, so a call fails when a *later* call overtakes it on
the way. Reads wait for everything in flight; orders and cancels wait for orders and cancels only. A
read that is overtaken is refused by its nonce and asked again; an order never waits for a page of
history. A cancel waits for its elders no longer than `PATIENCE_S`: a call that old has arrived, and
if it has not, its refusal is the lesser evil.
"""

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import IntEnum

from tui_trader.engine.values.errors import TemporaryFault

PATIENCE_S = 0.5
WAITING_MAX = 256


class Urgency(IntEnum):
    """Who goes first; the smaller number."""

    CANCEL = 0
    ORDER = 1
    READ = 2


class Turns:
    """Private calls of one key, one after the other; cancels first, then orders, then reads."""

    def __init__(self, *, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._in_flight = [0 for _ in Urgency]
        self._waiting: list[tuple[Urgency, int, asyncio.Future[None]]] = []
        self._tickets = itertools.count()

    @asynccontextmanager
    async def turn(self, urgency: Urgency) -> AsyncIterator[None]:
        """Hold a turn for one round trip.

        Raises:
            TemporaryFault: `WAITING_MAX` calls wait already; nothing was sent.
        """
        await self._enter(urgency)
        try:
            yield
        finally:
            self._leave(urgency)

    async def _enter(self, urgency: Urgency) -> None:
        if len(self._waiting) >= WAITING_MAX:
            message = f"kraken: {WAITING_MAX} calls wait for their turn already; not sent"
            raise TemporaryFault(message)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (urgency, next(self._tickets), turn)
        heapq.heappush(self._waiting, entry)
        self._admit()
        try:
            await asyncio.wait(
                [turn], timeout=self._patience_s if urgency is Urgency.CANCEL else None
            )
        except asyncio.CancelledError:
            if turn.done():
                self._leave(urgency)
            else:
                self._forget(entry)
            raise
        if not turn.done():
            self._forget(entry)
            self._in_flight[urgency] += 1

    def _admit(self) -> None:
        while self._waiting and not self._is_blocked(self._waiting[0][0]):
            urgency, _, turn = heapq.heappop(self._waiting)
            self._in_flight[urgency] += 1
            turn.set_result(None)

    def _is_blocked(self, urgency: Urgency) -> bool:
        elders = self._in_flight if urgency is Urgency.READ else self._in_flight[: Urgency.READ]
        return any(elders)

    def _leave(self, urgency: Urgency) -> None:
        self._in_flight[urgency] -= 1
        self._admit()

    def _forget(self, entry: tuple[Urgency, int, asyncio.Future[None]]) -> None:
        self._waiting.remove(entry)
        heapq.heapify(self._waiting)
