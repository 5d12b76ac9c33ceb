"""Calls of the program beside a screen: each a task that ends with the screen, none whose bug is lost."""

import asyncio
from collections.abc import Callable, Coroutine

Work = Coroutine[object, object, None]


class BesideCalls:
    """The tasks of one screen.

    Args:
        broke: Told of a bug in one, so that the console ends with a report.
    """

    def __init__(self, broke: Callable[[Exception], None]) -> None:
        self._broke = broke
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Work) -> None:
        """Run one beside everything else."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def close(self) -> None:
        """End everything that runs, and wait until it has ended: a process that is left would outlive us."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        bug = None if task.cancelled() else task.exception()
        if isinstance(bug, Exception):
            self._broke(bug)
