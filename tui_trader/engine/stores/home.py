"""The home directory: everything one engine keeps, and who may use it now.

Law: one engine per home, held by `flock`, which a crash releases by itself. Everything in the home
is private to its user. Small files are replaced whole, never written in place.
"""

import fcntl
import hashlib
import os
import stat
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from tui_trader.engine.client.address import POINTER_NAME, SOCKET_NAME, socket_path
from tui_trader.engine.values.errors import HomeBusy, StoreError
from tui_trader.engine.values.text import sanitize

PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600
LOCK_TRIES_MAX = 5
SIGNS_OF_A_HOME = (
    "engine.lock",
    "journal.sqlite",
    "config.toml",
    "keys.toml",
    ".env",
    "halt.json",
    "exchange",
)
"""A folder with none of these in it, and something else, is not ours to close to others."""
MADE_WITHOUT_ENGINE = frozenset({"logs", "cache", "candles", "models", "runs"})
"""What commands make in a home in which no engine has run yet."""
LOCK_AGAIN_S = 0.02


class HaltLatch(msgspec.Struct, frozen=True, kw_only=True):
    """An emergency stop that was asked for while no engine ran."""

    actor: str
    reason: str
    time_ms: int


class EngineCard(msgspec.Struct, frozen=True, kw_only=True):
    """Who runs in this home, for people and scripts; the lock is what decides."""

    pid: int
    started_ms: int
    version: str
    mode: str


class Home(msgspec.Struct, frozen=True):
    """Layout of one home directory."""

    path: Path

    @property
    def lock(self) -> Path:
        """Held by the engine that runs."""
        return self.path / "engine.lock"

    @property
    def journal(self) -> Path:
        """The truth."""
        return self.path / "journal.sqlite"

    @property
    def logs(self) -> Path:
        """Log files, one a day."""
        return self.path / "logs"

    def nonce_file(self, api_key: str) -> Path:
        """Last nonce of a key, for every process of this home that uses it."""
        digest = hashlib.sha256(api_key.encode()).hexdigest()
        return self.path / f"nonce-{digest[:12]}"

    @property
    def exchange(self) -> Path:
        """Everything the demo exchange keeps."""
        return self.path / "exchange"

    @property
    def cache(self) -> Path:
        """What can be made again."""
        return self.path / "cache"

    @property
    def candles(self) -> Path:
        """Closed candles of every venue."""
        return self.path / "candles"

    @property
    def runs(self) -> Path:
        """Kept backtests."""
        return self.path / "runs"

    @property
    def halt(self) -> Path:
        """The halt latch, while one waits for an engine."""
        return self.path / "halt.json"

    @property
    def card(self) -> Path:
        """Who runs here."""
        return self.path / "engine.json"

    @property
    def socket(self) -> Path:
        """Where an engine of this home listens."""
        return socket_path(self.path, os.environ, os.getuid())

    def prepare(self) -> None:
        """Make the folders, private to the user.

        Raises:
            StoreError: one cannot be made, belongs to somebody else, or is used for something else.
        """
        self._refuse_a_strange_folder()
        for folder in (self.path, self.logs, self.exchange, self.cache):
            make_private_folder(folder)

    def _refuse_a_strange_folder(self) -> None:
        # `--home /tmp` must not close /tmp to everybody else.
        if not self.path.is_dir() or any((self.path / sign).exists() for sign in SIGNS_OF_A_HOME):
            return
        if any(entry.name not in MADE_WITHOUT_ENGINE for entry in self.path.iterdir()):
            message = f"{self.path} holds other things; name an empty or a new folder with --home"
            raise StoreError(message)

    def prepare_socket(self) -> Path:
        """Free the socket's path and leave the pointer where the path is not in the home.

        Raises:
            StoreError: its folder is not ours alone, or something that is no socket is in the way.
        """
        path = self.socket
        pointer = self.path / POINTER_NAME
        if path == self.path.absolute() / SOCKET_NAME:
            remove(pointer)
        else:
            if path.parent.is_symlink():
                message = f"{path.parent} is a link; remove it, or use a shorter --home"
                raise StoreError(message)
            make_private_folder(path.parent)
            write_whole(pointer, f"{path}\n".encode())
        remove(path)
        return path

    def read_halt(self) -> HaltLatch | None:
        """The waiting latch. One that cannot be read is still a halt: that is the safe side."""
        try:
            latch = msgspec.json.decode(self.halt.read_bytes(), type=HaltLatch)
        except FileNotFoundError:
            return None
        except (msgspec.DecodeError, UnicodeDecodeError, OSError):
            return HaltLatch(actor="unknown", reason=f"{self.halt} cannot be read", time_ms=0)
        return HaltLatch(
            actor=sanitize(latch.actor), reason=sanitize(latch.reason), time_ms=latch.time_ms
        )

    def write_halt(self, latch: HaltLatch) -> None:
        """Latch the home for the next engine; on return it survives a power cut."""
        write_whole(self.halt, msgspec.json.encode(latch))

    def remove_halt(self) -> None:
        """Forget the latch; fine when there is none.

        Raises:
            StoreError: it is still there.
        """
        remove(self.halt)

    def write_card(self, card: EngineCard) -> None:
        """Say who runs here."""
        write_whole(self.card, msgspec.json.encode(card))

    def remove_card(self) -> None:
        """Nobody runs here any more."""
        self.card.unlink(missing_ok=True)


