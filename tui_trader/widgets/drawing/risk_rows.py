"""Rows of the risk screen: limits as gauges with what is left, exposures, the account, and what tripped."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from rich.style import Style
from textual.strip import Strip

from tui_trader.engine.messages.risk_queries import RiskRow
from tui_trader.engine.values.abilities import BudgetLevel
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.text import sanitize
from tui_trader.engine.values.time import format_clock, format_rfc3339
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.lines import Piece, left_in, line, wrapped
from tui_trader.widgets.drawing.numbers import (
    UNKNOWN,
    amount,
    arrow,
    bar,
    percent,
    quantity,
    signed,
)
from tui_trader.widgets.drawing.table import Column, first_row, table

_GAUGE_CELLS = 12
_STATES = {
    "ok": "ok",
    "near": "! near",
    "reached": "■ REACHED",
    "off": "off",
    "unknown": "? unknown",
}
_LIMITS = (
    Column(title="limit", width=14),
    Column(title="state", width=9),
    Column(title="used", width=_GAUGE_CELLS),
    Column(title="", width=4, is_right=True),
    Column(title="in numbers", width=24, is_right=True, priority=1),
    Column(title="what is left", width=12, priority=2, is_flexible=True),
)
_EXPOSURES = (
    Column(title="pair", width=9),
    Column(title="quantity", width=12, is_right=True, priority=2),
    Column(title="value", width=11, is_right=True),
    Column(title="of equity", width=9, is_right=True),
    Column(title="open P&L", width=12, is_right=True, priority=1),
    Column(title="held by", width=12, priority=3, is_flexible=True),
)
_LABEL_WIDTH = 13
_BUDGET_CELLS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """What the account holds of one asset; unknown is None."""

    symbol: Symbol
    quantity_base: Decimal
    value_quote: Decimal | None
    share_ratio: float | None
    pnl_quote: Decimal | None
    held_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """A rule that said no, or a stop."""

    time_ms: int
    gate: str
    actor: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The account at a glance; unknown is None."""

    equity: Decimal | None
    cash: Decimal | None
    day_start: Decimal | None
    day_pnl: Decimal | None
    peak: Decimal | None
    drawdown_ratio: float | None
    budgets: tuple[BudgetLevel, ...]
    is_status_known: bool


def limit_table(
    rows: Sequence[RiskRow], cursor: int, *, size: tuple[int, int], palette: Palette
) -> list[Strip]:
    """A gauge each; the state is a word and a sign, not a colour alone."""
    width, height = size
    room = max(1, height - 1)
    first = first_row(cursor, len(rows), room)
    return table(
        _LIMITS,
        [_limit(row, palette) for row in rows[first : first + room]],
        width=width,
        base=palette.base,
        title_style=palette.muted,
        cursor=(cursor - first, palette.cursor),
    )


def _limit(row: RiskRow, palette: Palette) -> list[Piece]:
    ink = state_ink(row, palette)
    share = None if row.used is None or not row.limit else row.used / row.limit
    gauge = " " * _GAUGE_CELLS if share is None else bar(min(1.0, share), _GAUGE_CELLS)
    # On a ground of its own, so that an empty gauge is one.
    ground = palette.muted if share is None else palette.field + ink
    return [
        (row.name, palette.strong),
        (_STATES[row.state], ink),
        (gauge, ground),
        (UNKNOWN if share is None else f"{share:.0%}", ink),
        (_of(row), None),
        (sanitize(row.text), palette.muted),
    ]


def _of(row: RiskRow) -> str:
    unit = "%" if row.unit == "percent" else row.unit
    used = UNKNOWN if row.used is None else _plain(row.used)
    if row.limit is None:
        return f"{used} {unit}" if row.used is not None else ""
    return f"{used} of {_plain(row.limit)} {unit}"


def _plain(value: float) -> str:
    text = f"{value:,.2f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def state_ink(row: RiskRow, palette: Palette) -> Style:
    """Colour of a state."""
    inks = {"ok": palette.up, "near": palette.warn, "reached": palette.bad}
    return inks.get(row.state, palette.muted)


def exposure_table(
    rows: Sequence[Exposure],
    cursor: int,
    *,
    size: tuple[int, int],
    palette: Palette,
    is_old: bool,
) -> list[Strip]:
    """Holdings, the largest first."""
    width, height = size
    if not rows:
        return [line(width, palette.base, [(" nothing is held: all is cash", palette.muted)])]
    room = max(1, height - 1)
    first = first_row(cursor, len(rows), room)
    return table(
        _EXPOSURES,
        [_exposure(row, palette, is_old=is_old) for row in rows[first : first + room]],
        width=width,
        base=palette.base,
        title_style=palette.muted,
        cursor=(cursor - first, palette.cursor),
    )


