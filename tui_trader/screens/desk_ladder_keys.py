"""What keys and the mouse do on the ladder of the desk: the cursor, the rungs, and the ticket at a price."""

from abc import abstractmethod
from dataclasses import replace
from decimal import Decimal

from tui_trader.engine.values.orders import OrderType, Side
from tui_trader.screens.desk_chart_keys import ChartKeys
from tui_trader.screens.moving_orders import CARRY_MAX
from tui_trader.widgets.book_pane import (
    BookPane,
    book_of,
    ladder_ruler,
    ladder_step,
    ladder_steps,
)
from tui_trader.widgets.drawing.ladder_rungs import line_of, rows_in_sight, top_of
from tui_trader.widgets.ticket_form import TicketForm


class LadderKeys(ChartKeys):
    """With a cursor in it the ladder stands still, so that nothing slips away under it."""

    def move_in_pane(self, step: int) -> bool:
        """Carry an order, or move the cursor of the ladder; whether either was meant."""
        scene = self._scene
        if scene.desk.moving is not None:
            if abs(step) <= CARRY_MAX:
                self.carry(-step, self._carry_step())
            return True
        if scene.pane != "book":
            return False
        self._move_cursor(step)
        self.sync()
        return True

    def action_widen(self, step: int) -> None:
        """On the ladder finer or coarser rungs, else candles narrower or wider."""
        scene = self._scene
        if scene.pane != "book":
            super().action_widen(step)
            return
        board = scene.desk
        last = len(ladder_steps(scene)) - 1
        board.grouping = max(0, min(last, min(board.grouping, last) + step))
        if board.cursor is not None:
            self._hold_at(board.cursor, is_anew=True)
        self.sync()

    def action_enter(self) -> None:
        """Put down what is carried; on the ladder, a ticket at the price under the cursor."""
        scene = self._scene
        if scene.desk.moving is not None:
            self.put_down(scene.desk.moving)
        elif scene.pane == "book" and scene.desk.cursor is not None:
            mid = scene.market.mid(scene.symbol) if scene.symbol is not None else None
            side = Side.BUY if mid is None or scene.desk.cursor <= mid else Side.SELL
            self.open_ticket(side)
        else:
            self.say("Enter: on the ladder (3) with its cursor, or with an order taken up by m")

    def action_back(self) -> None:
        """Put back what is carried; let the ladder go; cross-hair away; the newest candle."""
        board = self._scene.desk
        if self.put_back():
            return
        if board.cursor is not None:
            board.free_ladder()
            self.sync()
        else:
            self.chart_back()

    def action_carry(self) -> None:
        """Take an own order up; on the ladder the cursor goes to it."""
        super().action_carry()
        self._go_with_it()

    def carry(self, count: int, step: Decimal) -> bool:
        """Carry what is being moved; on the ladder the cursor goes with it, and it stays in sight."""
        is_carried = super().carry(count, step)
        if is_carried:
            self._go_with_it()
        return is_carried

    def _go_with_it(self) -> None:
        scene = self._scene
        moving = scene.desk.moving
        if moving is not None and scene.pane == "book":
            self._hold_at(moving.price)
            self.sync()

    @abstractmethod
    def open_ticket(self, side: Side) -> None:
        """A ticket for the selected pair."""

    def at_cursor(self, form: TicketForm) -> TicketForm:
        """The ticket with a limit at the price under the cursor, where there is one."""
        cursor = self._scene.desk.cursor
        if self._scene.pane != "book" or cursor is None:
            return form
        return _at_price(form, cursor)

    def point_at_rung(self, row: int) -> None:
        """The cursor on the rung of a line; an open ticket takes its price."""
        scene, pane = self._scene, self.query_one(BookPane)
        board = scene.desk
        ruler = board.ruler or ladder_ruler(scene)
        if ruler is None or not 0 <= row < pane.rung_rows:
            return
        top = board.top if board.ruler is not None else top_of(ruler, pane.rung_rows)
        price = rows_in_sight(ruler, pane.rung_rows, top=top)[row].price
        if price is None:
            return
        scene.pane = "book"
        board.ruler, board.top, board.cursor = ruler, top, price
        form = scene.ticket
        if form is not None and not form.is_sent and form.instrument.symbol == scene.symbol:
            self.edit_ticket(_at_price(form, price))

    @abstractmethod
    def edit_ticket(self, form: TicketForm) -> None:
        """Take an edited ticket in."""

    def _carry_step(self) -> Decimal:
        scene, instrument = self._scene, self._scene.instrument
        if scene.pane != "book":
            return self.chart_step()
        return ladder_step(scene) or (instrument.tick if instrument is not None else Decimal(1))

    def _move_cursor(self, step: int) -> None:
        board, book = self._scene.desk, book_of(self._scene)
        if board.cursor is None or board.ruler is None:
            ruler = ladder_ruler(self._scene)
            if ruler is None or book is None or not (ruler.asks and ruler.bids):
                self.say("no order book yet")
                return
            board.ruler, board.top = ruler, top_of(ruler, self._rung_rows)
            board.cursor = ruler.bids[0] if step > 0 else ruler.asks[-1]
            return
        prices = board.ruler.prices
        now = prices.index(board.cursor)
        board.cursor = prices[max(0, min(len(prices) - 1, now + step))]
        self._keep_in_sight()

    def _keep_in_sight(self) -> None:
        board = self._scene.desk
        assert board.ruler is not None
        assert board.cursor is not None
        line = line_of(board.ruler, board.cursor)
        if line is not None:
            board.top = max(line - self._rung_rows + 1, min(board.top, line))

    def _hold_at(self, price: Decimal, *, is_anew: bool = False) -> None:
        """Hold the ladder with the cursor on the rung nearest to a price; on new rungs if it is wanted."""
        board = self._scene.desk
        held = None if is_anew else board.ruler
        if held is not None:
            board.cursor = min(held.prices, key=lambda rung: abs(rung - price))
            self._keep_in_sight()
            return
        ruler = ladder_ruler(self._scene)
        if ruler is None or not ruler.prices:
            board.free_ladder()
            return
        board.ruler = ruler
        board.cursor = min(ruler.prices, key=lambda rung: abs(rung - price))
        board.top = top_of(ruler, self._rung_rows)
        self._keep_in_sight()

    @property
    def _rung_rows(self) -> int:
        return self.query_one(BookPane).rung_rows


def _at_price(form: TicketForm, price: Decimal) -> TicketForm:
    """A market order becomes one with a limit; a stop, or one that is amended, stays what it is."""
    kind = OrderType.LIMIT if form.order_type is OrderType.MARKET else form.order_type
    decimals = form.instrument.price_decimals
    return replace(form, order_type=kind, price_text=f"{price:.{decimals}f}", is_price_own=True)
