"""How long our backtests take beside vectorbt, backtesting.py and freqtrade: runs, whole processes, memory.

    .venv/bin/python benchmarks/backtest.py [--json] [--bars N …] [--home DIR] [--peers DIR]

Timing: float64 arrays in memory → trades and equity, signals included, warm, one thread, median of 7.
Candles: a mean-reverting log walk from a seed, one-minute, each opening at the last close. Plain: SMA 20/100,
a tenth of equity, 0.26 % a side. All rules: ATR stop, trailing stop, chandelier, take profit in parts, break-even,
daily loss, drawdown, losing streak, cool-down, slippage with impact. The floor is one pass over the four price columns.
Each peer has an environment of its own below --peers, made if it is not there (backtest_peers.py); without --peers
only ours is measured. A whole process of ours loads from the candle store and is followed by metrics, runs by
chance and the kept run; one of a peer loads arrays and makes neither.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
import venv
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from benchmarks.backtest_peers import PEERS
from tui_trader.engine.analysis.candles import COLUMNS, Candles
from tui_trader.engine.analysis.strategy_catalogue import strategy_named
from tui_trader.engine.backtest.compiled import run_compiled
from tui_trader.engine.backtest.core_engine import run_on_core
from tui_trader.engine.backtest.report import curve_of, holding_quote, metrics_of
from tui_trader.engine.backtest.request import BacktestRequest
from tui_trader.engine.rules.model import SIZING_RISK, Grid, RiskRules, TradeRules
from tui_trader.engine.stores.candles import ParquetCandleStore
from tui_trader.engine.stores.candles.layout import Series
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.instruments import Symbol

RUNS = 7
CORE_BARS_MAX = 100_000
PEER_BARS_MAX = {"vectorbt": 5_000_000, "backtesting": 1_000_000, "freqtrade": CORE_BARS_MAX}
"""freqtrade takes 30 s for a million."""
PROCESS_BARS = 1_000_000
SYMBOL = Symbol("BTC/USD")
FEES = (0.0026,) * 9
PLAIN = TradeRules(
    fraction_ratio=0.1, slippage_bps=0.0, spread_bps=0.0, fee_makers=FEES, fee_takers=FEES
)
ALL_RULES = PLAIN._replace(
    sizing=SIZING_RISK,
    risk_ratio=0.002,
    stop_atr=6.0,
    chandelier_atr=8.0,
    trail_ratio=0.03,
    break_even_r=1.0,
    take_r=3.0,
    take_parts=2,
    time_stop_bars=2_000,
    slippage_bps=1.0,
    spread_bps=1.0,
    impact=0.1,
)
ALL_LIMITS = RiskRules(
    position_max_quote=1e9,
    position_max_ratio=0.5,
    exposure_max_ratio=0.8,
    positions_max=3,
    daily_loss_max_ratio=0.05,
    # Asked at every entry, never reached: a run that stops trading would look fast.
    drawdown_max_ratio=1.0,
    losing_streak_max=20,
    losing_streak_pause_ms=3_600_000,
    cool_down_ms=300_000,
    trades_per_day_max=100,
)


def made_candles(count: int) -> Candles:
    """A mean-reverting walk of one-minute candles, prices in whole cents."""
    chance = np.random.default_rng([7, count])
    pull, pace = 2e-4, 8e-4
    noise = chance.normal(0.0, pace, count)
    logs = np.empty(count)
    level = 0.0
    for row in range(count):
        level += noise[row] - pull * level
        logs[row] = level
    close = np.round(30_000.0 * np.exp(logs), 2)
    open_ = np.concatenate([[30_000.0], close[:-1]])
    reach = np.abs(chance.normal(0.0, pace / 2, (2, count)))
    return Candles(
        interval=Interval.M1,
        open_time_ms=1_600_000_020_000 + 60_000 * np.arange(count),
        open=open_,
        high=np.round(np.maximum(open_, close) * (1 + reach[0]), 2),
        low=np.round(np.minimum(open_, close) * (1 - reach[1]), 2),
        close=close,
        volume=chance.exponential(5.0, count),
    )


def request_of(
    candles: Candles, root: Path, *, rules: TradeRules = PLAIN, risk: RiskRules | None = None
) -> BacktestRequest:
    return BacktestRequest(
        candles={SYMBOL: candles},
        strategy=strategy_named("sma_cross"),
        parameters={"fast": 20, "slow": 100},
        grids={SYMBOL: Grid(100.0, 1e8, 1, 0.0)},
        cash_quote=1e7,
        rules=rules,
        risk=risk or RiskRules(),
        cache_root=root,
    )


class Taken(NamedTuple):
    """Milliseconds of several runs; the processor's are less disturbed by other work."""

    median: float
    least: float
    processor: float


