"""A strategy's order on its way to the gate: asked silently, or sent for good."""

from decimal import Decimal
from typing import NamedTuple

from tui_trader.engine.core import placement
from tui_trader.engine.core.decision import Decision
from tui_trader.engine.core.decision_log import Verdict
from tui_trader.engine.core.gate_context import GateContext, OrderDraft
from tui_trader.engine.core.risk_gate import first_refusal, judge
from tui_trader.engine.messages.commands import PlaceOrder
from tui_trader.engine.messages.events import CommandRefused
from tui_trader.engine.state.order_life import OrderRecord
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.orders import ClientOrderId, CommandId, OrderType, Side


class Wish(NamedTuple):
    """A market order that a strategy wants."""

    actor: str
    symbol: Symbol
    side: Side
    quantity_base: Decimal


def is_let_through(desk: Decision, wish: Wish) -> bool:
    """Whether the gate would let it pass now; nothing is written down."""
    draft = OrderDraft(
        client_order_id=None,
        symbol=wish.symbol,
        side=wish.side,
        order_type=OrderType.MARKET,
        quantity_base=wish.quantity_base,
        price=None,
        post_only=False,
        actor=wish.actor,
    )
    context = GateContext(draft, desk.settings, desk.state, market=desk.market, now_ms=desk.now_ms)
    return first_refusal(judge(context)) is None


def send(desk: Decision, wish: Wish, name: ClientOrderId) -> CommandRefused | None:
    """Let every gate judge, and the order leave; the refusal, if there is one."""
    placement.place(
        desk,
        PlaceOrder(
            command_id=CommandId(name),
            actor=wish.actor,
            time_ms=desk.now_ms,
            client_order_id=name,
            symbol=wish.symbol,
            side=wish.side,
            order_type=OrderType.MARKET,
            quantity_base=wish.quantity_base,
        ),
    )
    if name in desk.state.orders:
        return None
    refusal = desk.events[-1]
    assert isinstance(refusal, CommandRefused), refusal
    return refusal


def end_words(order: OrderRecord) -> Verdict | None:
    """What to say of an order that ended without all its fills; None where it filled."""
    if order.filled_base == order.quantity_base:
        return None
    because = f": {order.reason}" if order.reason else ""
    end = f"{order.status.value.replace('_', ' ')}{because}"
    if not order.filled_base:
        what = "the entry never came to be" if order.side is Side.BUY else "nothing was sold"
        return Verdict("refused", f"{what}; the order was {end}", "exchange")
    filled, asked = order.filled_base.normalize(), order.quantity_base.normalize()
    outcome = "bought" if order.side is Side.BUY else "sold"
    return Verdict(outcome, f"{filled:f} of {asked:f}; the rest was {end}")
