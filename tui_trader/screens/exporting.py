"""Tables written out for other programs: CSV or JSON, a file of its own each, in the home.

Law: numbers leave as they are, unrounded; what is unknown is an empty cell, or null.
"""

import csv
import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from pathlib import Path

import msgspec

from tui_trader.engine.values.text import sanitize
from tui_trader.engine.values.time import format_rfc3339
from tui_trader.screens.dialogs.choice import Choice

_PRIVATE = 0o600
_FORMULA = ("=", "+", "-", "@")
"""Text that begins so would be computed by a spreadsheet."""

Cell = str | int | float | Decimal | None


class Format(Enum):
    """What a file is written as; the value ends its name."""

    CSV = "csv"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportTable:
    """A table with the names of its columns."""

    name: str
    heads: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]


def export_choices(tables: Sequence[ExportTable]) -> list[Choice]:
    """Each table as each format, by letters."""
    pairs = [(table, kind) for table in tables for kind in Format]
    return [
        Choice(
            key=chr(ord("a") + place),
            label=f"{table.name}: {len(table.rows)} rows as {kind.name}",
            result=f"{place}",
        )
        for place, (table, kind) in enumerate(pairs)
    ]


def chosen_export(tables: Sequence[ExportTable], result: str) -> tuple[ExportTable, Format]:
    """What the result of such a choice stands for."""
    table, kind = divmod(int(result), len(Format))
    return tables[table], list(Format)[kind]


def write_export(table: ExportTable, kind: Format, *, folder: Path, now_ms: int) -> Path:
    """Write a new file; one that is there already is never written over.

    Raises:
        OSError: it could not be written.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    stamp = format_rfc3339(now_ms)[:19].replace(":", "").replace("-", "").replace("T", "-")
    text = _csv(table) if kind is Format.CSV else _json(table)
    for count in range(100):
        suffix = f"-{count + 1}" if count else ""
        path = folder / f"{table.name.replace(' ', '-')}-{stamp}{suffix}.{kind.value}"
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
        except FileExistsError:
            continue
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        return path
    message = f"a hundred files of this second are in {folder}"
    raise FileExistsError(message)


def row_text(row: Sequence[Cell]) -> str:
    """One row for the clipboard: cells with tabs between them, clean of anything a terminal obeys."""
    return "\t".join("" if cell is None else _cell_text(cell) for cell in row)


def _cell_text(cell: str | float | Decimal) -> str:
    if isinstance(cell, str):
        return sanitize(cell)
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)


def _csv(table: ExportTable) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.heads)
    writer.writerows([[_cell(cell) for cell in row] for row in table.rows])
    return out.getvalue()


def _cell(cell: Cell) -> str:
    if cell is None:
        return ""
    text = _cell_text(cell)
    return f"'{text}" if isinstance(cell, str) and text.startswith(_FORMULA) else text


def _json(table: ExportTable) -> str:
    rows = [
        {
            head: f"{cell:f}" if isinstance(cell, Decimal) else cell
            for head, cell in zip(table.heads, row, strict=True)
        }
        for row in table.rows
    ]
    return msgspec.json.format(msgspec.json.encode(rows), indent=2).decode() + "\n"
