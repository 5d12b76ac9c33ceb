"""Rows of a CSV file: at a million a second when every one can be read, line by line when not.

Both ways read the same values. The fast one gives up at the first field that is no number; the
careful one then says which line it was, and reads the others.
"""

import csv
import io
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pc

from tui_trader.engine.analysis.candles import FloatArray, TimeArray
from tui_trader.engine.stores.candles.arrow_columns import floats_of, integers_of
from tui_trader.engine.stores.candles.column_roles import Role
from tui_trader.engine.stores.candles.csv_dialect import BYTE_ORDER_MARK, Dialect
from tui_trader.engine.stores.candles.time_units import TIME_MS_MAX, TimeUnit, parse_ms, scale
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.text import sanitize

FIELD_SHOWN_MAX = 40
BLOCK_BYTES = 1 << 22
CHUNK_BYTES = 1 << 25
"""Read at once, half a million rows: between two of them somebody is told how far it is."""
LINES_BETWEEN_LOOKS = 50_000
ZONE_NEEDED = pa.timestamp("ms", tz="UTC")


Watch = Callable[[float], None]
"""Is told the share of a file that has been read, 0 to 1."""


def unwatched(_share: float) -> None:
    """Nobody wants to know."""


class LineFault(NamedTuple):
    """One row that cannot be used."""

    line: int
    reason: str


class Rows(NamedTuple):
    """What was read.

    Args:
        times_ms: UTC.
        values: By role, all but the time.
        lines: Line of each row in the file; `None` where every line was a row.
        faults: Lines that could not be read.
    """

    times_ms: TimeArray
    values: dict[Role, FloatArray]
    lines: npt.NDArray[np.int64] | None = None
    faults: tuple[LineFault, ...] = ()


def read_fast(content: bytes, dialect: Dialect, watch: Watch = unwatched) -> Rows | None:
    """Every row, or `None` when some field is not what its column says."""
    parts: list[Rows] = []
    start = 0
    while start < len(content):
        end = _line_end(content, start + CHUNK_BYTES)
        skipped = dialect.skipped_lines if start == 0 else 0
        part = _read_chunk(pa.py_buffer(content).slice(start, end - start), dialect, skipped)
        if part is None:
            return None
        parts.append(part)
        watch(end / len(content))
        start = end
    if len(parts) == 1:
        return parts[0]
    return Rows(
        np.concatenate([part.times_ms for part in parts]),
        {role: np.concatenate([part.values[role] for part in parts]) for role in parts[0].values},
    )


def _line_end(content: bytes, place: int) -> int:
    """The first start of a line at or after a place, or the end."""
    found = content.find(b"\n", place - 1)
    return len(content) if found < 0 else found + 1


def _read_chunk(content: pa.Buffer, dialect: Dialect, skipped_lines: int) -> Rows | None:
    names = [f"{place}" for place in range(len(dialect.roles))]
    kinds = {
        name: _time_kind(dialect) if role is Role.TIME else pa.float64()
        for name, role in zip(names, dialect.roles, strict=True)
        if role is not Role.IGNORED
    }
    try:
        table = pc.read_csv(
            pa.BufferReader(content),
            pc.ReadOptions(column_names=names, skip_rows=skipped_lines, block_size=BLOCK_BYTES),
            pc.ParseOptions(delimiter=dialect.delimiter),
            pc.ConvertOptions(column_types=kinds, include_columns=list(kinds), null_values=[]),
        )
    except pa.ArrowException:
        return None
    roles = [role for role in dialect.roles if role is not Role.IGNORED]
    columns = dict(zip(roles, table.columns, strict=True))
    times_ms = _times_ms(columns.pop(Role.TIME), dialect.time_unit)
    if times_ms is None:
        return None
    return Rows(times_ms, {role: floats_of(column) for role, column in columns.items()})


