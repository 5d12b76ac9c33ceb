"""One WebSocket: an outbox in order, a writer, and what it is subscribed to.

Law: everything to one client goes through one queue, so an acknowledgement precedes its snapshot
and a snapshot its updates. A client that does not read is cut, as Kraken does.
"""

import asyncio
from collections import Counter, deque

from aiohttp import WSCloseCode, web

from tui_trader.engine.exchanges.local_kraken.message_faults import MessageFaults
from tui_trader.engine.values.time import MS_PER_SECOND

Topic = tuple[str, ...]
"""Channel and what of it: `("book", "BTC/USD", "25")`."""

OUTBOX_MAX = 50_000
REQUESTS_MAX = 500
"""What one client may ask at once; so many more each second, Kraken's own number being secret."""
REQUESTS_PER_S = 100


class Connection:
    """One client.

    Args:
        transport: To cut it without a close.
        faults: What happens to messages on their way.
    """

    def __init__(
        self,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport | None,
        faults: MessageFaults,
    ) -> None:
        self._socket, self._transport, self._faults = socket, transport, faults
        self._closings: set[asyncio.Task[bool]] = set()
        self._outbox: deque[str] = deque()
        self._filled = asyncio.Event()
        self._sequences: Counter[str] = Counter()
        self._asked, self._asked_ms = 0.0, 0
        self.is_silent = False
        self.topics: set[Topic] = set()
        self.options: dict[str, bool] = {}
        self.tokens: set[str] = set()
        """Those that opened a private channel here: they live as long as this connection."""

    def send(self, text: str) -> None:
        """Queue one message; while silent it is lost."""
        if self.is_silent:
            return
        self._outbox.extend(self._faults.through(text))
        self._filled.set()
        if len(self._outbox) > OUTBOX_MAX:
            self.abort()

    def may_speak(self, now_ms: int) -> bool:
        """Whether one more request is not too many; it is counted."""
        fallen = (now_ms - self._asked_ms) / MS_PER_SECOND * REQUESTS_PER_S
        self._asked, self._asked_ms = max(0.0, self._asked - fallen), now_ms
        if self._asked + 1 > REQUESTS_MAX:
            return False
        self._asked += 1
        return True

    def resume(self) -> None:
        """End the silence."""
        self.is_silent = False

    def next_sequence(self, channel: str) -> int:
        """Number of the next message of a private channel on this connection, from 1."""
        self._sequences[channel] += 1
        return self._sequences[channel]

    def abort(self) -> None:
        """Cut the connection: the client sees 1006."""
        self._outbox.clear()
        if self._transport is not None:
            self._transport.abort()

    def close(self, code: int) -> None:
        """Close the connection in order, with a code; nothing that waits is sent any more."""
        self._outbox.clear()
        reason = WSCloseCode(code).name.lower().encode()
        closing = asyncio.get_running_loop().create_task(
            self._socket.close(code=code, message=reason)
        )
        self._closings.add(closing)
        closing.add_done_callback(self._closings.discard)

    async def write(self) -> None:
        """Send what is queued until cancelled.

        Raises:
            ConnectionError: the client is gone.
        """
        while True:
            await self._filled.wait()
            self._filled.clear()
            while self._outbox:
                await self._socket.send_str(self._outbox.popleft())
