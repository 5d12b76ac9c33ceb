"""Panes of the orders screen: the list of today, and everything about the marked entry."""

from collections.abc import Sequence

from textual.strip import Strip

from tui_trader.engine.state.order_life import OrderRecord
from tui_trader.engine.values.time import format_clock
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.lines import Piece, line
from tui_trader.widgets.drawing.order_history_rows import history_table, order_details
from tui_trader.widgets.order_list import (
    day_start_ms,
    entries,
    entry_at_cursor,
    place_of_cursor,
)
from tui_trader.widgets.orders_board import Entry, Kind
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.scene import Scene

TITLE_LINES = 2


class OrderHistoryPane(Pane):
    """The list."""

    pane_name = "orders"
    number = 1

    def __init__(self) -> None:
        super().__init__()
        self.first_row = 0
        """Place in the list of what stands on the first line."""

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """Entries, and how they are listed."""
        board = scene.order_board
        return (
            tuple(entries(scene)),
            place_of_cursor(scene),
            (board.kind, board.sort, board.filter, board.is_typing),
            _reading(scene),
        )

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """Heading and table."""
        width, height = self.size
        found, place = entries(scene), place_of_cursor(scene)
        room = max(1, height - TITLE_LINES)
        self.first_row = max(0, place - room + 1)
        right: list[Piece] = [(f"{scene.order_board.sort.value} ", None)]
        if _reading(scene):
            right.insert(0, (f"{_reading(scene)}  ", palette.muted))
        head = self.head(scene, palette, title=_title(scene, found), right=right)
        if not found:
            return [head, line(width, palette.base, [(_nothing(scene), palette.muted)])]
        rows = history_table(
            found[self.first_row : self.first_row + room],
            scene.market.instruments,
            width=width,
            palette=palette,
            cursor=place - self.first_row,
        )
        return [head, *rows]


class OrderDetailPane(Pane):
    """What is known of the marked entry."""

    pane_name = "order-detail"

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The entry, and how many fills there are."""
        fills = scene.state.fills
        newest = fills[-1].fill.execution_id if fills else ""
        return (entry_at_cursor(scene), len(fills), newest)

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """A title and its lines."""
        width, height = self.size
        entry = entry_at_cursor(scene)
        head = self.head(scene, palette, title="DETAILS")
        if entry is None:
            return [head]
        symbol = entry.symbol if isinstance(entry, OrderRecord) else None
        instrument = scene.market.instruments.get(symbol) if symbol is not None else None
        decimals = instrument.price_decimals if instrument is not None else 2
        rows = order_details(
            entry, scene.state.fills, decimals=decimals, width=width, palette=palette
        )
        return [head, *rows[: height - 1]]


def _title(scene: Scene, found: Sequence[Entry]) -> str:
    board = scene.order_board
    if board.is_typing:
        return f"ORDERS  filter: {board.filter}▏ Enter keeps it, Esc takes it away"
    words = f"ORDERS  {len(found)} {board.kind.value}"
    return f"{words} with “{board.filter}”" if board.filter else words


def _nothing(scene: Scene) -> str:
    board = scene.order_board
    if board.filter:
        return f"  none contains “{board.filter}”; Esc takes the filter away"
    none = {
        Kind.ALL: "no orders today",
        Kind.OPEN: "no open orders",
        Kind.ENDED: "no order has ended today",
        Kind.REFUSED: "nothing was refused today",
    }
    return f"  {none[board.kind]}"


def _reading(scene: Scene) -> str:
    """Whether refusals of today may be missing."""
    journal = scene.journal
    if journal.fault:
        return f"journal: {journal.fault}"
    if journal.wants_older_than(day_start_ms(scene)):
        return "reading the journal…"
    if journal.oldest > 1 and journal.oldest_ms > day_start_ms(scene):
        return f"refusals since {format_clock(journal.oldest_ms)} only"
    return ""
