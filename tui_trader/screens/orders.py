"""The orders screen: everything that was asked for today, and what became of it."""

from textual.geometry import Region

from tui_trader.actions import Where
from tui_trader.engine.state.order_life import OrderRecord
from tui_trader.screens.cancelling import ANOTHER_ORDER, Cancelling
from tui_trader.screens.exporting import ExportTable
from tui_trader.screens.filtering import Filtering
from tui_trader.screens.listed_layout import listed_regions
from tui_trader.screens.tables import fill_export, order_export
from tui_trader.themes import Palette
from tui_trader.widgets.order_history_pane import (
    TITLE_LINES,
    OrderDetailPane,
    OrderHistoryPane,
)
from tui_trader.widgets.order_list import (
    entries,
    entry_at_cursor,
    hold_cursor,
    is_chosen_gone,
    let_go,
    move_cursor,
    place_of_cursor,
)
from tui_trader.widgets.orders_board import Kind, Order, OrdersBoard
from tui_trader.widgets.pane import Pane

_DETAIL_LINES = 9


class OrdersScreen(Filtering, Cancelling):
    """A list to narrow and sort; what the marked one came to, with the rule that refused it."""

    WHERE = Where.ORDERS
    PANES = (OrderHistoryPane, OrderDetailPane)

    def regions(self, palette: Palette) -> dict[str, Region]:
        """List and details."""
        size = self.app.size
        return listed_regions(
            (OrderHistoryPane.pane_name, OrderDetailPane.pane_name),
            (size.width, size.height),
            below=_DETAIL_LINES,
            banner_lines=self.banner_lines(palette),
        )

    def sync(self, *, but: frozenset[str] = frozenset()) -> None:
        """Draw what has changed; what is drawn under the cursor stays there."""
        if self.is_shown:
            hold_cursor(self._scene)
        super().sync(but=but)

    def show_screen(self, name: str) -> None:
        """Go to another screen."""
        let_go(self._scene)
        super().show_screen(name)

    @property
    def filtered(self) -> OrdersBoard:
        """The board whose filter it is."""
        return self._scene.order_board

    def marked_order(self) -> OrderRecord | None:
        """The marked one while it is open."""
        entry = entry_at_cursor(self._scene)
        if is_chosen_gone(self._scene):
            move_cursor(self._scene, 0)
            self.say(ANOTHER_ORDER, is_bad=True)
            return None
        if isinstance(entry, OrderRecord) and entry.is_open:
            return entry
        if entry is None:
            self.say("there is no order")
        else:
            self.say("this one is not open: there is nothing to cancel or amend")
        return None

    def action_next_kind(self, step: int) -> None:
        """List others."""
        kinds, board = list(Kind), self._scene.order_board
        board.kind = kinds[(kinds.index(board.kind) + step) % len(kinds)]
        self.sync()

    def action_sort(self) -> None:
        """Sort by something else."""
        orders, board = list(Order), self._scene.order_board
        board.sort = orders[(orders.index(board.sort) + 1) % len(orders)]
        self.sync()

    def action_move(self, step: int) -> None:
        """Mark another one."""
        move_cursor(self._scene, step)
        self.sync()

    def action_open_desk(self) -> None:
        """The pair of the marked order on the desk."""
        entry = entry_at_cursor(self._scene)
        if isinstance(entry, OrderRecord) and entry.symbol in self._scene.symbols:
            self.select(entry.symbol)
        self.show_screen("desk")

    def chosen(self) -> tuple[ExportTable, str] | None:
        """The marked order, by the id it has here."""
        entry = entry_at_cursor(self._scene)
        if entry is None:
            return None
        name = entry.client_order_id if isinstance(entry, OrderRecord) else entry.gate
        return order_export([entry]), name

    def tables(self) -> list[ExportTable]:
        """What is listed, and the fills."""
        return [order_export(entries(self._scene)), fill_export(self._scene)]

    def clicked(self, message: Pane.Clicked) -> None:
        """A click marks a line."""
        pane = self.query_one(OrderHistoryPane)
        row = message.row - (TITLE_LINES - 1)
        if message.pane_name == pane.pane_name and row >= 0:
            place = row + pane.first_row
            if place < len(entries(self._scene)):
                self.action_move(place - place_of_cursor(self._scene))
