"""The desk: every live pane on one screen, and what the keys do on it."""

import time
from collections.abc import Callable
from dataclasses import replace

from textual import events
from textual.app import ComposeResult
from textual.layout import Layout
from textual.screen import Screen

from tui_trader.actions import Where, actions_in
from tui_trader.engine.messages.commands import CancelAllOrders, CancelOrder, ResumeTrading
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.orders import CommandId, Side
from tui_trader.screens import ticket_keys
from tui_trader.screens.desk_layout import DeskLayout, DeskShape, desk_regions
from tui_trader.screens.dialogs.choice import Choice, ChoiceDialog
from tui_trader.screens.dialogs.typed import TypedDialog
from tui_trader.screens.halt_beside import UNDER_WAY, halt_beside
from tui_trader.screens.help import HelpScreen
from tui_trader.screens.ticket_keys import MakeId
from tui_trader.screens.wishes import CandlesWanted, CommandWanted, LeaveWanted
from tui_trader.themes import Palette
from tui_trader.widgets import ticket_form
from tui_trader.widgets.banner import Banner, banner_height
from tui_trader.widgets.book_pane import BookPane
from tui_trader.widgets.chart_pane import ChartPane
from tui_trader.widgets.drawing.position_rows import held
from tui_trader.widgets.key_bar import KeyBar
from tui_trader.widgets.log_pane import LogPane
from tui_trader.widgets.order_pane import OrderPane
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.position_pane import PositionPane
from tui_trader.widgets.scene import INTERVALS, Attachment, Notice, Scene, StopCall
from tui_trader.widgets.signal_pane import SignalPane
from tui_trader.widgets.status_bar import StatusBar, TooSmall
from tui_trader.widgets.ticket_form import Sending
from tui_trader.widgets.ticket_pane import TicketPane, reckon
from tui_trader.widgets.watch_pane import WatchPane

ACTOR = "console"
NOTICE_MS = 5_000
REPEAT_S = 0.1
_BIG_PANES = frozenset({"chart", "book"})
PANES: tuple[type[Pane], ...] = (
    StatusBar,
    Banner,
    WatchPane,
    BookPane,
    ChartPane,
    PositionPane,
    OrderPane,
    LogPane,
    SignalPane,
    TicketPane,
    KeyBar,
    TooSmall,
)
NUMBERED = {pane.number: pane.pane_name for pane in PANES if pane.number}
_ACTIONS = {key: action.id for action in actions_in(Where.DESK) for key in action.keys}


def _end_of(event: events.Key) -> None:
    event.stop()
    event.prevent_default()


