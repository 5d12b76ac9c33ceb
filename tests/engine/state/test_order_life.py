"""The table of the order life, read as a whole."""

from typing import get_args

from tui_trader.engine.messages.events import OrderEvent
from tui_trader.engine.state.order_life import TRANSITIONS
from tui_trader.engine.values.orders import OrderStatus


def test_every_status_has_a_row():
    assert set(TRANSITIONS) == set(OrderStatus)


def test_only_order_events_move_orders():
    assert {event for row in TRANSITIONS.values() for event in row} <= set(get_args(OrderEvent))


def test_a_terminal_status_leads_nowhere_else():
    for status in OrderStatus:
        if status.is_terminal:
            assert set(TRANSITIONS[status].values()) <= {status}


def test_every_status_that_is_not_terminal_can_end():
    reachable = {status: set(TRANSITIONS[status].values()) for status in OrderStatus}
    for status in OrderStatus:
        seen, edge = {status}, {status}
        while edge:
            edge = {after for before in edge for after in reachable[before]} - seen
            seen |= edge
        assert any(after.is_terminal for after in seen), status
