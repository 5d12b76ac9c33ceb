"""Messages a second of our WebSocket client beside ccxt.pro's on the same flood, and tick → Report.

Law: both get the same bytes from a server in a process of its own, from the start of the flood until
its last message came out of their public door. What counts is the client's own processor time: that
is what a neighbour on the machine cannot spoil. Ours checks every book's checksum; ccxt.pro's cannot
(its check breaks its socket), so it is measured without.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.flood_server import CYCLE, DEPTH, LAST, PIECE, SYMBOL
from tui_trader.engine.exchanges.kraken import feed
from tui_trader.engine.exchanges.kraken.conflation import Conflation
from tui_trader.engine.exchanges.kraken.socket import Link
from tui_trader.engine.exchanges.local_kraken.server import serve
from tui_trader.engine.exchanges.local_kraken.venue import ServeConfig
from tui_trader.engine.messages.reports import (
    BookReport,
    LinkReport,
    Report,
    TakerReport,
    TickerReport,
)
from tui_trader.engine.session.clock import SystemClock
from tui_trader.engine.values.instruments import Asset, Instrument, Symbol
from tui_trader.engine.values.modes import LinkState

MESSAGES = {"ticker": 60_000, "trade": 60_000, "book": 40_000}
RUNS = 5
TICKS = 1_000
D = Decimal
BITCOIN = Instrument(
    symbol=Symbol(SYMBOL),
    base=Asset("BTC"),
    quote=Asset("USD"),
    tick=D("0.1"),
    lot=D("0.00000001"),
    quantity_min=D("0.00005"),
    cost_min=D("0.5"),
    fee_maker_ratio=D("0.0025"),
    fee_taker_ratio=D("0.004"),
)


@contextmanager
def flood_server() -> Iterator[str]:
    """Its address without scheme."""
    script = Path(__file__).with_name("flood_server.py")
    child = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    try:
        yield f"127.0.0.1:{child.stdout.readline().strip()}"
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


async def begin(address: str, kind: str, count: int) -> None:
    """Start a flood."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"http://{address}/begin", json={"kind": kind, "count": count}) as answer,
    ):
        assert answer.status == 200


def sent(kind: str) -> int:
    """How many messages a flood really has: whole pieces, and the last one."""
    piece = CYCLE if kind == "book" else PIECE
    return MESSAGES[kind] // piece * piece + 1


def is_last(report: Report, kind: str) -> bool:
    """Whether this report tells of a flood's last message."""
    match report:
        case TickerReport():
            return kind == "ticker" and report.bid == D(LAST)
        case TakerReport():
            return kind == "trade" and report.bought_quote > 1e10
        case BookReport():
            return kind == "book" and bool(report.bids) and report.bids[0].price == D("64000.5")
    return False


class Ours:
    """Our public feed, connected."""

    def __init__(self) -> None:
        self.reports: asyncio.Queue[Report] = asyncio.Queue()

    async def until(self, is_wanted: Any) -> None:
        """Wait for a report."""
        async with asyncio.timeout(60):
            while not is_wanted(await self.reports.get()):
                pass


@asynccontextmanager
async def our_client(address: str) -> AsyncIterator[Ours]:
    """Our public feed at the flood."""

    async def instruments(_: tuple[Symbol, ...]) -> tuple[Instrument, ...]:
        return (BITCOIN,)

    clock, ours = SystemClock(), Ours()
    link = Link(feed.LINK_NAME, f"ws://{address}/v2", clock=clock, chance=lambda: 0.5)
    live = feed.PublicFeed(link, clock, instruments=instruments, depth=DEPTH)
    task = asyncio.create_task(live.run((BITCOIN.symbol,), ours.reports.put_nowait))
    try:
        await ours.until(lambda one: isinstance(one, LinkReport) and one.state is LinkState.UP)
        yield ours
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def our_rate(address: str, kind: str) -> float:
    """Messages a second of our feed."""
    async with our_client(address) as ours:
        began = time.process_time()
        await begin(address, kind, MESSAGES[kind])
        await ours.until(lambda report: is_last(report, kind))
        return sent(kind) / (time.process_time() - began)


async def ccxt_last(client: Any, kind: str) -> None:
    """Watch until the last message of a flood shows."""
    while True:
        if kind == "ticker":
            is_over = (await client.watch_ticker(SYMBOL))["bid"] == float(LAST)
        elif kind == "trade":
            is_over = (await client.watch_trades(SYMBOL))[-1]["price"] == float(LAST)
        else:
            book = await client.watch_order_book(SYMBOL, DEPTH)
            is_over = bool(book["bids"]) and book["bids"][0][0] == 64000.5
        if is_over:
            return


async def ccxt_rate(address: str, rest: str, kind: str) -> float:
    """Messages a second of ccxt.pro."""
    import ccxt.pro

    ws = f"ws://{address}/v2"
    urls = {"public": rest, "private": rest, "ws": {"publicV2": ws, "privateV2": ws}}
    client = ccxt.pro.kraken({"enableRateLimit": False, "urls": {"api": urls}})
    try:
        await client.load_markets()
        watching = asyncio.create_task(ccxt_last(client, kind))
        await begin(address, kind, 0)  # Answers once the subscription is there.
        await client.sleep(100)
        began = time.process_time()
        await begin(address, kind, MESSAGES[kind])
        async with asyncio.timeout(120):
            await watching
        return sent(kind) / (time.process_time() - began)
    finally:
        await client.close()


async def tick_times_us(address: str) -> list[float]:
    """From the moment before a tick is sent to the moment its report is delivered."""
    times: list[float] = []

    class Instant(Conflation):
        """Conflation thins by design; what is measured is the way through it."""

        def __init__(self, deliver: Any, clock: Any) -> None:
            super().__init__(deliver, clock, period_ms=0)

    usual, feed.Conflation = feed.Conflation, Instant  # type: ignore[misc,attr-defined]
    try:
        async with our_client(address) as ours:
            await begin(address, "paced", TICKS)
            async with asyncio.timeout(60):
                while len(times) < TICKS:
                    report = await ours.reports.get()
                    if isinstance(report, TickerReport):
                        times.append((time.monotonic_ns() - report.volume_24h_base) / 1_000)
    finally:
        feed.Conflation = usual  # type: ignore[misc,attr-defined]
    return times


async def socket_figures() -> dict[str, dict[str, float]]:
    """Everything about WebSockets."""
    figures: dict[str, dict[str, float]] = {}
    with flood_server() as address, tempfile.TemporaryDirectory() as folder:
        config = ServeConfig(journal=Path(folder) / "exchange.jsonl", speed=0)
        async with serve(config) as exchange:
            for kind in MESSAGES:
                pairs = [
                    (await our_rate(address, kind), await ccxt_rate(address, exchange.rest, kind))
                    for _ in range(RUNS)
                ]
                ours, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
                figures[kind] = {
                    "ours_per_second": round(ours),
                    "ccxt_pro_per_second": round(theirs),
                    "times": round(ours / theirs, 1),
                }
        ordered = sorted(await tick_times_us(address))
        figures["tick to report"] = {
            "p50_us": round(statistics.median(ordered)),
            "p99_us": round(ordered[int(len(ordered) * 0.99)]),
        }
    return figures


if __name__ == "__main__":
    print(json.dumps(asyncio.run(socket_figures()), indent=1))
