"""How the console feels while a backtest computes: key → first output, on the form of a running backtest.

    .venv/bin/python benchmarks/backtest_keys.py [--repeat N] [--json]

Starts an engine on a demo exchange with 100 market events a second, puts two million made candles into its
home, opens the backtest screen on a pseudo-terminal of 80x24 (tools/ptybench.py) and runs `--engine core`,
which takes longer than the measurement. Beside it the same keys on the same form without a run. The screen
as it was in the middle is checked: a run that was over would measure nothing.
"""

import argparse
import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.backtest import SYMBOL, made_candles
from benchmarks.console import PROGRAM, Home, medians, pty
from tui_trader.engine.stores.candles import ParquetCandleStore
from tui_trader.engine.stores.candles.layout import Series
from tui_trader.engine.values.candles import Interval

EVENTS_PER_S = 100
BARS = 2_000_000
SETTLED_S, FORM_S, RUN_S, KEYS_S, MIDDLE_S, END_S = 3, 11, 12, 16, 19, 23
KEYS = 28
KEY_EVERY_S = 0.21


def measured(home: Home, *, is_running: bool) -> dict:
    """Key latency on the form, while a run computes or while none does.

    Raises:
        RuntimeError: the run was not under way in the middle of the keys.
    """
    with TemporaryDirectory() as folder:
        snap = Path(folder) / "middle.txt"
        # The last field of the form is the engine: `l` turns it to the slow one.
        steps = [f"{SETTLED_S}:f5", f"{FORM_S}:G", f"{FORM_S + 0.5}:l"]
        if is_running:
            steps.append(f"{RUN_S}:r")
        found = pty(
            home,
            PROGRAM,
            *("--size", "80x24", "--seconds", str(END_S)),
            *[word for step in steps for word in ("--key", step)],
            *("--keys-every", f"{KEYS_S}:{KEY_EVERY_S}:{KEYS}:k,j"),
            *("--snap", f"{MIDDLE_S}:{snap}"),
            quit_keys="x,q,enter",
        )
        screen = snap.read_text(encoding="utf-8")
    if ("RUNNING" in screen) is not is_running or "F5 backtest" not in screen:
        message = f"the screen in the middle is not what was to be measured:\n{screen}"
        raise RuntimeError(message)
    latency = found["key_to_first_output_ms"]
    return {"key_median_ms": latency["median"], "key_p95_ms": latency["p95"]}


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="one JSON document")
    args = parser.parse_args()
    home = Home(EVENTS_PER_S)
    try:
        home.until_ready()
        series = Series("kraken", SYMBOL, Interval.M1)
        ParquetCandleStore(home.path).write(series, made_candles(BARS))
        found = {
            name: medians([measured(home, is_running=is_running) for _ in range(args.repeat)])
            for name, is_running in (("no_run", False), ("while_a_run_computes", True))
        }
    finally:
        home.close()
    found["load"] = {"average_1min": os.getloadavg()[0]}
    if args.json:
        print(json.dumps(found))
        return 0
    for name, row in found.items():
        print(name)
        for key, value in row.items():
            print(f"    {key:28} {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
