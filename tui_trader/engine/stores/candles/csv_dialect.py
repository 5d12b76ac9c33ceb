"""How a CSV file is written: what parts its fields, whether it has a head, what each column is."""

import csv
from collections.abc import Sequence
from typing import NamedTuple

from tui_trader.engine.stores.candles.column_roles import (
    Role,
    Roles,
    is_head,
    roles_by_place,
    roles_named,
    roles_of_head,
)
from tui_trader.engine.stores.candles.time_units import TimeUnit, parse_ms, unit_of
from tui_trader.engine.values.errors import ConfigError

SAMPLE_BYTES = 65_536
DELIMITERS = ",;\t|"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
"""Begins what spreadsheets call Unicode text."""


class Dialect(NamedTuple):
    """One way to write a CSV file.

    Args:
        skipped_lines: Lines before the first row of values.
        roles: What each column is.
        has_zone: Whether moments in words carry a time zone.
        has_fractions: Whether moments in numbers have a decimal point.
    """

    delimiter: str
    skipped_lines: int
    roles: Roles
    time_unit: TimeUnit
    has_zone: bool = False
    has_fractions: bool = False


class Wishes(NamedTuple):
    """What the user says about files whose look does not say it.

    Args:
        columns: Names of the columns in order, as `--columns` has them.
        time_unit: Unit of their times.
    """

    columns: str | None = None
    time_unit: TimeUnit | None = None


def dialect_of(content: bytes, wishes: Wishes) -> Dialect:
    """The dialect of a file.

    Raises:
        ConfigError: it is no CSV file, or its columns cannot be told.
    """
    sample = content[:SAMPLE_BYTES]
    if sample.startswith(WIDE_MARKS):
        message = "is UTF-16 text; save it again as UTF-8"
        raise ConfigError(message)
    if b"\0" in sample:
        message = "is neither text nor Parquet, Feather, zip or gzip"
        raise ConfigError(message)
    text = sample.removeprefix(BYTE_ORDER_MARK).decode("utf-8", "replace")
    lines = text.splitlines()
    if len(content) > SAMPLE_BYTES:
        # The last one is cut.
        lines.pop()
    if not lines:
        message = f"is no CSV file (its first line is longer than {SAMPLE_BYTES:,} bytes)"
        raise ConfigError(message)
    delimiter = _delimiter(lines)
    try:
        rows = list(csv.reader(lines, delimiter=delimiter))
    except csv.Error as error:
        message = f"is no CSV file ({error})"
        raise ConfigError(message) from error
    if not any(rows):
        message = "holds no row"
        raise ConfigError(message)
    return _with_columns(rows, delimiter, wishes)


def _with_columns(rows: Sequence[Sequence[str]], delimiter: str, wishes: Wishes) -> Dialect:
    skipped = next(index for index, row in enumerate(rows) if row)
    following = rows[skipped + 1 : skipped + 2]
    if following and len(rows[skipped]) == 1 < len(following[0]):
        # CryptoDataDownload puts its address on top.
        skipped += 1
    head = rows[skipped]
    has_head = is_head(head)
    skipped += has_head
    values = [row for row in rows[skipped:] if row]
    if not values:
        message = "has a head and no row"
        raise ConfigError(message)
    if wishes.columns is not None:
        roles = roles_named(wishes.columns)
    elif has_head:
        roles = roles_of_head(head)
    else:
        roles = roles_by_place(values, len(values[0]))
    if len(roles) != len(values[0]):
        message = f"has {len(values[0])} columns; --columns names {len(roles)} (- is ignored)"
        raise ConfigError(message)
    moments = [row[roles.index(Role.TIME)] for row in values if len(row) == len(roles)]
    moment = _typical(moments).strip()
    return Dialect(
        delimiter,
        skipped,
        roles,
        wishes.time_unit or unit_of(moment),
        has_zone=moment.endswith(("Z", "z")) or "+" in moment[10:] or "-" in moment[10:],
        has_fractions=any("." in one for one in moments),
    )


def _typical(moments: Sequence[str]) -> str:
    """A moment whose unit is that of most: one broken row must not decide for all."""
    readable = [moment for moment in moments if _is_moment(moment.strip())]
    if not readable:
        return ""
    units = [unit_of(moment) for moment in readable]
    return readable[units.index(max(set(units), key=units.count))]


def _is_moment(text: str) -> bool:
    try:
        parse_ms(text, unit_of(text))
    except (ValueError, OverflowError):
        return False
    return True


def _delimiter(lines: Sequence[str]) -> str:
    looked_at = [line for line in lines if line.strip()][:2]
    return max(DELIMITERS, key=lambda one: sum(line.count(one) for line in looked_at))
