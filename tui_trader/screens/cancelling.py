"""The order under the cursor: what the desk and the orders screen can do to it."""

from abc import abstractmethod

from tui_trader.engine.state.order_life import OrderRecord
from tui_trader.screens.console_screen import ConsoleScreen

ANOTHER_ORDER = "nothing done: the marked order is gone; again takes this one"
"""Said once before a key acts on an order that nobody chose."""


class Cancelling(ConsoleScreen):
    """Cancel it, or give it new terms; the screen says which one it is."""

    @abstractmethod
    def marked_order(self) -> OrderRecord | None:
        """The open order under the cursor; says why there is none."""

    def action_cancel_order(self) -> None:
        """Cancel the order under the cursor."""
        order = self.marked_order()
        if order is not None:
            self.cancel(order)

    def action_amend(self) -> None:
        """A ticket with its terms."""
        order = self.marked_order()
        if order is not None:
            self.amend(order)
