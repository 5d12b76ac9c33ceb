"""Ctrl-C held back for the moment of a write, and told right after it."""

import contextlib
import signal
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def held_interrupt() -> Iterator[None]:
    """Let nothing interrupt the block; a Ctrl-C meanwhile counts when it ends.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed meanwhile; the block is done.
    """
    if threading.current_thread() is not threading.main_thread():
        # Python interrupts the main thread alone.
        yield
        return
    pressed: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _frame: pressed.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        raise KeyboardInterrupt
