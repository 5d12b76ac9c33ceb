"""Positions, average price, fees and P&L, in exact Decimals.

Law: the ledger books what the exchange reported, fill by fill, and nothing else. A sale of coins it
never saw bought has no known cost: that part makes no P&L and is counted as untracked.
"""

from decimal import Decimal

import msgspec

from tui_trader.engine.values.account import ExchangeFill
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.money import ZERO
from tui_trader.engine.values.orders import Side


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """What fills have built up in one pair (spot: never below zero).

    Args:
        cost_quote: What the quantity held was bought for, fees not included.
        realised_quote: Profit of what was sold again, before fees.
        fees_quote: Every fee of the pair so far, also of what is still held.
        untracked_sold_base: Sold beyond what fills had built up; its cost is not known.
    """

    symbol: Symbol
    quantity_base: Decimal = ZERO
    cost_quote: Decimal = ZERO
    realised_quote: Decimal = ZERO
    fees_quote: Decimal = ZERO
    untracked_sold_base: Decimal = ZERO

    @property
    def price_average(self) -> Decimal:
        """Mean price paid for what is held; 0 when nothing is."""
        return self.cost_quote / self.quantity_base if self.quantity_base else ZERO

    def open_pnl(self, mark: Decimal) -> Decimal:
        """Profit of what is held if it were sold at `mark`, before fees."""
        return self.quantity_base * mark - self.cost_quote


def book_fill(position: Position, fill: ExchangeFill, *, fee_quote: Decimal) -> Position:
    """Position after one more fill; cost leaves at the average price."""
    fees = position.fees_quote + fee_quote
    if fill.side is Side.BUY:
        return msgspec.structs.replace(
            position,
            quantity_base=position.quantity_base + fill.quantity_base,
            cost_quote=position.cost_quote + fill.quantity_base * fill.price,
            fees_quote=fees,
        )
    tracked = min(fill.quantity_base, position.quantity_base)
    is_whole = tracked == position.quantity_base
    # A sale of everything takes the whole cost, so that no residue of a division stays behind.
    cost_sold = position.cost_quote if is_whole else position.price_average * tracked
    return msgspec.structs.replace(
        position,
        quantity_base=position.quantity_base - tracked,
        cost_quote=position.cost_quote - cost_sold,
        realised_quote=position.realised_quote + tracked * fill.price - cost_sold,
        fees_quote=fees,
        untracked_sold_base=position.untracked_sold_base + fill.quantity_base - tracked,
    )
