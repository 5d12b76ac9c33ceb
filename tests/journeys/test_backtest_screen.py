"""A backtest by keys alone on a small terminal: run, cancel, run again, sort, jump, reopen; the engine trades on."""

from dataclasses import replace

import pytest

from tests.cli.candle_files import write_csv
from tests.engine.analysis.made_candles import walk
from tests.engine.backtest.made_runs import KERNELS
from tui_trader.engine.values.time import MS_PER_DAY

pytestmark = pytest.mark.journey
SMALL = (80, 24)
START_S, RUN_S = 60, 90
CANDLES = 150_000
EARLIER_MS = 6 * 365 * MS_PER_DAY
"""So many candles from where made ones begin would reach into the future."""


@pytest.fixture
def desk_with_candles(desk, tmp_path):
    """A home with candles, and with what other tests compiled: to compile takes ten seconds."""
    KERNELS.mkdir(parents=True, exist_ok=True)
    (desk.home / "cache").symlink_to(KERNELS)
    candles = walk(CANDLES)
    past = replace(candles, open_time_ms=candles.open_time_ms - EARLIER_MS)
    file = write_csv(tmp_path / "candles.csv", past)
    done = desk.run("data", "import", str(file), "--pair", "BTC/USD", "--timeframe", "15m")
    assert done.returncode == 0, done.stderr
    return desk


def run_the_slow_engine_and_cancel(desk, console) -> None:
    """The engine that trades, on candles of the past: slow enough to go elsewhere meanwhile."""
    console.type("G", "l")
    console.until("▸engine", "core")
    console.type("r")
    console.until("RUNNING", "[2 equity]", "x cancels")
    console.type("F2")
    console.until("[F2 desk]", "feed ok")
    console.type("F5")
    console.until("[F5 backtest]", "RUNNING")
    console.type("x")
    console.until("CANCELLED after", "nothing was kept", seconds=5)
    placed = desk.run("trade", "BTC/USD", "buy", "0.01", "--limit", "40000", "--yes")
    assert placed.returncode == 0, placed.stderr


def run_and_read(console) -> None:
    """The fast engine; its trades by profit, the best one on the chart."""
    console.type("1", "G", "l")
    console.until("▸engine", "compiled")
    console.type("r")
    console.until("holding", "chance", "EQUITY", seconds=RUN_S)
    console.type("4", "l", "l", "l", "l", "l", "s")
    console.until("▸pnl▾", "1 of")
    console.type("Enter")
    console.until("▌3 CHART", "▲ 20", "┊")
    console.type("j")
    console.until("▌3 CHART", "▲ 20")


def reopen(console) -> None:
    """Only the run that ended is kept; it comes back with its form."""
    console.type("7")
    console.until("▌7 RUNS", "1 kept", "● sma_cross")
    console.type("Enter", "5")
    console.until("▌5 METRICS", "Total return", "Sharpe")
    console.type("6")
    console.until("▌6 MONTHS", "Jan", "year")


def test_run_cancel_run_again_sort_jump_and_reopen(desk_with_candles):
    desk = desk_with_candles
    console = desk.console(size=SMALL)
    console.until("DEMO", "feed ok", "BTC/USD", seconds=START_S)
    desk.until_ready()
    console.type("F5")
    console.until("[F5 backtest]", "▌1 FORM", "sma_cross", "slow", seconds=RUN_S)
    run_the_slow_engine_and_cancel(desk, console)
    run_and_read(console)
    reopen(console)
    assert len(desk.json("backtest", "--runs")["runs"]) == 1
    console.type("!")
    console.until("HALTED", "! STOP")
    console.type("q")
    console.until("shut the engine down")
    console.type("d")
    console.until("LEFT-0", seconds=15)
