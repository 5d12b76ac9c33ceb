"""Kept runs: one folder each below `<home>/runs`, the newest ones only.

Law: a run is there whole or not at all: it is written beside its place and renamed into it. Nothing here
needs numpy: a screen lists and reopens runs at once.
"""

import contextlib
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from tui_trader.engine.stores.home import Home, make_private_folder, write_whole
from tui_trader.engine.values.backtests import BacktestDocument, KeptRun
from tui_trader.engine.values.errors import ConfigError, StoreError
from tui_trader.engine.values.text import sanitize
from tui_trader.engine.values.time import MS_PER_SECOND

RUNS_MAX = 100
BYTES_MAX = 200_000_000
"""Of all runs together; a run of 7,000 trades has 3 MB."""
SAME_MOMENT_MAX = 1_000
RUN_NAME, SUMMARY_NAME = "run.json", "summary.json"
LAST = "last"
STAGED = ".staged-"


class RunShelf:
    """The kept runs of one home.

    Args:
        home: The home directory.
        runs_max: How many are kept.
        bytes_max: How much room all of them may take.
    """

    def __init__(self, home: Path, *, runs_max: int = RUNS_MAX, bytes_max: int = BYTES_MAX) -> None:
        self.root = Home(home).runs
        self._runs_max = runs_max
        self._bytes_max = bytes_max

    def keep(self, document: BacktestDocument, *, now_ms: int) -> BacktestDocument:
        """Keep a run, and let the oldest ones go where there are too many; the run with its id.

        Args:
            document: As `run_document` makes it.
            now_ms: UTC.

        Raises:
            StoreError: it cannot be written.
        """
        make_private_folder(self.root)
        self._sweep()
        staged = self.root / f"{STAGED}{os.getpid()}"
        make_private_folder(staged)
        try:
            kept = msgspec.structs.replace(document, id=self._free_id(now_ms))
            write_whole(staged / RUN_NAME, msgspec.json.encode(kept))
            summary = _summary(kept, now_ms=now_ms)
            write_whole(staged / SUMMARY_NAME, msgspec.json.encode(summary))
            staged.rename(self.root / str(kept.id))
        except OSError as error:
            message = f"the run cannot be kept in {self.root} ({error.strerror})"
            raise StoreError(message) from error
        finally:
            shutil.rmtree(staged, ignore_errors=True)
        self._forget_oldest()
        return kept

    def listing(self) -> tuple[KeptRun, ...]:
        """Every kept run, newest first; what cannot be read is left out."""
        found = []
        for folder in self._folders():
            with contextlib.suppress(OSError, msgspec.DecodeError, UnicodeDecodeError):
                content = (folder / SUMMARY_NAME).read_bytes()
                found.append(msgspec.json.decode(content, type=KeptRun))
        return tuple(found)

    def load(self, run_id: str) -> BacktestDocument:
        """The document of a run.

        Args:
            run_id: Its id, or `last`.

        Raises:
            ConfigError: there is none of that id.
            StoreError: it is damaged.
        """
        path = self._folder(run_id) / RUN_NAME
        try:
            return msgspec.json.decode(path.read_bytes(), type=BacktestDocument)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            message = f"{path} cannot be read ({error}); remove its folder"
            raise StoreError(message) from error

    def delete(self, run_id: str) -> None:
        """Remove a run for good.

        Raises:
            ConfigError: there is none of that id; `last` is no id here: said twice, it is two runs.
            StoreError: the disk says no.
        """
        if run_id == LAST:
            message = f"{LAST!r} is not enough to remove a run; name its id, as --runs lists it"
            raise ConfigError(message)
        folder = self._folder(run_id)
        try:
            shutil.rmtree(folder)
        except OSError as error:
            message = f"{folder} cannot be removed ({error.strerror})"
            raise StoreError(message) from error

    def _folder(self, run_id: str) -> Path:
        names = [folder.name for folder in self._folders()]
        wanted = names[0] if run_id == LAST and names else run_id
        if wanted not in names:
            have = f"the newest is {names[0]}" if names else "none is kept yet"
            message = f"there is no kept run {sanitize(run_id)!r}; {have}"
            raise ConfigError(message)
        return self.root / wanted

    def _folders(self) -> list[Path]:
        """Newest first: the names begin with the moment."""
        if not self.root.is_dir():
            return []
        found = (path for path in self.root.iterdir() if not path.name.startswith("."))
        return sorted((path for path in found if path.is_dir()), reverse=True)

    def _free_id(self, now_ms: int) -> str:
        begun = datetime.fromtimestamp(now_ms / MS_PER_SECOND, tz=UTC)
        stamp = f"{begun:%Y%m%d-%H%M%S}"
        for number in range(SAME_MOMENT_MAX):
            name = f"{stamp}-{number:03d}"
            if not (self.root / name).exists():
                return name
        message = f"{self.root} holds {SAME_MOMENT_MAX} runs of this second; wait for the next one"
        raise StoreError(message)

    def _forget_oldest(self) -> None:
        room = 0
        for number, folder in enumerate(self._folders()):
            room += sum(path.stat().st_size for path in folder.iterdir())
            # The run that was just kept stays, however large it is.
            if number and (number >= self._runs_max or room > self._bytes_max):
                shutil.rmtree(folder, ignore_errors=True)

    def _sweep(self) -> None:
        """Remove what a process that died had staged."""
        for left in self.root.glob(f"{STAGED}*"):
            if not _is_alive(left.name.removeprefix(STAGED)):
                shutil.rmtree(left, ignore_errors=True)


def _is_alive(pid: str) -> bool:
    if not pid.isdecimal() or pid == str(os.getpid()):
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except OSError:
        # It is there, and somebody else's.
        return True
    return True


def _summary(kept: BacktestDocument, *, now_ms: int) -> KeptRun:
    metrics = kept.metrics
    return KeptRun(
        id=str(kept.id),
        kept_ms=now_ms,
        pair=kept.pair,
        timeframe=kept.timeframe,
        strategy=kept.strategy,
        parameters=kept.parameters,
        bars=kept.bars,
        first_time_ms=kept.first_time_ms,
        last_time_ms=kept.last_time_ms,
        return_ratio=metrics["return_ratio"],
        buy_and_hold_ratio=metrics["buy_and_hold_ratio"],
        max_drawdown_ratio=metrics["max_drawdown_ratio"],
        sharpe=metrics["sharpe"],
        trades=len(kept.trades),
    )
