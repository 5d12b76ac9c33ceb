from decimal import Decimal

import pytest

from tests.engine.exchanges.simulator.trading_floor import BUY, NOW_MS, SELL, TradingFloor, ticket
from tui_trader.engine.exchanges.simulator.admission import OPEN_ORDERS_MAX
from tui_trader.engine.exchanges.simulator.rejections import Rejected

REFUSALS = {
    "volume below the minimum": (
        ticket(BUY, "0.00004", "50000.0"),
        "EGeneral:Invalid arguments:volume minimum not met",
    ),
    "value below the minimum": (ticket(BUY, "0.001", "100.0"), "EOrder:Cost minimum not met"),
    "volume finer than a lot": (
        ticket(BUY, "0.000100001", "50000.0"),
        "EGeneral:Invalid arguments:volume",
    ),
    "no volume": (ticket(BUY, "0", "50000.0"), "EGeneral:Invalid arguments:volume"),
    "price finer than a tick": (
        ticket(BUY, "0.01", "50000.05"),
        "EOrder:Invalid price:XBT/USD price can only be specified up to 1 decimals.",
    ),
    "more than there is": (ticket(BUY, "3", "50000.0"), "EOrder:Insufficient funds"),
    "sale of what is not there": (ticket(SELL, "0.01", "50000.0"), "EOrder:Insufficient funds"),
    "market order beyond the cash": (ticket(BUY, "2"), "EOrder:Insufficient funds"),
    "post-only that would trade": (
        ticket(BUY, "0.01", "60000.0", post_only=True),
        "EOrder:Post only order",
    ),
    "post-only market": (ticket(BUY, "0.01", post_only=True), "EGeneral:Invalid arguments:oflags"),
    "too late": (
        ticket(BUY, "0.01", "50000.0", deadline_ms=NOW_MS - 1),
        "EService:Deadline elapsed",
    ),
    "deadline in an hour": (
        ticket(BUY, "0.01", "50000.0", deadline_ms=NOW_MS + 3_600_000),
        "EGeneral:Invalid arguments:deadline",
    ),
    "client id of 19 characters": (
        ticket(BUY, "0.01", "50000.0", cl_ord_id="x" * 19),
        "EGeneral:Invalid arguments:cl_ord_id",
    ),
    "client id and userref": (
        ticket(BUY, "0.01", "50000.0", cl_ord_id="x", userref=1),
        "EGeneral:Invalid arguments:cl_ord_id and userref",
    ),
    "userref beyond 32 bits": (
        ticket(BUY, "0.01", "50000.0", userref=2**31),
        "EGeneral:Invalid arguments:userref",
    ),
}


@pytest.fixture
def floor():
    floor = TradingFloor()
    floor.house(SELL, "60000.0", "10")
    return floor


@pytest.mark.parametrize("case", REFUSALS)
def test_order_is_refused_in_krakens_words(floor, case):
    request, words = REFUSALS[case]
    before = list(floor.events)
    with pytest.raises(Rejected) as refusal:
        floor.engine.place(request, now_ms=floor.now_ms)
    assert refusal.value.error == words
    assert floor.events == before
    assert floor.account.orders == {}


@pytest.mark.parametrize(
    "cl_ord_id",
    [
        "6d1b345e-2821-40e2-ad83-4ecb18a06876",
        "da8e4ad59b78481c93e589746b0cf91f",
        "arb-20240509-00010",
    ],
)
def test_every_documented_form_of_client_id_is_taken(floor, cl_ord_id):
    assert floor.place(BUY, "0.01", "50000.0", cl_ord_id=cl_ord_id).accepted.cl_ord_id == cl_ord_id


def test_client_id_of_an_open_order_cannot_be_used_again(floor):
    floor.place(BUY, "0.01", "50000.0", cl_ord_id="mine")
    with pytest.raises(Rejected, match="cl_ord_id not unique"):
        floor.place(BUY, "0.01", "50000.0", cl_ord_id="mine")


def test_client_id_of_a_closed_order_can_be_used_again(floor):
    floor.cancel(floor.place(BUY, "0.01", "50000.0", cl_ord_id="mine"))
    assert floor.place(BUY, "0.01", "50000.0", cl_ord_id="mine").remaining == Decimal("0.01")


def test_order_that_uses_all_cash_is_taken_and_one_cent_more_is_not():
    floor = TradingFloor(cash="1004.0000")
    with pytest.raises(Rejected, match="Insufficient funds"):
        floor.place(BUY, "0.02000001", "50000.0")
    assert floor.place(BUY, "0.02", "50000.0").hold == Decimal("1002.50000")


def test_held_money_cannot_be_used_twice(floor):
    floor.place(BUY, "1.9", "50000.0")
    with pytest.raises(Rejected, match="Insufficient funds"):
        floor.place(BUY, "0.2", "50000.0")


def test_open_orders_have_a_limit(floor):
    for _ in range(OPEN_ORDERS_MAX):
        floor.place(BUY, "0.0001", "50000.0")
    with pytest.raises(Rejected, match="EOrder:Orders limit exceeded"):
        floor.place(BUY, "0.0001", "50000.0")


def test_order_at_its_deadline_is_in_time(floor):
    assert floor.place(BUY, "0.01", "50000.0", deadline_ms=NOW_MS).filled == 0
