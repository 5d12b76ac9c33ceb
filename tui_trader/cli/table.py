"""Plain tables and JSON: how answers look on stdout."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

import msgspec

from tui_trader.cli.narration import answer, painted
from tui_trader.engine.values.time import MS_PER_SECOND

UNKNOWN = "-"
GAP = "  "
PRICE_DIGITS = 6


def print_json(document: object) -> None:
    """One document on one line; Decimals are text, so that no digit is lost."""
    answer(msgspec.json.encode(document).decode())


def stream_json(document: object) -> None:
    """One document of many, out at once: somebody may be waiting for this line."""
    print_json(document)
    sys.stdout.flush()


def print_table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, empty: str) -> None:
    """Aligned columns; a head that begins with `>` is a column of numbers, set to the right."""
    if not rows:
        answer(empty)
        return
    first, *others = table_lines(heads, rows)
    answer(painted(first, "bold"))
    for line in others:
        answer(line)


def table_lines(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Heads, then rows."""
    names = [head.removeprefix(">") for head in heads]
    lines = [names, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(names))]
    return [
        GAP.join(
            cell.rjust(width) if head.startswith(">") else cell.ljust(width)
            for cell, width, head in zip(line, widths, heads, strict=True)
        ).rstrip()
        for line in lines
    ]


def amount(value: Decimal | None) -> str:
    """Exact number with thousands separators and without closing zeros."""
    if value is None:
        return UNKNOWN
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(value: Decimal | None) -> str:
    """Quote amount to the cent, for people."""
    return UNKNOWN if value is None else f"{value:,.2f}"


def price(value: Decimal | None) -> str:
    """Mean price, to six digits or the cent, whichever is finer: 58,369.34 and 0.0823451."""
    if value is None:
        return UNKNOWN
    decimals = max(2, PRICE_DIGITS - value.adjusted() - 1)
    return f"{value:,.{decimals}f}"


def moment(time_ms: int) -> str:
    """UTC date and time to the second."""
    return f"{datetime.fromtimestamp(time_ms / MS_PER_SECOND, tz=UTC):%Y-%m-%d %H:%M:%S}"
