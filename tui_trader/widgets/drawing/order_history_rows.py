"""Orders of today as a table, and everything that is known of one of them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from rich.style import Style
from textual.strip import Strip

from tui_trader.engine.messages.events import CommandRefused
from tui_trader.engine.state.order_life import OrderRecord
from tui_trader.engine.state.trading_state import BookedFill
from tui_trader.engine.values.instruments import Instrument, Symbol
from tui_trader.engine.values.orders import Side
from tui_trader.engine.values.text import sanitize
from tui_trader.engine.values.time import format_clock
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.lines import Piece, left_in, line, wrapped
from tui_trader.widgets.drawing.numbers import UNKNOWN, amount, quantity
from tui_trader.widgets.drawing.order_rows import status_words
from tui_trader.widgets.drawing.table import GAP, Column, table
from tui_trader.widgets.orders_board import Entry

_COLUMNS = (
    Column(title="time", width=8),
    Column(title="side", width=4),
    Column(title="pair", width=9),
    Column(title="type", width=12, priority=3),
    Column(title="price", width=11, is_right=True),
    Column(title="average", width=11, is_right=True, priority=2),
    Column(title="filled/total", width=15, is_right=True, priority=1),
    Column(title="fees", width=8, is_right=True, priority=4),
    Column(title="by", width=10, priority=5),
    Column(title="status", width=11, is_flexible=True),
)
_LABEL_WIDTH = 11
_FEE_DECIMALS = 4
_FILLS_TOLD = 5


def history_table(
    entries: Sequence[Entry],
    instruments: Mapping[Symbol, Instrument],
    *,
    width: int,
    palette: Palette,
    cursor: int | None,
) -> list[Strip]:
    """Title line, one line an entry; what a gate refused says which and why."""
    orders = [entry for entry in entries if isinstance(entry, OrderRecord)]
    title, *drawn = table(
        _COLUMNS,
        [_order_row(order, instruments.get(order.symbol), palette) for order in orders],
        width=width,
        base=palette.base,
        title_style=palette.muted,
        cursor=_cursor_among(orders, entries, cursor=cursor, palette=palette),
    )
    strips, of_orders = [title], iter(drawn)
    for index, entry in enumerate(entries):
        if isinstance(entry, OrderRecord):
            strips.append(next(of_orders))
        else:
            is_marked = index == cursor
            base = palette.base + palette.cursor if is_marked else palette.base
            mark = ("▸" if is_marked else " ", None)
            strips.append(line(width, base, [mark, *_refused_pieces(entry, palette)]))
    return strips


def _cursor_among(
    orders: Sequence[OrderRecord],
    entries: Sequence[Entry],
    *,
    cursor: int | None,
    palette: Palette,
) -> tuple[int, Style] | None:
    """The cursor in terms of the orders alone."""
    marked = None if cursor is None or not 0 <= cursor < len(entries) else entries[cursor]
    if not isinstance(marked, OrderRecord):
        return None
    return orders.index(marked), palette.cursor


def _order_row(order: OrderRecord, instrument: Instrument | None, palette: Palette) -> list[Piece]:
    decimals = instrument.price_decimals if instrument is not None else 2
    price = price_words(order, decimals, before_trigger="@")
    text, ink = status_words(order, palette)
    if order.reason:
        text = f"{text}: {sanitize(order.reason)}"
    return [
        (format_clock(order.submitted_ms), palette.muted),
        (order.side.name, palette.up if order.side is Side.BUY else palette.down),
        (order.symbol, palette.strong),
        (order.order_type.value + (" post" if order.post_only else ""), palette.muted),
        (price, None),
        (amount(order.price_average, decimals) if order.filled_base else "", None),
        (f"{quantity(order.filled_base)}/{quantity(order.quantity_base)}", None),
        (amount(order.fees_quote) if order.fees_quote else "", palette.muted),
        (sanitize(order.actor), palette.muted),
        (text, ink),
    ]


def price_words(order: OrderRecord, decimals: int, *, before_trigger: str = "from ") -> str:
    """Limit, trigger or trail; `market` where there is none."""
    trigger, trailing = order.terms.trigger_price, order.terms.trailing
    if order.price is not None:
        return amount(order.price, decimals)
    if trigger is not None:
        return f"{before_trigger}{amount(trigger, decimals)}"
    if trailing is not None:
        return f"trails {quantity(trailing.amount)}{'%' if trailing.is_percent else ''}"
    return "market"


def _refused_pieces(refused: CommandRefused, palette: Palette) -> list[Piece]:
    """Where an order has its numbers, the rule that said no has its words."""
    what = sanitize(refused.subject) or "command"
    why = f"REFUSED {sanitize(refused.gate)}: {sanitize(refused.reason)}"
    side, pair = _side_and_pair(what)
    time_width, side_width, pair_width = (column.width for column in _COLUMNS[:3])
    gap = " " * GAP
    return [
        (left_in(format_clock(refused.time_ms), time_width) + gap, palette.muted),
        (left_in(side, side_width) + gap, palette.muted),
        (left_in(pair, pair_width) + gap, palette.muted),
        (why, palette.bad),
    ]


def _side_and_pair(words: str) -> tuple[str, str]:
    """Of an order in words, as the gate tells it: `buy 0.05 BTC/USD at market`."""
    parts = words.split()
    side = parts[0].upper() if parts and parts[0] in {"buy", "sell"} else UNKNOWN
    return side, next((part for part in parts if "/" in part), UNKNOWN)


def order_details(
    entry: Entry,
    fills: Sequence[BookedFill],
    *,
    decimals: int,
    width: int,
    palette: Palette,
) -> list[Strip]:
    """Everything there is to know, a line each; the reason of a refusal first and whole."""
    rows = (
        _of_order(entry, fills, decimals=decimals, palette=palette)
        if isinstance(entry, OrderRecord)
        else _of_refused(entry, palette)
    )
    strips = []
    for label, (text, ink) in rows:
        parts = wrapped(sanitize(text), max(1, width - _LABEL_WIDTH - 2), lines_max=4)
        for index, part in enumerate(parts):
            name = left_in(label if not index else "", _LABEL_WIDTH)
            strips.append(line(width, palette.base, [(f" {name}", palette.muted), (part, ink)]))
    return strips


_Detail = tuple[str, Piece]


def _of_refused(refused: CommandRefused, palette: Palette) -> list[_Detail]:
    return [
        ("refused by", (refused.gate, palette.bad)),
        ("because", (refused.reason, palette.strong)),
        ("asked for", (refused.subject or "not an order", None)),
        ("by", (f"{refused.actor} at {format_clock(refused.time_ms)} UTC", None)),
        ("sent", ("nothing left for the exchange", palette.muted)),
    ]


def _of_order(
    order: OrderRecord, fills: Sequence[BookedFill], *, decimals: int, palette: Palette
) -> list[_Detail]:
    status, ink = status_words(order, palette)
    kind = f"{order.order_type.value}{' post-only' if order.post_only else ''}"
    price = price_words(order, decimals)
    what = f"{order.side.value} {quantity(order.quantity_base)} {order.symbol} · {kind} · {price}"
    rows: list[_Detail] = [("status", (status.strip(), ink))]
    if order.reason:
        rows.append(("because", (order.reason, palette.strong)))
    rows.append(("asked for", (what, None)))
    times = f"{order.actor} at {format_clock(order.submitted_ms)} UTC"
    rows.append(("by", (f"{times}, last changed {format_clock(order.changed_ms)}", None)))
    average = amount(order.price_average, decimals)
    booked = f"{quantity(order.filled_base)} of {quantity(order.quantity_base)} at {average}"
    fees = f"fees {_rounded(order.fees_quote)}"
    rows.append(("filled", (f"{booked} · {fees}" if order.filled_base else "nothing", None)))
    own = [one.fill for one in fills if one.client_order_id == order.client_order_id]
    for index, fill in enumerate(own[-_FILLS_TOLD:]):
        part = f"{format_clock(fill.filled_ms)}  {quantity(fill.quantity_base)}"
        maker = "maker" if fill.is_maker else "taker"
        text = f"{part} at {amount(fill.price, decimals)} {maker} fee {_rounded(fill.fee)}"
        rows.append(("fills" if not index else "", (text, palette.muted)))
    rows.append(("exchange", (order.exchange_order_id or "has not named it", palette.muted)))
    rows.append(("our name", (order.client_order_id, palette.muted)))
    return rows


def _rounded(value: Decimal) -> str:
    return quantity(Decimal(f"{value:.{_FEE_DECIMALS}f}"))
