"""A web server on this machine that answers what a test says, well or badly."""

import asyncio
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.test_utils import TestServer

NOW_MS = 1_763_600_000_000
HOUR_MS = 3_600_000


class FixedClock:
    """Time that the test moves."""

    def __init__(self):
        self.ms = NOW_MS

    def now_ms(self) -> int:
        return self.ms

    def monotonic_ms(self) -> int:
        return self.ms


class WebServer:
    """Answers every path with what `answers` holds for it, and keeps every request."""

    def __init__(self):
        self.answers = {}
        self.requests = []
        self.arrived = asyncio.Event()
        self.released = asyncio.Event()
        self._server = None

    def address(self, path: str) -> str:
        return str(self._server.make_url(path))

    def put(self, path: str, body: bytes | str, *, status=200, **headers) -> str:
        raw = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}

        async def answer(request):
            if named.get("ETag") and request.headers.get("If-None-Match") == named["ETag"]:
                return web.Response(status=304)
            return web.Response(body=raw, status=status, headers=named)

        self.answers[path] = answer
        return self.address(path)

    def put_silence(self, path: str) -> str:
        async def answer(request):
            await self.released.wait()
            return web.Response()

        self.answers[path] = answer
        return self.address(path)

    def put_trickle(self, path: str, chunk: bytes) -> str:
        """Endless: as many chunks as are taken."""

        async def answer(request):
            response = web.StreamResponse()
            await response.prepare(request)
            while not self.released.is_set():
                await response.write(chunk)
            return response

        self.answers[path] = answer
        return self.address(path)

    async def _answer(self, request):
        self.requests.append((request.path, dict(request.headers)))
        self.arrived.set()
        return await self.answers[request.path](request)

    @asynccontextmanager
    async def open(self):
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        self._server = TestServer(app)
        await self._server.start_server()
        try:
            yield self
        finally:
            self.released.set()
            await self._server.close()


def rss(*items: tuple[str, str], title="Desk News", head="") -> str:
    rows = "".join(
        f"<item><title>{text}</title><pubDate>{date}</pubDate></item>" for text, date in items
    )
    return (
        f'<?xml version="1.0"?>{head}<rss version="2.0"><channel><title>{title}</title>'
        f"{rows}</channel></rss>"
    )


FRESH_DATE = "Thu, 20 Nov 2025 00:00:00 GMT"
OLD_DATE = "Mon, 10 Nov 2025 00:00:00 GMT"
