"""Trading by hand on every screen: cancel, close, reverse, and the ticket that is filled for a person."""

from decimal import Decimal

from tui_trader.engine.messages.commands import CancelAllOrders, CancelOrder, ClosePosition
from tui_trader.engine.state.order_life import OrderRecord
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.money import ZERO
from tui_trader.screens import ticket_keys
from tui_trader.screens.dialogs.choice import Choice, ChoiceDialog
from tui_trader.screens.safeguarding import Safeguarding
from tui_trader.widgets.drawing.numbers import quantity
from tui_trader.widgets.ticket_form import TicketForm

_PARTS = (("a", "all of it", 100), ("h", "half", 50), ("q", "a quarter", 25))
_PERCENT_WHOLE = Decimal(100)
TICKET_REST_TICKS = 2
NO_SHORT = "This is a spot account: there is no short, so reversing only closes. "


class Trading(Safeguarding):
    """One order at once, all of them and positions after a question."""

    def show_ticket(self, form: TicketForm) -> None:
        """Show a ticket on the desk; nothing is sent by it."""
        scene = self._scene
        if scene.is_read_only:
            self.say("this console is read-only: attach without --read-only to trade", is_bad=True)
            return
        self.select(form.instrument.symbol)
        # The engine's word was on another order than this one.
        scene.ticket, scene.ticket_answer, scene.ticket_fault = form, None, ""
        scene.ticket_rest = TICKET_REST_TICKS
        self.show_screen("desk")
        self.sync()

    def amend(self, order: OrderRecord) -> None:
        """A ticket with the terms of an open order."""
        if not self.may_trade():
            return
        form = ticket_keys.amending(self._scene, order, self._make_id)
        if order.order_type.is_trailing:
            self.say("a trailing stop follows the market: cancel it, and place another")
        elif form is None:
            self.say(f"{order.symbol} is not watched: its order cannot be amended here")
        else:
            self.show_ticket(form)

    def cancel(self, order: OrderRecord) -> None:
        """Ask the engine to cancel one."""
        if self.may_command():
            self.wish(CancelOrder, client_order_id=order.client_order_id)
            self.say(f"cancel sent: {order.side.value} {order.symbol}")

    def action_cancel_all(self) -> None:
        """Cancel every order, after a question."""
        count = len(self._scene.orders)
        if not count:
            self.say("there is no open order")
            return
        if not self.may_command():
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
        if result == "yes" and self.may_command():
            self.wish(CancelAllOrders)

    def ask_close(
        self, symbol: Symbol, *, percent: Decimal | None = None, before: str = ""
    ) -> None:
        """Sell a position at the market, after a question that says how much there is.

        Args:
            symbol: Pair of the position.
            percent: How much of it; `None` offers all, half and a quarter.
            before: Said before the question.
        """
        position = self._scene.state.positions.get(symbol)
        if position is None or position.quantity_base <= ZERO:
            self.say(f"nothing of {symbol} is held")
            return
        if not self.may_trade():
            return
        parts = _PARTS
        if percent is not None:
            parts = (("y", f"yes, {percent:f} % of it", percent),)  # type: ignore[assignment]
        base = symbol.split("/", maxsplit=1)[0]
        # First, and so marked: an Enter that bounces keeps what is held.
        choices = [Choice(key="n", label="no, keep it", result="")]
        choices += [
            Choice(
                key=key,
                label=f"{words}: {quantity(position.quantity_base * part / _PERCENT_WHOLE)} {base}",
                result=str(part),
            )
            for key, words, part in parts
        ]
        text = f"{before}Sell {quantity(position.quantity_base)} {base} at the market?"

        def take(result: str | None) -> None:
            if result and self.may_trade():
                self.wish(ClosePosition, symbol=symbol, fraction=Decimal(result) / _PERCENT_WHOLE)
                self.say(f"close sent: {result} % of {symbol}")

        self.app.push_screen(ChoiceDialog(f"CLOSE {symbol}", text, choices), take)
