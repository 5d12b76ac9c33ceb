"""A WebSocket server for tests: each connection plays the next scene. And the inbox of its client."""

import asyncio
import json
from contextlib import asynccontextmanager, suppress
from zlib import crc32

from aiohttp import WSMsgType, web

from tui_trader.engine.exchanges.kraken.socket import LinkTiming

QUICK = LinkTiming(
    connect_max_s=2,
    silence_max_s=0.15,
    subscribe_max_s=1,
    ping_every_s=0.02,
    backoff_first_s=0.01,
    backoff_max_s=0.02,
    healthy_after_s=60,
)


class Inbox:
    """What was delivered, and a way to wait for it."""

    def __init__(self):
        self.reports = []
        self._arrived = asyncio.Event()

    def __call__(self, report):
        self.reports.append(report)
        self._arrived.set()

    async def until(self, is_wanted, *, count=1):
        """The first `count` wanted reports; the last of them if one is asked for."""
        async with asyncio.timeout(10):
            while len(wanted := [each for each in self.reports if is_wanted(each)]) < count:
                self._arrived.clear()
                await self._arrived.wait()
        return wanted[0] if count == 1 else wanted[:count]

    def of(self, kind):
        return [report for report in self.reports if isinstance(report, kind)]


class Scene:
    """One connection, seen by the server."""

    def __init__(self, socket, transport):
        self.socket = socket
        self.transport = transport
        self.asked = []

    async def read(self, count):
        """The next `count` requests that are no pings; pings are answered."""
        requests = []
        while len(requests) < count:
            message = await self.socket.receive()
            if message.type is not WSMsgType.TEXT:
                return requests
            request = json.loads(message.data)
            if request["method"] == "ping":
                await self.socket.send_str('{"method":"pong"}')
                continue
            requests.append(request)
            self.asked.append(request)
        return requests

    async def send(self, message):
        text = message if isinstance(message, str) else json.dumps(message)
        await self.socket.send_str(text)

    async def confirm(self, request):
        """Say yes to one subscription."""
        params = request["params"]
        for symbol in params.get("symbol", [None]):
            result = {"channel": params["channel"], "symbol": symbol}
            await self.send({"method": "subscribe", "success": True, "result": result})

    async def stay(self):
        """Answer pings until the client leaves."""
        await self.read(1_000_000)

    def cut(self):
        self.transport.abort()


@asynccontextmanager
async def serving(*scenes):
    """Address of a server whose n-th connection plays the n-th scene, and the last one from then on."""
    played = iter(scenes)
    connections = []

    async def connect(request):
        socket = web.WebSocketResponse(autoping=True)
        await socket.prepare(request)
        scene = Scene(socket, request.transport)
        connections.append(scene)
        with suppress(ConnectionError):
            await next(played, scenes[-1])(scene)
        return socket

    application = web.Application()
    application.router.add_get("/v2", connect)
    runner = web.AppRunner(application, shutdown_timeout=0.01)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    try:
        yield f"ws://127.0.0.1:{port}/v2", connections
    finally:
        await runner.cleanup()


@asynccontextmanager
async def running(coroutine):
    """A task that lives as long as the block; a task that died is an error."""
    task = asyncio.create_task(coroutine)
    try:
        yield task
        assert not task.done(), task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def book_message(*, bids=(), asks=(), after=None, kind="snapshot", symbol="BTC/USD"):
    """A book message with the checksum of the sides in `after` (default: its own), as Kraken writes it."""
    bids_after, asks_after = after or (bids, asks)
    text = "".join(
        f"{price.replace('.', '').lstrip('0')}{quantity.replace('.', '').lstrip('0')}"
        for price, quantity in [*asks_after[:10], *bids_after[:10]]
    )
    return (
        f'{{"channel":"book","type":"{kind}","data":[{{"symbol":"{symbol}",'
        f'"bids":[{_levels(bids)}],"asks":[{_levels(asks)}],"checksum":{crc32(text.encode())}}}]}}'
    )


def _levels(levels):
    return ",".join(f'{{"price":{price},"qty":{quantity}}}' for price, quantity in levels)
