"""How fast the engine decides, writes and sends.

    .venv/bin/python benchmarks/engine.py [--json]

Figures: steps of the core per second; the way of an order through a real session with a real journal
on this disk, from the command to the call of the exchange (whose answer is immediate here), quiet and
under 1,000 price reports a second; commits of the journal. Medians of several runs; the machine's
noise is in the spread.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.engine.core.rig import Bench
from tests.engine.session.fakes import BTC, Stage, command_id, on_stage, order_id
from tui_trader.engine.messages.commands import PlaceOrder
from tui_trader.engine.messages.events import EquityMarked
from tui_trader.engine.messages.reports import TickerReport, TimerReport
from tui_trader.engine.session.clock import SystemClock
from tui_trader.engine.settings.model import LimitSettings, MarketSettings, Settings
from tui_trader.engine.stores.journal import SqliteJournal
from tui_trader.engine.values.orders import OrderType, Side

RUNS = 5
ORDERS = 400
COMMITS = 2_000
PATIENCE_S = 5.0
WIDE = Settings(
    market=MarketSettings(pairs=("BTC/USD",)),
    limits=LimitSettings(
        position_value_max_quote=Decimal(100_000_000),
        order_value_max_quote=Decimal(100_000_000),
        open_orders_max=500,
        stale_after_s=Decimal(120),
    ),
)


def quantiles(values_ms: list[float]) -> dict[str, float]:
    """Median, 99th percentile and maximum, rounded to microseconds."""
    ordered = sorted(values_ms)
    return {
        "p50_ms": round(statistics.median(ordered), 3),
        "p99_ms": round(ordered[int(len(ordered) * 0.99)], 3),
        "max_ms": round(ordered[-1], 3),
    }


def per_second(act: Callable[[], None], count: int) -> int:
    """Median over the runs of `count` calls."""
    rates = []
    for _ in range(RUNS):
        began = time.perf_counter()
        for _ in range(count):
            act()
        rates.append(count / (time.perf_counter() - began))
    return round(statistics.median(rates))


def core_steps() -> dict[str, int]:
    """Steps of the core a second, by what is stepped on."""
    bench = Bench(settings=WIDE).start(cash="100000000")
    ticker = bench.trader.market.tickers[BTC]
    timer = TimerReport(time_ms=bench.now_ms)
    refused = PlaceOrder(
        command_id=command_id(),
        actor="benchmark",
        client_order_id=order_id(),
        symbol=BTC,
        side=Side.BUY,
        order_type=OrderType.MARKET,
        quantity_base=Decimal(1_000_000),
        time_ms=bench.now_ms,
    )
    return {
        "ticker": per_second(lambda: bench.trader.step(ticker) and None, 50_000),
        "timer": per_second(lambda: bench.trader.step(timer) and None, 20_000),
        "order_through_all_gates": per_second(lambda: bench.trader.step(refused) and None, 5_000),
    }


def journal_commits() -> dict[str, float]:
    """One event a commit, durable on this disk."""
    with tempfile.TemporaryDirectory() as folder:
        journal = SqliteJournal(Path(folder) / "journal.sqlite")
        event = EquityMarked(time_ms=1, equity_quote=Decimal("10000.123"))
        times = []
        for _ in range(COMMITS):
            began = time.perf_counter()
            journal.append([event], [])
            times.append((time.perf_counter() - began) * 1_000)
        journal.close()
    return {"per_second": round(1_000 / statistics.mean(times)), **quantiles(times)}


async def order_way(ticks_per_second: int) -> dict[str, float]:
    """From a tick with the order it provokes to the call of the exchange, journal included."""
    with tempfile.TemporaryDirectory() as folder:
        journal = SqliteJournal(Path(folder) / "journal.sqlite")
        async with on_stage(journal=journal, clock=SystemClock(), settings=WIDE) as stage:
            stage.execution.cash = Decimal(100_000_000)
            sent: dict[str, float] = {}
            stage.execution.submit = _timed(stage.execution.submit, sent)
            flood = asyncio.create_task(_flood(stage, ticks_per_second))
            times = []
            for _ in range(ORDERS):
                times.append(await _send_one(stage, sent))
                await asyncio.sleep(0.005)
            flood.cancel()
        journal.close()
    return quantiles(times)


def _timed(submit, sent: dict[str, float]):
    async def timed(request):
        sent[request.client_order_id] = time.perf_counter()
        return await submit(request)

    return timed


async def _send_one(stage: Stage, sent: dict[str, float]) -> float:
    command = PlaceOrder(
        command_id=command_id(),
        actor="benchmark",
        client_order_id=order_id(),
        symbol=BTC,
        side=Side.BUY,
        order_type=OrderType.LIMIT,
        quantity_base=Decimal("0.0001"),
        price=Decimal("60000.0"),
        time_ms=stage.clock.now_ms(),
    )
    began = time.perf_counter()
    stage.session._inbox.deliver(_tick(stage))
    stage.session.take_in(command)
    while command.client_order_id not in sent:
        await asyncio.sleep(0)
        if time.perf_counter() - began > PATIENCE_S:
            message = f"order {command.client_order_id} never left: {stage.journal.recent(3)}"
            raise RuntimeError(message)
    return (sent[command.client_order_id] - began) * 1_000


def _tick(stage: Stage) -> TickerReport:
    return TickerReport(
        time_ms=stage.clock.now_ms(),
        symbol=BTC,
        bid=Decimal("60000.0"),
        ask=Decimal("60000.1"),
        last=Decimal("60000.0"),
        volume_24h_base=1.0,
        change_24h_percent=0.0,
    )


async def _flood(stage: Stage, ticks_per_second: int) -> None:
    while ticks_per_second:
        for _ in range(max(1, ticks_per_second // 200)):
            stage.session._inbox.deliver(_tick(stage))
        await asyncio.sleep(0.005)


def main() -> int:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one JSON document")
    figures = {
        "core_steps_per_second": core_steps(),
        "journal_commit": journal_commits(),
        "tick_to_order_leaving": {
            "quiet": asyncio.run(order_way(0)),
            "1000_ticks_per_second": asyncio.run(order_way(1_000)),
        },
    }
    if parser.parse_args().json:
        print(json.dumps(figures))
        return 0
    for title, rows in figures.items():
        print(title)
        for name, value in rows.items():
            print(f"    {name:28} {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
