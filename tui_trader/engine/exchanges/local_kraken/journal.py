"""The exchange's journal: what happened on the account, fsynced before anybody hears of it.

Law: one step of the exchange is in the file entirely or not at all. Every row names its step, the
last row of a step is marked, and what follows the last mark when the file is opened (a write cut
by a crash or by a full disk) is removed.
"""

import fcntl
import json
import os
from collections.abc import Sequence
from decimal import Decimal
from io import FileIO
from pathlib import Path

import msgspec

from tui_trader.engine.exchanges.simulator.events import AccountEvent
from tui_trader.engine.values.errors import HomeBusy, StoreError

JOURNAL_VERSION = 3
"""2 knows sleeping orders, amendments and fee tiers; 3 knows changed rules and moved prices. Rows
of 1 name no version; all still load."""


class _Mark(msgspec.Struct):
    """What every row says besides its event."""

    step: int
    last: bool
    v: int = 1


_MARK = msgspec.json.Decoder(_Mark)
_EVENTS: msgspec.json.Decoder[AccountEvent] = msgspec.json.Decoder(AccountEvent)
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError)


class ExchangeJournal:
    """JSON Lines, appended.

    Args:
        path: Made, with its folder, when absent.

    Raises:
        HomeBusy: another exchange writes it.
        StoreError: it cannot be opened or read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._step_next = 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("ab", buffering=0)
        except OSError as error:
            message = f"{path} cannot be opened ({error.strerror}); choose another --journal"
            raise StoreError(message) from error
        _claim(self._file, path)
        try:
            self.past, bytes_kept = self._load()
        except StoreError:
            self._file.close()
            raise
        self._file.truncate(bytes_kept)
        path.chmod(0o600)
        _sync_folder(path.parent)

    def append(self, events: Sequence[AccountEvent]) -> None:
        """Write one step; when this returns it survives a power cut.

        Raises:
            StoreError: it could not be written, or nobody knows whether it was.
        """
        if not events:
            return
        last = len(events) - 1
        rows = [
            _row(event, step=self._step_next, last=index == last)
            for index, event in enumerate(events)
        ]
        self._step_next += 1
        unwritten = "".join(rows).encode()
        try:
            while unwritten:
                unwritten = unwritten[self._file.write(unwritten) :]
            os.fsync(self._file.fileno())
        except OSError as error:
            message = f"{self._path} could not be written ({error.strerror}): is the disk full?"
            raise StoreError(message) from error

    def close(self) -> None:
        """Release the file."""
        self._file.close()

    def _load(self) -> tuple[list[AccountEvent], int]:
        """Everything up to the end of the last whole step, and where that is.

        A million rows take seconds: all are decoded in one go, and only what was written last is
        looked at for its marks, since a step is cut nowhere else.
        """
        content = self._path.read_bytes()
        try:
            mark, bytes_kept = _last_step(content)
            if mark is None:
                return [], 0
            self._check_version(mark)
            events = _EVENTS.decode_lines(content[:bytes_kept])
        except _UNREADABLE as error:
            raise self._complaint(content) from error
        self._step_next = mark.step + 1
        return events, bytes_kept

    def _check_version(self, mark: _Mark) -> None:
        if mark.v > JOURNAL_VERSION:
            message = (
                f"{self._path}: it was written by a newer version ({mark.v}, this one "
                f"knows {JOURNAL_VERSION}); use that one, or choose another --journal"
            )
            raise StoreError(message)

    def _complaint(self, content: bytes) -> StoreError:
        for number, line in enumerate(content.splitlines(), start=1):
            try:
                _MARK.decode(line)
                _EVENTS.decode(line)
            except _UNREADABLE as error:
                message = (
                    f"{self._path}: line {number} cannot be read ({error}); move the file away"
                )
                return StoreError(message)
        return StoreError(f"{self._path} cannot be read; move the file away")


def _last_step(content: bytes) -> tuple[_Mark | None, int]:
    """Mark of the last row of the last whole step, and where it ends; the row may be torn.

    Raises:
        msgspec.MsgspecError: a row before the last one is none.
    """
    end = content.rfind(b"\n") + 1
    is_newest = end == len(content)
    while end:
        begin = content.rfind(b"\n", 0, end - 1) + 1
        try:
            mark = _MARK.decode(content[begin:end])
            _EVENTS.decode(content[begin:end])
        except _UNREADABLE:
            if not is_newest:
                raise
        else:
            if mark.last:
                return mark, end
        is_newest, end = False, begin
    return None, 0


def _row(event: AccountEvent, *, step: int, last: bool) -> str:
    plain = msgspec.to_builtins(event)
    for name in event.__struct_fields__:
        value = getattr(event, name)
        if isinstance(value, Decimal):
            # str() of a small Decimal is `1E-8`; a reader with a pencil expects 0.00000001.
            plain[name] = f"{value:f}"
    return (
        json.dumps(
            {**plain, "step": step, "last": last, "v": JOURNAL_VERSION}, separators=(",", ":")
        )
        + "\n"
    )


def _claim(file: FileIO, path: Path) -> None:
    """Two exchanges on one account would each overwrite what the other did."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        message = f"an exchange is already writing {path}; stop it, or choose another --journal"
        raise HomeBusy(message) from None


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
