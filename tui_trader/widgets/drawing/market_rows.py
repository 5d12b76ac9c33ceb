"""The table of pairs: as many columns as fit, the marked one always among them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rich.style import Style
from textual.strip import Strip

from tui_trader.engine.messages.analysis_queries import PickValue
from tui_trader.engine.values.instruments import Symbol
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.lines import Piece, left_in, line, right_in
from tui_trader.widgets.drawing.numbers import (
    UNKNOWN,
    amount,
    arrow,
    compact,
    percent,
    quantity,
    spark,
)

_GAP = 2
_LEFT = 2
STANCES = {1: "▲", -1: "▼", 0: "·"}
_CURVE_WIDTH = 16
_COMPACT_FROM = 10_000
_PRICE_TEXT_MAX = 9
_LEFT_COLUMNS = frozenset({"pair", "curve"})


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketLine:
    """One pair.

    Args:
        turnover_24h: Volume times price, quote.
        position_base: `None` where the account is not known; 0 for no position.
        picks: By position of the pick; fewer while the engine has not answered.
        why: Why something is unknown, else empty.
    """

    symbol: Symbol
    decimals: int
    last: Decimal | None
    change_24h: float | None
    change_1h: float | None
    high_24h: float | None
    low_24h: float | None
    turnover_24h: float | None
    spread_bps: float | None
    closes: tuple[float, ...]
    position_base: Decimal | None
    picks: tuple[PickValue, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketColumn:
    """One column: `priority` 0 stays always, the highest leaves first; `pick` is its place.

    Args:
        output: Which of the values of the pick it shows.
    """

    name: str
    title: str
    width: int
    priority: int
    pick: int | None = None
    output: int = 0
    unit: str = ""


def fitting_columns(
    columns: Sequence[MarketColumn], *, marked: str, width: int
) -> list[MarketColumn]:
    """Those that fit, in their order; the marked one stays whatever its priority."""
    kept = list(columns)
    while _total(kept) > width and len(kept) > 1:
        droppable = [column for column in kept if column.name != marked]
        # The right-most of the least needed leaves first.
        kept.remove(max(droppable, key=lambda column: (column.priority, kept.index(column))))
    return kept


def column_at(columns: Sequence[MarketColumn], x: int) -> str | None:
    """Name of the column that stands at `x`."""
    start = _LEFT
    for column in columns:
        if start <= x < start + column.width + _GAP:
            return column.name
        start += column.width + _GAP
    return None


def market_titles(
    columns: Sequence[MarketColumn],
    *,
    marked: str,
    sort: str,
    is_descending: bool,
    width: int,
    palette: Palette,
) -> Strip:
    """The line of titles: the marked one on colour and in brackets' stead, the sorted one with an arrow."""
    pieces: list[Piece] = [(" " * _LEFT, None)]
    for column in columns:
        sign = ("▾" if is_descending else "▴") if column.name == sort else ""
        place = left_in if column.name in _LEFT_COLUMNS else right_in
        ink = palette.active if column.name == marked else palette.muted
        text = f"▸{column.title}{sign}" if column.name == marked else f"{column.title}{sign}"
        pieces += [(place(text, column.width), ink), (" " * _GAP, None)]
    return line(width, palette.base, pieces[:-1])


def market_rows(
    lines: Sequence[MarketLine],
    columns: Sequence[MarketColumn],
    *,
    selected: str | None,
    is_old: bool,
    width: int,
    palette: Palette,
) -> list[Strip]:
    """One strip a pair."""
    strips = []
    for row in lines:
        is_selected = row.symbol == selected
        base = palette.base + palette.cursor if is_selected else palette.base
        is_held = bool(row.position_base)
        pieces: list[Piece] = [
            ("▸" if is_selected else " ", palette.accent),
            ("●" if is_held else " ", palette.own),
        ]
        for column in columns:
            text, ink = _cell(row, column, palette)
            place = left_in if column.name in _LEFT_COLUMNS else right_in
            style = palette.muted if is_old and ink is not None else ink
            pieces += [(place(text, column.width), style), (" " * _GAP, None)]
        strips.append(line(width, base, pieces))
    return strips


def _cell(row: MarketLine, column: MarketColumn, palette: Palette) -> tuple[str, Style | None]:
    if column.pick is not None:
        return _pick_cell(row, column.pick, column=column, palette=palette)
    return _CELLS[column.name](row, palette)


def _change(value: float | None, palette: Palette) -> tuple[str, Style]:
    return f"{arrow(value)}{percent(value)}", palette.signed(value)


def _curve(row: MarketLine, palette: Palette) -> tuple[str, Style]:
    if not row.closes:
        return UNKNOWN, palette.muted
    ink = palette.bid_bar if row.closes[-1] >= row.closes[0] else palette.ask_bar
    return spark(row.closes, _CURVE_WIDTH), ink


def _spread(row: MarketLine, palette: Palette) -> tuple[str, Style]:
    return UNKNOWN if row.spread_bps is None else f"{row.spread_bps:.1f} bp", palette.plain


def _position(row: MarketLine, palette: Palette) -> tuple[str, Style]:
    if row.position_base is None:
        return UNKNOWN, palette.muted
    return quantity(row.position_base) if row.position_base else "", palette.own


_CELLS: dict[str, Callable[[MarketLine, Palette], tuple[str, Style]]] = {
    "pair": lambda row, palette: (row.symbol, palette.strong),
    "last": lambda row, palette: (amount(row.last, row.decimals), palette.strong),
    "24h": lambda row, palette: _change(row.change_24h, palette),
    "1h": lambda row, palette: _change(row.change_1h, palette),
    "high": lambda row, palette: (amount(row.high_24h, row.decimals), palette.muted),
    "low": lambda row, palette: (amount(row.low_24h, row.decimals), palette.muted),
    "turnover": lambda row, palette: (compact(row.turnover_24h), palette.plain),
    "spread": _spread,
    "curve": _curve,
    "position": _position,
}


def _pick_cell(
    row: MarketLine, place: int, *, column: MarketColumn, palette: Palette
) -> tuple[str, Style | None]:
    if place >= len(row.picks):
        return UNKNOWN, palette.muted
    pick = row.picks[place]
    value = pick.values[column.output] if column.output < len(pick.values) else None
    text = value_text(value, unit=column.unit, decimals=row.decimals)
    if pick.stance is None:
        return f"{text}  ", palette.muted if value is None else palette.plain
    return f"{text} {STANCES[pick.stance]}", palette.signed(pick.stance)


def value_text(value: float | None, *, unit: str, decimals: int) -> str:
    """A value of an indicator, with as many digits as its unit deserves."""
    if value is None:
        return UNKNOWN
    if unit == "price":
        text = f"{value:,.{decimals}f}"
        # What is small beside the price (a MACD) has its digits far behind the point.
        return text if len(text) <= _PRICE_TEXT_MAX or abs(value) >= 1 else f"{value:.3g}"
    if unit in {"flag", "bars"}:
        return f"{value:,.0f}"
    if unit.startswith("ratio"):
        return f"{value:,.3f}"
    return f"{value:,.2f}" if abs(value) < _COMPACT_FROM else compact(value)


def _total(columns: Sequence[MarketColumn]) -> int:
    return sum(column.width for column in columns) + _GAP * (len(columns) - 1)
