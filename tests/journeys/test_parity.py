"""Live and backtest side by side: the engine on a recording places the orders that `run_on_core` places.

Everything is real: processes, ccxt over HTTP, the socket of the engine. The recording is stepped, so that
each candle ends when everything of the last one has been settled.
"""

import asyncio
import csv
import gzip
import json
import os
import subprocess
from typing import NamedTuple

import numpy as np
import pytest

from tests.journeys.conftest import PROGRAM
from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.backtest.core_engine import run_on_core
from tui_trader.engine.backtest.request import BacktestRequest
from tui_trader.engine.backtest.strategy_files import find_strategy
from tui_trader.engine.client.mirror import Mirror
from tui_trader.engine.client.socket_client import connect
from tui_trader.engine.core.host_notes import grid_of, rules_of
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.orders import Side

pytestmark = pytest.mark.journey
BTC = Symbol("BTC/USD")
BEGIN_MS, HOUR_MS = 1_568_397_600_000, 3_600_000
SPIKE_S = 1_568_404_800
CONFIG = """
[market]
pairs = ["BTC/USD"]
[rules]
sizing = "amount"
amount_quote = 1000
stop_percent = {stop}
slippage_bps = 0
spread_bps = 0
[risk]
position_max_quote = 0
position_max_percent = 0
exposure_max_percent = 0
positions_max = 0
daily_loss_max_percent = 0
drawdown_max_percent = 0
losing_streak_max = 0
cool_down_minutes = 0
trades_per_day_max = 0
"""


class Order(NamedTuple):
    """What must agree: direction, quantity in lots, and the candle it was decided in."""

    side: int
    lots: int
    candle_ms: int


def made_candles(seed: int, count: int) -> Candles:
    """A walk in ticks of 0.1, with spikes, on hours; the first lies before the recording's start."""
    chance = np.random.default_rng(seed)
    steps = chance.normal(0.0, 60.0, count)
    close = np.round(10_000.0 + np.cumsum(steps), 1)
    open_ = np.round(np.concatenate([close[:1], close[:-1]]) + chance.normal(0.0, 3.0, count), 1)
    high = np.round(np.maximum(open_, close) + chance.exponential(20.0, count), 1)
    low = np.round(np.minimum(open_, close) - chance.exponential(20.0, count), 1)
    return Candles(
        interval=Interval.H1,
        open_time_ms=BEGIN_MS + HOUR_MS * np.arange(count),
        open=open_,
        high=high,
        low=low,
        close=close,
        volume=np.round(chance.uniform(20.0, 90.0, count), 4),
    )


