"""Rows of a Parquet or Feather file, whatever its columns are called."""

import io

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq

from tui_trader.engine.analysis.candles import FloatArray, TimeArray
from tui_trader.engine.stores.candles.arrow_columns import floats_of, integers_of
from tui_trader.engine.stores.candles.column_roles import Role, roles_named, roles_of_head
from tui_trader.engine.stores.candles.csv_dialect import Wishes
from tui_trader.engine.stores.candles.csv_rows import LineFault, Rows
from tui_trader.engine.stores.candles.time_units import (
    TIME_MS_MAX,
    TimeUnit,
    parse_ms,
    scale,
    unit_of,
)
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.text import sanitize

PARQUET_MAGIC = b"PAR1"
FEATHER_MAGICS = (b"ARROW1", b"FEA1")


def is_table(content: bytes) -> bool:
    """Whether these are the bytes of such a file."""
    return content.startswith((PARQUET_MAGIC, *FEATHER_MAGICS))


def read_table(content: bytes, wishes: Wishes) -> Rows:
    """Every row; a missing value is a NaN.

    Raises:
        ConfigError: it is damaged, or its columns cannot be told.
    """
    try:
        return _read(content, wishes)
    except (pa.ArrowException, OSError, ValueError) as error:
        # Names and words are decoded when they are asked for, and a damaged one fails only then.
        reason = sanitize(str(error).splitlines()[0] if str(error) else type(error).__name__)
        message = f"is damaged ({reason})"
        raise ConfigError(message) from error


def _read(content: bytes, wishes: Wishes) -> Rows:
    if content.startswith(PARQUET_MAGIC):
        table = pq.read_table(io.BytesIO(content))
    else:
        table = feather.read_table(io.BytesIO(content))
    # Lengths and places that a damaged file claims are believed by whatever reads the columns.
    table.validate(full=True)
    roles = roles_named(wishes.columns) if wishes.columns else roles_of_head(table.column_names)
    if len(roles) != table.num_columns:
        message = f"has {table.num_columns} columns; --columns names {len(roles)} (- is ignored)"
        raise ConfigError(message)
    columns = dict(zip(roles, table.columns, strict=True))
    columns.pop(Role.IGNORED, None)
    times_ms, faults = _times_ms(columns.pop(Role.TIME), wishes.time_unit)
    is_timed = times_ms >= 0
    values = {role: _numbers(role, column)[is_timed] for role, column in columns.items()}
    rows = np.flatnonzero(is_timed) + 1
    return Rows(times_ms[is_timed], values, rows, faults)


def _numbers(role: Role, column: pa.ChunkedArray) -> FloatArray:
    try:
        numbers = floats_of(column.cast(pa.float64(), safe=False))
    except pa.ArrowException as error:
        message = f"column {role.value} holds {column.type}, no numbers"
        raise ConfigError(message) from error
    return numbers


def _times_ms(
    column: pa.ChunkedArray, unit: TimeUnit | None
) -> tuple[TimeArray, tuple[LineFault, ...]]:
    """Times, -1 where there is none; those rows are also told."""
    kind = column.type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        whole = column.cast(pa.timestamp("ms", tz=getattr(kind, "tz", None)), safe=False)
        times = integers_of(whole.cast(pa.int64()))
    elif pa.types.is_integer(kind):
        raw = integers_of(column.cast(pa.int64()))
        factor, divisor = scale(unit or unit_of(str(raw[len(raw) // 2]) if len(raw) else "0"))
        is_sane = (raw >= 0) & (raw < TIME_MS_MAX * divisor // factor)
        times = np.where(is_sane, np.where(is_sane, raw, 0) * factor // divisor, -1)
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
        times = np.array([_parsed(text, unit) for text in column.to_pylist()], dtype=np.int64)
    else:
        message = f"column time holds {kind}, no times"
        raise ConfigError(message)
    times = np.where((times >= 0) & (times < TIME_MS_MAX), times, -1)
    lost = np.flatnonzero(times < 0) + 1
    return times, tuple(LineFault(int(row), "there is no time") for row in lost)


def _parsed(text: str | None, unit: TimeUnit | None) -> int:
    try:
        return -1 if text is None else parse_ms(text, unit or unit_of(text))
    except (ValueError, OverflowError):
        return -1
