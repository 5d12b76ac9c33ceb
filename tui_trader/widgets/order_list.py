"""Orders of today as values: those that are open, those that ended, and what a gate refused. No drawing."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tui_trader.engine.messages.events import CommandRefused
from tui_trader.engine.state.order_life import OrderRecord
from tui_trader.engine.values.orders import OrderStatus
from tui_trader.engine.values.time import MS_PER_DAY
from tui_trader.widgets.orders_board import Entry, Kind, Order
from tui_trader.widgets.scene import Scene


def day_start_ms(scene: Scene) -> int:
    """When today began, UTC."""
    return scene.now_ms // MS_PER_DAY * MS_PER_DAY


def entries(scene: Scene) -> list[Entry]:
    """Those that are listed, in their order."""
    board = scene.order_board
    sequence = scene.mirror.sequence if scene.mirror is not None else 0
    day_ms, version = day_start_ms(scene), scene.journal.version
    as_of = (id(scene.mirror), sequence, version, day_ms, board.kind, board.sort, board.filter)
    # Every order ever sent is looked at: only when something has changed.
    if board.as_of != as_of:
        found = [
            entry for entry in _of_kind(scene, board.kind, day_ms) if _has(entry, board.filter)
        ]
        found.sort(key=time_ms_of, reverse=board.sort is not Order.OLDEST)
        key = _SORTS.get(board.sort)
        if key is not None:
            found.sort(key=key)
        board.entries, board.as_of = found, as_of
    return board.entries


def place_of_cursor(scene: Scene) -> int:
    """Index of the entry under the cursor, -1 where there is none."""
    board, found = scene.order_board, entries(scene)
    for place, entry in enumerate(found):
        if name_of(entry) == board.chosen:
            return place
    return min(board.place, len(found) - 1)


def entry_at_cursor(scene: Scene) -> Entry | None:
    """The one under the cursor."""
    place = place_of_cursor(scene)
    return entries(scene)[place] if place >= 0 else None


def move_cursor(scene: Scene, step: int) -> None:
    """Mark another one; no further than the ends."""
    found = entries(scene)
    if found:
        board = scene.order_board
        board.place = max(0, min(len(found) - 1, place_of_cursor(scene) + step))
        board.chosen, board.is_chosen = name_of(found[board.place]), True


def hold_cursor(scene: Scene) -> None:
    """Keep to the entry that is shown under the cursor: one that comes must not push it away."""
    board = scene.order_board
    # Refusals are read later than the orders are there, and belong above them.
    if board.kind is not Kind.OPEN and scene.journal.wants_older_than(day_start_ms(scene)):
        return
    view = (board.kind, board.sort, board.filter)
    if not board.chosen or board.view != view:
        entry = entry_at_cursor(scene)
        board.chosen, board.view = name_of(entry) if entry is not None else "", view


def let_go(scene: Scene) -> None:
    """Forget an entry that was only looked at: the newest one is marked the next time."""
    if not scene.order_board.is_chosen:
        scene.order_board.chosen = ""


def is_chosen_gone(scene: Scene) -> bool:
    """Whether another entry came under the cursor because the one that was there left the list."""
    entry, chosen = entry_at_cursor(scene), scene.order_board.chosen
    return entry is not None and chosen not in {"", name_of(entry)}


def name_of(entry: Entry) -> str:
    """What an entry is known by."""
    if isinstance(entry, OrderRecord):
        return entry.client_order_id
    return f"refused {entry.time_ms} {entry.command_id}"


def time_ms_of(entry: Entry) -> int:
    """When it was asked for, UTC."""
    return entry.submitted_ms if isinstance(entry, OrderRecord) else entry.time_ms


def value_quote(order: OrderRecord) -> Decimal | None:
    """What it is about, at its own price; `None` for a market order that filled nothing yet."""
    price = order.price if order.price is not None else order.price_average
    return None if price is None else price * order.quantity_base


def _of_kind(scene: Scene, kind: Kind, day_ms: int) -> list[Entry]:
    found: list[Entry] = []
    if kind in {Kind.ALL, Kind.OPEN}:
        found += scene.orders
    if kind in {Kind.ALL, Kind.ENDED}:
        orders = scene.state.orders.values()
        found += [order for order in orders if not order.is_open and order.changed_ms >= day_ms]
    if kind in {Kind.ALL, Kind.REFUSED}:
        found += [refused for refused in scene.journal.refused if refused.time_ms >= day_ms]
    return found


def _has(entry: Entry, wanted: str) -> bool:
    if not wanted:
        return True
    if isinstance(entry, OrderRecord):
        words = [entry.symbol, entry.side.value, entry.order_type.value, entry.status.value]
        words += [entry.actor, entry.reason, entry.client_order_id]
    else:
        words = ["refused", entry.gate, entry.reason, entry.subject, entry.actor]
    return wanted.casefold() in " ".join(words).casefold()


_STATUSES = list(OrderStatus)


def _status_rank(entry: Entry) -> tuple[int, int]:
    if isinstance(entry, CommandRefused):
        return (1, 0)
    is_unknown = entry.status is OrderStatus.UNKNOWN
    return (-1 if is_unknown else 0 if entry.is_open else 2, _STATUSES.index(entry.status))


def _pair(entry: Entry) -> str:
    return entry.symbol if isinstance(entry, OrderRecord) else entry.subject or "~"


def _value_rank(entry: Entry) -> Decimal:
    value = value_quote(entry) if isinstance(entry, OrderRecord) else None
    return -(value or Decimal(0))


_SORTS: dict[Order, Callable[[Entry], Any]] = {
    Order.PAIR: _pair,
    Order.STATUS: _status_rank,
    Order.VALUE: _value_rank,
}
