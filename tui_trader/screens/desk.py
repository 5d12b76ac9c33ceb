"""The desk: every live pane on one screen, and what the keys do on it."""

import time
from collections.abc import Callable
from dataclasses import replace

from textual import events
from textual.geometry import Region

from tui_trader.actions import Where
from tui_trader.engine.state.order_life import OrderRecord
from tui_trader.engine.values.orders import Side
from tui_trader.screens import ticket_keys
from tui_trader.screens.cancelling import ANOTHER_ORDER
from tui_trader.screens.console_screen import ACTOR, end_of
from tui_trader.screens.desk_ladder_keys import LadderKeys
from tui_trader.screens.desk_layout import DeskShape, desk_regions
from tui_trader.screens.exporting import ExportTable
from tui_trader.screens.tables import (
    chosen_market,
    fill_export,
    line_export,
    order_export,
    position_export,
)
from tui_trader.screens.ticket_keys import MakeId
from tui_trader.screens.trading import NO_SHORT
from tui_trader.screens.wishes import CommandWanted
from tui_trader.themes import Palette
from tui_trader.widgets import ticket_form
from tui_trader.widgets.book_pane import BookPane
from tui_trader.widgets.chart_pane import ChartPane
from tui_trader.widgets.drawing.position_rows import held
from tui_trader.widgets.log_pane import LogPane
from tui_trader.widgets.order_pane import OrderPane
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.position_pane import PositionPane
from tui_trader.widgets.risk_strip_pane import RiskStripPane
from tui_trader.widgets.scene import Scene
from tui_trader.widgets.signal_pane import SignalPane
from tui_trader.widgets.ticket_form import Sending
from tui_trader.widgets.ticket_pane import TicketPane, reckon
from tui_trader.widgets.watch_pane import WatchPane

REPEAT_S = 0.1
_BIG_PANES = frozenset({"chart", "book"})


