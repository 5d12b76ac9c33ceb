"""One WebSocket: an outbox in order, a writer, and what it is subscribed to.

Law: everything to one client goes through one queue, so an acknowledgement precedes its snapshot
and a snapshot its updates. A client that does not read is cut, as Kraken does.
"""

import asyncio
from collections import Counter, deque

from aiohttp import web

Topic = tuple[str, ...]
"""Channel and what of it: `("book", "BTC/USD", "25")`."""

OUTBOX_MAX = 50_000


class Connection:
    """One client.

    Args:
        transport: To cut it without a close.
    """

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport | None) -> None:
        self._socket, self._transport = socket, transport
        self._outbox: deque[str] = deque()
        self._filled = asyncio.Event()
        self._sequences: Counter[str] = Counter()
        self.is_silent = False
        self.topics: set[Topic] = set()
        self.options: dict[str, bool] = {}

    def send(self, text: str) -> None:
        """Queue one message; while silent it is lost."""
        if self.is_silent:
            return
        self._outbox.append(text)
        self._filled.set()
        if len(self._outbox) > OUTBOX_MAX:
            self.abort()

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
