"""The journal: every event, durable before anything leaves, in one SQLite file.

Law: `append` returns only when the rows survive a power cut (WAL, `synchronous=FULL`). A commit that
fails may all the same have happened, so after the first failure nothing is written any more: the
engine stops, and the next start reads what is truly there.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NoReturn

import msgspec

from tui_trader.engine.messages.codec import Input, decode_event, decode_input, encode
from tui_trader.engine.messages.events import Event
from tui_trader.engine.messages.queries import JournalEntry
from tui_trader.engine.stores.migrations import APPLICATION_ID, MIGRATIONS, VERSION
from tui_trader.engine.values.errors import StoreError

RECENT_MAX = 1_000
BUSY_TIMEOUT_MS: Final = 2_000
"""Longest wait for another program that holds the file; the engine's loop stands still meanwhile."""
QUICK_CHECK_LINES_MAX = 3

_RESTORE = "keep a copy of it, then restore a backup or start in another --home"


class SqliteJournal:
    """The `Journal` port on one SQLite file.

    Args:
        path: The file; made, private to the user, when it is not there.

    Raises:
        StoreError: it cannot be opened, is damaged, or was written by a newer version.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._is_broken = False
        try:
            self._database = _open(path)
        except (sqlite3.Error, OSError) as error:
            message = f"{path} cannot be opened ({error}); {_RESTORE}"
            raise StoreError(message) from error
        try:
            _check(self._database, path)
            _migrate(self._database, path)
            self._last_event = _last(self._database, "SELECT max(sequence) FROM event")
            self._last_input = _last(self._database, "SELECT max(number) FROM input")
        except sqlite3.Error as error:
            self._database.close()
            message = f"{path} cannot be read ({error}); {_RESTORE}"
            raise StoreError(message) from error
        except StoreError:
            self._database.close()
            raise

    @property
    def last_sequence(self) -> int:
        """Sequence number of the last event ever written, 0 before the first."""
        return self._last_event

    def append(self, events: Sequence[Event], inputs: Sequence[Input]) -> int:
        """Write all or nothing; on return it survives a power cut.

        Returns:
            Sequence number of the last event ever written; numbers have no gaps.

        Raises:
            StoreError: it could not be written, or nobody knows whether it was.
        """
        if self._is_broken:
            message = f"{self._path} failed before; nothing more is written until a restart"
            raise StoreError(message)
        event_rows = [
            (sequence, event.time_ms, type(event).__name__, encode(event).decode())
            for sequence, event in enumerate(events, self._last_event + 1)
        ]
        input_rows = [
            (number, self._last_event, item.time_ms, type(item).__name__, encode(item).decode())
            for number, item in enumerate(inputs, self._last_input + 1)
        ]
        try:
            self._write(event_rows, input_rows)
        except (sqlite3.Error, OSError) as error:
            self._fail(error)
        self._last_event += len(event_rows)
        self._last_input += len(input_rows)
        return self._last_event

    def read(self) -> Iterator[JournalEntry]:
        """Every event, oldest first.

        Raises:
            StoreError: a row cannot be read, or one is missing; the message names it.
        """
        rows = self._rows("SELECT sequence, kind, body FROM event ORDER BY sequence")
        for expected, (sequence, kind, body) in enumerate(rows, 1):
            if sequence != expected:
                message = f"{self._path}: event {expected} is missing; {_RESTORE}"
                raise StoreError(message)
            yield self._entry(sequence, kind, body)

    def recent(self, limit: int, *, before: int = 0) -> tuple[JournalEntry, ...]:
        """The newest `limit` events, oldest first; those before number `before`, if it is not 0.

        At most 1,000.
        """
        count = max(0, min(limit, RECENT_MAX))
        rows = list(
            self._rows(
                "SELECT sequence, kind, body FROM event WHERE sequence < ? "
                "ORDER BY sequence DESC LIMIT ?",
                (before or self._last_event + 1, count),
            )
        )
        return tuple(self._entry(*row) for row in reversed(rows))

    def read_inputs(self) -> Iterator[tuple[int, Input]]:
        """Every recorded input, oldest first, with the event after which it was taken.

        Raises:
            StoreError: a row cannot be read; the message names it.
        """
        for number, after_event, kind, body in self._rows(
            "SELECT number, after_event, kind, body FROM input ORDER BY number"
        ):
            try:
                yield after_event, decode_input(body)
            except msgspec.DecodeError as error:
                self._refuse_row("input", number, (kind, error))

    def close(self) -> None:
        """Release the file."""
        self._database.close()

    def _write(
        self,
        event_rows: list[tuple[int, int, str, str]],
        input_rows: list[tuple[int, int, int, str, str]],
    ) -> None:
        database = self._database
        database.execute("BEGIN IMMEDIATE")
        database.executemany("INSERT INTO event VALUES (?, ?, ?, ?)", event_rows)
        database.executemany("INSERT INTO input VALUES (?, ?, ?, ?, ?)", input_rows)
        database.execute("COMMIT")

    def _fail(self, error: Exception) -> NoReturn:
        self._is_broken = True
        message = (
            f"{self._path} could not be written ({error}): is the disk full or read-only? "
            "Nothing was sent without its row; free space, then start the engine again"
        )
        raise StoreError(message) from error

    def _rows(self, query: str, values: tuple[int, ...] = ()) -> Iterator[tuple[Any, ...]]:
        try:
            yield from self._database.execute(query, values)
        except sqlite3.Error as error:
            message = f"{self._path} cannot be read ({error}); {_RESTORE}"
            raise StoreError(message) from error

    def _entry(self, sequence: int, kind: str, body: str) -> JournalEntry:
        try:
            return JournalEntry(sequence=sequence, event=decode_event(body))
        except msgspec.DecodeError as error:
            self._refuse_row("event", sequence, (kind, error))

    def _refuse_row(self, table: str, number: int, cause: tuple[str, Exception]) -> NoReturn:
        kind, error = cause
        message = f"{self._path}: {table} {number} ({kind}) cannot be read ({error}); {_RESTORE}"
        raise StoreError(message) from error


def _open(path: Path) -> sqlite3.Connection:
    # Made by us first, so that the file, and the WAL beside it, are private from the first byte.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    path.chmod(0o600)
    database = sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1_000)
    # EXTRA costs a directory sync more and buys nothing in WAL mode; FULL syncs the WAL per commit.
    try:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "trusted_schema=OFF"):
            database.execute(f"PRAGMA {pragma}")
    except sqlite3.Error:
        database.close()
        raise
    return database


def _check(database: sqlite3.Connection, path: Path) -> None:
    owner = _number(database, "PRAGMA application_id")
    is_new = not _number(database, "SELECT count(*) FROM sqlite_schema")
    if not is_new and owner != APPLICATION_ID:
        message = f"{path} is no journal of tui-trader; move it away or use another --home"
        raise StoreError(message)
    version = _number(database, "PRAGMA user_version")
    if version > VERSION:
        message = (
            f"{path} was written by a newer tui-trader (shape {version}, this one knows {VERSION}); "
            "start the newer version, or use another --home"
        )
        raise StoreError(message)
    findings = [
        str(row[0]) for row in database.execute(f"PRAGMA quick_check({QUICK_CHECK_LINES_MAX})")
    ]
    if findings != ["ok"]:
        message = f"{path} is damaged ({'; '.join(findings)}); {_RESTORE}"
        raise StoreError(message)


def _migrate(database: sqlite3.Connection, path: Path) -> None:
    version = _number(database, "PRAGMA user_version")
    for number, statements in enumerate(MIGRATIONS[version:], version + 1):
        try:
            database.execute("BEGIN IMMEDIATE")
            for statement in statements:
                database.execute(statement)
            database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            database.execute(f"PRAGMA user_version = {number}")
            database.execute("COMMIT")
        except sqlite3.Error as error:
            message = f"{path} could not be brought to shape {number} ({error}); {_RESTORE}"
            raise StoreError(message) from error


def _number(database: sqlite3.Connection, query: str) -> int:
    rows: Iterable[tuple[int | None]] = database.execute(query)
    return next(iter(rows))[0] or 0


def _last(database: sqlite3.Connection, query: str) -> int:
    return _number(database, query)
