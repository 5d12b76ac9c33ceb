"""How fast candles come in from a file and out of the store.

    .venv/bin/python benchmarks/store.py [--json] [--rows 1000000]

Figures: the whole import of a CSV in Kraken's format (read, check every row, write, sync), and the load
of as many stored candles into checked columns; medians of five runs, with the state of the machine,
because other work on it shows in both.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from tui_trader.engine.stores.candles import ParquetCandleStore
from tui_trader.engine.stores.candles.candle_file import FileRequest
from tui_trader.engine.stores.candles.importing import Imported, Importer, ImportRequest
from tui_trader.engine.values.candles import Interval

RUNS = 5
ROWS = 1_000_000
START_MS = 1_577_836_800_000
IMPORT_S_TARGET, LOAD_MS_TARGET = 1.0, 50.0


def write_csv(path: Path, rows: int) -> None:
    """One-minute candles of a random walk, as Kraken exports them."""
    chance = np.random.default_rng(1)
    close = np.round(20_000 * np.exp(np.cumsum(chance.normal(0, 1e-4, rows))), 1)
    opened = np.append(close[:1], close[:-1])
    columns = {
        "time": START_MS // 1_000 + 60 * np.arange(rows),
        "open": opened,
        "high": np.maximum(opened, close) + 0.5,
        "low": np.minimum(opened, close) - 0.5,
        "close": close,
        "volume": np.round(chance.exponential(1, rows), 8),
        "trades": chance.integers(1, 100, rows),
    }
    pa_csv.write_csv(pa.table(columns), path, pa_csv.WriteOptions(include_header=False))


class Run(NamedTuple):
    """One call: seconds on the clock, and of processors, which other work disturbs less."""

    wall_s: float
    processor_s: float


def timed(act: Callable[[], object]) -> Run:
    """One call."""
    began, worked = time.perf_counter(), time.process_time()
    act()
    return Run(time.perf_counter() - began, time.process_time() - worked)


def middle(runs: Sequence[Run], unit: float) -> tuple[float, float]:
    """Medians in units of a second."""
    return (
        round(statistics.median(run.wall_s for run in runs) * unit, 3),
        round(statistics.median(run.processor_s for run in runs) * unit, 3),
    )


def measure(rows: int) -> dict[str, object]:
    """Both figures, and what the machine was doing."""
    load_before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "XBTUSD_1.csv")
        write_csv(path, rows)
        now_ms = START_MS + (rows + 1) * 60_000
        stores = [ParquetCandleStore(Path(folder, f"home{run}")) for run in range(RUNS)]

        def import_into(store: ParquetCandleStore) -> None:
            request = ImportRequest("kraken", FileRequest(now_ms=now_ms))
            (outcome,) = Importer(store, request, lambda *_: None).run([path])
            assert isinstance(outcome, Imported)
            assert outcome.merge.added == rows, outcome

        imports = [timed(lambda store=store: import_into(store)) for store in stores]
        candles = stores[0].load("kraken", "BTC/USD", Interval.M1)
        assert len(candles) == rows
        loads = [
            timed(lambda: stores[0].load("kraken", "BTC/USD", Interval.M1)) for _ in range(RUNS)
        ]
        size_mb = path.stat().st_size / 1e6
        stored_mb = sum(one.stat().st_size for one in stores[0].root.rglob("*.parquet")) / 1e6
    return {
        "rows": rows,
        "csv_mb": round(size_mb, 1),
        "stored_mb": round(stored_mb, 1),
        "import_s": middle(imports, 1)[0],
        "import_processor_s": middle(imports, 1)[1],
        "import_s_runs": [round(one.wall_s, 3) for one in imports],
        "load_ms": middle(loads, 1_000)[0],
        "load_processor_ms": middle(loads, 1_000)[1],
        "load_ms_runs": [round(1_000 * one.wall_s, 1) for one in loads],
        "cores": os.cpu_count(),
        "load_average": [round(load_before, 2), round(os.getloadavg()[0], 2)],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rows", type=int, default=ROWS)
    args = parser.parse_args()
    found = measure(args.rows)
    if args.json:
        print(json.dumps(found))
        return
    print(f"{found['rows']:,} candles; CSV {found['csv_mb']} MB, stored {found['stored_mb']} MB")
    for name, unit, target in (("import", "s", IMPORT_S_TARGET), ("load", "ms", LOAD_MS_TARGET)):
        wall, processor = found[f"{name}_{unit}"], found[f"{name}_processor_{unit}"]
        runs = found[f"{name}_{unit}_runs"]
        print(f"{name:<6} {wall} {unit} (target {target:g}; processors {processor} {unit})  {runs}")
    print(f"{found['cores']} cores, load average before and after: {found['load_average']}")


if __name__ == "__main__":
    main()