class HomeLock:
    """The right to be the engine of a home; released by `release`, or by the end of the process.

    Raises:
        HomeBusy: another engine has it; the message names its process.
    """

    def __init__(self, home: Home) -> None:
        try:
            self._file = os.open(home.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
        except OSError as error:
            message = f"{home.lock} cannot be opened ({error.strerror}); use another --home"
            raise StoreError(message) from error
        if not _lock(self._file):
            holder = os.read(self._file, 32).decode("ascii", "replace").strip() or "unknown"
            os.close(self._file)
            message = (
                f"an engine runs in {home.path} already (pid {holder}); "
                "attach to it, shut it down, or use another --home"
            )
            raise HomeBusy(message)
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let another engine have the home."""
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def _lock(file: int) -> bool:
    # Who only looks whether it is locked holds it for a moment, too: one refusal says nothing yet.
    for attempt in range(LOCK_TRIES_MAX):
        if attempt:
            time.sleep(LOCK_AGAIN_S)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        return True
    return False


def is_locked(path: Path) -> bool:
    """Whether some process holds the `flock` of this file."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(file)


def make_private_folder(path: Path) -> None:
    """Make a folder, or check that the one there is ours, and close it to everybody else.

    Raises:
        StoreError: it cannot be made, is a link in a shared folder, or belongs to somebody else.
    """
    try:
        path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        found = path.stat()
        if found.st_uid != os.getuid():
            message = f"{path} belongs to another user; use another --home"
            raise StoreError(message)
        if stat.S_IMODE(found.st_mode) != PRIVATE_FOLDER:
            path.chmod(PRIVATE_FOLDER)
    except OSError as error:
        message = f"{path} cannot be used ({error.strerror}); use another --home"
        raise StoreError(message) from error


def remove(path: Path) -> None:
    """Remove a small file; fine when there is none.

    Raises:
        StoreError: it is still there.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        message = f"{path} cannot be removed ({error.strerror}); move it away"
        raise StoreError(message) from error


def write_whole(path: Path, content: bytes) -> None:
    """Replace a small private file in one step; on return it survives a power cut.

    Raises:
        StoreError: it cannot be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, PRIVATE_FILE)
        try:
            os.write(file, content)
            os.fsync(file)
        finally:
            os.close(file)
        beside.replace(path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        message = f"{path} cannot be written ({error.strerror})"
        raise StoreError(message) from error