def timed(act: Callable[[], object], runs: int = RUNS) -> Taken:
    """Run it several times."""
    walls, processors = [], []
    for _ in range(runs):
        begin, begin_cpu = time.perf_counter_ns(), time.process_time_ns()
        act()
        processors.append((time.process_time_ns() - begin_cpu) / 1e6)
        walls.append((time.perf_counter_ns() - begin) / 1e6)
    return Taken(statistics.median(walls), min(walls), statistics.median(processors))


def row_of(name: str, request: BacktestRequest, bars: int) -> dict[str, object]:
    """One line: the whole run, and the walk alone."""
    first = run_compiled(request)
    parts = [run_compiled(request).seconds for _ in range(RUNS)]
    whole = timed(lambda: run_compiled(request))
    walk = statistics.median(part["run"] for part in parts)
    signals = statistics.median(part["signals"] for part in parts)
    return {
        "what": name,
        "bars": bars,
        "trades": len(first.trades),
        "equity_final": round(first.equity_final_quote, 2),
        "whole_ms": round(whole.median, 3),
        "whole_ms_min": round(whole.least, 3),
        "whole_cpu_ms": round(whole.processor, 3),
        "signals_ms": round(signals * 1e3, 3),
        "walk_ms": round(walk * 1e3, 3),
        "walk_ns_a_bar": round(walk * 1e9 / bars, 2),
    }


def floor_ms(candles: Candles) -> float:
    """Reading open, high, low and close once."""
    columns = [candles.column(name) for name in ("open", "high", "low", "close")]
    return timed(lambda: [column.sum() for column in columns]).median


def metrics_ms(request: BacktestRequest) -> float:
    """All metrics of one run."""
    outcome = run_compiled(request)
    curve = curve_of(outcome, Interval.M1.ms)
    held = np.concatenate([[request.cash_quote], holding_quote(request, outcome.time_ms)])
    return timed(lambda: metrics_of(outcome, curve, held)).median


def core_row(candles: Candles, root: Path) -> dict[str, object]:
    bars = min(CORE_BARS_MAX, len(candles))
    request = request_of(candles[:bars], root)
    whole = timed(lambda: run_on_core(request), runs=3)
    seconds = whole.median / 1e3
    return {
        "what": "core",
        "bars": bars,
        "run_ms": round(whole.median, 1),
        "run_cpu_ms": round(whole.processor, 1),
        "us_a_bar": round(seconds * 1e6 / bars, 2),
        "bars_a_second": round(bars / seconds),
    }


def finished(command: list[str | Path]) -> tuple[str, float]:
    """What a process printed, and its seconds."""
    plain = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    begin = time.perf_counter()
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=plain, check=True
    )
    return done.stdout.decode(), time.perf_counter() - begin


