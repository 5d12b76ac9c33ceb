"""Decisions on their way to the disk: many small ones, written together beside the loop."""

import asyncio
from collections import deque
from collections.abc import Sequence

from tui_trader.engine.messages.query_roots import QueryFailed
from tui_trader.engine.messages.signal_queries import AskWaterfalls, Waterfall, WaterfallsAnswer
from tui_trader.engine.ports.waterfall_store import WaterfallStore
from tui_trader.engine.values.errors import StoreError

UNWRITTEN_MAX = 5_000
"""Decisions that wait for the disk; the oldest is given up."""


class WaterfallKeeper:
    """Writes and searches.

    Args:
        store: Where decisions are kept; None where nobody does.
    """

    def __init__(self, store: WaterfallStore | None) -> None:
        self._store = store
        self._unwritten: deque[Waterfall] = deque(maxlen=UNWRITTEN_MAX)
        self._news = asyncio.Event()
        self._turn = asyncio.Lock()

    def take(self, rows: Sequence[Waterfall]) -> None:
        """Keep these soon; never blocks."""
        if rows and self._store is not None:
            self._unwritten.extend(rows)
            self._news.set()

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            await self._news.wait()
            self._news.clear()
            await self._write()

    async def search(self, query: AskWaterfalls) -> WaterfallsAnswer | QueryFailed:
        """Rows that match, what still waits for the disk included."""
        if self._store is None:
            return QueryFailed(reason="this engine keeps no decisions")
        if fault := await self._write():
            return QueryFailed(reason=fault)
        try:
            return WaterfallsAnswer(rows=await asyncio.to_thread(self._store.search, query))
        except StoreError as fault:
            return QueryFailed(reason=str(fault))

    def close(self) -> None:
        """Write what is left and let go of the file; at the very end, when nothing else waits."""
        if self._store is None:
            return
        rows, store = tuple(self._unwritten), self._store
        self._unwritten.clear()
        self._store = None
        try:
            if rows:
                store.keep(rows)
        except StoreError:
            return  # They explain and decide nothing; the engine ends all the same.
        finally:
            store.close()

    async def _write(self) -> str:
        """Write what waits; why it could not be, "" where it was."""
        async with self._turn:
            rows = tuple(self._unwritten)
            self._unwritten.clear()
            if not rows or self._store is None:
                return ""
            try:
                await asyncio.to_thread(self._store.keep, rows)
            except StoreError as fault:
                return str(fault)
            return ""
