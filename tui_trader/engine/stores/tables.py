"""Columns written for people and other programs: CSV and Parquet, whole or not at all.

Law: what is unknown (NaN) is an empty cell, never a number; a file that is there is not touched
unless the caller says so.
"""

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from tui_trader.engine.values.errors import ConfigError, StoreError

CSV, PARQUET = ".csv", ".parquet"
Columns = Mapping[str, npt.NDArray[np.generic]]


def check_target(path: Path, *, may_replace: bool) -> None:
    """Let pass what `write_columns` could write; for asking before the work is done.

    Raises:
        ConfigError: the name says no format, the folder is missing, or something is there already.
    """
    if path.suffix not in {CSV, PARQUET}:
        message = f"cannot tell the format of {path.name!r}; end it in {CSV} or {PARQUET}"
        raise ConfigError(message, source=str(path))
    if not path.parent.is_dir():
        message = f"there is no folder {path.parent}; make it first"
        raise ConfigError(message, source=str(path))
    if path.is_dir():
        message = "is a folder; name a file"
        raise ConfigError(message, source=str(path))
    if path.exists() and not may_replace:
        raise ConfigError(_THERE, source=str(path))


def write_columns(path: Path, columns: Columns, *, may_replace: bool = False) -> None:
    """Write a table; on return it survives a power cut.

    Args:
        path: Ends in `.csv` or `.parquet`.
        columns: By name, all of one length, in this order.
        may_replace: Whether a file of that name may go.

    Raises:
        ConfigError: as `check_target`.
        StoreError: the disk says no; what was there is untouched.
    """
    check_target(path, may_replace=may_replace)
    table = _table(columns)
    staged = path.with_name(f".{path.name}.{os.getpid()}.staged")
    try:
        with staged.open("xb") as file:
            if path.suffix == CSV:
                _write_csv(table, file)
            else:
                pq.write_table(table, file)
            file.flush()
            os.fsync(file.fileno())
        if may_replace:
            staged.replace(path)
        else:
            # A rename would silently replace what came to be there meanwhile; a link does not.
            path.hardlink_to(staged)
    except FileExistsError as error:
        raise ConfigError(_THERE, source=str(path)) from error
    except (pa.ArrowException, OSError) as error:
        message = f"{path} cannot be written ({error}); nothing was changed"
        raise StoreError(message) from error
    finally:
        with contextlib.suppress(OSError):
            staged.unlink(missing_ok=True)


def print_columns(columns: Columns, stream: BinaryIO) -> None:
    """The same table as CSV."""
    _write_csv(_table(columns), stream)


_THERE = "is there already, and was not touched; name another file, or add --force"


def _table(columns: Columns) -> pa.Table:
    # `from_pandas` makes NaN a missing value, as unknown is written everywhere else.
    arrays = {
        name: pa.array(np.ascontiguousarray(column), from_pandas=True)
        for name, column in columns.items()
    }
    return pa.table(arrays)


def _write_csv(table: pa.Table, stream: BinaryIO) -> None:
    # "needed" would quote every head; ours hold no comma, as `column_names` makes them.
    options = pacsv.WriteOptions(quoting_style="needed", quoting_header="none")
    pacsv.write_csv(table, stream, options)
