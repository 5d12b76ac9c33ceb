"""Starting an engine behind the console, in a process of its own that outlives the terminal."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from tui_trader.cli.conversation import ACTOR
from tui_trader.cli.exit_codes import EXIT_BUG, EngineDied, Unconfirmed
from tui_trader.cli.narration import tell
from tui_trader.engine.client.socket_client import connect
from tui_trader.engine.stores.home import PRIVATE_FILE, Home
from tui_trader.engine.values.errors import NothingRunning
from tui_trader.engine.values.text import sanitize

START_SECONDS = 30.0
LOOK_SECONDS = 0.1
LOG_NAME = "engine.log"
LOG_BYTES_MAX = 1_000_000
"""What a quiet engine says is little; a log beyond this begins anew with the next start."""
LOG_BYTES_SHOWN = 8_192
LOG_LINES_SHOWN = 12


async def ensure_engine(
    home: Path, options: Sequence[str], *, meanwhile: Callable[[], object] = lambda: None
) -> None:
    """Make sure that an engine of this home answers; start one if none does.

    Args:
        home: Whose engine.
        options: Arguments for the new engine beside its home: `--config FILE`, `--mode MODE`.
        meanwhile: Work of our own while a new engine comes up.

    Raises:
        TraderError: the engine did not come up; the message says why.
    """
    if await _answers(home):
        return
    tell(f"starting an engine in {home} …")
    Home(home).prepare()
    log = Home(home).logs / LOG_NAME
    process, log_start = spawn_engine(home, options, log)
    meanwhile()
    if not await _comes_up(home, process):
        _progress("")
        _explain(process, log, since=log_start)


def spawn_engine(
    home: Path, options: Sequence[str], log: Path
) -> tuple[subprocess.Popen[bytes], int]:
    """Start the engine away from this terminal: closing it must not end trading.

    Returns:
        The process, and where in the log its words begin.
    """
    command = [sys.executable, "-m", "tui_trader", "--no-ui", "--quiet", "--home", str(home)]
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
        flags |= os.O_TRUNC
    descriptor = os.open(log, flags, PRIVATE_FILE)
    begin = os.fstat(descriptor).st_size
    try:
        process = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
            [*command, *options],
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            start_new_session=True,
        )
    finally:
        os.close(descriptor)
    return process, begin


async def _comes_up(home: Path, process: subprocess.Popen[bytes]) -> bool:
    """Look until the engine answers; no when it died or patience ended."""
    begun = time.monotonic()
    while not await _answers(home):
        waited = time.monotonic() - begun
        # Another console may have started one a moment before: then ours ends, and theirs answers.
        if waited > START_SECONDS or (process.poll() is not None and not await _answers(home)):
            return False
        _progress(f"waiting for the engine … {waited:.0f} s")
        await asyncio.sleep(LOOK_SECONDS)
    _progress("")
    return True


async def _answers(home: Path) -> bool:
    try:
        client = await connect(home, name=ACTOR, is_read_only=True)
    except NothingRunning:
        return False
    await client.close()
    return True


def _explain(process: subprocess.Popen[bytes], log: Path, *, since: int) -> NoReturn:
    """Say why there is no engine, in its own last words.

    Raises:
        EngineDied: it ended; with its exit code.
        Unconfirmed: it runs and does not answer.
    """
    words = last_lines(log, since=since)
    if process.poll() is None:
        message = (
            f"the engine (pid {process.pid}) did not answer within {START_SECONDS:.0f} s. "
            f"Its log is {log}; it goes on trying: `tui-trader attach`, or `tui-trader shutdown`"
        )
        raise Unconfirmed(message)
    message = f"the engine ended with exit code {process.returncode}; its last words:\n{words}"
    # A signal's number is negative; nobody asked for that end, so it counts as a bug.
    code = process.returncode if process.returncode > 0 else EXIT_BUG
    raise EngineDied(message, exit_code=code)


def last_lines(log: Path, *, since: int) -> str:
    """The last lines a process wrote from `since` on, clean enough for a terminal."""
    try:
        with log.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(since, size - LOG_BYTES_SHOWN))
            text = file.read().decode("utf-8", "replace")
    except OSError as error:
        return f"  ({log} cannot be read: {error.strerror})"
    lines = [f"  {sanitize(line)}" for line in text.splitlines() if line.strip()]
    return "\n".join(lines[-LOG_LINES_SHOWN:]) or "  (it said nothing)"


def _progress(text: str) -> None:
    """Write over the current line of a terminal; elsewhere there is nothing to write over."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()
