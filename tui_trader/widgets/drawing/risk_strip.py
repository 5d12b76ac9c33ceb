"""The limits of [risk] in a few lines: a gauge each, what is left, and a sign that says without colour how it stands."""

from collections.abc import Sequence
from typing import Final

from textual.strip import Strip

from tui_trader.engine.messages.risk_queries import RiskRow
from tui_trader.engine.values.text import sanitize
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.lines import Piece, left_in, line
from tui_trader.widgets.drawing.numbers import UNKNOWN, bar
from tui_trader.widgets.drawing.risk_rows import state_ink

_SHORT_NAMES: Final = {
    "position": "Position",
    "exposure": "Exposure",
    "positions": "Pairs",
    "daily_loss": "Day loss",
    "drawdown": "Drawdown",
    "losing_streak": "Losses",
    "cool_down": "Cool-down",
    "trades_per_day": "Trades",
}
_NAME_WIDTH = 9
_GAUGE_MIN, _GAUGE_MAX = 4, 10
_PERCENT_WIDTH = 5
_TEXT_MIN = 12
_SIGNS: Final = {"reached": "■", "near": "!", "unknown": "?"}
_URGENCY: Final = ("reached", "near", "unknown", "ok", "off")
_WHOLE_FROM = 100


def most_urgent(rows: Sequence[RiskRow], count: int) -> list[RiskRow]:
    """All of them in their order where there is room, else the `count` that matter most."""
    if len(rows) <= count:
        return list(rows)
    return sorted(rows, key=lambda row: (_URGENCY.index(row.state), -share(row)))[:count]


def risk_words(rows: Sequence[RiskRow]) -> str:
    """How all of them stand, in a word or two."""
    reached = sum(row.state == "reached" for row in rows)
    near = sum(row.state == "near" for row in rows)
    unknown = sum(row.state == "unknown" for row in rows)
    parts = [
        f"{count} {word}"
        for count, word in ((reached, "REACHED"), (near, "near"), (unknown, "unknown"))
        if count
    ]
    return " · ".join(parts) or "all free"


def risk_strip(
    rows: Sequence[RiskRow], *, size: tuple[int, int], palette: Palette, is_old: bool
) -> list[Strip]:
    """A line for each limit that has room."""
    width, height = size
    return [
        _gauge(row, width=width, palette=palette, is_old=is_old)
        for row in most_urgent(rows, height)
    ]


def _gauge(row: RiskRow, *, width: int, palette: Palette, is_old: bool) -> Strip:
    ink = palette.muted if is_old else state_ink(row, palette)
    room = width - 3 - _NAME_WIDTH - _PERCENT_WIDTH - 1
    cells = max(_GAUGE_MIN, min(_GAUGE_MAX, room - _TEXT_MIN))
    is_counted = row.used is not None and bool(row.limit)
    gauge = bar(min(1.0, share(row)), cells).rstrip() if is_counted else ""
    track = ("─" if is_counted else "·") * (cells - len(gauge))
    number = f"{share(row):.0%}" if is_counted else UNKNOWN
    text = sanitize(row.text)
    pieces: list[Piece] = [
        (f"{_SIGNS.get(row.state, ' ')} ", ink),
        (left_in(_SHORT_NAMES.get(row.key, row.name), _NAME_WIDTH), palette.muted),
        (" ", None),
        (gauge, ink),
        (track, palette.faint),
        (number.rjust(_PERCENT_WIDTH), ink),
        (" ", None),
        (text if len(text) <= room - cells else headroom(row), palette.muted),
    ]
    return line(width, palette.base, pieces)


def share(row: RiskRow) -> float:
    """Part of the limit that is used up; 0 where that is not known."""
    return row.used / row.limit if row.used is not None and row.limit else 0.0


def headroom(row: RiskRow) -> str:
    """What is left, in a word or two."""
    if row.state in {"off", "unknown"}:
        return row.state
    if row.used is None or row.limit is None:
        return "none runs"
    left = row.limit - row.used
    if row.state == "reached":
        return f"{_number(-left, row)} over" if left < 0 else "REACHED"
    return f"{_number(left, row)} left"


def _number(value: float, row: RiskRow) -> str:
    digits = 0 if value >= _WHOLE_FROM or value == int(value) else 2
    return f"{value:,.{digits}f}{'%' if row.unit == 'percent' else ''}"