class DeskScreen(Screen[None], inherit_bindings=False):
    """Panes, layout and keys. It reads and writes the scene; it never talks to the engine."""

    def __init__(self, scene: Scene, *, make_id: MakeId, palette: Callable[[], Palette]) -> None:
        super().__init__()
        self._scene, self._make_id, self._palette = scene, make_id, palette
        self._desk_layout = DeskLayout()
        self._shape: DeskShape | None = None
        self._zoomed = ""
        self._moved_s = float("-inf")
        self._panes: list[Pane] = []

    def compose(self) -> ComposeResult:
        """Every pane, once and for all; the layout says which are seen."""
        self._panes = [pane() for pane in PANES]
        yield from self._panes

    @property
    def layout(self) -> Layout:
        """Ours, whatever the style sheet says."""
        return self._desk_layout

    def on_mount(self) -> None:
        """First drawing."""
        self.sync()

    def on_resize(self) -> None:
        """Lay out for the new size before the next tick."""
        self.sync()

    def sync(self, *, but: frozenset[str] = frozenset()) -> None:
        """Show the scene as it is now, in all panes `but` some."""
        palette = self._palette()
        reckon(self._scene)
        self._lay_out(palette)
        for pane in self._panes:
            if pane.pane_name not in but:
                pane.sync(self._scene, palette)

    def _lay_out(self, palette: Palette) -> None:
        scene, size = self._scene, self.app.size
        shape = DeskShape(
            width=size.width,
            height=size.height,
            pair_count=max(1, len(scene.symbols)),
            position_count=len(held(scene.state.positions)),
            order_count=len(scene.orders),
            banner_lines=banner_height(scene, size.width, palette),
            has_ticket=scene.ticket is not None,
            zoomed=self._zoomed,
        )
        if shape != self._shape:
            self._shape = shape
            self._desk_layout.regions = desk_regions(shape)
            # Asked of a child: Textual forgets a cached arrangement on the way up from it.
            self._panes[0].refresh(layout=True)

    def say(self, text: str, *, is_bad: bool = False) -> None:
        """A short notice in the key bar."""
        until_ms = self._scene.now_ms + NOTICE_MS
        self._scene.notice = Notice(text=text, until_ms=until_ms, is_bad=is_bad)
        self.sync()

    def stop_not_reached(self, command: tuple[str, ...]) -> None:
        """Without an engine: let the program's own `halt` reach the exchange, once at a time."""
        self._scene.stop = StopCall.NOT_REACHED
        if command and self._scene.stop_beside != UNDER_WAY:
            self._scene.stop_beside = UNDER_WAY
            self.run_worker(self._halt_beside(command), name="halt")

    async def _halt_beside(self, command: tuple[str, ...]) -> None:
        self._scene.stop_beside = await halt_beside(command)
        self.sync()

    # Keys, each one done before the next is looked at.

    async def on_key(self, event: events.Key) -> None:
        """Dialog, ticket, desk: the first that is open takes the key.

        Not by bindings: those act only after a key went up to the app, and of `b0.5` that came in one
        packet the digits would be taken before there is a ticket, or half of them.
        """
        character = event.character or ""
        top = self.app.screen
        if top is not self:
            # Typed before the dialog was up, and meant for it.
            _end_of(event)
            top.post_message(events.Key(event.key, event.character))
        elif self._scene.ticket is not None and character not in ticket_keys.PASSED_ON:
            _end_of(event)
            self._press_in_ticket(event.key, character)
        elif event.key in _ACTIONS:
            _end_of(event)
            await self.run_action(_ACTIONS[event.key])

    def _press_in_ticket(self, key: str, character: str) -> None:
        if key in {"escape", "q"}:
            self._close_ticket()
        elif key == "enter":
            self._send_ticket()
        else:
            form = ticket_keys.edited(self._scene, key, character, make_id=self._make_id)
            if form is not None and form != self._scene.ticket:
                self._edit_ticket(form)

    def on_paste(self, event: events.Paste) -> None:
        """Paste into the open field, character by character."""
        event.stop()
        event.prevent_default()
        form = self._scene.ticket
        if form is None or form.is_sent:
            return
        pasted = ticket_keys.pasted(form, event.text)
        if pasted is None:
            self.say("not pasted: that is no number for this field", is_bad=True)
        else:
            self._edit_ticket(pasted)

    def _edit_ticket(self, form: ticket_form.TicketForm) -> None:
        scene = self._scene
        # The engine's word was on another order than this one.
        scene.ticket, scene.ticket_answer, scene.ticket_fault = form, None, ""
        self.sync()

    def _close_ticket(self) -> None:
        scene = self._scene
        scene.ticket, scene.ticket_answer, scene.ticket_fault = None, None, ""
        self.sync()

    def _send_ticket(self) -> None:
        scene, form = self._scene, self._scene.ticket
        if form is None or form.is_sent or not self._may_command():
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

    def _may_command(self) -> bool:
        if self._scene.is_read_only:
            self.say("this console is read-only: nothing was sent", is_bad=True)
        elif TooSmall.pane_name in self._desk_layout.regions:
            self.say("too small to see what would be sent: nothing was", is_bad=True)
        elif self._scene.attachment is not Attachment.ATTACHED:
            self.say("no engine: nothing was sent", is_bad=True)
        else:
            return True
        return False

    # Actions of the table.

    def action_ticket(self, side: str) -> None:
        """Open a ticket for the selected pair."""
        if self._scene.is_read_only:
            self.say("this console is read-only: attach without --read-only to trade", is_bad=True)
            return
        form = ticket_keys.opened(self._scene, Side(side), self._make_id)
        if form is None:
            self.say("no pair is known yet", is_bad=True)
            return
        self._edit_ticket(form)

    def action_cancel_order(self) -> None:
        """Cancel the order under the cursor."""
        order = self._scene.selected_order
        if self._scene.pane != "orders" or order is None:
            self.say("go to the orders (5) and choose one to cancel")
        elif self._may_command():
            self._wish(CancelOrder, client_order_id=order.client_order_id)
            self.say(f"cancel sent: {order.side.value} {order.symbol}")

    def action_cancel_all(self) -> None:
        """Cancel every order, after a question."""
        count = len(self._scene.orders)
        if not count:
            self.say("there is no open order")
            return
        if not self._may_command():
            return
        question = ChoiceDialog(
            "CANCEL ALL",
            f"Cancel all {count} open order(s) of the account? New orders stay allowed.",
            [
                Choice(key="y", label="yes, cancel them all", result="yes"),
                Choice(key="n", label="no, keep them", result=""),
            ],
        )
        self.app.push_screen(question, self._cancel_all)

    def _cancel_all(self, result: str | None) -> None:
        if result == "yes" and self._may_command():
            self._wish(CancelAllOrders)

    def action_resume(self) -> None:
        """Unlatch the stop, after the word was typed."""
        if self._scene.state.halt is None:
            self.say("trading is not halted")
        elif self._may_command():
            text = "Trading is halted. Orders will be allowed again; none is placed by this."
            self.app.push_screen(TypedDialog("RESUME TRADING", text, "RESUME"), self._resume)

    def _resume(self, is_confirmed: bool | None) -> None:  # noqa: FBT001 a dialog's result
        if is_confirmed and self._may_command():
            self._wish(ResumeTrading)

    def _wish(self, kind: type, **fields: object) -> None:
        command = kind(command_id=CommandId(self._make_id()), actor=ACTOR, **fields)
        self.post_message(CommandWanted(command))

    def action_move(self, step: int) -> None:
        """Move the cursor of the active pane: orders, log, else the pairs."""
        scene = self._scene
        if scene.pane == "orders":
            scene.order_cursor = max(0, min(len(scene.orders) - 1, scene.order_cursor + step))
        elif scene.pane == "log":
            scene.log_offset = max(0, min(len(scene.log) - 1, scene.log_offset + step))
        elif scene.symbols:
            now = scene.symbols.index(scene.symbol) if scene.symbol in scene.symbols else 0
            self._select(scene.symbols[(now + step) % len(scene.symbols)])
        # A key that repeats has the big panes follow with the clock, not thirty times a second.
        now_s = time.monotonic()
        is_repeating, self._moved_s = now_s - self._moved_s < REPEAT_S, now_s
        self.sync(but=_BIG_PANES if is_repeating else frozenset())

    def _select(self, symbol: Symbol) -> None:
        scene = self._scene
        scene.symbol = symbol
        if scene.ticket is not None:
            scene.ticket = ticket_keys.for_pair(scene, scene.ticket)
            scene.ticket_answer = None
        self.post_message(CandlesWanted())

    def action_timeframe(self, step: int) -> None:
        """Longer or shorter candles."""
        scene = self._scene
        index = max(0, min(len(INTERVALS) - 1, INTERVALS.index(scene.interval) + step))
        scene.interval = INTERVALS[index]
        self.post_message(CandlesWanted())
        self.sync()

    def action_pane(self, number: int) -> None:
        """Make a pane the active one."""
        self._activate(NUMBERED[number])

    def action_next_pane(self, step: int) -> None:
        """Make the next pane the active one."""
        names = [NUMBERED[number] for number in sorted(NUMBERED)]
        self._activate(names[(names.index(self._scene.pane) + step) % len(names)])

    def _activate(self, pane_name: str) -> None:
        self._scene.pane = pane_name
        if self._zoomed:
            self._zoomed = pane_name
        self.sync()

    def action_zoom(self) -> None:
        """Show the active pane alone, or all again."""
        self._zoomed = "" if self._zoomed else self._scene.pane
        self.sync()

    def action_help(self) -> None:
        """Every key."""
        self.app.push_screen(HelpScreen())

    def action_leave(self) -> None:
        """Ask how to leave."""
        self.post_message(LeaveWanted())

    def on_pane_clicked(self, message: Pane.Clicked) -> None:
        """A click activates a pane and chooses its line."""
        scene, row = self._scene, message.row
        if message.pane_name not in NUMBERED.values():
            return
        if message.pane_name == "watch" and 0 <= row < len(scene.symbols):
            self._select(scene.symbols[row])
        elif message.pane_name == "orders" and 1 <= row <= len(scene.orders):
            scene.order_cursor = row - 1
        self._activate(message.pane_name)
