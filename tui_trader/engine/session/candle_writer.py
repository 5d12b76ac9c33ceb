"""A thread of its own that writes candles to the store, so that no disk ever holds the engine.

Law: one batch at a time. Who offers a batch while another is being written is told so, and keeps it; so
what waits is bounded by who offers, and a disk that hangs hangs this thread and nothing else.
"""

import threading
from collections.abc import Callable, Mapping
from typing import NamedTuple

from tui_trader.engine.ports.candle_store import CandleStore
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.errors import ConfigError, StoreError
from tui_trader.engine.values.instruments import Symbol

CLOSE_S = 1.0
"""Longest wait for the last batch, when the engine ends."""

Batch = Mapping[Symbol, tuple[Candle, ...]]
"""Closed one-minute candles of each pair, oldest first."""


class Written(NamedTuple):
    """What became of a batch.

    Args:
        left: What could not be stored and may be tried again.
        stored: The pairs whose candles are stored now.
        gaps_ms: By pair, the newest candle stored before and the first of the batch, where that is later.
        failure: Why something is left, or was impossible.
    """

    left: Batch
    stored: frozenset[Symbol]
    gaps_ms: Mapping[Symbol, tuple[int, int]]
    failure: str


class CandleWriter:
    """Writes batches to a store.

    Args:
        store: Where they go.
        done: Called on the writer's thread with what became of each batch; must not block.
    """

    def __init__(self, store: CandleStore, done: Callable[[Written], None]) -> None:
        self._store = store
        self._done = done
        self._batch: Batch | None = None
        self._is_closing = False
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="candles", daemon=True)
        self._thread.start()

    def offer(self, batch: Batch) -> bool:
        """Take a batch; False while another is being written, or after the end."""
        with self._news:
            if self._batch is not None or self._is_closing:
                return False
            self._batch = batch
            self._news.notify_all()
            return True

    def close(self) -> None:
        """Let the batch at hand be written, but not for longer than a second."""
        with self._news:
            self._is_closing = True
            self._news.notify_all()
        self._thread.join(CLOSE_S)

    def _run(self) -> None:
        while (batch := self._next()) is not None:
            written = self._write(batch)
            with self._news:
                self._batch = None
            self._done(written)

    def _next(self) -> Batch | None:
        with self._news:
            while self._batch is None and not self._is_closing:
                self._news.wait()
            return self._batch

    def _write(self, batch: Batch) -> Written:
        left: dict[Symbol, tuple[Candle, ...]] = {}
        stored: set[Symbol] = set()
        gaps_ms: dict[Symbol, tuple[int, int]] = {}
        failure = ""
        for symbol, candles in batch.items():
            try:
                newest_ms = self._store.newest_ms(symbol, Interval.M1)
                self._store.append(symbol, Interval.M1, candles, is_better=True)
            except StoreError as error:
                left[symbol] = candles
                failure = str(error)
            except ConfigError as error:
                # The venue sent a candle that cannot be: the batch would fail for ever.
                failure = f"{symbol}: {error}"
            else:
                stored.add(symbol)
                if newest_ms is not None and newest_ms < candles[0].open_time_ms:
                    gaps_ms[symbol] = (newest_ms, candles[0].open_time_ms)
        return Written(left, frozenset(stored), gaps_ms, failure)
