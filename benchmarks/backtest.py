"""How long our backtests take: signals, walk, core; and the whole process with candles from memory.

    .venv/bin/python benchmarks/backtest.py [--json] [--bars N …] [--home DIR]

Timing: float64 arrays in memory → trades and equity, signals included, warm, one thread, median of 7.
Candles: a mean-reverting log walk from a seed, one-minute, each opening at the last close. Plain: SMA 20/100,
a tenth of equity, 0.26 % a side. All rules: ATR stop, trailing stop, chandelier, take profit in parts, break-even,
daily loss, drawdown, losing streak, cool-down, slippage with impact. The floor is one pass over the four price columns.
"""

import argparse
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.analysis.strategy_catalogue import strategy_named
from tui_trader.engine.backtest.compiled import run_compiled
from tui_trader.engine.backtest.core_engine import run_on_core
from tui_trader.engine.backtest.request import BacktestRequest
from tui_trader.engine.rules.model import SIZING_RISK, Grid, RiskRules, TradeRules
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.instruments import Symbol

RUNS = 7
CORE_BARS_MAX = 100_000
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


def timed(act: Callable[[], object], runs: int = RUNS) -> tuple[float, float]:
    """Median and smallest of several runs, milliseconds."""
    taken = []
    for _ in range(runs):
        begin = time.perf_counter_ns()
        act()
        taken.append((time.perf_counter_ns() - begin) / 1e6)
    return statistics.median(taken), min(taken)


def row_of(name: str, request: BacktestRequest, bars: int) -> dict[str, object]:
    """One line: the whole run, and the walk alone."""
    first = run_compiled(request)
    parts = [run_compiled(request).seconds for _ in range(RUNS)]
    median, smallest = timed(lambda: run_compiled(request))
    walk = statistics.median(part["run"] for part in parts)
    signals = statistics.median(part["signals"] for part in parts)
    return {
        "what": name,
        "bars": bars,
        "trades": len(first.trades),
        "equity_final": round(first.equity_final_quote, 2),
        "whole_ms": round(median, 3),
        "whole_ms_min": round(smallest, 3),
        "signals_ms": round(signals * 1e3, 3),
        "walk_ms": round(walk * 1e3, 3),
        "walk_ns_a_bar": round(walk * 1e9 / bars, 2),
    }


def floor_ms(candles: Candles) -> float:
    """Reading open, high, low and close once."""
    columns = [candles.column(name) for name in ("open", "high", "low", "close")]
    return timed(lambda: [column.sum() for column in columns])[0]


def core_row(candles: Candles, root: Path) -> dict[str, object]:
    bars = min(CORE_BARS_MAX, len(candles))
    request = request_of(candles[:bars], root)
    seconds = run_on_core(request).seconds["run"]
    return {"what": "core", "bars": bars, "us_a_bar": round(seconds * 1e6 / bars, 2)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--bars", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--home", type=Path, help="keep compiled code here; else it is made anew")
    args = parser.parse_args()
    root = args.home or Path(mkdtemp(prefix="kernels-"))
    small = made_candles(2_000)
    begin = time.perf_counter()
    run_compiled(request_of(small, root))
    rows: list[dict[str, object]] = [
        {"what": "first run in this process", "s": round(time.perf_counter() - begin, 2)}
    ]
    for bars in args.bars:
        candles = made_candles(bars)
        rows.append(row_of("plain", request_of(candles, root), bars))
        rows.append(
            row_of("all rules", request_of(candles, root, rules=ALL_RULES, risk=ALL_LIMITS), bars)
        )
        rows.append({"what": "floor", "bars": bars, "ms": round(floor_ms(candles), 3)})
    rows.append(core_row(candles, root))
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows.append({"what": "peak memory", "mb": round(peak_mb)})
    if args.json:
        print(json.dumps(rows))
        return
    for row in rows:
        print("  ".join(f"{key} {value}" for key, value in row.items()))


if __name__ == "__main__":
    main()
