"""Positions that a person is leaving: what is to be sold, what was sold, and the sale of everything.

Law: every sale of the pair that fills while it is being closed counts, whoever sent it; so nobody
sells the same coins twice.
"""

from decimal import Decimal
from typing import assert_never

import msgspec

from tui_trader.engine.messages.hand_events import (
    CloseEnded,
    CloseRequested,
    ClosingEvent,
    FlattenEnded,
    FlattenRequested,
)
from tui_trader.engine.values.account import ExchangeFill
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.money import ZERO
from tui_trader.engine.values.orders import ClientOrderId, CommandId, Side


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    """One position on its way out.

    Args:
        command_id: Of the command that wanted it: its events repeat it.
        quantity_base: What is to be sold.
        sold_base: What was sold of it.
        order: The newest sale.
        order_count: Sales sent so far.
    """

    symbol: Symbol
    actor: str
    command_id: CommandId | None
    quantity_base: Decimal
    started_ms: int
    sold_base: Decimal = ZERO
    order: ClientOrderId | None = None
    order_count: int = 0

    @property
    def rest_base(self) -> Decimal:
        """What is still to be sold."""
        return max(ZERO, self.quantity_base - self.sold_base)


class Leftover(msgspec.Struct, frozen=True, kw_only=True):
    """What the sale of everything leaves of one position."""

    quantity_base: Decimal
    reason: str


class Flatten(msgspec.Struct, frozen=True, kw_only=True):
    """The sale of everything, under way.

    Args:
        is_cancelled: The exchange confirmed that it cancelled every order since it was asked for.
    """

    actor: str
    command_id: CommandId | None
    started_ms: int
    is_cancelled: bool = False
    left: dict[Symbol, Leftover] = {}


class Leaving(msgspec.Struct, kw_only=True):
    """All of it."""

    closings: dict[Symbol, Closing] = {}
    flatten: Flatten | None = None

    @property
    def is_idle(self) -> bool:
        """Nobody leaves anything."""
        return not self.closings and self.flatten is None

    def is_sale(self, client_order_id: ClientOrderId) -> bool:
        """Whether an order is the newest sale of a position that is being closed."""
        return any(one.order == client_order_id for one in self.closings.values())

    def apply(self, event: ClosingEvent) -> None:
        """Fold one event in."""
        match event:
            case CloseRequested():
                self.closings[event.symbol] = Closing(
                    symbol=event.symbol,
                    actor=event.actor,
                    command_id=event.command_id,
                    quantity_base=event.quantity_base,
                    started_ms=event.time_ms,
                )
            case CloseEnded():
                self._end(event)
            case FlattenRequested():
                self.flatten = Flatten(
                    actor=event.actor, command_id=event.command_id, started_ms=event.time_ms
                )
            case FlattenEnded():
                self.flatten = None
            case _:
                assert_never(event)

    def count_order(self, symbol: Symbol, client_order_id: ClientOrderId) -> None:
        """A sale was sent."""
        closing = self.closings[symbol]
        self.closings[symbol] = msgspec.structs.replace(
            closing, order=client_order_id, order_count=closing.order_count + 1
        )

    def count_fill(self, fill: ExchangeFill) -> None:
        """Something of a pair was sold, by whatever order."""
        closing = self.closings.get(fill.symbol)
        if closing is not None and fill.side is Side.SELL:
            sold_base = closing.sold_base + fill.quantity_base
            self.closings[fill.symbol] = msgspec.structs.replace(closing, sold_base=sold_base)

    def confirm_cancel(self) -> None:
        """The exchange cancelled everything."""
        if self.flatten is not None:
            self.flatten = msgspec.structs.replace(self.flatten, is_cancelled=True)

    def _end(self, event: CloseEnded) -> None:
        del self.closings[event.symbol]
        if self.flatten is None:
            return
        left = {name: one for name, one in self.flatten.left.items() if name != event.symbol}
        if event.left_base:
            left[event.symbol] = Leftover(quantity_base=event.left_base, reason=event.reason)
        self.flatten = msgspec.structs.replace(self.flatten, left=left)
