"""How fast the local exchange matches and answers.

    .venv/bin/python benchmarks/exchange.py [--json]

Figures: orders and cancels a second through the matching core, events applied but nothing written;
the way of an order over REST, from the signed call to the answer, with the journal on this disk and
without its fsync; beside the same call to bare aiohttp that only answers; messages a second of our
WebSocket client beside ccxt.pro on the same flood, and the way of a tick to its report. Medians of
several runs. `--only sockets` leaves the rest out.
"""

import argparse
import asyncio
import itertools
import json
import os
import statistics
import sys
import tempfile
import time
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from unittest import mock
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import aiohttp
from aiohttp import web

from benchmarks.exchange_sockets import socket_figures
from tui_trader.engine.exchanges.local_kraken.credentials import DEMO_API_KEY, DEMO_API_SECRET
from tui_trader.engine.exchanges.local_kraken.server import serve
from tui_trader.engine.exchanges.local_kraken.signing import sign
from tui_trader.engine.exchanges.local_kraken.venue import ServeConfig
from tui_trader.engine.exchanges.simulator.account import Account
from tui_trader.engine.exchanges.simulator.book import OrderBook
from tui_trader.engine.exchanges.simulator.listings import PAIR_BY_SYMBOL
from tui_trader.engine.exchanges.simulator.matching import MatchingEngine
from tui_trader.engine.exchanges.simulator.orders import OrderTicket
from tui_trader.engine.exchanges.simulator.price_terms import OrderKind
from tui_trader.engine.values.orders import Side

RUNS = 5
ORDERS = 2_000
CALLS = 500
WARM_CALLS = 50
NOW_MS = 1_795_000_000_000
BTC = PAIR_BY_SYMBOL["BTC/USD"]
ANSWER = b'{"error":[],"result":{"descr":{"order":"buy"},"txid":["OUF4EM-FRGI2-MQMWZD"]}}'


def floor() -> MatchingEngine:
    """One pair with deep quotes, and an account that can pay for everything."""
    numbers = itertools.count()
    book = OrderBook()
    engine = MatchingEngine(
        {BTC.symbol: book},
        Account(),
        new_id=lambda letter: f"{letter}{next(numbers)}",
        tape_id_first=1,
    )
    for step in range(1, 41):
        book.set_house(Side.SELL, 640_000 + step, 10**14)
        book.set_house(Side.BUY, 640_000 - step, 10**14)
    engine.deposit("USD", Decimal(10**12), now_ms=NOW_MS)
    engine.deposit("BTC", Decimal(10**8), now_ms=NOW_MS)
    engine.note_last(BTC.symbol, Decimal(64_000))
    return engine


def ticket(kind: OrderKind, price: str | None) -> OrderTicket:
    """A small purchase."""
    return OrderTicket(
        pair=BTC,
        side=Side.BUY,
        order_type=kind,
        volume=Decimal("0.01"),
        price=None if price is None else Decimal(price),
    )


def core_rates() -> dict[str, int]:
    """Acts of the matching core a second."""
    market, waiting = ticket(OrderKind.MARKET, None), ticket(OrderKind.LIMIT, "63000.0")
    rates: dict[str, list[float]] = {"market_fills": [], "limit_and_cancel_pairs": []}
    for _ in range(RUNS):
        engine = floor()
        began = time.perf_counter()
        for number in range(ORDERS):
            engine.place(market, now_ms=NOW_MS + number)
        rates["market_fills"].append(ORDERS / (time.perf_counter() - began))
        engine = floor()
        began = time.perf_counter()
        for number in range(ORDERS):
            txid, _ = engine.place(waiting, now_ms=NOW_MS + number)
            engine.cancel(txid, now_ms=NOW_MS + number)
        rates["limit_and_cancel_pairs"].append(ORDERS / (time.perf_counter() - began))
    return {name: round(statistics.median(values)) for name, values in rates.items()}


def quantiles(values_us: list[float]) -> dict[str, float]:
    """Median and 99th percentile in microseconds."""
    ordered = sorted(values_us)
    return {
        "p50_us": round(statistics.median(ordered)),
        "p99_us": round(ordered[int(len(ordered) * 0.99)]),
    }


async def order_times_us(address: str, fields: dict[str, str]) -> list[float]:
    """Round trips of signed AddOrder calls, one after the other."""
    path, nonces = "/0/private/AddOrder", itertools.count(time.time_ns())
    times = []
    async with aiohttp.ClientSession() as session:
        for number in range(WARM_CALLS + CALLS):
            began = time.perf_counter()
            nonce = str(next(nonces))
            body = urlencode({"nonce": nonce, **fields}).encode()
            headers = {
                "API-Key": DEMO_API_KEY,
                "API-Sign": sign(path, body, nonce=nonce, secret=DEMO_API_SECRET),
                "Content-Type": "application/x-www-form-urlencoded",
            }
            async with session.post(address + path, data=body, headers=headers) as reply:
                answer = json.loads(await reply.read())
            assert answer["error"] == [], answer
            if number >= WARM_CALLS:
                times.append((time.perf_counter() - began) * 1e6)
    return times


@asynccontextmanager
async def bare_aiohttp():
    """A server that reads the body and answers."""

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=ANSWER, content_type="application/json")

    application = web.Application()
    application.router.add_post("/0/private/AddOrder", answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def rest_times() -> dict[str, dict[str, float]]:
    """REST beside bare aiohttp; client and server share one process and one core."""
    market = {"pair": "XBTUSD", "type": "buy", "ordertype": "market", "volume": "0.001"}
    times: dict[str, list[float]] = {}
    async with bare_aiohttp() as address:
        times["bare aiohttp"] = await order_times_us(address, market)
    checked = {**market, "validate": "true"}
    with tempfile.TemporaryDirectory() as folder:
        for name, fields, syncs in (
            ("AddOrder validate", checked, True),
            ("AddOrder market", market, True),
            ("AddOrder market, no fsync", market, False),
        ):
            config = ServeConfig(
                journal=Path(folder) / f"{name}.jsonl", speed=0, cash=Decimal(10**9)
            )
            keep = os.fsync if syncs else lambda _: None
            async with serve(config) as exchange:
                with mock.patch("os.fsync", keep):
                    times[name] = await order_times_us(exchange.rest, fields)
    return {name: quantiles(values) for name, values in times.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="JSON on stdout")
    parser.add_argument("--only", choices=("core", "rest", "sockets"), help="one part alone")
    asked = parser.parse_args()
    parts = {
        "core": lambda: ("core_per_second", core_rates()),
        "rest": lambda: ("rest", asyncio.run(rest_times())),
        "sockets": lambda: ("websocket", asyncio.run(socket_figures())),
    }
    figures = dict(part() for name, part in parts.items() if asked.only in {None, name})
    if asked.json:
        print(json.dumps(figures))
        return
    for name, rate in figures.get("core_per_second", {}).items():
        print(f"core  {name:<28} {rate:>8,} a second")
    for name, times in figures.get("rest", {}).items():
        print(f"REST  {name:<28} p50 {times['p50_us']:>6,} us   p99 {times['p99_us']:>6,} us")
    for name, row in figures.get("websocket", {}).items():
        print(f"WS    {name:<28} {'   '.join(f'{key} {value:,}' for key, value in row.items())}")


if __name__ == "__main__":
    main()