class DeskScreen(LadderKeys):
    """Every live pane of one pair, and the order ticket."""

    WHERE = Where.DESK
    PANES = (
        WatchPane,
        BookPane,
        ChartPane,
        PositionPane,
        OrderPane,
        LogPane,
        SignalPane,
        RiskStripPane,
        TicketPane,
    )

    def __init__(self, scene: Scene, *, make_id: MakeId, palette: Callable[[], Palette]) -> None:
        super().__init__(scene, make_id=make_id, palette=palette)
        self._shape: DeskShape | None = None
        self._shaped: dict[str, Region] = {}
        self._zoomed = ""
        self._moved_s = float("-inf")
        self._passed_on = ticket_keys.passed_on(scene.keys)

    def sync(self, *, but: frozenset[str] = frozenset()) -> None:
        """Show the scene as it is now, in all panes `but` some."""
        reckon(self._scene)
        super().sync(but=but)

    def regions(self, palette: Palette) -> dict[str, Region]:
        """Where each pane stands now."""
        scene, size = self._scene, self.app.size
        shape = DeskShape(
            width=size.width,
            height=size.height,
            pair_count=max(1, len(scene.symbols)),
            position_count=len(held(scene.state.positions)),
            order_count=len(scene.orders),
            banner_lines=self.banner_lines(palette),
            has_ticket=scene.ticket is not None,
            zoomed=self._zoomed,
        )
        if shape != self._shape:
            self._shape, self._shaped = shape, desk_regions(shape)
        return self._shaped

    # The ticket.

    def takes(self, key: str, character: str) -> bool:
        """An open ticket has every key but those that keep their meaning."""
        if self._scene.ticket is None or key in self._passed_on:
            return False
        self._press_in_ticket(key, character)
        return True

    def _press_in_ticket(self, key: str, character: str) -> None:
        if key in {"escape", "q"}:
            self._close_ticket()
        elif key == "enter":
            self._send_ticket()
        else:
            form = ticket_keys.edited(self._scene, key, character, make_id=self._make_id)
            if form is not None and form != self._scene.ticket:
                self.edit_ticket(form)

    def on_paste(self, event: events.Paste) -> None:
        """Paste into the open field, character by character."""
        end_of(event)
        form = self._scene.ticket
        if form is None or form.is_sent:
            return
        pasted = ticket_keys.pasted(form, event.text)
        if pasted is None:
            self.say("not pasted: that is no number for this field", is_bad=True)
        else:
            self.edit_ticket(pasted)

    def edit_ticket(self, form: ticket_form.TicketForm) -> None:
        """Take an edited ticket in."""
        scene = self._scene
        # The engine's word was on another order than this one.
        scene.ticket, scene.ticket_answer, scene.ticket_fault = form, None, ""
        self.sync()

    def _close_ticket(self) -> None:
        scene = self._scene
        scene.ticket, scene.ticket_answer, scene.ticket_fault = None, None, ""
        scene.ticket_rest = 0
        self.sync()

    def _send_ticket(self) -> None:
        scene, form = self._scene, self._scene.ticket
        if form is None or form.is_sent or not self.may_trade():
            return
        if scene.ticket_rest:
            self.say("read it first: Enter again sends it")
            return
        # As it was drawn, not as prices make it now: nothing else is sent than what was read.
        wanted = scene.ticket_wish
        if wanted is None:
            self.say(scene.ticket_problem, is_bad=True)
            return
        # Marked before it leaves: a second Enter finds a ticket that was sent.
        scene.ticket = replace(form, sending=Sending.HANDED_OVER)
        self.post_message(CommandWanted(ticket_form.command(form, wanted, actor=ACTOR)))
        self.sync()

    # Actions of the table.

    def action_ticket(self, side: str) -> None:
        """Open a ticket for the selected pair."""
        self.open_ticket(Side(side))

    def open_ticket(self, side: Side) -> None:
        """The same, with a limit at the price under the cursor of the ladder, where there is one."""
        if self._scene.is_read_only:
            self.say("this console is read-only: attach without --read-only to trade", is_bad=True)
            return
        if self._scene.is_asleep and not self.may_trade():
            return
        form = ticket_keys.opened(self._scene, side, self._make_id)
        if form is None:
            self.say("no pair is known yet", is_bad=True)
            return
        self.edit_ticket(self.at_cursor(form))

    def marked_order(self) -> OrderRecord | None:
        """The one under the cursor of the orders pane."""
        order = self._scene.selected_order
        if self._scene.pane != "orders" or order is None:
            self.say("go to the orders (5) and choose one")
            return None
        if self._scene.is_marked_order_gone:
            self._scene.is_marked_order_gone = False
            self.say(ANOTHER_ORDER, is_bad=True)
            return None
        return order

    def action_close_position(self) -> None:
        """Sell what is held of the selected pair."""
        if self._scene.symbol is not None:
            self.ask_close(self._scene.symbol)

    def action_reverse(self) -> None:
        """There is no short on a spot account: says so, and closes."""
        if self._scene.symbol is not None:
            self.ask_close(self._scene.symbol, before=NO_SHORT)

    def action_move(self, step: int) -> None:
        """Move the cursor of the active pane: orders, log, ladder, else the pairs."""
        if self.move_in_pane(step):
            return
        scene = self._scene
        if scene.pane == "orders":
            scene.mark_order(scene.order_cursor + step)
        elif scene.pane == "log":
            scene.log_offset = max(0, min(len(scene.log) - 1, scene.log_offset + step))
        else:
            self.select_next(step)
        # A key that repeats has the big panes follow with the clock, not thirty times a second.
        now_s = time.monotonic()
        is_repeating, self._moved_s = now_s - self._moved_s < REPEAT_S, now_s
        self.sync(but=_BIG_PANES if is_repeating else frozenset())

    def activate(self, pane_name: str) -> None:
        """Make a pane the active one."""
        if self._zoomed:
            self._zoomed = pane_name
        super().activate(pane_name)

    def action_zoom(self) -> None:
        """Show the active pane alone, or all again."""
        self._zoomed = "" if self._zoomed else self._scene.pane
        self.sync()

    def tables(self) -> list[ExportTable]:
        """Open orders, fills, positions and the log."""
        scene = self._scene
        return [
            order_export(scene.orders),
            fill_export(scene),
            position_export(scene),
            line_export(scene.log),
        ]

    def chosen(self) -> tuple[ExportTable, str] | None:
        """The order, the position, the line or the pair under the cursor of the active pane."""
        scene, order = self._scene, self._scene.selected_order
        match scene.pane:
            case "orders":
                return (order_export([order]), order.client_order_id) if order else None
            case "log":
                lines = list(scene.log)[::-1][scene.log_offset : scene.log_offset + 1]
                return line_export(lines), "the log"
            case "positions":
                table = position_export(scene)
                rows = [row for row in table.rows if row[0] == scene.symbol]
                return replace(table, rows=rows), str(scene.symbol or "")
            case _:
                return chosen_market(scene)

    def wheeled(self, message: Pane.Wheeled) -> None:
        """Through orders, log and ladder by lines, through the pairs one by one; on the chart it zooms."""
        if message.pane_name in {"orders", "log", "book", "chart"}:
            super().wheeled(message)
        elif message.pane_name == "watch":
            self.select_next(message.step)
            self.sync()

    def clicked(self, message: Pane.Clicked) -> None:
        """A click activates a pane and chooses its line."""
        scene, row = self._scene, message.row
        if message.pane_name == RiskStripPane.pane_name:
            self.show_screen("risk")
        if message.pane_name not in self._numbered.values():
            return
        if message.pane_name == "watch" and 0 <= row < len(scene.symbols):
            self.select(scene.symbols[row])
        elif message.pane_name == "orders" and 1 <= row <= len(scene.orders):
            scene.mark_order(row - 1 + self.query_one(OrderPane).first_row)
        elif message.pane_name == "positions":
            positions = held(scene.state.positions)
            if 1 <= row <= len(positions):
                self.select(positions[row - 1].symbol)
        elif message.pane_name == "book":
            self.point_at_rung(row)
        elif message.pane_name == "chart":
            self.point_at_candle(message.column)
        self.activate(message.pane_name)
