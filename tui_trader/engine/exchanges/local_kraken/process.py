"""The exchange as a process of its own: one for each home, found by `serve.json`, ended by a signal."""

import asyncio
import contextlib
import fcntl
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from tui_trader.engine.exchanges.local_kraken.server import RunningExchange, serve
from tui_trader.engine.exchanges.local_kraken.venue import ServeConfig
from tui_trader.engine.values.errors import HomeBusy, StoreError

SERVE_FILE, LOCK_FILE, JOURNAL_FILE = "serve.json", "lock", "journal.jsonl"
LOCK_TRIES_MAX = 5
LOCK_AGAIN_S = 0.02
Announce = Callable[[RunningExchange], None]


def address_card(exchange: RunningExchange) -> dict[str, str]:
    """What a client needs to talk to it."""
    return {
        "rest": exchange.rest,
        "ws": exchange.ws,
        "key": exchange.key,
        "secret": exchange.secret,
    }


async def run_process(
    config: ServeConfig,
    folder: Path,
    announce: Announce,
    *,
    tell: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve until SIGTERM or SIGINT.

    Args:
        config: How to serve.
        folder: The exchange's folder in the home: lock, address card, by default the journal.
        announce: Told once it listens.
        tell: Is given sentences for people: where a tape ends.

    Raises:
        HomeBusy: another exchange serves this home.
        StoreError: the folder or the journal cannot be used.
    """
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    with _only_one(folder):
        async with serve(config, tell=tell) as exchange:
            with _address_file(folder / SERVE_FILE, exchange, is_replay=bool(config.tapes)):
                announce(exchange)
                exchange.failure.add_done_callback(lambda _: stopped.set())
                await stopped.wait()
                if exchange.failure.done():
                    exchange.failure.result()


@contextlib.contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock_file = (folder / LOCK_FILE).open("a")
    except OSError as error:
        message = f"{folder} cannot be used ({error.strerror}); choose another --home"
        raise StoreError(message) from error
    with lock_file as lock:
        if not _lock(lock):
            message = (
                f"an exchange is already serving {folder}; "
                f"its addresses are in {folder / SERVE_FILE}. Stop it, or choose another --home"
            )
            raise HomeBusy(message)
        yield


def _lock(file: TextIO) -> bool:
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


@contextlib.contextmanager
def _address_file(path: Path, exchange: RunningExchange, *, is_replay: bool) -> Iterator[None]:
    """Keep the address card on disk while the exchange listens, and when it was killed."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump({**address_card(exchange), "pid": os.getpid(), "is_replay": is_replay}, file)
    fresh.replace(path)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
