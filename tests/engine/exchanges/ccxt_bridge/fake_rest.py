"""A REST server for tests: answers what the test says, and keeps every call."""

from contextlib import asynccontextmanager
from urllib.parse import parse_qs

from aiohttp import web

from tests.engine.exchanges.kraken.clocks import SteppedClock
from tui_trader.engine.exchanges.ccxt_bridge.client import Budgets, KrakenClient
from tui_trader.engine.exchanges.ccxt_bridge.venue_config import VenueConfig

KEY, SECRET = "key-canary", "c2VjcmV0LWNhbmFyeQ=="


class Unlimited:
    """Lets every call pass and adds them up."""

    def __init__(self):
        self.spent = 0

    async def spend(self, cost, *, is_urgent=False):
        self.spent += cost


class FakeRest:
    """Answers by endpoint: a result, a list of results in turn, or a function of the call's form."""

    def __init__(self):
        self.answers = {"AssetPairs": PAIRS}
        self.calls = []

    def forms(self, endpoint):
        return [form for name, form in self.calls if name == endpoint]

    async def answer(self, request):
        endpoint = request.path.rsplit("/", 1)[-1]
        text = (await request.text()) or request.query_string
        form = {name: values[0] for name, values in parse_qs(text).items()}
        self.calls.append((endpoint, form))
        answer = self.answers[endpoint]
        if isinstance(answer, list):
            answer = answer.pop(0)
        if callable(answer):
            answer = await answer(request, form)
        if isinstance(answer, web.StreamResponse):
            return answer
        return web.json_response({"error": [], "result": answer})


def refuse(*errors):
    async def answer(_request, _form):
        return web.json_response({"error": list(errors)})

    return answer


def say(text, *, status=200, content_type="application/json"):
    async def answer(_request, _form):
        return web.Response(text=text, status=status, content_type=content_type)

    return answer


async def cut(request, _form):
    """End the connection without a word."""
    request.transport.abort()
    return web.Response()


@asynccontextmanager
async def serving_rest(*, timeout_s=2.0, clock=None):
    """A server and a client of it."""
    server = FakeRest()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", server.answer)
    runner = web.AppRunner(application, shutdown_timeout=0.01)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    config = VenueConfig(
        rest_url=f"http://127.0.0.1:{port}",
        ws_public_url="",
        ws_private_url="",
        api_key=KEY,
        api_secret=SECRET,
        request_timeout_s=timeout_s,
    )
    budgets = Budgets(private=Unlimited(), public=Unlimited())
    client = KrakenClient(config, clock or SteppedClock(), budgets=budgets)
    try:
        yield server, client
    finally:
        await client.close()
        await runner.cleanup()


PAIRS = {
    "XXBTZUSD": {
        "altname": "XBTUSD",
        "wsname": "XBT/USD",
        "base": "XXBT",
        "quote": "ZUSD",
        "pair_decimals": 1,
        "lot_decimals": 8,
        "fees": [[0, 0.4], [10000, 0.35]],
        "fees_maker": [[0, 0.25], [10000, 0.2]],
        "ordermin": "0.00005",
        "costmin": "0.5",
        "tick_size": "0.1",
        "status": "online",
    },
    "XDGUSD": {
        "altname": "XDGUSD",
        "wsname": "XDG/USD",
        "base": "XXDG",
        "quote": "ZUSD",
        "pair_decimals": 7,
        "lot_decimals": 8,
        "fees": [[0, 0.4]],
        "fees_maker": [],
        "ordermin": "13",
        "costmin": "0.5",
    },
}
