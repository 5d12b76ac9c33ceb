"""The log file: one JSON object a line, a file a day, thirty of them, no secrets."""

import asyncio
import io
import logging
import logging.handlers
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from tui_trader.engine.messages.events import (
    AnomalyFound,
    CancelAllFailed,
    CancelRejected,
    CommandRefused,
    EngineStopping,
    Event,
    LimitChanged,
    LinkChanged,
    OrderAdopted,
    OrderExpired,
    OrderFoundAbsent,
    OrderNotPlaced,
    OrderOutcomeUnknown,
    OrderRejected,
    ReconcileFailed,
    StrategyHeld,
    StrategyRefilled,
    TradingHalted,
)
from tui_trader.engine.messages.queries import JournalEntry
from tui_trader.engine.values.modes import LinkState
from tui_trader.engine.values.time import MS_PER_SECOND, format_rfc3339

LOG_NAME = "engine.jsonl"
DAYS_KEPT = 30
DAY_BYTES_MAX = 200_000_000
"""A fault that repeats itself must not fill the disk on which the journal is."""
_PRIVATE = 0o600
_MASK = "***"
_ERRORS = (
    AnomalyFound,
    CancelAllFailed,
    CommandRefused,
    OrderOutcomeUnknown,
    OrderRejected,
    StrategyHeld,
    TradingHalted,
)
_WARNINGS = (
    CancelRejected,
    EngineStopping,
    OrderAdopted,
    OrderExpired,
    OrderFoundAbsent,
    OrderNotPlaced,
    ReconcileFailed,
    StrategyRefilled,
)
SECRET_LENGTH_MIN = 6
"""Shorter texts would be masked everywhere by accident."""


class EngineLog:
    """Writes events and everything Python's logging is told, from now until `close`.

    Args:
        secrets: Texts that must never be in the file.
    """

    def __init__(self, folder: Path, secrets: Iterable[str] = ()) -> None:
        self._handler = _DailyFile(folder / LOG_NAME)
        self._lines = _JsonLines([text for text in secrets if len(text) >= SECRET_LENGTH_MIN])
        self._handler.setFormatter(self._lines)
        self._logger = logging.getLogger("tui_trader.engine")
        self._logger.setLevel(logging.INFO)
        logging.getLogger().addHandler(self._handler)

    def hide(self, secret: str) -> None:
        """Mask one more text."""
        if len(secret) >= SECRET_LENGTH_MIN:
            self._lines.secrets.append(secret)

    def events(self, entries: Sequence[JournalEntry]) -> None:
        """Write events, each with the level of what it means."""
        for entry in entries:
            name, fields = type(entry.event).__name__, msgspec.to_builtins(entry)
            self._logger.log(level_of(entry.event), "%s", name, extra={"fields": fields})

    def say(self, text: str) -> None:
        """Write a sentence."""
        self._logger.info("%s", text)

    def bug(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Write what asyncio could tell nobody else: the exception handler of the loop."""
        self._logger.error("%s", context.get("message", "?"), exc_info=context.get("exception"))

    def close(self) -> None:
        """Write no more."""
        logging.getLogger().removeHandler(self._handler)
        self._handler.close()


def level_of(event: Event) -> int:
    """What must be looked at is an error, what should be a warning; the journal has all of it alike."""
    if isinstance(event, LinkChanged):
        return logging.WARNING if event.state is LinkState.DOWN else logging.INFO
    if isinstance(event, LimitChanged):
        return logging.WARNING if event.is_looser else logging.INFO
    if isinstance(event, _ERRORS):
        return logging.ERROR
    return logging.WARNING if isinstance(event, _WARNINGS) else logging.INFO


class _DailyFile(logging.handlers.TimedRotatingFileHandler):
    def __init__(self, path: Path) -> None:
        super().__init__(
            path, when="midnight", utc=True, backupCount=DAYS_KEPT, encoding="utf-8", delay=True
        )
        self._has_said_full = False

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line; a day that is full takes no more, and says so once."""
        if self.shouldRollover(record) or not self._is_full():
            self._has_said_full = False
            super().emit(record)
        elif not self._has_said_full:
            self._has_said_full = True
            said = f"this day's log has {DAY_BYTES_MAX:,} bytes: no more lines until the next day"
            super().emit(
                logging.makeLogRecord({"name": __name__, "levelname": "ERROR", "msg": said})
            )

    def _is_full(self) -> bool:
        stream = self.stream
        if stream is None or stream.closed:
            return False
        return os.fstat(stream.fileno()).st_size >= DAY_BYTES_MAX

    def _open(self) -> io.TextIOWrapper:
        file = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, _PRIVATE)
        return io.TextIOWrapper(io.FileIO(file, "a"), encoding="utf-8", line_buffering=True)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (the name is logging's)
        """A log that cannot be written must not end trading; the journal is what counts."""


class _JsonLines(logging.Formatter):
    def __init__(self, secrets: list[str]) -> None:
        super().__init__()
        self.secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": format_rfc3339(int(record.created * MS_PER_SECOND)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "text": record.getMessage(),
        }
        fields = getattr(record, "fields", None)
        if isinstance(fields, dict):
            line |= fields
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        text = msgspec.json.encode(line).decode()
        for secret in self.secrets:
            # As it is, and as JSON writes it where it has quotes or backslashes.
            text = text.replace(secret, _MASK).replace(_as_json(secret), _MASK)
        return text


def _as_json(text: str) -> str:
    return msgspec.json.encode(text).decode()[1:-1]
