"""Watch list: one pair a line with price, change of the day, an hour of closes, position mark."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from tui_trader.engine.values.instruments import Symbol
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.lines import Piece, left_in, line, right_in
from tui_trader.widgets.drawing.numbers import amount, arrow, percent, spark

_NAME_WIDTH_MAX = 12
_CHANGE_WIDTH = 9
_PRICE_WIDTH_MIN = 8
_SPARK_MIN = 5
_SPARK_MAX = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchRow:
    """One pair.

    Args:
        closes: Minute closes of the last hour, oldest first.
        is_held: There is a position.
        is_old: The price is not current.
    """

    symbol: Symbol
    price: Decimal | None
    decimals: int
    change_percent: float | None
    closes: tuple[float, ...]
    is_held: bool
    is_old: bool


def watch_list(
    rows: Sequence[WatchRow], *, selected: Symbol | None, width: int, palette: Palette
) -> list[Strip]:
    """One strip a pair."""
    name_width, price_width = _widths(rows)
    spark_width = curve_width(rows, width)
    strips = []
    for row in rows:
        is_selected = row.symbol == selected
        base = palette.base + palette.cursor if is_selected else palette.base
        ink = palette.muted if row.is_old else palette.signed(row.change_percent)
        change = f"{arrow(row.change_percent)}{percent(row.change_percent)}"
        pieces: list[Piece] = [
            ("▸" if is_selected else " ", palette.accent),
            (left_in(row.symbol, name_width), palette.strong if is_selected else None),
            (" ● " if row.is_held else "   ", palette.own),
            (
                right_in(amount(row.price, row.decimals), price_width),
                palette.muted if row.is_old else palette.strong,
            ),
            (right_in(change, _CHANGE_WIDTH + 1), ink),
        ]
        if spark_width:
            faded = palette.faint if row.is_old else _faded(row.closes, palette)
            pieces.append((" " + spark(row.closes, spark_width), faded))
        strips.append(line(width, base, pieces))
    return strips


def curve_width(rows: Sequence[WatchRow], width: int) -> int:
    """Cells that are left for the curve of the last hour; 0 where they are too few."""
    name_width, price_width = _widths(rows)
    left = width - name_width - price_width - _CHANGE_WIDTH - 6
    return min(_SPARK_MAX, left) if left >= _SPARK_MIN else 0


def _widths(rows: Sequence[WatchRow]) -> tuple[int, int]:
    name_width = min(_NAME_WIDTH_MAX, max((cell_len(row.symbol) for row in rows), default=7))
    price_width = max((len(amount(row.price, row.decimals)) for row in rows), default=0)
    return name_width, max(_PRICE_WIDTH_MIN, price_width)


def _faded(closes: Sequence[float], palette: Palette) -> Style:
    """Quieter than the number, and by its own direction: an hour may rise on a day that falls."""
    if not closes or closes[-1] == closes[0]:
        return palette.muted
    return palette.bid_bar if closes[-1] > closes[0] else palette.ask_bar
