"""Trading from ladder and chart by keys alone on a small terminal, judged by what the engine and the exchange say."""

from decimal import Decimal

import pytest

from tests.journeys.conftest import Desk, wait_for
from tests.journeys.terminal import Terminal

pytestmark = pytest.mark.journey
SMALL = (80, 24)
START_S = 60


def only_order(desk: Desk) -> dict:
    (order,) = desk.json("orders")["orders"]
    return order


def rest_an_order_from_the_ladder(desk: Desk, console: Terminal) -> Decimal:
    """A limit at the price under the cursor, far enough below the market to rest; that price."""
    console.type("3", *["-"] * 7)
    console.until("▌3 ORDER BOOK BTC/USD", "by 10")
    console.type(*["j"] * 9)
    screen = console.until("held · mid")
    (row,) = [row for row in screen.splitlines() if row.startswith(">")]
    price = row.split()[0].lstrip(">").replace(",", "")
    console.type("Enter")
    console.until("BUY BTC/USD", price)
    console.write("0.01")
    console.until("checks pass")
    console.type("Enter")
    console.until("accepted")
    console.type("q")
    wait_for(lambda: desk.json("orders")["orders"], "the order among the open ones")
    order = only_order(desk)
    assert (order["side"], order["order_type"]) == ("buy", "limit")
    assert Decimal(order["price"]) == Decimal(price)
    return Decimal(price)


def carry_it_down_two_rungs(desk: Desk, console: Terminal, price: Decimal) -> None:
    """Nothing leaves before Enter, and then the very price that was shown."""
    console.type("m", "j", "j")
    console.until("«0.01»")
    assert Decimal(only_order(desk)["price"]) == price
    console.type("Enter")
    wait_for(
        lambda: Decimal(only_order(desk)["price"]) == price - 20, "the order twenty dollars lower"
    )
    assert len(desk.open_at_exchange()) == 1
    console.until("◂0.01")


def carry_a_stop_on_the_chart(desk: Desk, console: Terminal) -> None:
    """A stop of a position, put somewhere else and named there."""
    desk.run("cancel", "all", "--yes")
    wait_for(lambda: not desk.json("orders")["orders"], "no open order")
    assert desk.run("trade", "BTC/USD", "buy", "0.01", "--yes").returncode == 0
    (position,) = desk.json("positions")["positions"]
    far = Decimal(position["price_average"]) * Decimal("0.99")
    placed = desk.run("trade", "BTC/USD", "sell", "0.01", "--stop-loss", f"{far:.0f}", "--yes")
    assert placed.returncode == 0, placed
    console.type("2")
    console.until("▌2 CHART BTC/USD", "stop sell 0.01", "entry 0.01")
    console.type("m", "k")
    console.until("MOVE stop sell 0.01")
    console.type("Escape")
    console.until_gone("MOVE stop")
    assert Decimal(only_order(desk)["terms"]["trigger_price"]) == Decimal(f"{far:.0f}")
    console.type("m", "k", "k")
    console.until("MOVE stop sell 0.01")
    console.type("Enter")
    wait_for(
        lambda: Decimal(only_order(desk)["terms"]["trigger_price"]) > Decimal(f"{far:.0f}"),
        "a higher stop",
    )
    console.until_gone("MOVE stop")


def test_order_from_the_ladder_is_carried_and_a_stop_on_the_chart_too(desk):
    console = desk.console(size=SMALL)
    console.until("DEMO", "feed ok", "BTC/USD", seconds=START_S)
    desk.until_ready()
    console.until("all free")
    price = rest_an_order_from_the_ladder(desk, console)
    carry_it_down_two_rungs(desk, console, price)
    carry_a_stop_on_the_chart(desk, console)
