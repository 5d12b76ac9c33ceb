#!/usr/bin/env python3
"""Take a picture of every screen of the console: three sizes, four states, two themes, the real program.

    scripts/pictures                       what is missing in docs/screens/gallery
    scripts/pictures --fresh               everything anew
    scripts/pictures --only desk --state busy --size 80x24

For each state an engine and a demo exchange of its own are started in a home of its own; the console runs
in tmux (tools/shot.py). The screens are those of the table `TABS`: a later one is included by itself. What
was taken already is not taken again, so an interrupted call goes on where it stopped.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

from tools import shot
from tui_trader.actions import TABS

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "screens" / "gallery"
PROGRAM = [sys.executable, "-m", "tui_trader"]
SIZES = ("80x24", "120x36", "200x60")
THEMES = ("dark", "colour-blind")
STATES = ("calm", "busy", "halted", "exchange-gone")
READY_S = 90
SETTLE_S = 2.5
COLOURS = 40
CONFIG = """[limits]
position_value_max_quote = 4000
[demo]
seed = 7
speed = 4
"""


class Desk:
    """One home in one state, its engine and its exchange."""

    def __init__(self, state: str) -> None:
        self.state = state
        self.home = Path(tempfile.mkdtemp(prefix="tt-pictures-"))
        (self.home / "config.toml").write_text(CONFIG)
        self.environment = os.environ | {
            "TUI_TRADER_HOME": str(self.home),
            "PYTHONPATH": str(ROOT),
            "LANG": "C.UTF-8",
        }
        self.stopped_pid: int | None = None
        self.engine = subprocess.Popen(
            [*PROGRAM, "--no-ui"],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One command in this home."""
        return subprocess.run(
            [*PROGRAM, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=120,
        )

    def bring_about(self) -> None:
        """Let the state come true."""
        end = time.monotonic() + READY_S
        while self.run("trade", "BTC/USD", "buy", "0.001", "--validate").returncode:
            if time.monotonic() > end:
                message = "the gate never opened"
                raise RuntimeError(message)
            time.sleep(0.5)
        if self.state == "calm":
            return
        self._trade()
        if self.state == "halted":
            self.run("halt", "--reason", "I want to look at this first")
        if self.state == "exchange-gone":
            serve = json.loads((self.home / "exchange" / "serve.json").read_text())
            self.stopped_pid = int(serve["pid"])
            os.kill(self.stopped_pid, signal.SIGSTOP)
            # Long enough that every feed counts as old.
            time.sleep(12)

    def _trade(self) -> None:
        """Positions, resting orders, a refusal, a strategy, candles to test on."""
        orders = (
            ("BTC/USD", "buy", "0.02"),
            ("ETH/USD", "buy", "0.4"),
            ("SOL/USD", "buy", "5"),
            ("ETH/USD", "sell", "0.1"),
        )
        for pair, side, amount in orders:
            self.run("trade", pair, side, amount, "--yes")
        for pair, side, amount, share in (
            ("BTC/USD", "buy", "0.01", 0.995),
            ("BTC/USD", "sell", "0.01", 1.006),
            ("ETH/USD", "buy", "0.2", 0.99),
            ("SOL/USD", "sell", "2", 1.01),
        ):
            limit = self._price(pair) * share
            self.run("trade", pair, side, amount, "--limit", f"{limit:.1f}", "--yes")
        self.run("trade", "BTC/USD", "buy", "3", "--yes")
        self.run(
            "strategies", "start", "sma_cross", "--pair", "BTC/USD", "--timeframe", "1m", "--yes"
        )
        for pair in ("BTC/USD", "ETH/USD"):
            self.run("data", "download", "--pair", pair, "--timeframe", "1h")

    def _price(self, pair: str) -> float:
        done = self.run("analyze", pair, "--json")
        try:
            return float(_number(json.loads(done.stdout), "close"))
        except (ValueError, TypeError, KeyError):
            return {"BTC/USD": 60_000.0, "ETH/USD": 3_000.0, "SOL/USD": 140.0}[pair]

    def close(self) -> None:
        """End what was started."""
        if self.stopped_pid is not None:
            os.kill(self.stopped_pid, signal.SIGCONT)
        self.run("shutdown")
        try:
            self.engine.wait(20)
        except subprocess.TimeoutExpired:
            self.engine.kill()
        serve = self.home / "exchange" / "serve.json"
        if serve.exists():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(json.loads(serve.read_text())["pid"]), signal.SIGTERM)
        shutil.rmtree(self.home, ignore_errors=True)


def _number(document: object, key: str) -> object:
    """The first value of that name, wherever it stands in the document."""
    if isinstance(document, dict):
        if key in document and not isinstance(document[key], dict | list):
            return document[key]
        document = list(document.values())
    if isinstance(document, list):
        for part in document:
            found = _number(part, key)
            if found is not None:
                return found
    return None


