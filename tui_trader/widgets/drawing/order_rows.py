"""Open orders as a table; an order nobody knows the fate of says so loudly."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from textual.strip import Strip

from tui_trader.engine.state.order_life import OrderRecord
from tui_trader.engine.values.instruments import Instrument, Symbol
from tui_trader.engine.values.money import ZERO
from tui_trader.engine.values.orders import OrderStatus, OrderType, Side
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.lines import Piece, line
from tui_trader.widgets.drawing.numbers import age, amount, quantity
from tui_trader.widgets.drawing.table import Column, table

_COLUMNS = (
    Column(title="age", width=4, is_right=True, priority=2),
    Column(title="side", width=4),
    Column(title="type", width=10, priority=3),
    Column(title="pair", width=9),
    Column(title="price", width=11, is_right=True),
    Column(title="filled/total", width=15, is_right=True, priority=1),
    Column(title="status", width=9, is_flexible=True),
)

# As long as the column is.
_KINDS = {
    OrderType.STOP_LOSS: "stop",
    OrderType.STOP_LOSS_LIMIT: "stop limit",
    OrderType.TAKE_PROFIT: "take",
    OrderType.TAKE_PROFIT_LIMIT: "take limit",
    OrderType.TRAILING_STOP: "trail",
    OrderType.TRAILING_STOP_LIMIT: "trail lim",
}


def order_table(
    orders: Sequence[OrderRecord],
    instruments: Mapping[Symbol, Instrument],
    *,
    now_ms: int,
    width: int,
    palette: Palette,
    cursor: int | None,
) -> list[Strip]:
    """Title line, one line an order; says so when there is none."""
    if not orders:
        return [line(width, palette.base, [(" no open orders", palette.muted)])]
    rows = [
        _row(order, instruments.get(order.symbol), now_ms=now_ms, palette=palette)
        for order in orders
    ]
    marked = None if cursor is None else (cursor, palette.cursor)
    return table(
        _COLUMNS,
        rows,
        width=width,
        base=palette.base,
        title_style=palette.muted,
        cursor=marked,
    )


def _row(
    order: OrderRecord, instrument: Instrument | None, *, now_ms: int, palette: Palette
) -> list[Piece]:
    decimals = instrument.price_decimals if instrument is not None else 2
    is_buy = order.side is Side.BUY
    kind = _KINDS.get(order.order_type, order.order_type.value)
    kind += " post" if order.post_only else ""
    price = (
        _trigger_words(order, decimals) if order.price is None else amount(order.price, decimals)
    )
    filled = f"{quantity(order.filled_base)}/{quantity(order.quantity_base)}"
    return [
        (age(now_ms - order.submitted_ms), palette.muted),
        (order.side.name, palette.up if is_buy else palette.down),
        (kind, palette.muted),
        (order.symbol, palette.strong),
        (price, None),
        (filled, None),
        status_words(order, palette),
    ]


def _trigger_words(order: OrderRecord, decimals: int) -> str:
    trigger, trailing = order.terms.trigger_price, order.terms.trailing
    if trigger is not None:
        return f"@{amount(trigger, decimals)}"
    if trailing is not None:
        return f"trails {quantity(trailing.amount)}{'%' if trailing.is_percent else ''}"
    return "market"


def status_words(order: OrderRecord, palette: Palette) -> Piece:
    """Status in a word or two, and its colour."""
    words: dict[OrderStatus, Piece] = {
        OrderStatus.SUBMITTED: ("sending…", palette.warn),
        OrderStatus.OPEN: ("open", None),
        OrderStatus.PARTIALLY_FILLED: ("part-filled", palette.accent),
        OrderStatus.CANCELLING: ("cancelling…", palette.warn),
        OrderStatus.UNKNOWN: (" UNKNOWN ", palette.halt),
        OrderStatus.FILLED: ("filled", palette.up),
        OrderStatus.CANCELLED: ("cancelled", palette.muted),
        OrderStatus.EXPIRED: ("expired", palette.muted),
        OrderStatus.REJECTED: ("REJECTED", palette.bad),
        OrderStatus.NOT_PLACED: ("not placed", palette.muted),
    }
    text, ink = words[order.status]
    return (f"{text} EXTERNAL" if order.actor == "external" else text), ink


def own_by_price(orders: Sequence[OrderRecord], symbol: Symbol | None) -> dict[Decimal, Decimal]:
    """Remaining quantity of own resting limit orders of one pair, by price."""
    own: dict[Decimal, Decimal] = {}
    for order in orders:
        if order.symbol == symbol and order.price is not None:
            own[order.price] = own.get(order.price, ZERO) + order.remaining_base
    return own
