"""`tui-trader train` as a process of the engine: behind everything else, under the settings in force."""

import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from tui_trader.engine.messages.queries import SettingRow
from tui_trader.engine.ports.trainer import TrainingStep
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.text import sanitize

NICENESS = 15
"""Behind the engine, the models' process and the console."""
LINE_BYTES_MAX = 64 * 1024
KEPT_VARIABLES = ("PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LANG", "LC_ALL", "SYSTEMROOT")
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
PASSED_ON = ("rules.", "learning.")


class TrainProcess:
    """The `Trainer` port.

    Args:
        home: Whose candles and models.
        venue: Under which name its candles are stored.
        rows: The settings in force: what is learned must be the trade that they mean.
        tell: Told what began and how it ended.
        words: How the program is called.
    """

    def __init__(
        self,
        home: Path,
        venue: str,
        *,
        rows: Sequence[SettingRow],
        tell: Callable[[str], None],
        words: tuple[str, ...] = (sys.executable, "-m", "tui_trader"),
    ) -> None:
        self._home, self._venue, self._rows = home, venue, tuple(rows)
        self._tell, self._words = tell, words

    async def train(
        self, symbol: Symbol, interval: Interval, tell: Callable[[TrainingStep], None]
    ) -> str:
        """Train and store a version; why it could not be, "" where it was."""
        name = f"{symbol} {interval.value}"
        self._tell(f"a model of {name} is being trained")
        fault = await self._trained(symbol, interval, tell)
        self._tell(
            f"no model of {name} was trained: {fault}"
            if fault
            else f"a model of {name} was trained"
        )
        return fault

    async def _trained(
        self, symbol: Symbol, interval: Interval, tell: Callable[[TrainingStep], None]
    ) -> str:
        call = (
            *(*self._words, "train", "--pair", symbol, "--timeframe", interval.value),
            *("--venue", self._venue, "--progress", "json", "--json", "--home", str(self._home)),
        )
        try:
            child = await asyncio.create_subprocess_exec(
                *call,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
                limit=LINE_BYTES_MAX,
                env={name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
                | ONE_THREAD
                | variables_of(self._rows),
            )
        except OSError as fault:
            return f"no process could be started ({fault.strerror})"
        try:
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, child.pid, NICENESS)
            assert child.stderr is not None, "it was asked for"
            said = await _last_words(child.stderr, tell)
            status = await child.wait()
        finally:
            if child.returncode is None:
                # What is stored is complete or not there: a training may end anywhere.
                child.kill()
                await child.wait()
        return "" if status == 0 else said or f"it ended with status {status}"


def variables_of(rows: Sequence[SettingRow]) -> dict[str, str]:
    """Settings of the trade and of learning as variables, so that the child means the same."""
    found = {}
    for row in rows:
        if row.source != "default" and row.key.startswith(PASSED_ON):
            name = "TUI_TRADER_" + row.key.upper().replace(".", "__")
            value = msgspec.json.decode(row.value)
            if isinstance(value, list):
                found[name] = ",".join(str(item) for item in value)
            else:
                found[name] = value if isinstance(value, str) else row.value
    return found


async def _last_words(stream: asyncio.StreamReader, tell: Callable[[TrainingStep], None]) -> str:
    said = ""
    while True:
        try:
            row = await stream.readline()
        except ValueError:
            continue  # Longer than any sentence of ours: the rest comes as further lines.
        if not row:
            return said
        try:
            tell(msgspec.json.decode(row, type=TrainingStep))
        except (msgspec.DecodeError, UnicodeDecodeError):
            said = sanitize(row.decode(errors="replace").strip()) or said
