"""Numbers as people read them: signs always written, thousands separated, unknown is a dash."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from tui_trader.engine.values.money import format_amount
from tui_trader.engine.values.time import MS_PER_DAY, MS_PER_MINUTE, MS_PER_SECOND

UNKNOWN = "—"
_COMPACT = ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "k"))
_MS_PER_HOUR = 60 * MS_PER_MINUTE
_PLAIN_BELOW = 10_000
_BLOCKS = " ▏▎▍▌▋▊▉█"
_LEVELS = "▁▂▃▄▅▆▇█"


def amount(value: Decimal | float | None, decimals: int = 2) -> str:
    """`1,234.50`, or a dash for unknown."""
    if value is None:
        return UNKNOWN
    return format_amount(Decimal(value), decimals=decimals)


def quantity(value: Decimal | None) -> str:
    """Base quantity without trailing zeros, thousands separated."""
    if value is None:
        return UNKNOWN
    text = f"{value.normalize():,f}"
    return text if text != "-0" else "0"


def signed(value: Decimal | float | None, decimals: int = 2) -> str:
    """`+1,234.50` or `-1,234.50`; zero has no sign."""
    if value is None:
        return UNKNOWN
    text = f"{value:+,.{decimals}f}"
    return text[1:] if not text.strip("+-0.,") else text


def percent(value: float | None, decimals: int = 2) -> str:
    """`+1.23%`."""
    return UNKNOWN if value is None else f"{signed(value, decimals)}%"


def arrow(value: Decimal | float | None, decimals: int = 2) -> str:
    """▲ above zero, ▼ below, a blank for what reads as zero with so many decimals."""
    if value is None or not round(value, decimals):
        return " "
    return "▲" if value > 0 else "▼"


def compact(value: float | None) -> str:
    """`12.3k`, `4.56M`: three or four digits, for axes."""
    if value is None:
        return UNKNOWN
    if abs(value) < _PLAIN_BELOW:
        return f"{value:,.2f}" if abs(value) < _COMPACT[-1][0] else f"{value:,.0f}"
    scale, suffix = next((item for item in _COMPACT if abs(value) >= item[0]), (1, ""))
    return f"{value / scale:,.1f}{suffix}"


def age(duration_ms: int) -> str:
    """`9s`, `4m`, `3h`, `12d`: one unit is enough to judge by."""
    duration_ms = max(0, duration_ms)
    if duration_ms < MS_PER_MINUTE:
        return f"{duration_ms // MS_PER_SECOND}s"
    if duration_ms < _MS_PER_HOUR:
        return f"{duration_ms // MS_PER_MINUTE}m"
    if duration_ms < MS_PER_DAY:
        return f"{duration_ms // _MS_PER_HOUR}h"
    return f"{duration_ms // MS_PER_DAY}d"


def bar(ratio: float, width: int) -> str:
    """Horizontal bar in eighths of a cell, blank-padded to `width`."""
    eighths = max(0, min(width * 8, round(ratio * width * 8)))
    whole, part = divmod(eighths, 8)
    return ("█" * whole + (_BLOCKS[part] if part else "")).ljust(width)


def spark(values: Sequence[float], width: int) -> str:
    """All of `values` in `width` blocks between their own lowest and highest, oldest first.

    More values than columns are averaged in equal shares, so that the picture is of all of them.
    """
    count = len(values)
    if not count or not width:
        return " " * width
    columns = min(width, count)
    edges = [count * column // columns for column in range(columns + 1)]
    means = [sum(values[start:end]) / (end - start) for start, end in pairwise(edges)]
    low, span = min(means), (max(means) - min(means)) or 1.0
    top = len(_LEVELS) - 1
    return "".join(_LEVELS[round((mean - low) / span * top)] for mean in means).rjust(width)
