"""The local exchange of demo mode: a process of its own, kept running, found again after a crash.

Law: it outlives an engine that is killed, and the next engine attaches to it; it ends with an engine
that ends in order. It keeps its port for as long as an engine runs, because the engine's
connections come back to where they were. Nothing takes the place of a recorded market: a made-up one
would value, and sell, what was bought in another.
"""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from tui_trader.engine.settings.model import DemoSettings
from tui_trader.engine.stores.home import PRIVATE_FILE, Home, is_locked
from tui_trader.engine.values.errors import HomeBusy, TraderError
from tui_trader.engine.values.text import sanitize

START_S = 20.0
LOOK_S = 0.05
WATCH_S = 0.5
ANSWER_S = 2.0
END_LOOKS_MAX = 12
BACKOFF_S_MAX = 30.0
LOG_BYTES_MAX = 1_000_000
ANSWER_BYTES_MAX = 65_536


class Address(msgspec.Struct, frozen=True):
    """Where a local exchange listens, as its `serve.json` says; `is_replay`: it plays a recording."""

    rest: str
    ws: str
    key: str
    secret: str
    pid: int
    is_replay: bool = False

    @property
    def host(self) -> str:
        """`127.0.0.1:port`."""
        return urlsplit(self.rest).netloc

    @property
    def port(self) -> int:
        """The port alone."""
        return urlsplit(self.rest).port or 0


class DemoExchangeFailed(TraderError):
    """The local exchange did not come up; the message has its last words."""


