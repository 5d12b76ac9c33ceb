from decimal import Decimal

import pytest

from tests.engine.exchanges.simulator.trading_floor import BUY, SELL, TradingFloor
from tui_trader.engine.exchanges.simulator.events import OrderCancelled, OrderFilled, TimeInForce
from tui_trader.engine.exchanges.simulator.orders import OrderState
from tui_trader.engine.exchanges.simulator.rejections import Rejected


def fills(record):
    return [(str(fill.price), str(fill.volume)) for fill in record.fills]


def test_market_order_takes_the_best_price_first():
    floor = TradingFloor()
    floor.house(SELL, "101.0", "1")
    floor.house(SELL, "100.0", "1")
    order = floor.place(BUY, "1.5")
    assert fills(order) == [("100.0", "1.00000000"), ("101.0", "0.50000000")]
    assert order.state is OrderState.CLOSED


def test_taker_pays_40_basis_points_in_quote():
    floor = TradingFloor()
    floor.house(SELL, "100.0", "1")
    order = floor.place(BUY, "1")
    assert (order.cost, order.fee) == (Decimal("100.00000"), Decimal("0.40000"))
    assert floor.account.balances == {"USD": Decimal("99899.60000"), "BTC": Decimal(1)}


def test_maker_pays_25_basis_points_in_quote():
    floor = TradingFloor()
    order = floor.place(BUY, "1", "100.0")
    floor.house_takes(SELL, "1", "100.0")
    assert order.fee == Decimal("0.25000")
    assert order.fills[0].is_maker


def test_resting_order_fills_in_parts_and_releases_its_hold():
    floor = TradingFloor()
    order = floor.place(BUY, "1", "100.0")
    assert floor.account.held("USD") == Decimal("100.25000")
    floor.house_takes(SELL, "0.4", "99.0")
    assert (order.state, order.filled) == (OrderState.OPEN, Decimal("0.4"))
    assert floor.account.held("USD") == Decimal("60.15000")
    floor.house_takes(SELL, "5", "99.0")
    assert order.state is OrderState.CLOSED
    assert floor.account.held("USD") == 0


def test_who_came_first_at_a_price_is_served_first():
    floor = TradingFloor(bitcoin="2")
    floor.house(SELL, "100.0", "1")
    order = floor.place(SELL, "1", "100.0")
    floor.house_takes(BUY, "1", "100.0")
    assert order.filled == 0
    floor.house_takes(BUY, "1", "100.0")
    assert order.filled == 1


def test_limit_order_takes_what_is_there_and_rests_with_the_rest():
    floor = TradingFloor()
    floor.house(SELL, "100.0", "1")
    order = floor.place(BUY, "3", "100.0")
    assert (order.filled, order.remaining) == (1, 2)
    assert floor.book.bids.lots_at(1_000) == 2 * 10**8


def test_limit_order_fills_at_the_better_resting_price():
    floor = TradingFloor()
    floor.house(SELL, "90.0", "1")
    assert fills(floor.place(BUY, "1", "100.0")) == [("90.0", "1.00000000")]


def test_market_order_that_empties_the_book_is_cancelled_for_the_rest():
    floor = TradingFloor()
    floor.house(SELL, "100.0", "1")
    order = floor.place(BUY, "2")
    assert (order.state, order.filled) == (OrderState.CANCELED, 1)
    assert isinstance(floor.events[-1], OrderCancelled)


def test_immediate_or_cancel_never_rests():
    floor = TradingFloor()
    order = floor.place(BUY, "1", "100.0", time_in_force=TimeInForce.IOC)
    assert order.state is OrderState.CANCELED
    assert floor.book.bids.best is None


def test_order_against_an_own_order_is_cancelled_instead_of_traded():
    floor = TradingFloor(bitcoin="1")
    resting = floor.place(SELL, "1", "100.0")
    order = floor.place(BUY, "1", "100.0")
    assert (order.state, resting.state) == (OrderState.CANCELED, OrderState.OPEN)
    assert not any(isinstance(event, OrderFilled) for event in floor.events)


def test_cancelled_order_leaves_the_book_and_its_hold():
    floor = TradingFloor()
    order = floor.place(BUY, "1", "100.0")
    floor.cancel(order)
    assert floor.book.bids.best is None
    assert floor.account.available("USD") == Decimal(100_000)


def test_cancel_of_a_finished_order_names_an_unknown_order():
    floor = TradingFloor()
    order = floor.place(BUY, "1", "100.0")
    floor.cancel(order)
    with pytest.raises(Rejected, match="EOrder:Unknown order"):
        floor.cancel(order)


def test_cancel_of_an_order_that_never_was_names_an_invalid_order():
    floor = TradingFloor()
    with pytest.raises(Rejected, match="EOrder:Invalid order"):
        floor.engine.cancel("ONEVER", now_ms=floor.now_ms)


def test_many_small_fills_cost_what_one_large_fill_costs():
    floor = TradingFloor()
    order = floor.place(BUY, "0.00100000", "33333.3")
    for _ in range(1_000):
        floor.house_takes(SELL, "0.000001", "33333.3")
    assert order.state is OrderState.CLOSED
    assert (order.cost, order.fee) == (Decimal("33.33330"), Decimal("0.08333"))


def test_open_orders_rest_again_after_a_restart():
    floor = TradingFloor()
    floor.place(BUY, "1", "100.0", cl_ord_id="one")
    floor.house_takes(SELL, "0.25", "100.0")
    again = TradingFloor(cash="0.0001")
    for event in floor.events:
        again.account.apply(event)
    again.engine.rest_open_orders()
    assert again.book.bids.lots_at(1_000) == int(0.75 * 10**8)
    assert again.account.open_with_client_id("one").filled == Decimal("0.25")
