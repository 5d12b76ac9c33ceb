"""How the console feels: first paint, key latency, bytes, CPU, memory, and a terminal that stalls.

    .venv/bin/python benchmarks/console.py [--only NAME ...] [--repeat N] [--json]

Starts an engine and a demo exchange in homes of its own, one with 1,000 market events a second and
one whose market stands still, and runs the console on a pseudo-terminal (tools/ptybench.py) at
120x36, and at 140x45 for what is promised of it; beside it the stock DataTable console on the same
engine. Medians over the repeats. CPU is that of the console's process alone, in percent of one core.
"""

import argparse
import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tui_trader.engine.client.socket_client import connect
from tui_trader.engine.messages.analysis_queries import AskAnalysis, IndicatorPick
from tui_trader.engine.messages.queries import AskStatus
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import NothingRunning

PROGRAM = [sys.executable, "-m", "tui_trader"]
SIZE, LARGE = "120x36", "140x45"
SLOW_LINK_BYTES_PER_S = 20_000
READY_S = 60


class Home:
    """One engine with its exchange, at a given speed."""

    def __init__(self, speed: int) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="tt-bench-"))
        (self.path / "config.toml").write_text(f"[demo]\nspeed = {speed}\n")
        self.environment = os.environ | {
            "TUI_TRADER_HOME": str(self.path),
            "PYTHONPATH": str(ROOT),
        }
        self.engine = subprocess.Popen(
            [*PROGRAM, "--no-ui"],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def until_ready(self) -> None:
        """Wait until orders would pass the gate."""
        end = time.monotonic() + READY_S
        while time.monotonic() < end:
            done = self.run("trade", "BTC/USD", "buy", "0.001", "--validate")
            if done.returncode == 0:
                return
            time.sleep(0.3)
        raise RuntimeError(done.stderr)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One command in this home."""
        return subprocess.run(
            [*PROGRAM, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    def close(self) -> None:
        """End the engine and its exchange."""
        self.run("shutdown")
        try:
            self.engine.wait(15)
        except subprocess.TimeoutExpired:
            self.engine.kill()
        shutil.rmtree(self.path, ignore_errors=True)


def pty(
    home: Home, command: list[str], *options: str, quit_keys: str = "q,enter", size: str = SIZE
) -> dict:
    """One run on a pseudo-terminal."""
    done = subprocess.run(
        [
            sys.executable,
            str(ROOT / "tools" / "ptybench.py"),
            *("--size", size, "--quit", quit_keys),
            *options,
            "--",
            *command,
        ],
        env=home.environment,
        capture_output=True,
        text=True,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    return json.loads(done.stdout)


def medians(runs: list[dict]) -> dict:
    """Median of every number, key by key."""
    first = runs[0]
    if isinstance(first, dict):
        return {key: medians([run[key] for run in runs]) for key in first}
    numbers = [run for run in runs if isinstance(run, int | float) and not isinstance(run, bool)]
    return round(statistics.median(numbers), 2) if numbers else first


def look(home: Home, command: list[str], repeat: int, *, quit_keys: str = "q,enter") -> dict:
    """Seconds 4 to 9 untouched; then a key every 0.21 s, until second 15."""
    runs = []
    for _ in range(repeat):
        result = pty(
            home,
            command,
            *("--seconds", "16", "--window", "untouched:4:9", "--window", "with_keys:9:15"),
            *("--text", "BTC/USD", "--keys-every", "9:0.21:28:j,k"),
            quit_keys=quit_keys,
        )
        untouched, with_keys = result["windows"]["untouched"], result["windows"]["with_keys"]
        runs.append(
            {
                "first_paint_ms": result["first_nonblank_screen_ms"],
                "prices_ms": result["text_ms"]["BTC/USD"],
                **untouched,
                "key_median_ms": result["key_to_first_output_ms"]["median"],
                "key_p95_ms": result["key_to_first_output_ms"]["p95"],
                "with_keys_bytes_per_s": with_keys["bytes_per_s"],
                "with_keys_cpu_percent": with_keys["cpu_percent"],
                "rss_mb": result["peak_rss_main_mb"],
                "quit_ms": result["quit_ms"],
                "is_terminal_restored": all(result["restored"].values()),
            }
        )
    return medians(runs)


def promised(home: Home, repeat: int) -> dict:
    """At 140x45: untouched, while somebody switches pairs five times a second, under a dialog."""
    runs = []
    for _ in range(repeat):
        result = pty(
            home,
            [*PROGRAM, "attach"],
            *("--seconds", "38", "--window", "untouched:6:18", "--window", "switching:20:25"),
            *("--window", "dialog:28:36", "--keys-every", "20:0.2:25:j"),
            *("--key", "26.5:q", "--key", "36.5:esc"),
            size=LARGE,
        )
        windows = result["windows"]
        runs.append(
            {
                **{f"untouched_{name}": value for name, value in windows["untouched"].items()},
                "switching_bytes_per_s": windows["switching"]["bytes_per_s"],
                "switching_cpu_percent": windows["switching"]["cpu_percent"],
                "dialog_bytes_per_s": windows["dialog"]["bytes_per_s"],
                "dialog_cpu_percent": windows["dialog"]["cpu_percent"],
                "quit_ms": result["quit_ms"],
            }
        )
    return medians(runs)


def slow_link(home: Home, repeat: int) -> dict:
    """A line of 20 KB/s: how long a key takes to be seen, and how long leaving takes."""
    runs = []
    for _ in range(repeat):
        result = pty(
            home,
            [*PROGRAM, "attach"],
            *("--seconds", "24", "--rate", str(SLOW_LINK_BYTES_PER_S)),
            *("--window", "untouched:5:9", "--key", r"9.1:4=▌4 POSITIONS"),
            *("--key", r"10.3:5=▌5 ORDERS", "--key", r"11.6:q=LEAVE", "--key", "12.7:esc"),
            *("--key", r"14.2:f7=\[F7 journal\]", "--key", r"17.4:f2=\[F2 desk\]"),
            *("--key", r"20.3:1=▌1 MARKETS"),
            size=LARGE,
        )
        seen = {name.split(":")[1]: ms for name, ms in result["key_to_text_ms"].items()}
        runs.append(
            {
                **{f"key_{name.split('=')[0]}_ms": ms for name, ms in seen.items()},
                "untouched_bytes_per_s": result["windows"]["untouched"]["bytes_per_s"],
                "quit_ms": result["quit_ms"],
                "is_terminal_restored": all(result["restored"].values()),
            }
        )
    return medians(runs)


def stall(home: Home) -> dict:
    """The terminal stops reading for 10 s; the engine is asked for its status all the while."""
    command = [*PROGRAM, "attach"]
    began = time.monotonic()
    console = subprocess.Popen(
        [
            sys.executable,
            str(ROOT / "tools" / "ptybench.py"),
            *("--size", SIZE, "--seconds", "18", "--stall", "4:14", "--quit", "q,enter"),
            "--",
            *command,
        ],
        env=home.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    times = asyncio.run(_ask_all_the_while(home, until=began + 16))
    out, _ = console.communicate()
    result = json.loads(out)
    return {
        "engine_answer_median_ms": round(statistics.median(times), 2),
        "engine_gap_max_ms": round(max(times), 2),
        "console_rss_mb": result["peak_rss_main_mb"],
        "is_terminal_restored": all(result["restored"].values()),
    }


async def _ask_all_the_while(home: Home, *, until: float) -> list[float]:
    client = await connect(home.path, name="benchmark", is_read_only=True)
    times = []

    async def read() -> None:
        async for _ in client.updates():
            pass

    reader = asyncio.create_task(read())
    try:
        while time.monotonic() < until:
            began = time.perf_counter()
            await client.ask(AskStatus())
            times.append((time.perf_counter() - began) * 1_000)
            await asyncio.sleep(0.02)
    except NothingRunning:
        times.append(float("inf"))
    finally:
        reader.cancel()
        await client.close()
    return times


def candles(home: Home) -> dict:
    """Forty fresh computations of the whole catalogue, and how long other questions wait meanwhile."""
    return asyncio.run(_ask_about_candles(home))


async def _ask_about_candles(home: Home) -> dict:
    client = await connect(home.path, name="benchmark candles", is_read_only=True)

    async def read() -> None:
        async for _ in client.updates():
            pass

    reader = asyncio.create_task(read())
    # The first question waits for history; what is measured is computing and telling.
    await client.ask(AskAnalysis(symbol="BTC/USD", interval=Interval.M15))
    gaps = asyncio.create_task(_ask_all_the_while(home, until=time.monotonic() + 8))
    await asyncio.sleep(1)
    times = []
    for period in range(2, 42):
        pick = IndicatorPick(name="sma", parameters={"period": period})
        began = time.perf_counter()
        await client.ask(AskAnalysis(symbol="BTC/USD", interval=Interval.M15, picks=(pick,)))
        times.append((time.perf_counter() - began) * 1_000)
    waits = await gaps
    reader.cancel()
    await client.close()
    return {
        "analysis_median_ms": round(statistics.median(times), 2),
        "analysis_max_ms": round(max(times), 2),
        "engine_answer_median_ms": round(statistics.median(waits), 2),
        "engine_gap_max_ms": round(max(waits), 2),
    }


ATTACH = [*PROGRAM, "attach"]
STOCK = str(ROOT / "benchmarks" / "stock_table.py")
# Each part by its name: the speed of its market, and what is measured.
PARTS = {
    "console_1000_events_per_s": (100, lambda home, repeat: look(home, ATTACH, repeat)),
    "promised_140x45": (100, promised),
    "slow_link": (100, slow_link),
    "stock_datatable": (
        100,
        lambda home, repeat: look(
            home, [sys.executable, STOCK, str(home.path)], repeat, quit_keys="q"
        ),
    ),
    "stalled_terminal": (100, lambda home, _: stall(home)),
    "questions_about_candles": (100, lambda home, _: candles(home)),
    "console_quiet_market": (0, lambda home, repeat: look(home, ATTACH, repeat)),
}


def main() -> int:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", action="append", choices=PARTS, help="one part (repeatable)")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    args = parser.parse_args()
    figures: dict[str, dict] = {}
    wanted = args.only or list(PARTS)
    for speed in sorted({PARTS[name][0] for name in wanted}, reverse=True):
        home = Home(speed=speed)
        try:
            home.until_ready()
            for name in wanted:
                if PARTS[name][0] == speed:
                    figures[name] = PARTS[name][1](home, args.repeat)
        finally:
            home.close()
    if args.json:
        print(json.dumps(figures))
        return 0
    for title, rows in figures.items():
        print(title)
        for name, value in rows.items():
            print(f"    {name:28} {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
