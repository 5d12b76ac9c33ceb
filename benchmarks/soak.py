"""Whether the console grows: hours of a trading day at speed, its memory once a minute.

    .venv/bin/python benchmarks/soak.py [--minutes 10] [--speed 100] [--json]

An engine on a demo exchange at `--speed` times the usual ten events a second, and a console that reads it
on a pseudo-terminal, through every screen again and again. At speed 100 ten minutes carry the events of
sixteen hours. Growth is the difference between the mean of the last fifth and that of the second fifth:
the first is warming up (screens are loaded when they are first shown, each once a minute).
"""

import argparse
import json
import os
import pty
import select
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "benchmarks"))
sys.path.insert(0, str(ROOT / "tools"))

from console import PROGRAM, Home
from ptybench import answer, key_bytes

from tui_trader.actions import TABS

COLUMNS, ROWS = 140, 45
KEY_EVERY_S = 0.5
SAMPLE_EVERY_S = 5.0
FIFTHS = 5
GROWTH_MAX_MB = 2.0
# On every screen: some lines down, the help, a dialog that is closed again.
KEYS_ON_A_SCREEN = ("j", "j", "tab", "?", "esc", "q", "esc", "T")


def rss_mb(pid: int) -> float:
    """Resident memory of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def soak(home: Home, seconds: float) -> list[tuple[float, float]]:
    """Seconds and megabytes of a console that is used all the while."""
    master, slave = pty.openpty()
    subprocess.run(["stty", "rows", str(ROWS), "cols", str(COLUMNS)], stdin=slave, check=True)
    console = subprocess.Popen(
        [*PROGRAM, "attach"],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        env=home.environment | {"TERM": "xterm-256color", "COLORTERM": "truecolor"},
    )
    os.close(slave)
    keys = [key for tab in TABS for key in (_key(tab.key), *KEYS_ON_A_SCREEN)]
    began = time.monotonic()
    next_key_s, next_sample_s, pressed = 6.0, SAMPLE_EVERY_S, 0
    samples: list[tuple[float, float]] = []
    try:
        while (now_s := time.monotonic() - began) < seconds and console.poll() is None:
            ready, _, _ = select.select([master], [], [], 0.05)
            if ready:
                reply = answer(os.read(master, 65_536), COLUMNS, ROWS, sync=True)
                if reply:
                    os.write(master, reply)
            if now_s >= next_key_s:
                os.write(master, key_bytes(keys[pressed % len(keys)]))
                pressed, next_key_s = pressed + 1, next_key_s + KEY_EVERY_S
            if now_s >= next_sample_s:
                samples.append((now_s, rss_mb(console.pid)))
                next_sample_s += SAMPLE_EVERY_S
    finally:
        console.terminate()
        console.wait(15)
        os.close(master)
    if console.returncode not in (0, -15):
        message = f"the console ended by itself with {console.returncode}"
        raise RuntimeError(message)
    return samples


def _key(name: str) -> str:
    return {"comma": ","}.get(name, name)


def growth(samples: list[tuple[float, float]]) -> dict[str, float]:
    """What the samples say."""
    size = len(samples) // FIFTHS
    memory = [each for _, each in samples]
    early, late = memory[size : 2 * size], memory[-size:]
    return {
        "minutes": round(samples[-1][0] / 60, 1),
        "first_mb": round(memory[0], 1),
        "second_fifth_mb": round(statistics.mean(early), 2),
        "last_fifth_mb": round(statistics.mean(late), 2),
        "peak_mb": round(max(memory), 1),
        "growth_mb": round(statistics.mean(late) - statistics.mean(early), 2),
    }


def main() -> int:
    """Print what was seen; 1 where it grew beyond two megabytes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--speed", type=int, default=100, help="times ten events a second")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    home = Home(args.speed)
    try:
        home.until_ready()
        samples = soak(home, args.minutes * 60)
    finally:
        home.close()
    figures = growth(samples)
    if args.json:
        print(json.dumps(figures | {"samples": samples}))
    else:
        for name, value in figures.items():
            print(f"{name:18} {value}")
    return 1 if figures["growth_mb"] > GROWTH_MAX_MB else 0


if __name__ == "__main__":
    sys.exit(main())
