"""An event loop whose time jumps to the next thing that is due: an hour passes in a moment."""

import asyncio
import functools
import selectors

T0_MS = 1_763_600_000_000


THREADS_WAIT_S = 10.0


class JumpingSelector(selectors.SelectSelector):
    """Waits for nothing but real input and threads; time that would be waited away is skipped."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0

    def select(self, timeout=None):
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            # Nothing is due: only a thread can go on (the last one ends after the test's own work).
            ready = super().select(THREADS_WAIT_S)
            if ready:
                return ready
            message = "everybody waits and nothing is due: the test would hang"
            raise RuntimeError(message)
        self.now_s += timeout
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.jumping = JumpingSelector()
        super().__init__(self.jumping)

    def time(self) -> float:
        return self.jumping.now_s


class VirtualClock:
    """The `Clock` port on the time of the running loop."""

    def now_ms(self) -> int:
        return T0_MS + self.monotonic_ms()

    def monotonic_ms(self) -> int:
        return round(asyncio.get_running_loop().time() * 1_000)


def run_virtual(work):
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)


def virtual(test):
    """Run an async test on virtual time."""

    @functools.wraps(test)
    def run(*args, **kwargs):
        return run_virtual(test(*args, **kwargs))

    return run
