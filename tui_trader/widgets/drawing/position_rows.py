"""Positions as a table: what is held, what it cost, what it would bring."""

from collections.abc import Sequence
from decimal import Decimal

from textual.strip import Strip

from tui_trader.engine.state.ledger import Position
from tui_trader.engine.values.instruments import Instrument, Symbol
from tui_trader.engine.values.money import ZERO
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.lines import Piece, line
from tui_trader.widgets.drawing.numbers import amount, arrow, percent, quantity, signed
from tui_trader.widgets.drawing.table import Column, table

_COLUMNS = (
    Column(title="pair", width=8),
    Column(title="quantity", width=10, is_right=True),
    Column(title="average", width=10, is_right=True, priority=2),
    Column(title="mark", width=10, is_right=True, priority=3),
    Column(title="open P&L", width=11, is_right=True),
    Column(title="%", width=7, is_right=True, priority=1),
    Column(title="realised", width=9, is_right=True, priority=4),
    Column(title="fees", width=7, is_right=True, priority=5),
)


def held(positions: dict[Symbol, Position]) -> list[Position]:
    """Positions that still hold something, in the order they began."""
    return [position for position in positions.values() if position.quantity_base > ZERO]


def position_table(
    positions: Sequence[tuple[Position, Instrument | None, Decimal | None]],
    *,
    width: int,
    palette: Palette,
    is_old: bool,
) -> list[Strip]:
    """Title line, one line a position (with its instrument and mark); says so when there is none."""
    if not positions:
        return [line(width, palette.base, [(" no open positions", palette.muted)])]
    rows = [
        _row(position, instrument, mark, palette=palette, is_old=is_old)
        for position, instrument, mark in positions
    ]
    return table(_COLUMNS, rows, width=width, base=palette.base, title_style=palette.muted)


def _row(
    position: Position,
    instrument: Instrument | None,
    mark: Decimal | None,
    *,
    palette: Palette,
    is_old: bool,
) -> list[Piece]:
    decimals = instrument.price_decimals if instrument is not None else 2
    pnl = position.open_pnl(mark) if mark is not None else None
    ratio = float(pnl / position.cost_quote) if pnl is not None and position.cost_quote else None
    ink = palette.muted if is_old else palette.signed(pnl)
    return [
        (position.symbol, palette.strong),
        (quantity(position.quantity_base), None),
        (amount(position.price_average, decimals), None),
        (amount(mark, decimals), palette.muted if is_old else None),
        (f"{arrow(pnl)} {signed(pnl)}", ink),
        (percent(ratio * 100 if ratio is not None else None), ink),
        (signed(position.realised_quote), palette.signed(position.realised_quote)),
        (amount(position.fees_quote), palette.muted),
    ]
