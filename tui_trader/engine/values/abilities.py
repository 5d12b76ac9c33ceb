"""What a venue's adapter can do: each declares it, the gate and the conformance suite hold it to it."""

import msgspec

from tui_trader.engine.values.orders import OrderType, TimeInForce


class Abilities(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of one adapter. Whatever is not declared is refused before it is sent.

    Args:
        order_types: Types that `submit` takes.
        times_in_force: Likewise.
        can_amend: `amend` changes an open order in place.
        can_close_on_fill: Takes a conditional close.
        can_reduce_only: Takes reduce-only orders.
        has_deadline: The exchange itself refuses an order after its deadline; without it, a lost
            order may still appear later than the engine waits.
        has_dead_mans_switch: The exchange cancels everything when it is not heard of.
        tells_refusals: Every refusal of the exchange is known as one; without it, some come back as
            unknown and are looked up.
        pages_trades: `account` sees every fill since a moment, however many.
        has_verified_books: Books are checked against the exchange's checksum.
        has_wire: The exchange is elsewhere: answers may be lost, links go down. Without it they cannot.
    """

    order_types: frozenset[OrderType] = frozenset({OrderType.MARKET, OrderType.LIMIT})
    times_in_force: frozenset[TimeInForce] = frozenset({TimeInForce.GTC})
    can_amend: bool = False
    can_close_on_fill: bool = False
    can_reduce_only: bool = False
    has_deadline: bool = True
    has_dead_mans_switch: bool = False
    tells_refusals: bool = True
    pages_trades: bool = True
    has_verified_books: bool = True
    has_wire: bool = True


class BudgetLevel(msgspec.Struct, frozen=True, kw_only=True):
    """How much of one of the exchange's rate limits is used up, by our own count.

    Args:
        recovers_per_s: What `used` falls each second.
    """

    name: str
    used: float
    limit: float
    recovers_per_s: float


BASIC_ABILITIES = Abilities()
"""Market and limit orders, and nothing else."""