def _exposure(row: Exposure, palette: Palette, *, is_old: bool) -> list[Piece]:
    share = UNKNOWN if row.share_ratio is None else f"{row.share_ratio:.1%}"
    ink = palette.muted if is_old else palette.signed(row.pnl_quote)
    return [
        (sanitize(row.symbol), palette.strong),
        (quantity(Decimal(f"{row.quantity_base:.8f}")), None),
        (amount(row.value_quote), palette.muted if is_old else None),
        (share, palette.muted if is_old else None),
        (f"{arrow(row.pnl_quote)} {signed(row.pnl_quote)}", ink),
        (sanitize(row.held_by), palette.muted),
    ]


def account_rows(account: Account, *, width: int, palette: Palette, is_old: bool) -> list[Strip]:
    """Equity, the day, the peak, and the budgets of the exchange's rate limits."""
    plain = palette.muted if is_old else None
    day, start = account.day_pnl, account.day_start
    ratio = None if day is None or not start else float(day / start) * 100
    down = None if account.drawdown_ratio is None else -account.drawdown_ratio * 100
    rows: list[tuple[str, str, Style | None]] = [
        ("equity", amount(account.equity), plain or palette.strong),
        ("cash", amount(account.cash), plain),
        (
            "day P&L",
            f"{arrow(day)} {signed(day)} {percent(ratio)}",
            plain or palette.signed(day),
        ),
        ("day began at", amount(start), plain),
        ("highest", amount(account.peak), plain),
        ("below that", percent(down), plain or palette.signed(down)),
    ]
    strips = [
        line(width, palette.base, [(f" {left_in(name, _LABEL_WIDTH)}", palette.muted), (text, ink)])
        for name, text, ink in rows
    ]
    strips.append(
        line(width, palette.base, [(" calls left until the exchange slows us", palette.muted)])
    )
    if not account.budgets:
        text = " it counts none here" if account.is_status_known else f" {UNKNOWN}"
        strips.append(line(width, palette.base, [(text, palette.muted)]))
    return [*strips, *(_budget(level, width, palette) for level in account.budgets)]


def _budget(level: BudgetLevel, width: int, palette: Palette) -> Strip:
    share = level.used / level.limit if level.limit else 1.0
    ink = palette.bad if share >= 1 else palette.warn if share >= 0.8 else palette.up  # noqa: PLR2004
    pieces: list[Piece] = [
        (f" {left_in(sanitize(level.name), _LABEL_WIDTH)}", palette.muted),
        (bar(min(1.0, share), _BUDGET_CELLS), palette.field + ink),
        (f" {level.used:,.0f} of {level.limit:,.0f}", None),
        (f" · -{level.recovers_per_s:g}/s", palette.muted),
    ]
    return line(width, palette.base, pieces)


def trip_rows(
    trips: Sequence[Trip], cursor: int, *, size: tuple[int, int], palette: Palette
) -> list[Strip]:
    """What tripped, newest first; the marked one in full."""
    width, height = size
    if not trips:
        text = " no rule has said no, as far as the journal was read"
        return [line(width, palette.base, [(text, palette.muted)])]
    full = [] if height < 4 else _full(trips[cursor], width=width, palette=palette)  # noqa: PLR2004
    room = max(1, height - len(full))
    first = first_row(cursor, len(trips), room)
    strips = []
    for place, trip in enumerate(trips[first : first + room], first):
        is_marked = place == cursor
        base = palette.base + palette.cursor if is_marked else palette.base
        pieces: list[Piece] = [
            ("▸" if is_marked else " ", palette.accent),
            (f"{format_rfc3339(trip.time_ms)[5:10]} {format_clock(trip.time_ms)} ", palette.muted),
            (f"{left_in(sanitize(trip.gate), 14)} ", palette.warn),
            (sanitize(trip.text), None),
        ]
        strips.append(line(width, base, pieces))
    blank = line(width, palette.base, [])
    return [*strips, *[blank] * (room - len(strips)), *full]


def _full(trip: Trip, *, width: int, palette: Palette) -> list[Strip]:
    text = f"{trip.gate}, asked by {trip.actor}: {trip.text}"
    return [
        line(width, palette.base, [(f" {part}", palette.warn)])
        for part in wrapped(sanitize(text), max(1, width - 2), lines_max=3)
    ]
