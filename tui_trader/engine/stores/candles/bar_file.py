"""One file of stored candles: Parquet with checksums, replaced whole or not at all.

A write has two steps, so that several files change together: `stage_bars` writes and syncs a file
beside the old one, `put_in_place` renames. A crash before the rename leaves the old file; what was
staged is swept away by the next writer.
"""

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tui_trader.engine.stores.candles.arrow_columns import column_of, floats_of, integers_of
from tui_trader.engine.stores.candles.bars import Bars
from tui_trader.engine.stores.home import PRIVATE_FILE
from tui_trader.engine.values.errors import StoreError
from tui_trader.engine.values.text import sanitize

FORMAT_KEY = b"tui_trader.candles"
FORMAT = b"1"
ROWS_KEY = b"tui_trader.rows"
"""Rows as they were written: Parquet has checksums for its pages, and none for how many there are."""
STAGED = ".staged"

_SCHEMA = pa.schema(
    [("open_time_ms", pa.int64()), *((name, pa.float64()) for name in Bars._fields[1:])],
    metadata={FORMAT_KEY: FORMAT},
)
# Not compressed: a million rows take 48 MB and 29 ms to read; with LZ4 29 MB and 40 ms, zstd 19 MB and more.
_WRITING = {"compression": "NONE", "use_dictionary": False, "write_page_checksum": True}
_REMEDY = "move the file away and import or download its candles again"


def read_bars(path: Path) -> Bars:
    """What one file holds, as it stands there.

    Raises:
        StoreError: it is damaged, or not of this store; the message names it.
    """
    try:
        # All columns are read: gathering their pages beforehand would copy the file once more.
        with pq.ParquetFile(path, page_checksum_verification=True, pre_buffer=False) as file:
            table = file.read(use_threads=False)
    except (pa.ArrowException, OSError, ValueError) as error:
        # pyarrow speaks in several lines; the first says what is wrong.
        reason = sanitize(str(error).splitlines()[0] if str(error) else type(error).__name__)
        message = f"{path} is damaged or cannot be read ({reason}); {_REMEDY}"
        raise StoreError(message) from error
    if not table.schema.equals(_SCHEMA) or any(column.null_count for column in table.columns):
        message = f"{path} does not hold candles as this store writes them; {_REMEDY}"
        raise StoreError(message)
    told = (table.schema.metadata or {}).get(ROWS_KEY)
    if told is not None and told != _digits(table.num_rows):
        message = f"{path} is damaged (it has lost rows); {_REMEDY}"
        raise StoreError(message)
    times, *others = table.columns
    return Bars._make([integers_of(times), *map(floats_of, others)])


def _digits(rows: int) -> bytes:
    return str(rows).encode()


def stage_bars(path: Path, bars: Bars) -> Path:
    """Write what `path` shall become beside it; on return it survives a power cut.

    Raises:
        StoreError: it cannot be written.
    """
    staged = path.with_name(f".{path.name}{STAGED}")
    columns = [column_of(column, kind) for column, kind in zip(bars, _SCHEMA.types, strict=True)]
    table = pa.table(columns, schema=_SCHEMA).replace_schema_metadata(
        {FORMAT_KEY: FORMAT, ROWS_KEY: _digits(bars.row_count)}
    )
    try:
        number = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, PRIVATE_FILE)
        with os.fdopen(number, "wb") as file:
            pq.write_table(table, file, **_WRITING)
            file.flush()
            os.fsync(file.fileno())
    except (pa.ArrowException, OSError) as error:
        with contextlib.suppress(OSError):
            staged.unlink(missing_ok=True)
        message = f"{path} cannot be written ({error}); what it held before is untouched"
        raise StoreError(message) from error
    return staged


def put_in_place(staged: Iterable[tuple[Path, Path]], folder: Path) -> None:
    """Rename what was staged, each over its old file; then sync the folder.

    Raises:
        StoreError: one cannot be renamed.
    """
    try:
        for beside, path in staged:
            beside.replace(path)
        number = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(number)
        finally:
            os.close(number)
    except OSError as error:
        message = f"{folder} cannot be written ({error.strerror})"
        raise StoreError(message) from error


def sweep(folder: Path) -> None:
    """Remove what a writer that died had staged; only the holder of the lock may."""
    for left in folder.glob(f".*{STAGED}"):
        with contextlib.suppress(OSError):
            left.unlink()
