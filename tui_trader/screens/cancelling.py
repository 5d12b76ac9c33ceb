"""Cancelling one order and all of them: what the desk and the orders screen have in common."""

from tui_trader.engine.messages.commands import CancelAllOrders, CancelOrder
from tui_trader.engine.state.order_life import OrderRecord
from tui_trader.screens.console_screen import ConsoleScreen
from tui_trader.screens.dialogs.choice import Choice, ChoiceDialog


class Cancelling(ConsoleScreen):
    """One at once, all of them after a question."""

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