class DemoExchange:
    """Keeps the local exchange of one home at work.

    Args:
        tell: Is given sentences for people.
    """

    def __init__(self, home: Home, settings: DemoSettings, tell: Callable[[str], None]) -> None:
        self._home = home
        self._settings = settings
        self._tell = tell
        self._child: subprocess.Popen[bytes] | None = None
        self._address: Address | None = None

    def begin(self) -> None:
        """Start a process, unless one runs; `address` waits for it.

        Raises:
            DemoExchangeFailed: it could not be started at all, or a replay was killed here.
        """
        known = self._read()
        if not is_locked(self._lock):
            if known is not None and known.is_replay:
                message = (
                    "the account of this home trades in a recorded market, which nobody serves now; start "
                    "`tui-trader exchange serve --replay …` again as before, or remove "
                    f"{self._home.exchange / 'serve.json'} to go on in a made-up market"
                )
                raise DemoExchangeFailed(message)
            self._spawn(0 if known is None else _free_port(known.port))

    async def address(self) -> Address:
        """Where it listens, once it does.

        Raises:
            DemoExchangeFailed: it ended, or did not answer in time.
            HomeBusy: a process that is none of ours has its lock and does not answer.
        """
        loop = asyncio.get_running_loop()
        end_s = loop.time() + START_S
        while loop.time() < end_s:
            if self._child is not None and self._child.poll() is not None:
                raise DemoExchangeFailed(self._last_words(self._child.returncode))
            found = self._read()
            is_its_own = self._child is None or found is None or found.pid == self._child.pid
            if found is not None and is_its_own and await _answers(found):
                self._address = found
                return found
            await asyncio.sleep(LOOK_S)
        if self._child is None:
            message = (
                f"something holds {self._lock} and does not answer as a demo exchange; end it, "
                "or use another --home"
            )
            raise HomeBusy(message)
        message = f"the demo exchange did not answer within {START_S:g} s; see {self._log}"
        raise DemoExchangeFailed(message)

    async def watch(self) -> None:
        """Start it again, at the same port, whenever it ends; for ever."""
        failures = 0
        while True:
            await asyncio.sleep(WATCH_S)
            if self._is_alive():
                failures = 0
                continue
            if self._address is not None and self._address.is_replay:
                await self._wait_for_replay(self._address.port)
                continue
            self._tell("the demo exchange has ended; it is started again")
            await asyncio.sleep(min(BACKOFF_S_MAX, WATCH_S * (2**failures - 1)))
            failures = min(failures + 1, 10)
            assert self._address is not None
            try:
                if not is_locked(self._lock):
                    self._spawn(self._address.port)
                await self.address()
            except (DemoExchangeFailed, HomeBusy) as error:
                self._tell(str(error))

    async def _wait_for_replay(self, port: int) -> None:
        """Come back when a recorded market is served again where this engine looks for it."""
        self._tell(
            "the replay has ended, and nothing takes its place; start `tui-trader exchange serve --replay …`"
            f" again as before, with --port {port}"
        )
        while True:
            await asyncio.sleep(WATCH_S)
            found = self._read()
            is_there = found is not None and found.port == port and is_locked(self._lock)
            if found is not None and is_there and await _answers(found):
                self._address = found
                self._tell("the replay is served again")
                return

    async def end(self) -> None:
        """End it in order; what does not end in time is left to end by itself."""
        address = self._address
        if address is None and self._child is None:
            return
        pid = self._child.pid if self._child is not None else address.pid if address else 0
        if self._child is None and not self._is_alive():
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        for _ in range(END_LOOKS_MAX):
            if not self._is_alive():
                return
            await asyncio.sleep(LOOK_S)

    @property
    def _lock(self) -> Path:
        return self._home.exchange / "lock"

    @property
    def _log(self) -> Path:
        return self._home.logs / "exchange.log"

    def _is_alive(self) -> bool:
        if self._child is not None:
            return self._child.poll() is None
        # Its pid alone proves nothing: nobody may have collected a dead process, or it is somebody
        # else's by now. The lock goes with the process.
        return (
            self._address is not None and _is_running(self._address.pid) and is_locked(self._lock)
        )

    def _read(self) -> Address | None:
        try:
            found = msgspec.json.decode(
                (self._home.exchange / "serve.json").read_bytes(), type=Address
            )
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return None
        return found if found.host.startswith("127.0.0.1:") and found.pid > 1 else None

    def _spawn(self, port: int) -> None:
        settings = self._settings
        command = [sys.executable, "-m", "tui_trader", "exchange", "serve"]
        command += ["--home", str(self._home.path), "--json", "--port", str(port)]
        command += ["--seed", str(settings.seed), "--speed", str(settings.speed)]
        command += ["--cash", str(settings.cash)]
        # Its words go to a file: a pipe would break when this engine is killed, and it with the pipe.
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        if self._log.exists() and self._log.stat().st_size > LOG_BYTES_MAX:
            flags |= os.O_TRUNC
        try:
            log = os.open(self._log, flags, PRIVATE_FILE)
            try:
                self._child = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=log,
                    start_new_session=True,
                )
            finally:
                os.close(log)
        except OSError as error:
            message = f"the demo exchange could not be started ({error.strerror})"
            raise DemoExchangeFailed(message) from error

    def _last_words(self, code: int) -> str:
        try:
            lines = self._log.read_text("utf-8", "replace").splitlines()[-3:]
        except OSError:
            lines = []
        words = " / ".join(sanitize(line) for line in lines) or "it said nothing"
        return f"the demo exchange ended with code {code}: {words}; see {self._log}"


async def _answers(address: Address) -> bool:
    """Whether a Kraken answers there. A file may be old, and a port somebody else's."""
    request = (
        f"GET /0/public/SystemStatus HTTP/1.1\r\nHost: {address.host}\r\nConnection: close\r\n\r\n"
    )
    try:
        async with asyncio.timeout(ANSWER_S):
            reader, writer = await asyncio.open_connection("127.0.0.1", address.port)
            try:
                writer.write(request.encode("ascii"))
                await writer.drain()
                answer = b""
                while len(answer) < ANSWER_BYTES_MAX and (part := await reader.read(4_096)):
                    answer += part
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False
    head, _, body = answer.partition(b"\r\n\r\n")
    return b" 200 " in head.split(b"\r\n")[0] and b'"status"' in body


def _free_port(port: int) -> int:
    """The port if it can be had, else 0: any."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return 0
    return port


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
