"""Ground of the journeys: a home of its own, the program in processes of its own, all ended after."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.journeys.terminal import Terminal

ROOT = Path(__file__).resolve().parents[2]
ZERO = Decimal(0)
PROGRAM = [sys.executable, "-m", "tui_trader"]


class Desk:
    """One home, and everything a person can do with it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.terminals: list[Terminal] = []
        self.engines: list[subprocess.Popen[bytes]] = []

    @property
    def environment(self) -> dict[str, str]:
        return {"TUI_TRADER_HOME": str(self.home), "PYTHONPATH": str(ROOT)}

    def console(self, *arguments: str, size: tuple[int, int] = (120, 36)) -> Terminal:
        """The console in a terminal."""
        terminal = Terminal(
            [*PROGRAM, *arguments], size=size, environment=self.environment, cwd=ROOT
        )
        self.terminals.append(terminal)
        return terminal

    def run(self, *arguments: str, seconds: float = 60.0) -> subprocess.CompletedProcess[str]:
        """A command in a second shell."""
        return subprocess.run(
            [*PROGRAM, *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds,
            stdin=subprocess.DEVNULL,
            env=os.environ | self.environment,
        )

    def json(self, *arguments: str) -> dict:
        """What a command prints with --json."""
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, (arguments, done)
        return json.loads(done.stdout)

    def start_engine(self) -> int:
        """The engine alone, ready to trade; its process id."""
        self._spawn_engine()
        return self.until_ready()

    def start_engine_halted(self) -> int:
        """The engine alone, connected, on a home that is halted."""
        self._spawn_engine()
        return self.until_connected()

    def _spawn_engine(self) -> None:
        with self.home.with_suffix(".log").open("a") as log:
            engine = subprocess.Popen(
                [*PROGRAM, "--no-ui"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | self.environment,
                start_new_session=True,
            )
        self.engines.append(engine)

    def until_connected(self, seconds: float = 40.0) -> int:
        """Wait until every link is up; the engine's process id."""
        status: dict = {}

        def is_ready() -> bool:
            done = self.run("status", "--json")
            if done.returncode != 0:
                return False
            status.update(json.loads(done.stdout))
            feeds = status["feeds"]
            return bool(feeds) and all(feed["state"] == "up" for feed in feeds)

        wait_for(is_ready, "a connected engine", seconds)
        return int(status["engine"]["pid"])

    def until_ready(self, seconds: float = 40.0) -> int:
        """Wait until the gate would let an order pass; the engine's process id."""
        pid = self.until_connected(seconds)
        said = ""

        def is_open() -> bool:
            nonlocal said
            done = self.run("trade", "BTC/USD", "buy", "0.001", "--validate")
            said = done.stderr + done.stdout
            return done.returncode == 0

        wait_for(is_open, lambda: f"an open gate (it said last: {said.strip()})", seconds)
        return pid

    def exchange_journal(self) -> list[dict]:
        """What the exchange itself has accepted, filled and cancelled: the independent truth."""
        path = self.home / "exchange" / "journal.jsonl"
        if not path.exists():
            return []
        return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]

    def open_at_exchange(self) -> set[str]:
        """Orders open at the exchange, by its own journal."""
        # In floats the parts of a fill may come to a hair less than the whole.
        volumes: dict[str, Decimal] = {}
        filled: dict[str, Decimal] = {}
        gone: set[str] = set()
        for row in self.exchange_journal():
            if row["kind"] == "order":
                volumes[row["txid"]] = Decimal(row["volume"])
            elif row["kind"] == "fill":
                filled[row["txid"]] = filled.get(row["txid"], ZERO) + Decimal(row["volume"])
            elif row["kind"] == "cancel":
                gone.add(row["txid"])
        whole = {txid for txid, volume in volumes.items() if filled.get(txid, ZERO) >= volume}
        return set(volumes) - gone - whole

    def control_exchange(self, **fault: object) -> None:
        """Set a fault at the local exchange."""
        import urllib.request

        serve = json.loads((self.home / "exchange" / "serve.json").read_text())
        request = urllib.request.Request(
            f"{serve['rest']}/_control",
            data=json.dumps(fault).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=5) as answer:
            assert answer.status == 200

    def close(self) -> None:
        for terminal in self.terminals:
            terminal.close()
        self.run("shutdown")
        for name in ("engine.json", "exchange/serve.json"):
            path = self.home / name
            if path.exists():
                kill(json.loads(path.read_text())["pid"], signal.SIGKILL)
        for engine in self.engines:
            engine.kill()
            engine.wait()


def kill(pid: int, number: signal.Signals) -> None:
    """Signal a process that may already be gone."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def is_alive(pid: int) -> bool:
    """Whether the process runs (a zombie does not)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def wait_for(condition, what: str | Callable[[], str], seconds: float = 30.0) -> None:
    """Poll until the condition holds; `what` may be told from what was seen last."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.1)
    words = what if isinstance(what, str) else what()
    message = f"{words} did not come within {seconds} s"
    raise AssertionError(message)


@pytest.fixture
def desk() -> Iterator[Desk]:
    """A home in a short path (unix sockets have a limit), ended whatever happens."""
    assert shutil.which("tmux"), "journeys need tmux; scripts/check installs it"
    home = Path(tempfile.mkdtemp(prefix="tt-"))
    desk = Desk(home)
    try:
        yield desk
    finally:
        desk.close()
        shutil.rmtree(home, ignore_errors=True)
        home.with_suffix(".log").unlink(missing_ok=True)
