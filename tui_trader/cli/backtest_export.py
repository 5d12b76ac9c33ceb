"""Export of a run: trades and equity as CSV, JSON and Parquet, and the whole document."""

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from tui_trader.cli.held_interrupt import held_interrupt
from tui_trader.cli.narration import tell
from tui_trader.engine.backtest.document import (
    Columns,
    equity_columns,
    kept_equity,
    kept_trades,
    trade_columns,
)
from tui_trader.engine.backtest.report import RunReport
from tui_trader.engine.stores.home import write_whole
from tui_trader.engine.stores.tables import write_columns
from tui_trader.engine.values.backtests import BacktestDocument
from tui_trader.engine.values.errors import ConfigError, StoreError

TABLES, DOCUMENT = ("trades", "equity"), "run.json"
ENDINGS = (".csv", ".parquet", ".json")
NAMES = (*(f"{table}{ending}" for table in TABLES for ending in ENDINGS), DOCUMENT)


def check_target_folder(folder: Path, *, may_replace: bool) -> None:
    """Let pass what `export` could write; for asking before the work is done.

    Raises:
        ConfigError: an earlier export is there, or the folder cannot be.
    """
    if folder.exists() and not folder.is_dir():
        message = f"--out {folder} is a file; name a folder"
        raise ConfigError(message)
    if not folder.parent.is_dir():
        message = f"there is no folder {folder.parent}; make it first"
        raise ConfigError(message)
    there = [name for name in NAMES if (folder / name).exists()]
    if there and not may_replace:
        message = f"{folder} holds {there[0]} already; name another folder, or add --force"
        raise ConfigError(message)


def export(folder: Path, document: BacktestDocument, report: RunReport) -> None:
    """Write all files of NAMES: all of them are written beside their places, then put there.

    Raises:
        StoreError: the disk says no.
    """
    tables = {"trades": trade_columns(report.outcome.trades), "equity": equity_columns(report)}
    _write(folder, document, tables)


def export_kept(folder: Path, document: BacktestDocument) -> None:
    """The same of a kept run; of its equity there are the points that are kept.

    Raises:
        StoreError: the disk says no.
    """
    tables = {"trades": kept_trades(document), "equity": kept_equity(document)}
    _write(folder, document, tables)
    tell(f"equity at the {len(document.curve.time_ms)} points that are kept")


def _write(folder: Path, document: BacktestDocument, tables: Mapping[str, Columns]) -> None:
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        message = f"{folder} cannot be made ({error.strerror})"
        raise StoreError(message) from error
    staged = {name: folder / f".staged-{os.getpid()}-{name}" for name in NAMES}
    try:
        for table, columns in tables.items():
            _stage(table, columns, staged)
        write_whole(staged[DOCUMENT], msgspec.json.encode(document))
        # Ctrl-C comes before or after the renames, never between them.
        with held_interrupt():
            for name, path in staged.items():
                path.replace(folder / name)
    except OSError as error:
        message = f"{folder} cannot be written ({error.strerror})"
        raise StoreError(message) from error
    finally:
        for path in staged.values():
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
    tell(f"exported to {folder}: {', '.join(NAMES)}")


def _stage(table: str, columns: Columns, staged: dict[str, Path]) -> None:
    for ending in (".csv", ".parquet"):
        write_columns(staged[f"{table}{ending}"], columns, may_replace=True)
    listed = {name: column.tolist() for name, column in columns.items()}
    write_whole(staged[f"{table}.json"], msgspec.json.encode(listed))
