"""What the sale of everything waits for before it says that it is done."""

from tests.engine.core.rig import D
from tests.engine.core.test_closing import balance, confirm, flatten, holding, sales
from tui_trader.engine.messages.hand_events import FlattenEnded
from tui_trader.engine.values.orders import OrderStatus


def test_fills_that_are_known_of_and_owed_are_sold_too():
    bench = holding()
    bench.place("late", quantity="0.01", price="63000.0")
    bench.accept("late")
    flatten(bench)
    bench.order("late", status=OrderStatus.CANCELLED, quantity="0.01", filled="0.01")
    bench.state.positions.pop("BTC/USD")
    confirm(bench, 1)
    assert not bench.happened(FlattenEnded)
    bench.fill("late", execution="late", quantity="0.01", price="63000.0")
    balance(bench, "0.01")
    assert sales(bench)[-1].quantity_base == D("0.01")