def take(desk: Desk, theme: str, size: str, screens: list[str], *, count: list[int]) -> list[str]:
    """Pictures of some screens, in one console; what went wrong, in words."""
    os.environ.update({"TUI_TRADER_HOME": str(desk.home), "PYTHONPATH": str(ROOT)})
    terminal = shot.Terminal([*PROGRAM, "attach"], size)
    missed = []
    try:
        if not terminal.until("BTC/USD", 40):
            return [f"{size} {theme}: the console did not come up"]
        for _ in range(5):
            if theme == "dark":
                break
            terminal.tmux("send-keys", "-t", "s", "T")
            if terminal.until(f"theme {theme}", 1.5):
                break
        # The word that names the theme goes by itself.
        time.sleep(6)
        for tab in TABS:
            if tab.name not in screens:
                continue
            terminal.tmux("send-keys", "-t", "s", _tmux_key(tab.key))
            if not terminal.until(f"{tab.name}]", 15):
                missed.append(f"{size} {theme} {tab.name}: not reached")
                continue
            time.sleep(SETTLE_S)
            path = picture_path(tab.name, desk.state, theme, size)
            path.parent.mkdir(parents=True, exist_ok=True)
            shot.paint(
                terminal.tmux("capture-pane", "-e", "-N", "-p", "-t", "s"),
                terminal.width,
                terminal.height,
                path,
            )
            shrink(path)
            count[0] += 1
            print(
                f"{count[0]:3}/{count[1]} {path.relative_to(ROOT)} {path.stat().st_size // 1024} KB",
                flush=True,
            )
    finally:
        terminal.close()
    return missed


def _tmux_key(key: str) -> str:
    return {"comma": ","}.get(key, key.upper() if key[:1] == "f" and key[1:].isdigit() else key)


def shrink(path: Path) -> None:
    """A palette is a fifth of the size, and nobody sees the difference."""
    with Image.open(path) as image:
        small = image.convert("RGB").quantize(colors=COLOURS, dither=Image.Dither.NONE)
    small.save(path, optimize=True)


def picture_path(screen: str, state: str, theme: str, size: str) -> Path:
    """Where the picture belongs."""
    return FOLDER / theme / f"{screen}-{state}-{size}.png"


def write_index() -> None:
    """A page over all pictures there are, for people who browse the repository."""
    lines = [
        "# Every screen, at three sizes, in four states",
        "",
        "The real program on its demo exchange, in the dark and in the colour-blind theme; taken by `scripts/pictures`.",
    ]
    for tab in TABS:
        best = picture_path(tab.name, "busy", "dark", "120x36")
        lines += ["", f"## {tab.name.capitalize()}: {tab.says}", ""]
        if best.exists():
            lines += [f"![{tab.name}, busy]({best.relative_to(FOLDER)})", ""]
        lines += ["| | " + " | ".join(SIZES) + " |", "|---|" + "---|" * len(SIZES)]
        for state in STATES:
            cells = []
            for size in SIZES:
                paths = [(theme, picture_path(tab.name, state, theme, size)) for theme in THEMES]
                links = [
                    f"[{theme}]({path.relative_to(FOLDER)})"
                    for theme, path in paths
                    if path.exists()
                ]
                cells.append(" · ".join(links) or "—")
            lines.append(f"| {state.replace('-', ' ')} | " + " | ".join(cells) + " |")
    (FOLDER / "README.md").write_text("\n".join(lines) + "\n")


def main() -> int:
    """Take what is missing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [tab.name for tab in TABS]
    parser.add_argument("--only", action="append", choices=names, help="one screen (repeatable)")
    parser.add_argument("--state", action="append", choices=STATES)
    parser.add_argument("--size", action="append", choices=SIZES)
    parser.add_argument("--theme", action="append", choices=THEMES)
    parser.add_argument("--fresh", action="store_true", help="also what is there already")
    args = parser.parse_args()
    screens = args.only or names
    jobs: dict[str, list[tuple[str, str, list[str]]]] = {}
    for state in args.state or STATES:
        for theme in args.theme or THEMES:
            for size in args.size or SIZES:
                wanted = [
                    name
                    for name in screens
                    if args.fresh or not picture_path(name, state, theme, size).exists()
                ]
                if wanted:
                    jobs.setdefault(state, []).append((theme, size, wanted))
    count = [0, sum(len(wanted) for state in jobs.values() for *_, wanted in state)]
    missed: list[str] = []
    for state, consoles in jobs.items():
        print(f"{state}: starting", flush=True)
        desk = Desk(state)
        try:
            desk.bring_about()
            for theme, size, wanted in consoles:
                missed += [
                    f"{state} {words}" for words in take(desk, theme, size, wanted, count=count)
                ]
        finally:
            desk.close()
    write_index()
    total = sum(path.stat().st_size for path in FOLDER.rglob("*.png"))
    print(f"{count[0]} taken; {total / 1e6:.1f} MB in all")
    for words in missed:
        print(f"missed: {words}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
