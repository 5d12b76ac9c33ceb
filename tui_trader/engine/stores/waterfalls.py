"""Decisions on signals in one SQLite file: bounded, searchable, there after a restart.

Law: they explain and decide nothing. What is lost of them in a crash is the newest second, so they are
written without waiting for the disk; the journal beside them is the truth.
"""

import os
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec

from tui_trader.engine.messages.signal_queries import AskWaterfalls, Waterfall
from tui_trader.engine.values.errors import StoreError

ROWS_MAX = 100_000
"""Twenty pairs on hours for half a year; then the oldest go."""
LIMIT_MAX = 500
BUSY_S = 2.0
PRIVATE = 0o600
SHAPE = (
    """
    CREATE TABLE IF NOT EXISTS waterfall (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        strategy TEXT NOT NULL,
        symbol TEXT NOT NULL,
        interval TEXT NOT NULL,
        candle_ms INTEGER NOT NULL,
        is_exit INTEGER NOT NULL,
        gate TEXT NOT NULL,
        body TEXT NOT NULL,
        UNIQUE (strategy, symbol, interval, candle_ms, is_exit)
    ) STRICT
    """,
    "CREATE INDEX IF NOT EXISTS by_symbol ON waterfall (symbol, number)",
    "CREATE INDEX IF NOT EXISTS by_gate ON waterfall (gate, number)",
)
PUT = """
    INSERT INTO waterfall (strategy, symbol, interval, candle_ms, is_exit, gate, body)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET gate = excluded.gate, body = excluded.body
"""
FIND = """
    SELECT number, body FROM waterfall
    WHERE (?1 IS NULL OR symbol = ?1) AND (?2 = '' OR gate = ?2) AND (?3 <= 0 OR number < ?3)
    ORDER BY number DESC LIMIT ?4
"""
_ROWS: msgspec.json.Decoder[Waterfall] = msgspec.json.Decoder(Waterfall)


class SqliteWaterfalls:
    """The `WaterfallStore` port on one file.

    Args:
        path: The file; made, private to the user, when it is not there.
        rows_max: How many are kept.

    Raises:
        StoreError: it cannot be opened.
    """

    def __init__(self, path: Path, *, rows_max: int = ROWS_MAX) -> None:
        self._path, self._rows_max = path, rows_max
        self._turn = threading.Lock()
        try:
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, PRIVATE))
            self._database = sqlite3.connect(
                path, timeout=BUSY_S, isolation_level=None, check_same_thread=False
            )
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            for statement in SHAPE:
                self._database.execute(statement)
        except (sqlite3.Error, OSError) as fault:
            message = (
                f"{path} cannot be opened ({fault}); move it away: it explains, it decides nothing"
            )
            raise StoreError(message) from fault

    def keep(self, rows: Sequence[Waterfall]) -> None:
        """Write rows down; a later decision on the same candle takes the place of the earlier one.

        Raises:
            StoreError: they cannot be written.
        """
        try:
            with self._turn:
                self._database.execute("BEGIN")
                try:
                    self._database.executemany(PUT, [_columns(row) for row in rows])
                    self._forget()
                except sqlite3.Error:
                    self._database.execute("ROLLBACK")
                    raise
                self._database.execute("COMMIT")
        except sqlite3.Error as fault:
            message = f"{self._path} cannot be written ({fault})"
            raise StoreError(message) from fault

    def search(self, query: AskWaterfalls) -> tuple[Waterfall, ...]:
        """Rows that match, newest first, with their numbers.

        Raises:
            StoreError: they cannot be read.
        """
        limit = max(1, min(query.limit, LIMIT_MAX))
        asked = (query.symbol, query.gate, query.before, limit)
        try:
            with self._turn:
                found = self._database.execute(FIND, asked).fetchall()
            return tuple(
                msgspec.structs.replace(_ROWS.decode(body), number=number) for number, body in found
            )
        except (sqlite3.Error, msgspec.MsgspecError) as fault:
            message = f"{self._path} cannot be read ({fault})"
            raise StoreError(message) from fault

    def close(self) -> None:
        """Let go of the file."""
        with self._turn:
            self._database.close()

    def _forget(self) -> None:
        newest = self._database.execute("SELECT max(number) FROM waterfall").fetchone()[0] or 0
        self._database.execute(
            "DELETE FROM waterfall WHERE number <= ?", (newest - self._rows_max,)
        )


def _columns(row: Waterfall) -> tuple[str, str, str, int, int, str, str]:
    stop = row.stopped_by
    return (
        row.strategy,
        row.symbol,
        row.interval.value,
        row.candle_ms,
        int(row.outcome == "sold"),
        "" if stop is None else stop.gate,
        msgspec.json.encode(row).decode(),
    )