def read_carefully(content: bytes, dialect: Dialect, watch: Watch = unwatched) -> Rows:
    """Every row that can be read, and for every other line what is wrong with it.

    Raises:
        ConfigError: it is no CSV file.
    """
    roles = [role for role in dialect.roles if role not in {Role.TIME, Role.IGNORED}]
    times_ms, lines, faults = [], [], []
    values: dict[Role, list[float]] = {role: [] for role in roles}
    line_count = max(1, content.count(b"\n"))
    for line, row in _lines(content, dialect):
        if line % LINES_BETWEEN_LOOKS == 0:
            watch(min(1.0, line / line_count))
        try:
            time_ms, numbers = _parsed(row, dialect)
        except ValueError as error:
            faults.append(LineFault(line, str(error)))
            continue
        times_ms.append(time_ms)
        lines.append(line)
        for role in roles:
            values[role].append(numbers[role])
    return Rows(
        np.array(times_ms, dtype=np.int64),
        {role: np.array(column, dtype=np.float64) for role, column in values.items()},
        np.array(lines, dtype=np.int64),
        tuple(faults),
    )


def _lines(content: bytes, dialect: Dialect) -> Iterator[tuple[int, list[str]]]:
    text = io.TextIOWrapper(
        io.BytesIO(content.removeprefix(BYTE_ORDER_MARK)), "utf-8", "replace", newline=""
    )
    reader = csv.reader(text, delimiter=dialect.delimiter)
    try:
        for row in reader:
            if row and reader.line_num > dialect.skipped_lines:
                yield reader.line_num, row
    except csv.Error as error:
        message = f"line {reader.line_num}: {error}"
        raise ConfigError(message) from error


def _parsed(row: list[str], dialect: Dialect) -> tuple[int, dict[Role, float]]:
    """Time and numbers of one row.

    Raises:
        ValueError: what is wrong, in words.
    """
    if len(row) != len(dialect.roles):
        message = f"{len(row)} fields, not {len(dialect.roles)}"
        raise ValueError(message)
    time_ms = 0
    numbers: dict[Role, float] = {}
    for role, field in zip(dialect.roles, row, strict=True):
        if role is Role.IGNORED:
            continue
        try:
            if role is Role.TIME:
                time_ms = parse_ms(field.strip(), dialect.time_unit)
            else:
                numbers[role] = _number(field)
        except (ValueError, OverflowError):
            shown = sanitize(field, length_max=FIELD_SHOWN_MAX)
            kind = "time" if role is Role.TIME else "number"
            message = f"{role.value} {shown!r} is no {kind}"
            raise ValueError(message) from None
    return time_ms, numbers


def _number(field: str) -> float:
    # Python reads 1_000 as a number; no other program does.
    if "_" in field:
        raise ValueError(field)
    return float(field)


def _time_kind(dialect: Dialect) -> pa.DataType:
    if dialect.time_unit is not TimeUnit.ISO:
        return pa.float64() if dialect.has_fractions else pa.int64()
    return ZONE_NEEDED if dialect.has_zone else pa.timestamp("ms")


def _times_ms(column: pa.ChunkedArray, unit: TimeUnit) -> TimeArray | None:
    if unit is TimeUnit.ISO:
        times = integers_of(column.cast(pa.int64()))
        return times if _is_sane(times, TIME_MS_MAX) else None
    factor, divisor = scale(unit)
    if column.type == pa.int64():
        whole = integers_of(column)
        # Before it is multiplied, so that nothing runs over.
        is_sane = _is_sane(whole, TIME_MS_MAX * divisor // factor)
        return whole * factor // divisor if is_sane else None
    moments = floats_of(column)
    if not _is_sane(moments, TIME_MS_MAX * divisor / factor):
        return None
    rounded: TimeArray = np.rint(moments * factor).astype(np.int64)
    return rounded // divisor


def _is_sane(values: TimeArray | FloatArray, end: float) -> bool:
    return not len(values) or bool(0 <= values.min() <= values.max() < end)