def peak_mb_of(arguments: list[str]) -> int:
    """Most memory of one run of the command, by its own word.

    What the system says of a child counts what its parent held when it was forked.
    """
    told = (
        "import sys; from tui_trader.__main__ import main; main(sys.argv[1:]);"
        "print(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    out, _ = finished([sys.executable, "-c", told, *arguments])
    return round(int(out.split()[-2]) / 1024)


def process_rows() -> list[dict[str, object]]:
    """The command itself on stored candles: the first time, and then."""
    home = Path(mkdtemp(prefix="backtest-home-"))
    series = Series("kraken", SYMBOL, Interval.M1)
    ParquetCandleStore(home).write(series, made_candles(PROCESS_BARS))
    call = ["backtest", "--home", str(home), "--pair", SYMBOL, "--timeframe", "1m"]
    call += ["--strategy", "sma_cross", "--set", "fast=20", "--set", "slow=100"]
    command: list[str | Path] = [sys.executable, "-m", "tui_trader", *call]
    rows: list[dict[str, object]] = []
    for name, more in (
        ("JSON", ["--json"]),
        ("report", []),
        ("no chance", ["--json", "--seeds", "0"]),
    ):
        _, first_s = finished([*command, *more])
        seconds = [finished([*command, *more])[1] for _ in range(RUNS)]
        rows.append(
            {
                "what": f"whole process, {name}",
                "bars": PROCESS_BARS,
                "first_s": round(first_s, 2),
                "s": round(statistics.median(seconds), 3),
                "s_min": round(min(seconds), 3),
                "peak_mb": peak_mb_of([*call, *more]),
            }
        )
    return rows


def peer_rows(folder: Path, candles: Candles) -> list[dict[str, object]]:
    """Every peer that can take so many candles."""
    script = Path(__file__).with_name("backtest_peers.py")
    rows: list[dict[str, object]] = []
    path = Path(mkdtemp(prefix="candles-")) / "candles.npz"
    columns = {name: candles.column(name) for name in COLUMNS}
    np.savez(path, open_time_ms=candles.open_time_ms, **columns)
    for peer in PEERS:
        if len(candles) > PEER_BARS_MAX[peer]:
            continue
        python = peer_python(folder, peer)
        out, _ = finished([python, script, peer, path, str(RUNS)])
        row = {"what": peer} | json.loads(out)
        if len(candles) == PROCESS_BARS:
            whole = [finished([python, script, peer, path, "0"])[1] for _ in range(3)]
            row["process_s"] = round(statistics.median(whole), 2)
        rows.append(row)
    path.unlink()
    return rows


def peer_python(folder: Path, peer: str) -> Path:
    """Python of a peer's own environment, which is made if it is not there."""
    python = folder / peer / "bin" / "python"
    if not python.exists():
        venv.create(folder / peer, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", PEERS[peer]], check=True)
    return python


def ratios(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Ours beside theirs, of this very run."""
    by = {(str(row["what"]), row.get("bars")): row for row in rows}
    found: list[dict[str, object]] = []

    def ratio(name: str, theirs: tuple[object, ...], ours: tuple[object, ...]) -> None:
        (peer, bars, field), (what, own_bars, own_field) = theirs, ours
        there, here = by.get((str(peer), bars)), by.get((str(what), own_bars))
        if there and here:
            times = float(str(there[str(field)])) / float(str(here[str(own_field)]))
            found.append({"what": f"ratio: {name}", "bars": bars, "times": round(times, 1)})

    for bars in sorted({int(str(row["bars"])) for row in rows if "bars" in row}):
        ratio("vectorbt / ours, medians", ("vectorbt", bars, "run_ms"), ("plain", bars, "whole_ms"))
        ratio(
            "vectorbt / ours, best runs",
            ("vectorbt", bars, "run_ms_min"),
            ("plain", bars, "whole_ms_min"),
        )
        ratio(
            "vectorbt / ours, processor time",
            ("vectorbt", bars, "run_cpu_ms"),
            ("plain", bars, "whole_cpu_ms"),
        )
        ratio(
            "vectorbt plain / ours with all rules, processor time",
            ("vectorbt", bars, "run_cpu_ms"),
            ("all rules", bars, "whole_cpu_ms"),
        )
        ratio(
            "freqtrade / our core, processor time",
            ("freqtrade", bars, "run_cpu_ms"),
            ("core", bars, "run_cpu_ms"),
        )
        ratio(
            "vectorbt plain / ours with all rules",
            ("vectorbt", bars, "run_ms"),
            ("all rules", bars, "whole_ms"),
        )
        ratio("backtesting.py / ours", ("backtesting", bars, "run_ms"), ("plain", bars, "whole_ms"))
        ratio("freqtrade / our core", ("freqtrade", bars, "run_ms"), ("core", bars, "run_ms"))
        ratio("ours / floor", ("plain", bars, "whole_ms"), ("floor", bars, "ms"))
        for peer in PEERS:
            ratio(
                f"whole process, {peer} / ours",
                (peer, bars, "process_s"),
                ("whole process, JSON", bars, "s"),
            )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--bars", type=int, nargs="+", default=[100_000, 1_000_000, 5_000_000])
    parser.add_argument("--home", type=Path, help="keep compiled code here; else it is made anew")
    parser.add_argument("--peers", type=Path, metavar="DIR", help="environments of the peers")
    parser.add_argument("--processes", action="store_true", help="whole processes of ours as well")
    args = parser.parse_args()
    rows: list[dict[str, object]] = [{"what": "load", "at the start": os.getloadavg()[0]}]
    root = args.home or Path(mkdtemp(prefix="kernels-"))
    begin = time.perf_counter()
    run_compiled(request_of(made_candles(2_000), root))
    first_s = round(time.perf_counter() - begin, 2)
    rows.append({"what": "first run in this process", "s": first_s})
    for bars in args.bars:
        candles = made_candles(bars)
        rows += own_rows(candles, root)
        if args.peers:
            rows += peer_rows(args.peers, candles)
    if args.processes:
        rows += process_rows()
    rows += ratios(rows)
    rows.append({"what": "load", "at the end": os.getloadavg()[0]})
    if args.json:
        print(json.dumps(rows))
        return
    for row in rows:
        print("  ".join(f"{key} {value}" for key, value in row.items()))


def own_rows(candles: Candles, root: Path) -> list[dict[str, object]]:
    """Ours, in this process."""
    bars = len(candles)
    plain = request_of(candles, root)
    strict = request_of(candles, root, rules=ALL_RULES, risk=ALL_LIMITS)
    rows = [
        row_of("plain", plain, bars) | {"metrics_ms": round(metrics_ms(plain), 3)},
        row_of("all rules", strict, bars),
        {"what": "floor", "bars": bars, "ms": round(floor_ms(candles), 3)},
    ]
    return [*rows, core_row(candles, root)] if bars == CORE_BARS_MAX else rows


if __name__ == "__main__":
    main()
