"""How long the analysis takes: a million bars, other libraries, many pairs, and one new candle.

    .venv/bin/python benchmarks/analysis.py [--json] [--bars N] [--peers DIR]

Figures of one run: each indicator over N made candles, beside a bare call of TA-Lib where it wraps one;
all patterns over the same candles; with --peers the indicators that pandas-ta-classic and ta have as
well, each library in one process of an environment of its own (made in DIR if it is not there: they
are no dependency of this project); the catalogue of several pairs on one thread and on all cores; and
the whole catalogue with all patterns for a new candle of 20 pairs. Medians; ratios of the same run.

Times are those of the CPU, because other work on the machine stretches the wall; only the threads are
measured by the wall, and where it is given beside.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np

from benchmarks.analysis_peers import PARAMETERS, PEERS
from tests.engine.analysis.made_candles import candle_at, walk
from tui_trader.engine.analysis.candles import COLUMNS, Candles
from tui_trader.engine.analysis.catalogue import all_indicators, indicator_named
from tui_trader.engine.analysis.compute import compute
from tui_trader.engine.analysis.declaration import Indicator
from tui_trader.engine.analysis.pattern_table import PATTERNS
from tui_trader.engine.analysis.patterns import find_patterns, pattern_values
from tui_trader.engine.analysis.readings import Readings
from tui_trader.engine.analysis.summary import read_summary, summarised
from tui_trader.engine.analysis.talib_source import TaLib, talib_function

RUNS = 5
PAIRS = 20
NEW_CANDLES = 30
HISTORY_BARS = 2_000
PAIR_BARS = 50_000
SLOWEST = 10


Clock = Callable[[], float]


def seconds(act: Callable[[], object], clock: Clock = time.process_time) -> float:
    """Of one run."""
    begin = clock()
    act()
    return clock() - begin


def median_ms(act: Callable[[], object], runs: int = RUNS) -> float:
    """Median of several runs after one that warms caches."""
    act()
    return statistics.median(seconds(act) for _ in range(runs)) * 1e3


def side_by_side_ms(
    first: Callable[[], object], second: Callable[[], object], clock: Clock = time.process_time
) -> tuple[float, float]:
    """Medians of two, run by turns, so that what else the machine does meets both."""
    first(), second()
    pairs = [(seconds(first, clock), seconds(second, clock)) for _ in range(RUNS)]
    return tuple(statistics.median(column) * 1e3 for column in zip(*pairs, strict=True))


def bare_call(candles: Candles, indicator: Indicator) -> Callable[[], object] | None:
    """The same function of TA-Lib on the same arrays, without us."""
    source = indicator.source
    if not isinstance(source, TaLib):
        return None
    chosen = indicator.checked({})
    options = {theirs: chosen[ours] for theirs, ours in source.options.items()}
    columns = [np.array(candles.column(name)) for name in source.inputs]
    function = talib_function(source.function)
    return lambda: function(*columns, **options, **source.constants)


def whole_catalogue(candles: Candles) -> list[dict[str, object]]:
    """One row an indicator."""
    rows = []
    for indicator in all_indicators():
        bare = bare_call(candles, indicator)
        act = lambda entry=indicator: compute(candles, entry)  # noqa: E731
        ours, theirs = side_by_side_ms(act, bare) if bare else (median_ms(act), None)
        rows.append({"name": indicator.name, "ms": ours, "talib_ms": theirs})
    return rows


def peers(candles: Candles, folder: Path) -> dict[str, object]:
    """Milliseconds of the shared indicators: ours, and each peer in a process of its own."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PEERS.values()], check=True)
    ours = {
        name: median_ms(lambda n=name, p=given: compute(candles, indicator_named(n), **p))
        for name, given in PARAMETERS.items()
    }
    report: dict[str, object] = {"tui-trader": ours}
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch, "candles.npz")
        np.savez(file, **{name: np.array(candles.column(name)) for name in COLUMNS})
        for peer in PEERS:
            call = [python, Path(__file__).with_name("analysis_peers.py"), peer, file]
            done = subprocess.run(call, check=True, capture_output=True, text=True)
            report[peer] = json.loads(done.stdout.splitlines()[-1])
    sums = {name: sum(times.values()) for name, times in report.items()}
    best = min(sums[peer] for peer in PEERS)
    return {"shared": report, "sums_ms": sums, "times_faster": best / sums["tui-trader"]}


def many_pairs() -> dict[str, float]:
    """Several pairs on one thread and on every core: all of it, and what TA-Lib computes of it.

    TA-Lib lets go of the interpreter while it computes; our own windows do so only in part.
    """
    pairs = [walk(PAIR_BARS, seed=seed) for seed in range(2 * (os.cpu_count() or 1))]
    every = all_indicators()
    wrapped = [entry for entry in every if isinstance(entry.source, TaLib)]
    whole, of_talib = (_on_threads(pairs, chosen) for chosen in (every, wrapped))
    return {
        "pairs": len(pairs),
        "one_thread_ms": whole[0],
        "all_cores_ms": whole[1],
        "speed_up": whole[0] / whole[1],
        "talib_speed_up": of_talib[0] / of_talib[1],
    }