class Live:
    """An engine on a stepped recording, and what it did."""

    def __init__(self, desk, candles: Candles, folder, *, stop="0") -> None:
        self.desk, self.candles = desk, candles
        (desk.home / "config.toml").write_text(CONFIG.format(stop=stop))
        path = folder / "XBTUSD_60.csv"
        columns = ("open", "high", "low", "close", "volume")
        rows = [
            f"{time // 1_000},{','.join(repr(float(candles.column(name)[row])) for name in columns)},40"
            for row, time in enumerate(candles.open_time_ms.tolist())
        ]
        path.write_text("\n".join(rows) + "\n")
        start = np.datetime_as_string(np.datetime64(int(candles.open_time_ms[1]), "ms"), unit="m")
        command = [*PROGRAM, "exchange", "serve", "--json", "--speed", "0", "--replay", str(path)]
        self.serving = subprocess.Popen(
            [*command, "--pair", BTC, "--start", str(start)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ | desk.environment,
        )
        assert json.loads(self.serving.stdout.readline())["rest"]
        self.mirror: Mirror | None = None

    def play(self, *arguments: str) -> list[Order]:
        """Start the strategy on the first candle, step through all others; its orders."""
        self.desk.control_exchange(fault="step")
        self.desk.start_engine()
        done = self.desk.run("strategies", "start", *arguments, "--pair", BTC, "--yes")
        assert done.returncode == 0, done
        return asyncio.run(self._follow(arguments[0]))

    async def _follow(self, name: str) -> list[Order]:
        client = await connect(self.desk.home, name="test")
        self.mirror = Mirror(client.welcome)
        orders: dict[str, Order] = {}
        try:
            for time in self.candles.open_time_ms[2:].tolist():
                self.desk.control_exchange(fault="step")
                async with asyncio.timeout(20):
                    async for frame in client.updates():
                        self.mirror.apply(frame)
                        self._collect(name, orders)
                        if self._is_settled(name, time):
                            break
        finally:
            await client.close()
        return list(orders.values())

    def _collect(self, name: str, orders: dict[str, Order]) -> None:
        state = self.mirror.state
        pair = state.strategies[name].note.pairs[BTC]
        if pair.order is not None and pair.order not in orders:
            order = state.orders[pair.order]
            side = 1 if order.side is Side.BUY else -1
            orders[pair.order] = Order(side, int(order.quantity_base * 10**8), pair.order_candle_ms)

    def _is_settled(self, name: str, time: int) -> bool:
        state = self.mirror.state
        note = state.strategies[name].note
        pair = note.pairs[BTC]
        is_heard = note.candle_ms == time and pair.closed_ms < time
        return is_heard and pair.order is None and pair.want == 0 and not state.unsettled

    def backtest(self, name: str, **parameters: int) -> list[Order]:
        """The same on the core, in this process."""
        rules, risk = rules_of(self.mirror.state.strategies[name].spec)
        outcome = run_on_core(
            BacktestRequest(
                candles={BTC: self.candles},
                strategy=find_strategy(name),
                parameters=parameters,
                grids={BTC: grid_of(self.mirror.market.instruments[BTC])},
                rules=rules,
                risk=risk,
                is_sold_at_end=False,
            )
        )
        fills = outcome.fills
        rows = zip(fills.side.tolist(), fills.lots.tolist(), fills.time_ms.tolist(), strict=True)
        return [Order(*row) for row in rows]

    def close(self) -> None:
        self.desk.run("shutdown")
        self.serving.terminate()
        self.serving.communicate(timeout=10)


@pytest.fixture
def live(desk, tmp_path):
    made = []

    def begin(candles: Candles, **choices) -> Live:
        made.append(Live(desk, candles, tmp_path, **choices))
        return made[-1]

    yield begin
    for one in made:
        one.close()


def test_engine_on_a_recording_places_the_orders_of_the_backtest(live):
    live = live(made_candles(7, 40))
    orders = live.play("sma_cross", "--set", "fast=2", "--set", "slow=4")
    assert len(orders) >= 6
    assert orders == live.backtest("sma_cross", fast=2, slow=4)


def recorded_candles(folder, count: int) -> Candles:
    """Hours of Kraken's export around the spike of 2019-09-13, from 8,000 to 12,000 within one."""
    with gzip.open(folder / "kraken_1h" / "XBTUSD_60.csv.gz", "rt") as file:
        rows = [row for row in csv.reader(file) if int(row[0]) >= SPIKE_S - 20 * 3_600][:count]
    table = np.array([[float(cell) for cell in row[:6]] for row in rows])
    names = ("open", "high", "low", "close", "volume")
    return Candles(
        interval=Interval.H1,
        open_time_ms=table[:, 0].astype(np.int64) * 1_000,
        **{name: table[:, place] for place, name in enumerate(names, 1)},
    )


@pytest.mark.real_data
@pytest.mark.long
def test_it_does_so_on_real_hours_with_a_crash_in_them(live, real_data):
    live = live(recorded_candles(real_data, 90))
    orders = live.play("sma_cross", "--set", "fast=3", "--set", "slow=8")
    assert len(orders) >= 4
    assert orders == live.backtest("sma_cross", fast=3, slow=8)
