"""One writer at a time for a series of candles, held by `flock`, which a crash releases by itself."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from tui_trader.engine.stores.home import PRIVATE_FILE, make_private_folder
from tui_trader.engine.values.errors import StoreError

LOCK_NAME = ".lock"
WAIT_S_MAX = 10.0
LOOK_S = 0.02


@contextlib.contextmanager
def sole_writer(folder: Path, *, wait_s_max: float = WAIT_S_MAX) -> Iterator[None]:
    """Make the folder where it is missing, and be its only writer meanwhile.

    Raises:
        StoreError: another process writes for longer than `wait_s_max`, or the folder cannot be used.
    """
    make_private_folder(folder)
    path = folder / LOCK_NAME
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
    except OSError as error:
        message = f"{path} cannot be opened ({error.strerror})"
        raise StoreError(message) from error
    try:
        _wait_for(file, path, wait_s_max)
        yield
    finally:
        os.close(file)


def _wait_for(file: int, path: Path, wait_s_max: float) -> None:
    give_up = time.monotonic() + wait_s_max
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= give_up:
                message = (
                    f"{path.parent}: another process has been writing for {wait_s_max:g} s; "
                    "try again when it is done"
                )
                raise StoreError(message) from None
            time.sleep(LOOK_S)
        else:
            return
