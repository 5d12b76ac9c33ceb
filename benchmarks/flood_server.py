"""A server that floods one WebSocket v2 client with one kind of message, in a process of its own.

    .venv/bin/python benchmarks/flood_server.py

Prints its port. Every subscription is confirmed, a book's with its snapshot; `POST /begin` with
`{"kind": "ticker" | "trade" | "book" | "paced", "count": N}` starts a flood to whoever is connected.
Frames are made beforehand and written in large pieces, so that the client is what is measured. The
last message of a flood can be told from all others: its price is `LAST`.
"""

import asyncio
import json
import time
from zlib import crc32

from aiohttp import WSMsgType, web

LAST = "99999.9"
SYMBOL = "BTC/USD"
DEPTH = 10
CYCLE = 1_000
PIECE = 512
PACED_EVERY_S = 0.002
LAST_TIMES, LAST_EVERY_S = 100, 0.02


def frame(text: str) -> bytes:
    """One WebSocket text frame of a server."""
    body = text.encode()
    if len(body) < 126:
        return bytes((0x81, len(body))) + body
    return bytes((0x81, 126)) + len(body).to_bytes(2) + body


def ticker(bid: str = "64000.0") -> str:
    """One row of the ticker channel, as long as Kraken's."""
    return (
        f'{{"channel":"ticker","type":"update","data":[{{"symbol":"{SYMBOL}","bid":{bid},'
        '"bid_qty":1.00000000,"ask":100000.0,"ask_qty":2.00000000,'
        f'"last":{bid},"volume":1234.12345678,"vwap":64000.0,"low":63000.0,"high":65000.0,'
        '"change":100.0,"change_pct":0.15}]}'
    )


def trade(price: str = "64000.1", quantity: str = "0.00100000") -> str:
    """One row of the trade channel."""
    return (
        f'{{"channel":"trade","type":"update","data":[{{"symbol":"{SYMBOL}","side":"buy",'
        f'"price":{price},"qty":{quantity},"ord_type":"market","trade_id":123456,'
        '"timestamp":"2026-11-20T14:00:00.123456Z"}]}'
    )


class FloodBook:
    """Ten levels a side whose quantities go round in a circle."""

    def __init__(self) -> None:
        self.quantities = {
            **{("asks", f"{64_001 + step}.0"): "1.00000000" for step in range(DEPTH)},
            **{("bids", f"{64_000 - step}.0"): "1.00000000" for step in range(DEPTH)},
        }

    def _side(self, name: str) -> list[tuple[str, str]]:
        rows = [(price, size) for (side, price), size in self.quantities.items() if side == name]
        return sorted(rows, key=lambda row: float(row[0]), reverse=name == "bids")[:DEPTH]

    def checksum(self) -> int:
        """As Kraken computes it."""
        text = "".join(
            price.replace(".", "").lstrip("0") + size.replace(".", "").lstrip("0")
            for side in ("asks", "bids")
            for price, size in self._side(side)
        )
        return crc32(text.encode())

    def _rows(self, name: str) -> str:
        return ",".join(f'{{"price":{price},"qty":{size}}}' for price, size in self._side(name))

    def snapshot(self) -> str:
        """The whole book."""
        return (
            f'{{"channel":"book","type":"snapshot","data":[{{"symbol":"{SYMBOL}",'
            f'"bids":[{self._rows("bids")}],"asks":[{self._rows("asks")}],'
            f'"checksum":{self.checksum()}}}]}}'
        )

    def put(self, side: str, price: str, size: str) -> str:
        """Change one level; the message that says so."""
        self.quantities[side, price] = size
        empty = "asks" if side == "bids" else "bids"
        return (
            f'{{"channel":"book","type":"update","data":[{{"symbol":"{SYMBOL}",'
            f'"{side}":[{{"price":{price},"qty":{size}}}],"{empty}":[],'
            f'"checksum":{self.checksum()},"timestamp":"2026-11-20T14:00:00.123456Z"}}]}}'
        )

    def circle(self) -> list[str]:
        """Changes of one level each, after which the book is what it was."""
        places = list(self.quantities)
        turns = [
            (*places[number % len(places)], f"1.{number:08d}") for number in range(1, CYCLE + 1)
        ]
        for turn in turns:
            self.put(*turn)
        return [self.put(*turn) for turn in turns]


class Floods:
    """Everything this server can send."""

    def __init__(self) -> None:
        self.book = FloodBook()
        self.circles = {"ticker": [ticker()], "trade": [trade()], "book": self.book.circle()}
        self.last = {
            "ticker": ticker(LAST),
            "trade": trade(LAST, "1000000.00000000"),
        }
        self.followers: dict[str, web.Request] = {}

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """Confirm what is asked for, until the client leaves."""
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                break
            asked = json.loads(message.data)
            if asked["method"] == "ping":
                await socket.send_str('{"method":"pong"}')
                continue
            params = asked["params"]
            self.followers[params["channel"]] = request
            result = {"channel": params["channel"], "symbol": SYMBOL}
            answer = {"method": "subscribe", "success": True, "result": result}
            await socket.send_str(json.dumps({**answer, "req_id": asked.get("req_id", 0)}))
            if params["channel"] == "book":
                await socket.send_str(self.book.snapshot())
        for channel in [name for name, one in self.followers.items() if one is request]:
            del self.followers[channel]
        return socket

    async def begin(self, request: web.Request) -> web.Response:
        """Flood whoever subscribed last, once somebody has."""
        asked = await request.json()
        kind, count = asked["kind"], asked["count"]
        while ("ticker" if kind == "paced" else kind) not in self.followers:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        if count:
            flood = self._paced(count) if kind == "paced" else self._pour(kind, count)
            self.task = asyncio.create_task(flood)
        return web.json_response({})

    async def _pour(self, kind: str, count: int) -> None:
        transport = self.followers[kind].transport
        assert transport is not None
        transport.set_write_buffer_limits(high=1_000_000)
        circle = [frame(text) for text in self.circles[kind]]
        piece = circle * max(1, PIECE // len(circle))
        whole = b"".join(piece)
        for _ in range(count // len(piece)):
            while transport.get_write_buffer_size() > 500_000:  # noqa: ASYNC110
                await asyncio.sleep(0)
            transport.write(whole)
        if kind == "book":
            book = FloodBook()
            book.quantities = dict(self.book.quantities)
            last = book.put("bids", "64000.5", "1.00000000")
        else:
            last = self.last[kind]
        for _ in range(LAST_TIMES):
            if transport.is_closing():
                return
            # ccxt.pro wakes its watcher once for all that has arrived, with the first of it: the
            # last message alone would be missed.
            transport.write(frame(last))
            await asyncio.sleep(LAST_EVERY_S)

    async def _paced(self, count: int) -> None:
        transport = self.followers["ticker"].transport
        assert transport is not None
        for _ in range(count):
            # The volume carries the moment of sending.
            text = ticker().replace("1234.12345678", f"{time.monotonic_ns()}.0")
            transport.write(frame(text))
            await asyncio.sleep(PACED_EVERY_S)


async def main() -> None:
    """Serve until killed."""
    floods = Floods()
    application = web.Application()
    application.router.add_get("/v2", floods.connect)
    application.router.add_post("/begin", floods.begin)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
