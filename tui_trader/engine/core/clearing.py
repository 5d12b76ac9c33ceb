"""Open sells in the way of a close: made smaller where that leaves a stop standing, else cancelled.

Law: nothing is sold before it is free. Who leaves a whole position leaves no stop behind either: it
would sell what is bought later.
"""

from decimal import Decimal

from tui_trader.engine.core import amending, placement
from tui_trader.engine.core.decision import Decision
from tui_trader.engine.core.pacing import ClosingPace, Pacing
from tui_trader.engine.messages.commands import AmendPlacedOrder
from tui_trader.engine.state.closing_record import Closing
from tui_trader.engine.state.order_life import OrderRecord
from tui_trader.engine.state.valuation import available
from tui_trader.engine.values.instruments import Asset
from tui_trader.engine.values.money import ZERO, round_quantity
from tui_trader.engine.values.orders import CommandId, OrderStatus, Side

_LIVE = frozenset({OrderStatus.OPEN, OrderStatus.PARTIALLY_FILLED})


def clear_the_way(
    desk: Decision, pacing: Pacing, closing: Closing, *, rest_base: Decimal, pace: ClosingPace
) -> bool:
    """Free what is to be sold, newest sells first; whether it is free."""
    held_base = desk.state.positions[closing.symbol].quantity_base
    is_whole = closing.rest_base >= held_base
    quote = Asset(desk.settings.market.quote_asset)
    free = available(desk.state, Asset(closing.symbol.partition("/")[0]), quote)
    is_clear = True
    for order in _sells(desk, closing):
        short_base = rest_base - free
        if not is_whole and short_base <= ZERO:
            break
        is_clear = False
        if not is_whole and order.amendment is not None:
            break  # Which terms it has decides what else is needed.
        if not is_whole and _shrink(desk, closing, order, short_base=short_base, pace=pace):
            free += short_base
            continue
        free += order.remaining_base
        not_before_ms = pacing.cancel_not_before_ms.get(order.client_order_id, 0)
        if order.status in _LIVE and desk.now_ms >= not_before_ms:
            placement.withdraw(desk, pacing, order)
    return is_clear


def _sells(desk: Decision, closing: Closing) -> list[OrderRecord]:
    """Open sells of the pair, newest first."""
    return [
        order
        for order in reversed(desk.state.open_orders())
        if order.symbol == closing.symbol and order.side is Side.SELL
    ]


def _shrink(
    desk: Decision, closing: Closing, order: OrderRecord, *, short_base: Decimal, pace: ClosingPace
) -> bool:
    """Ask for a smaller sell, once: what stays is protected all the while."""
    instrument = desk.market.instruments[closing.symbol]
    quantity = round_quantity(order.quantity_base - short_base, lot=instrument.lot)
    is_too_small = quantity - order.filled_base < instrument.quantity_min
    if is_too_small or order.status not in _LIVE or order.client_order_id in pace.shrunk:
        return False
    pace.shrunk.add(order.client_order_id)
    name = placement.order_name(
        f"shrink {order.client_order_id} {closing.command_id} {desk.now_ms}"
    )
    command = AmendPlacedOrder(
        command_id=CommandId(name),
        actor="engine",
        client_order_id=order.client_order_id,
        quantity_base=quantity,
    )
    return amending.try_amend(desk, command) is None
