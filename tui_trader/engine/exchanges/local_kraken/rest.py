"""The REST face: reads a call, lets faults happen around it, answers the way Kraken does.

Law: a refusal is HTTP 200 with `{"error": [...]}`; only faults answer with anything else.
"""

import asyncio
from collections.abc import Callable, Mapping

import msgspec
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from tui_trader.engine.exchanges.local_kraken.forms import read_form
from tui_trader.engine.exchanges.local_kraken.order_desk import OrderDesk
from tui_trader.engine.exchanges.local_kraken.reply_faults import ReplyFaults
from tui_trader.engine.exchanges.local_kraken.rest_private import PRIVATE_ENDPOINTS
from tui_trader.engine.exchanges.local_kraken.rest_public import PUBLIC_ENDPOINTS
from tui_trader.engine.exchanges.local_kraken.rest_trading import Office
from tui_trader.engine.exchanges.local_kraken.signing import Gatekeeper
from tui_trader.engine.exchanges.local_kraken.tokens import TokenDesk
from tui_trader.engine.exchanges.local_kraken.venue import Venue
from tui_trader.engine.exchanges.simulator.rejections import UNKNOWN_METHOD, Rejected
from tui_trader.engine.values.time import MS_PER_SECOND

_BODY_BYTES_MAX = 64 * 1024
Carry = Callable[[], object]


class RestFace:
    """Routes of the REST interface.

    Args:
        latency_ms: Added to every reply.
    """

    def __init__(
        self,
        venue: Venue,
        faults: ReplyFaults,
        *,
        gatekeeper: Gatekeeper,
        tokens: TokenDesk,
        latency_ms: int,
    ) -> None:
        self._office, self._faults = Office(venue, OrderDesk(venue)), faults
        self._gatekeeper, self._tokens = gatekeeper, tokens
        self._latency_s = latency_ms / MS_PER_SECOND

    def routes(self) -> list[web.AbstractRouteDef]:
        """What to serve."""
        return [
            web.get("/0/public/{endpoint}", self._public),
            web.post("/0/public/{endpoint}", self._public),
            web.post("/0/private/{endpoint}", self._private),
        ]

    async def _public(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["endpoint"]
        form = {**request.query, **read_form(request.content_type, await read_body(request))}

        def carry() -> object:
            endpoint = PUBLIC_ENDPOINTS.get(name)
            if endpoint is None:
                raise Rejected(UNKNOWN_METHOD)
            return endpoint(self._office.venue, form)

        return await self._answer(request, name, carry)

    async def _private(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["endpoint"]
        body = await read_body(request)
        form = read_form(request.content_type, body)

        def carry() -> object:
            nonce = form.get("nonce", "")
            key = self._gatekeeper.admit(request.path, body, nonce=nonce, headers=request.headers)
            venue = self._office.venue
            venue.call_counters.spend(key, name, venue.clock.monotonic_ms())
            venue.tick()
            self._faults.check(name, form)
            return self._carry_private(name, form)

        return await self._answer(request, name, carry)

    def _carry_private(self, name: str, form: Mapping[str, str]) -> object:
        if name == "GetWebSocketsToken":
            return self._tokens.issue(self._office.venue.clock.now_ms())
        endpoint = PRIVATE_ENDPOINTS.get(name)
        if endpoint is None:
            raise Rejected(UNKNOWN_METHOD)
        return endpoint(self._office, form)

    async def _answer(self, request: web.Request, name: str, carry: Carry) -> web.StreamResponse:
        instead = self._faults.before(request, name)
        if instead is not None:
            return instead
        answer = _envelope(carry)
        if self._latency_s:
            await asyncio.sleep(self._latency_s)
        left = await self._faults.after(request, name, answer)
        if isinstance(left, web.StreamResponse):
            return left
        return web.Response(body=left, content_type="application/json")


def _envelope(carry: Carry) -> bytes:
    try:
        return msgspec.json.encode({"error": [], "result": carry()})
    except Rejected as refusal:
        return msgspec.json.encode({"error": [refusal.error]})


async def read_body(request: web.Request) -> bytes:
    """Body of a call.

    Raises:
        web.HTTPException: it is too long, not what its headers say, or the client hung up.
    """
    try:
        body = await request.read()
    except (ConnectionError, HttpProcessingError, web.RequestPayloadError) as error:
        raise web.HTTPBadRequest from error
    if len(body) > _BODY_BYTES_MAX:
        raise web.HTTPRequestEntityTooLarge(max_size=_BODY_BYTES_MAX, actual_size=len(body))
    return body
