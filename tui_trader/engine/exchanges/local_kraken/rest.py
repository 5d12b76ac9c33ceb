"""The REST face: reads a call, lets faults happen around it, answers the way Kraken does.

Law: a refusal is HTTP 200 with `{"error": [...]}`; only faults answer with anything else.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl

import msgspec
from aiohttp import web

from tui_trader.engine.exchanges.local_kraken import faults
from tui_trader.engine.exchanges.local_kraken.faults import FaultPlan
from tui_trader.engine.exchanges.local_kraken.order_json import Json
from tui_trader.engine.exchanges.local_kraken.rest_private import PRIVATE_ENDPOINTS
from tui_trader.engine.exchanges.local_kraken.rest_public import PUBLIC_ENDPOINTS
from tui_trader.engine.exchanges.local_kraken.signing import Gatekeeper
from tui_trader.engine.exchanges.local_kraken.tokens import TokenDesk
from tui_trader.engine.exchanges.local_kraken.venue import Venue
from tui_trader.engine.exchanges.simulator.rejections import Rejected
from tui_trader.engine.values.time import MS_PER_SECOND

UNKNOWN_METHOD = "EGeneral:Unknown method"
_BAD_GATEWAY = 502
_BAD_GATEWAY_PAGE = (
    "<html><head><title>502 Bad Gateway</title></head><body>cloudflare</body></html>"
)
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
        plan: FaultPlan,
        *,
        gatekeeper: Gatekeeper,
        tokens: TokenDesk,
        latency_ms: int,
    ) -> None:
        self._venue, self._plan = venue, plan
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
        form = {**request.query, **_fields(request, await _body(request))}

        def carry() -> object:
            endpoint = PUBLIC_ENDPOINTS.get(name)
            if endpoint is None:
                raise Rejected(UNKNOWN_METHOD)
            return endpoint(self._venue, form)

        return await self._answer(request, name, carry)

    async def _private(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["endpoint"]
        body = await _body(request)
        form = _fields(request, body)

        def carry() -> object:
            nonce = form.get("nonce", "")
            self._gatekeeper.admit(request.path, body, nonce=nonce, headers=request.headers)
            refusal = self._plan.take(faults.REFUSE, name)
            if refusal is not None:
                raise Rejected(refusal.error)
            return self._carry_private(name, form)

        return await self._answer(request, name, carry)

    def _carry_private(self, name: str, form: Mapping[str, str]) -> Json:
        if name == "GetWebSocketsToken":
            return self._tokens.issue(self._venue.clock.now_ms())
        endpoint = PRIVATE_ENDPOINTS.get(name)
        if endpoint is None:
            raise Rejected(UNKNOWN_METHOD)
        return endpoint(self._venue, form)

    async def _answer(self, request: web.Request, name: str, carry: Carry) -> web.StreamResponse:
        if self._plan.take(faults.DROP_REPLY_BEFORE, name):
            return _cut(request)
        if self._plan.take(faults.HTTP_502_BEFORE, name):
            return _bad_gateway()
        answer = _envelope(carry)
        if self._latency_s:
            await asyncio.sleep(self._latency_s)
        delay = self._plan.take(faults.DELAY_REPLY, name)
        if delay is not None:
            await asyncio.sleep(delay.delay_ms / MS_PER_SECOND)
        if self._plan.take(faults.DROP_REPLY_AFTER, name):
            return _cut(request)
        if self._plan.take(faults.HTTP_502_AFTER, name):
            return _bad_gateway()
        return web.Response(body=answer, content_type="application/json")


def _envelope(carry: Carry) -> bytes:
    try:
        return msgspec.json.encode({"error": [], "result": carry()})
    except Rejected as refusal:
        return msgspec.json.encode({"error": [refusal.error]})


async def _body(request: web.Request) -> bytes:
    body = await request.read()
    if len(body) > _BODY_BYTES_MAX:
        raise web.HTTPRequestEntityTooLarge(max_size=_BODY_BYTES_MAX, actual_size=len(body))
    return body


def _fields(request: web.Request, body: bytes) -> dict[str, str]:
    """Fields of a form or of a JSON object, as text."""
    text = body.decode("utf-8", errors="replace")
    if request.content_type != "application/json":
        return dict(parse_qsl(text, keep_blank_values=True))
    try:
        document = json.loads(text or "{}")
    except ValueError:
        return {}
    if not isinstance(document, dict):
        return {}
    return {str(name): str(value) for name, value in document.items()}


def _cut(request: web.Request) -> web.StreamResponse:
    """End the connection the hard way; the response returned is never sent."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _bad_gateway() -> web.Response:
    return web.Response(status=_BAD_GATEWAY, text=_BAD_GATEWAY_PAGE, content_type="text/html")
