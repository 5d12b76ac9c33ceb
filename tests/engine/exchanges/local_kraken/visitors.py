"""Clients of the local exchange for tests: ccxt as it comes, a signed form, a WebSocket."""

import itertools
import json
import time
import zlib
from contextlib import AsyncExitStack
from urllib.parse import urlencode

import aiohttp
import ccxt.async_support

from tui_trader.engine.exchanges.local_kraken.signing import sign

PATIENCE_S = 5


def ccxt_kraken(exchange):
    """Real, unmodified ccxt, pointed at the exchange."""
    socket_address = exchange.ws.removesuffix("/v2")
    addresses = {
        "public": exchange.rest,
        "private": exchange.rest,
        "ws": {
            "public": socket_address,
            "private": socket_address,
            "publicV2": exchange.ws,
            "privateV2": exchange.ws,
        },
    }
    client = ccxt.async_support.kraken(
        {
            "apiKey": exchange.key,
            "secret": exchange.secret,
            "enableRateLimit": False,
            "timeout": 10_000,
            "urls": {"api": addresses},
        }
    )
    client.number = str
    return client


class Visitor:
    """Everything a test does to one exchange from outside."""

    def __init__(self, exchange):
        self.exchange = exchange
        self._ccxt = None
        self._nonces = itertools.count(time.time_ns())
        self._stack = AsyncExitStack()

    async def __aenter__(self):
        self.http = await self._stack.enter_async_context(aiohttp.ClientSession())
        return self

    async def __aexit__(self, *_):
        if self._ccxt is not None:
            await self._ccxt.close()
        await self._stack.aclose()

    @property
    def ccxt(self):
        """Made when first asked for: ccxt takes a quarter of a second to close."""
        self._ccxt = self._ccxt or ccxt_kraken(self.exchange)
        return self._ccxt

    async def private(self, endpoint, *, secret=None, nonce=None, **fields):
        """Answer of one signed call, error list included."""
        path = f"/0/private/{endpoint}"
        nonce = str(nonce or next(self._nonces))
        body = urlencode({"nonce": nonce, **fields}).encode()
        signature = sign(path, body, nonce=nonce, secret=secret or self.exchange.secret)
        headers = {
            "API-Key": self.exchange.key,
            "API-Sign": signature,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        address = self.exchange.rest + path
        async with self.http.post(address, data=body, headers=headers) as reply:
            assert reply.status == 200, await reply.text()
            return await reply.json()

    def next_nonce(self):
        """Above every one before."""
        return next(self._nonces)

    def sign(self, path, body, nonce):
        """Signature of a call made by hand."""
        return sign(path, body, nonce=nonce, secret=self.exchange.secret)

    async def public(self, endpoint, **query):
        async with self.http.get(
            f"{self.exchange.rest}/0/public/{endpoint}", params=query
        ) as reply:
            return await reply.json()

    async def control(self, **command):
        async with self.http.post(f"{self.exchange.rest}/_control", json=command) as reply:
            return reply.status, await reply.json()

    async def buy(self, volume, price=None, pair="XBTUSD", **fields):
        """Answer of AddOrder."""
        kind = {"ordertype": "market"} if price is None else {"ordertype": "limit", "price": price}
        return await self.private(
            "AddOrder", pair=pair, type="buy", volume=volume, **kind, **fields
        )

    def best_bid_text(self, symbol="BTC/USD", percent_below=0):
        """Best bid, or a price on the grid so much below it."""
        market = self.exchange.venue.markets[symbol]
        return market.pair.price_text(market.bbo()[0] * (100 - percent_below) // 100)

    def rows(self):
        """What the journal on disk says."""
        path = self.exchange.venue.journal_path
        return [json.loads(line) for line in path.read_text().splitlines()]

    async def open_socket(self):
        socket = await self._stack.enter_async_context(
            self.http.ws_connect(self.exchange.ws, max_msg_size=0)
        )
        listener = Listener(socket)
        assert (await listener.next("status"))["data"][0]["system"] == "online"
        return listener

    async def token(self):
        return (await self.private("GetWebSocketsToken"))["result"]["token"]


class Listener:
    """One WebSocket of a test: numbers stay text, as they were written."""

    def __init__(self, socket):
        self.socket = socket

    async def send(self, method, req_id=None, **params):
        message = {"method": method}
        if params:
            message["params"] = params
        if req_id is not None:
            message["req_id"] = req_id
        await self.socket.send_json(message)

    async def message(self):
        received = await self.socket.receive(PATIENCE_S)
        assert received.type is aiohttp.WSMsgType.TEXT, received
        return json.loads(received.data, parse_float=str)

    async def next(self, channel=None, method=None):
        """Next message of a channel, or next answer to a method."""
        while True:
            message = await self.message()
            if channel and message.get("channel") == channel:
                return message
            if method and message.get("method") == method:
                return message

    async def subscribe(self, channel, **params):
        """Acknowledgement of a subscription."""
        await self.send("subscribe", channel=channel, **params)
        return await self.next(method="subscribe")


class MirrorBook:
    """A client's book, kept as Kraken's documents say, with its checksum over the texts."""

    def __init__(self, depth):
        self.depth = depth
        self.sides = {"bids": {}, "asks": {}}

    def apply(self, row):
        """Take one snapshot or update in; whether the checksum agrees."""
        for name, levels in self.sides.items():
            for level in row[name]:
                if float(level["qty"]) == 0:
                    levels.pop(level["price"], None)
                else:
                    levels[level["price"]] = level["qty"]
            best_first = sorted(levels, key=float, reverse=name == "bids")
            self.sides[name] = {price: levels[price] for price in best_first[: self.depth]}
        return self.checksum() == row["checksum"]

    def checksum(self):
        digits = [
            text.replace(".", "").lstrip("0")
            for name in ("asks", "bids")
            for level in list(self.sides[name].items())[:10]
            for text in level
        ]
        return zlib.crc32("".join(digits).encode())
