"""The story of a session, told by a thread of its own.

Law: the engine never waits for a terminal. A stopped one (Ctrl-S, a hung ssh, a full pipe) blocks
whoever writes to it for as long as it likes; here that is this thread and nobody else. What does
not fit is left out, and that is said.
"""

import threading
from collections import deque
from collections.abc import Callable

from tui_trader.engine.messages.queries import JournalEntry

WAITING_MAX = 10_000
CLOSE_S = 0.5


class Narrator:
    """Passes sentences and events on, in order, without making anybody wait.

    Args:
        tell: For sentences.
        show: For events.
    """

    def __init__(self, tell: Callable[[str], None], show: Callable[[JournalEntry], None]) -> None:
        self._tell = tell
        self._show = show
        self._waiting: deque[str | JournalEntry] = deque()
        self._left_out_count = 0
        self._is_closing = False
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="narrator", daemon=True)
        self._thread.start()

    def put(self, item: str | JournalEntry) -> None:
        """Pass one on; left out when too many wait."""
        with self._news:
            if len(self._waiting) >= WAITING_MAX:
                self._left_out_count += 1
            else:
                self._waiting.append(item)
            self._news.notify()

    def close(self) -> None:
        """Let what waits be told, but not for longer than half a second."""
        with self._news:
            self._is_closing = True
            self._news.notify()
        self._thread.join(CLOSE_S)

    def _run(self) -> None:
        try:
            while (item := self._next()) is not None:
                if isinstance(item, str):
                    self._tell(item)
                else:
                    self._show(item)
        except OSError:
            # Nobody reads any more (a closed pipe, a terminal that went away): trading goes on, and
            # the log file has the whole story.
            return

    def _next(self) -> str | JournalEntry | None:
        with self._news:
            while not self._waiting and not self._left_out_count and not self._is_closing:
                self._news.wait()
            if self._waiting:
                return self._waiting.popleft()
            if self._left_out_count:
                text = f"{self._left_out_count} lines were left out: nobody read them in time"
                self._left_out_count = 0
                return text
            return None
