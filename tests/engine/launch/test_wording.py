"""Events in one line: what says nothing is left out, and terms are told by name."""

from decimal import Decimal

from tui_trader.engine.launch.wording import describe
from tui_trader.engine.messages.events import OrderSubmitted, ReconcileCompleted
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.orders import (
    PLAIN_TERMS,
    ClientOrderId,
    OrderTerms,
    OrderType,
    Side,
    TimeInForce,
)


def submitted(terms):
    return describe(
        OrderSubmitted(
            time_ms=0,
            actor="cli",
            client_order_id=ClientOrderId("order-1"),
            symbol=Symbol("BTC/USD"),
            side=Side.BUY,
            order_type=OrderType.STOP_LOSS,
            quantity_base=Decimal("0.1"),
            price=None,
            post_only=False,
            hold_quote=Decimal(5),
            deadline_ms=5_000,
            terms=terms,
        )
    )


def test_terms_are_told_by_name_and_plain_ones_not_at_all():
    terms = OrderTerms(trigger_price=Decimal("66000.5"), time_in_force=TimeInForce.IOC)
    assert submitted(terms).endswith("terms trigger price 66000.5 time in force IOC")
    assert "terms" not in submitted(PLAIN_TERMS)


def test_what_could_not_be_read_is_told_and_nothing_is_not():
    event = ReconcileCompleted(time_ms=0, fills_found=0, orders_found=0, checked_ms=0)
    assert "unread" not in describe(event)
    told = ReconcileCompleted(
        time_ms=0, fills_found=0, orders_found=0, checked_ms=0, unread=("one", "two")
    )
    assert describe(told).endswith("unread one; two")
