"""Amendments: what keeps its place in the queue, what loses it, what is refused."""

from decimal import Decimal

import pytest

from tests.engine.exchanges.simulator.trading_floor import BTC, BUY, SELL, TradingFloor, ticket
from tui_trader.engine.exchanges.simulator.events import TriggerSource, TriggerTerms
from tui_trader.engine.exchanges.simulator.orders import OrderState, OrderTicket
from tui_trader.engine.exchanges.simulator.price_terms import OrderKind, parse_price
from tui_trader.engine.exchanges.simulator.rejections import Rejected
from tui_trader.engine.exchanges.simulator.requests import Amendment


@pytest.fixture
def floor():
    floor = TradingFloor(cash="1000", bitcoin="5")
    floor.house(SELL, 101, 5)
    floor.house(BUY, 99, 5)
    floor.engine.note_last(BTC.symbol, Decimal(100))
    return floor


def amend(floor, order, **terms):
    for name in ("price", "trigger_price"):
        if name in terms:
            terms[name] = parse_price(terms[name])
    for name in ("volume", "display_volume"):
        if name in terms:
            terms[name] = Decimal(terms[name])
    _, outcome = floor.engine.amend(order.accepted.txid, Amendment(**terms), now_ms=floor.now_ms)
    return floor.note(outcome)


def queue(floor, ticks):
    return [(resting.owner, resting.lots) for resting in floor.book.bids.levels[ticks].queue]


def test_less_keeps_the_place_in_the_queue(floor):
    order = floor.place(BUY, "2", 100)
    floor.house(BUY, 100, 1)
    amend(floor, order, volume="1")
    assert queue(floor, 1000) == [(order.accepted.txid, 10**8), (None, 10**8)]
    assert floor.account.held("USD") == Decimal("100.25")


@pytest.mark.parametrize("terms", [{"volume": "3"}, {"price": "100.1"}])
def test_more_or_another_price_goes_to_the_end(floor, terms):
    order = floor.place(BUY, "2", 100)
    floor.house(BUY, 100, 1)
    floor.house(BUY, "100.1", 1)
    amend(floor, order, **terms)
    ticks = 1001 if "price" in terms else 1000
    assert queue(floor, ticks)[0][0] is None
    assert queue(floor, ticks)[-1][0] == order.accepted.txid


def test_amended_order_keeps_its_names_and_its_fills(floor):
    order = floor.place(BUY, "2", 100, cl_ord_id="mine")
    floor.house_takes(SELL, "0.5", 100)
    amend(floor, order, volume="3")
    assert floor.account.open_with_client_id("mine") is order
    assert (order.filled, order.remaining) == (Decimal("0.5"), Decimal("2.5"))
    assert [change.volume for change in order.amends] == [3]


def test_amendment_down_to_what_is_filled_cancels_the_rest(floor):
    order = floor.place(BUY, "2", 100)
    floor.house_takes(SELL, "1.5", 100)
    amend(floor, order, volume="1")
    assert (order.state, order.filled) == (OrderState.CANCELED, Decimal("1.5"))


def test_amended_price_that_crosses_trades_as_taker(floor):
    order = floor.place(BUY, "1", 100)
    amend(floor, order, price="101")
    assert order.state is OrderState.CLOSED
    assert order.fills[0].is_maker is False


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({}, "Invalid arguments"),
        ({"volume": "20"}, "Insufficient funds"),
        ({"volume": "0.00000001"}, "volume minimum"),
        ({"price": "100.05"}, "decimals"),
        ({"price": "101", "post_only": True}, "Post only"),
        ({"trigger_price": "90"}, "trigger_price"),
        ({"display_volume": "0.5"}, "displayvol"),
        ({"volume": "3", "deadline_ms": 1}, "Deadline elapsed"),
    ],
)
def test_refused_amendment_changes_nothing(floor, terms, words):
    order = floor.place(BUY, "2", 100)
    held, accepted = floor.account.held("USD"), order.accepted
    with pytest.raises(Rejected, match=words):
        amend(floor, order, **terms)
    assert (floor.account.held("USD"), order.accepted) == (held, accepted)
    assert queue(floor, 1000) == [(order.accepted.txid, 2 * 10**8)]


def test_trigger_of_a_sleeping_order_moves(floor):
    txid, outcome = floor.engine.place(
        OrderTicket(
            pair=BTC,
            side=SELL,
            order_type=OrderKind.STOP_LOSS,
            volume=Decimal(1),
            trigger=TriggerTerms(source=TriggerSource.LAST, price=Decimal(90)),
        ),
        now_ms=floor.now_ms,
    )
    floor.note(outcome)
    order = floor.account.orders[txid]
    amend(floor, order, trigger_price="95")
    assert order.accepted.trigger.price == 95
    assert order.is_dormant


def test_unknown_and_ended_orders_are_told_apart(floor):
    with pytest.raises(Rejected, match="EOrder:Invalid order"):
        floor.engine.amend("O-never", Amendment(volume=Decimal(1)), now_ms=floor.now_ms)
    order = floor.place(BUY, "1", 100)
    floor.cancel(order)
    with pytest.raises(Rejected, match="EOrder:Unknown order"):
        amend(floor, order, volume="1")


def test_amended_order_rests_behind_after_a_restart(floor):
    first, second = floor.place(BUY, "1", 100), floor.place(BUY, "1", 100)
    amend(floor, first, volume="1.5")
    rebuilt = TradingFloor()
    rebuilt.account.__init__()
    for event in floor.events:
        rebuilt.account.apply(event)
    rebuilt.engine.rest_open_orders()
    owners = [resting.owner for resting in rebuilt.book.bids.levels[1000].queue]
    assert owners == [second.accepted.txid, first.accepted.txid]


def test_new_order_needs_the_funds_an_amendment_took(floor):
    order = floor.place(BUY, "2", 100)
    amend(floor, order, volume="9")
    with pytest.raises(Rejected, match="Insufficient funds"):
        floor.engine.check(ticket(BUY, "2", 90), now_ms=floor.now_ms)
