"""Trade lists of backtesting.py, reproduced: the same candles, times and prices.

Its conventions: next open, whole units, all cash, 0.26 % a side, the open position sold at the last open.
It holds no cash back for a moving market, so it buys half a percent more; returns do not know that.
"""

import csv
import gzip
from datetime import UTC, datetime

import numpy as np
import pytest

from tests.engine.backtest.made_runs import KERNELS
from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.analysis.strategy_catalogue import strategy_named
from tui_trader.engine.backtest.compiled import run_compiled
from tui_trader.engine.backtest.core_engine import run_on_core
from tui_trader.engine.backtest.request import BacktestRequest
from tui_trader.engine.rules.model import Grid, TradeRules
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.instruments import Symbol

BTC = Symbol("BTC/USDT")
FEES = (0.0026,) * 9
RULES = TradeRules(
    fraction_ratio=1.0, slippage_bps=0.0, spread_bps=0.0, fee_makers=FEES, fee_takers=FEES
)
POINT = 0.001


def time_ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1_000)


def candles_of(folder) -> Candles:
    with gzip.open(folder / "bt_binance_BTC_1h_2020_input.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    columns = {
        name.lower(): np.array([float(row[name]) for row in rows])
        for name in ("Open", "High", "Low", "Close", "Volume")
    }
    times = np.array([time_ms(row["date"]) for row in rows])
    return Candles(interval=Interval.H1, open_time_ms=times, **columns)


@pytest.mark.real_data
@pytest.mark.parametrize("run", [run_compiled, run_on_core])
@pytest.mark.parametrize(
    ("name", "parameters", "file", "count"),
    [
        ("sma_cross", {"fast": 20, "slow": 50}, "sma20_50", 108),
        ("rsi_reversion", {"period": 14, "enter": 30.0, "leave": 70.0}, "rsi14_30_70", 35),
    ],
)
def test_list_of_trades_is_the_same(run, name, parameters, file, count, real_data):
    folder = real_data / "metrics"
    request = BacktestRequest(
        candles={BTC: candles_of(folder)},
        strategy=strategy_named(name),
        parameters=parameters,
        grids={BTC: Grid(100.0, 1.0, 1, 0.0)},
        cash_quote=1e7,
        rules=RULES,
        cache_root=KERNELS,
    )
    trades = run(request).trades
    with (folder / f"bt_binance_BTC_1h_2020_{file}_trades.csv").open() as table:
        theirs = list(csv.DictReader(table))
    assert len(trades) == len(theirs) == count
    assert trades.entry_time_ms.tolist() == [time_ms(row["EntryTime"]) for row in theirs]
    assert trades.exit_time_ms.tolist() == [time_ms(row["ExitTime"]) for row in theirs]
    assert trades.entry_price.tolist() == [float(row["EntryPrice"]) for row in theirs]
    assert trades.exit_price.tolist() == [float(row["ExitPrice"]) for row in theirs]
    returns = [float(row["ReturnPct"]) for row in theirs]
    assert np.abs(trades.return_ratio - returns).max() < POINT
