"""When a sleeping order wakes up, and how a trailing one follows the market."""

from decimal import ROUND_HALF_EVEN, Decimal

import msgspec

from tui_trader.engine.exchanges.simulator.events import OrderAccepted, TriggerTerms
from tui_trader.engine.exchanges.simulator.listings import PairListing
from tui_trader.engine.exchanges.simulator.price_terms import OrderKind, PriceTerm, resolve
from tui_trader.engine.values.orders import Side


def is_reached(kind: OrderKind, side: Side, *, trigger: Decimal, price: Decimal) -> bool:
    """Whether a price wakes an order: a stop from the bad side, a take profit from the good one."""
    waits_for_fall = (side is Side.SELL) is not kind.is_take_profit
    return price <= trigger if waits_for_fall else price >= trigger


def trailing_price(pair: PairListing, side: Side, *, trail: PriceTerm, peak: Decimal) -> Decimal:
    """Where the trigger of a trailing stop stands below (sell) or above (buy) its peak."""
    price = peak + side.sign * trail.distance(peak)
    return max(pair.price(1), price.quantize(pair.price(1), ROUND_HALF_EVEN))


def followed(
    pair: PairListing, side: Side, *, trigger: TriggerTerms, price: Decimal
) -> TriggerTerms | None:
    """The terms after a price, `None` when it is no new peak or nothing trails."""
    if trigger.trail is None:
        return None
    assert trigger.peak is not None
    if (price - trigger.peak) * side.sign >= 0:
        return None
    moved = trailing_price(pair, side, trail=trigger.trail, peak=price)
    return msgspec.structs.replace(trigger, peak=price, price=moved)


def woken_limit(order: OrderAccepted, pair: PairListing) -> Decimal | None:
    """Limit of an order that wakes now, `None` for one that becomes a market order."""
    trigger = order.trigger
    if trigger is None or trigger.limit_offset is None:
        return order.price
    limit = resolve(
        trigger.limit_offset, trigger.price, pair=pair, side=order.side, kind=order.order_type
    )
    return max(pair.price(1), limit)