def _on_threads(pairs: list[Candles], indicators: list[Indicator]) -> tuple[float, float]:
    def read(candles: Candles) -> None:
        for indicator in indicators:
            compute(candles, indicator)
        for pattern in PATTERNS:
            pattern_values(candles, pattern)

    def on_all_cores() -> None:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(read, pairs))

    return side_by_side_ms(
        lambda: [read(candles) for candles in pairs], on_all_cores, time.perf_counter
    )


def new_candle() -> dict[str, float]:
    """Whole catalogue and all patterns for a new candle of PAIRS pairs, by the wall and by the CPU."""
    made = [walk(HISTORY_BARS + NEW_CANDLES + 1, seed=seed) for seed in range(PAIRS)]
    begin = time.perf_counter()
    desks = [Readings(candles[:HISTORY_BARS]) for candles in made]
    opened_ms = (time.perf_counter() - begin) * 1e3
    wall, cpu, words = [], [], []
    for row in range(HISTORY_BARS, HISTORY_BARS + NEW_CANDLES):
        arrived = [candle_at(candles, row) for candles in made]
        start, start_cpu = time.perf_counter(), time.process_time()
        seen = [desk.push(*one) for desk, one in zip(desks, arrived, strict=True)]
        wall.append(time.perf_counter() - start)
        cpu.append(time.process_time() - start_cpu)
        start = time.perf_counter()
        for desk, snapshot in zip(desks, seen, strict=True):
            summarised(snapshot, desk.followers)
        words.append(time.perf_counter() - start)
    closed = read_summary(made[0][: HISTORY_BARS + NEW_CANDLES])
    assert summarised(seen[0], desks[0].followers).total == closed.total, "they must agree"
    return {
        "pairs": PAIRS,
        "new_candle_ms": statistics.median(wall) * 1e3,
        "new_candle_cpu_ms": statistics.median(cpu) * 1e3,
        "slowest_ms": max(wall) * 1e3,
        "in_words_ms": statistics.median(words) * 1e3,
        "opened_ms": opened_ms,
    }


def measured(bars: int, folder: Path | None) -> dict[str, object]:
    """The whole report."""
    load = os.getloadavg()[0]
    candles = walk(bars)
    threads, arrival = many_pairs(), new_candle()
    rows = whole_catalogue(candles)
    wrapped = [row for row in rows if row["talib_ms"] is not None]
    ours, bare = (sum(row[key] for row in wrapped) for key in ("ms", "talib_ms"))
    return {
        "bars": bars,
        "load": load,
        "catalogue": {
            "indicators": len(rows),
            "ms": sum(row["ms"] for row in rows),
            "wrapped_ms": ours,
            "bare_talib_ms": bare,
            "times_bare_talib": ours / bare,
            "patterns_ms": median_ms(
                lambda: [pattern_values(candles, pattern) for pattern in PATTERNS], runs=1
            ),
            "sightings_ms": median_ms(lambda: find_patterns(candles), runs=1),
        },
        "many_pairs": threads,
        "new_candle": arrival,
        "peers": peers(candles, folder) if folder else None,
        "rows": rows,
    }


def show(report: dict[str, object]) -> None:
    """The report for people."""
    print(f"{report['bars']:,} bars, load {report['load']:.1f} at the start")
    for section in ("catalogue", "many_pairs", "new_candle"):
        print(f"\n{section}")
        for key, value in report[section].items():
            print(f"{key:>24}  {value:,.2f}")
    rows = report["rows"]
    print("\nslowest")
    for row in sorted(rows, key=lambda row: -row["ms"])[:SLOWEST]:
        print(f"{row['name']:>24}  {row['ms']:>9.1f} ms")
    print("\nfurthest from bare TA-Lib")
    wrapped = [row for row in rows if row["talib_ms"]]
    for row in sorted(wrapped, key=lambda row: -row["ms"] / row["talib_ms"])[:SLOWEST]:
        ratio = row["ms"] / row["talib_ms"]
        print(f"{row['name']:>24}  {ratio:>6.2f} times  {row['talib_ms']:>8.1f} ms bare")
    if (compared := report["peers"]) is None:
        return
    shared = compared["shared"]
    print(f"\n{'shared indicators, ms':>24}", *(f"{name:>20}" for name in shared))
    for name in PARAMETERS:
        print(f"{name:>24}", *(f"{times[name]:>20,.1f}" for times in shared.values()))
    print(f"{'sum':>24}", *(f"{value:>20,.1f}" for value in compared["sums_ms"].values()))
    print(f"{compared['times_faster']:.1f} times faster than the better of the two")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--bars", type=int, default=1_000_000)
    parser.add_argument("--peers", type=Path, metavar="DIR", help="environment of the peers")
    args = parser.parse_args()
    report = measured(args.bars, args.peers)
    print(json.dumps(report)) if args.json else show(report)


if __name__ == "__main__":
    main()
