"""How long indicators take: the whole catalogue over a million bars, and for one new candle.

    .venv/bin/python benchmarks/analysis.py [--json] [--bars N]

Figures: each indicator over N made candles, and the ratio to a bare call of TA-Lib where it wraps one;
the whole catalogue and all patterns over the same candles; the whole catalogue for a new candle of 20
pairs, each over the history that it remembers. Medians of several runs. pandas-ta-classic and ta are
not measured: they are no dependency of this project, and this runs in its environment.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from tests.engine.analysis.made_candles import walk
from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.analysis.catalogue import all_indicators
from tui_trader.engine.analysis.compute import compute
from tui_trader.engine.analysis.declaration import Indicator
from tui_trader.engine.analysis.patterns import find_patterns
from tui_trader.engine.analysis.talib_source import TaLib, talib_function

RUNS = 5
PAIRS = 20
ANCHORED_BARS = 1_000
"""History given to indicators that no number of bars bounds; a day of minutes is 1,440."""
PATTERN_BARS = 64
SLOWEST = 10


def median_ms(
    act: Callable[[], object], runs: int = RUNS, clock: Callable[[], int] = time.perf_counter_ns
) -> float:
    """Median of several runs after one that warms caches."""
    act()
    taken = []
    for _ in range(runs):
        begin = clock()
        act()
        taken.append((clock() - begin) / 1e6)
    return statistics.median(taken)


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
        ours = median_ms(lambda entry=indicator: compute(candles, entry))
        bare = bare_call(candles, indicator)
        theirs = median_ms(bare) if bare else None
        rows.append(
            {
                "name": indicator.name,
                "ms": round(ours, 2),
                "talib_ms": None if theirs is None else round(theirs, 2),
                "ratio": None if theirs is None else round(ours / theirs, 2),
            }
        )
    return rows


def one_new_candle(candles: Candles) -> dict[str, float]:
    """Whole catalogue and all patterns for a new candle of PAIRS pairs, by the wall and by the CPU.

    All of it runs on one core, so on a machine with nothing else to do the two are one number.
    """
    catalogue = []
    for indicator in all_indicators():
        memory = indicator.memory_bars(indicator.checked({})) or ANCHORED_BARS
        catalogue.append((indicator, candles[-memory:]))
    recent = candles[-PATTERN_BARS:]

    def act() -> None:
        for _ in range(PAIRS):
            for indicator, history in catalogue:
                compute(history, indicator)
            find_patterns(recent)

    return {
        "new_candle_20_pairs_ms": round(median_ms(act), 1),
        "new_candle_20_pairs_cpu_ms": round(median_ms(act, clock=time.process_time_ns), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--bars", type=int, default=1_000_000)
    args = parser.parse_args()
    candles = walk(args.bars)
    rows = whole_catalogue(candles)
    wrapped = [row for row in rows if row["talib_ms"] is not None]
    report = {
        "bars": args.bars,
        "indicators": len(rows),
        "catalogue_ms": round(sum(row["ms"] for row in rows), 1),
        "wrapped_ms": round(sum(row["ms"] for row in wrapped), 1),
        "bare_talib_ms": round(sum(row["talib_ms"] for row in wrapped), 1),
        "patterns_ms": round(median_ms(lambda: find_patterns(candles), runs=1), 1),
        **one_new_candle(candles),
        "rows": rows,
    }
    report["ratio"] = round(report["wrapped_ms"] / report["bare_talib_ms"], 2)
    if args.json:
        print(json.dumps(report))
        return
    for key, value in report.items():
        if key != "rows":
            print(f"{key:>24}  {value}")
    print("\nslowest")
    for row in sorted(rows, key=lambda row: -row["ms"])[:SLOWEST]:
        print(f"{row['name']:>24}  {row['ms']:>9} ms")
    print("\nfurthest from bare TA-Lib")
    for row in sorted(wrapped, key=lambda row: -row["ratio"])[:SLOWEST]:
        print(f"{row['name']:>24}  {row['ratio']:>6} times  {row['talib_ms']:>8} ms bare")


if __name__ == "__main__":
    main()
