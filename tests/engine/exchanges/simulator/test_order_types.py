"""Orders beyond market and limit: what wakes them, what they show, what they bring forth."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.engine.exchanges.simulator.trading_floor import BTC, BUY, SELL, TradingFloor
from tui_trader.engine.exchanges.simulator.events import (
    CloseTerms,
    SelfTrade,
    TimeInForce,
    TriggerSource,
)
from tui_trader.engine.exchanges.simulator.orders import OrderState
from tui_trader.engine.exchanges.simulator.price_terms import OrderKind, parse_price, resolve
from tui_trader.engine.exchanges.simulator.rejections import Rejected
from tui_trader.engine.exchanges.simulator.requests import OrderRequest


@pytest.fixture
def floor():
    """A market at 100.0, ten bitcoin wide on each side, and an account with both."""
    floor = TradingFloor(cash="100000", bitcoin="10")
    for step in range(1, 6):
        floor.house(BUY, 100 - step, 10)
        floor.house(SELL, 100 + step, 10)
    floor.engine.note_last(BTC.symbol, Decimal(100))
    return floor


def place(floor, side, quantity, kind, price=None, price2=None, **terms):
    """Place what Kraken's AddOrder would be told."""
    request = OrderRequest(
        pair=BTC,
        side=side,
        order_type=OrderKind(kind),
        volume=Decimal(quantity),
        price=None if price is None else parse_price(price),
        price2=None if price2 is None else parse_price(price2),
        **terms,
    )
    txid, outcome = floor.engine.place(floor.engine.ticket(request), now_ms=floor.now_ms)
    floor.note(outcome)
    advance(floor)
    return floor.account.orders[txid]


def advance(floor, ms=0):
    floor.now_ms += ms
    return floor.note(floor.engine.advance(floor.now_ms))


def print_at(floor, price):
    """Let somebody trade a little at a price, and the sleepers see it."""
    side = BUY if Decimal(price) > Decimal(100) else SELL
    floor.house(side.opposite, price, 1)
    for level in (floor.book.bids, floor.book.asks):
        for ticks in level.prices[:]:
            if level.side is side.opposite and ticks != int(Decimal(price) * 10):
                floor.book.set_house(level.side, ticks, 0)
    floor.house_takes(side, "0.5", price)
    advance(floor)


@pytest.mark.parametrize(
    ("side", "kind", "trigger", "sleeps_at", "wakes_at"),
    [
        (SELL, "stop-loss", "98", "99", "98"),
        (BUY, "stop-loss", "102", "101", "102"),
        (SELL, "take-profit", "102", "101", "102"),
        (BUY, "take-profit", "98", "99", "98"),
    ],
)
def test_trigger_is_reached_from_its_own_side(floor, side, kind, trigger, sleeps_at, wakes_at):
    order = place(floor, side, "0.1", kind, trigger)
    print_at(floor, sleeps_at)
    assert order.is_dormant
    print_at(floor, wakes_at)
    assert not order.is_dormant
    assert order.triggered_ms == floor.now_ms


def test_sleeping_order_reserves_nothing(floor):
    place(floor, SELL, "10", "stop-loss", "98")
    place(floor, SELL, "10", "stop-loss-limit", "98", "97")
    place(floor, BUY, "10", "stop-loss-limit", "102", "103")
    assert floor.account.held("BTC") == floor.account.held("USD") == 0
    floor.place(SELL, "10", 105)


def test_woken_order_without_funds_is_cancelled(floor):
    stop = place(floor, SELL, "10", "stop-loss", "98")
    floor.place(SELL, "1", 105)
    print_at(floor, "98")
    assert (stop.state, stop.reason) == (OrderState.CANCELED, "Insufficient funds")


def test_woken_limit_order_waits_at_its_limit(floor):
    order = place(floor, SELL, "1", "stop-loss-limit", "98", "98.5")
    print_at(floor, "98")
    assert order.state is OrderState.OPEN
    assert floor.account.held("BTC") == 1
    assert floor.book.asks.find(985, order.accepted.txid).lots == 10**8


def test_stop_beyond_the_market_wakes_at_once(floor):
    order = place(floor, SELL, "0.1", "stop-loss", "101")
    assert order.state is OrderState.CLOSED


def test_trailing_stop_follows_up_and_never_down(floor):
    order = place(floor, SELL, "0.1", "trailing-stop", "+2")
    assert order.accepted.trigger.price == 98
    print_at(floor, "103")
    assert (order.accepted.trigger.peak, order.accepted.trigger.price) == (103, 101)
    floor.house(SELL, 104, 1)
    floor.house(BUY, "101.5", 1)
    floor.house_takes(SELL, "0.1", "101.5")
    advance(floor)
    assert order.accepted.trigger.price == 101
    floor.house(BUY, "101.5", 0)
    floor.house(BUY, 101, 1)
    floor.house_takes(SELL, "0.1", 101)
    advance(floor)
    assert order.state is OrderState.CLOSED


def test_price_that_is_no_new_peak_moves_nothing(floor):
    place(floor, SELL, "0.1", "trailing-stop", "+5")
    print_at(floor, "103")
    moves = len(floor.events)
    floor.house_takes(BUY, "0.1", 103)
    assert not advance(floor).events
    assert len(floor.events) == moves


def test_trailing_percent_is_of_the_peak(floor):
    order = place(floor, SELL, "0.1", "trailing-stop", "+5%")
    assert order.accepted.trigger.price == 95
    print_at(floor, "104")
    assert order.accepted.trigger.price == Decimal("98.8")


def test_trailing_limit_is_set_when_it_wakes(floor):
    order = place(floor, BUY, "0.1", "trailing-stop-limit", "+2", "+0.5")
    assert order.accepted.price is None
    print_at(floor, "102")
    assert order.accepted.price == Decimal("102.5")


@pytest.mark.parametrize(
    ("price", "price2"), [("2", None), ("-2", None), ("#2", None), ("+0", None)]
)
def test_trailing_distance_needs_a_plus(floor, price, price2):
    with pytest.raises(Rejected, match="price"):
        place(floor, SELL, "0.1", "trailing-stop", price, price2)


def test_index_trigger_watches_the_middle_of_the_book(floor):
    order = place(floor, SELL, "0.1", "stop-loss", "98", trigger_source=TriggerSource.INDEX)
    floor.house_takes(SELL, "45", 95)
    floor.house(BUY, 99, 10)
    advance(floor)
    assert order.is_dormant
    floor.house(BUY, 99, 0)
    advance(floor)
    assert order.triggered_ms == floor.now_ms


def test_sweep_wakes_a_stop_it_only_touched(floor):
    order = place(floor, SELL, "0.1", "stop-loss", "96")
    floor.house_takes(SELL, "45", 95)
    floor.house_takes(BUY, "1", 110)
    advance(floor)
    assert order.triggered_ms == floor.now_ms


def test_iceberg_shows_its_peak_and_comes_up_behind_the_others(floor):
    order = place(floor, BUY, "3", "iceberg", "99.5", display_volume=Decimal(1))
    floor.house(BUY, "99.5", 1)
    assert floor.book.bids.lots_at(995) == 2 * 10**8
    floor.house_takes(SELL, "1", "99.5")
    assert order.filled == 1
    queue = floor.book.bids.levels[995].queue
    assert [resting.owner for resting in queue] == [None, order.accepted.txid]
    floor.house_takes(SELL, "3", "99.5")
    assert order.state is OrderState.CLOSED


@pytest.mark.parametrize("shown", [None, "0.1", "4", "0"])
def test_iceberg_must_show_a_fifteenth_of_itself_at_least(floor, shown):
    with pytest.raises(Rejected, match="displayvol"):
        place(
            floor,
            BUY,
            "3",
            "iceberg",
            "99",
            display_volume=None if shown is None else Decimal(shown),
        )


def test_close_is_as_large_as_the_fill_and_counts_from_its_price(floor):
    close = CloseTerms(order_type=OrderKind.STOP_LOSS, price=parse_price("#2%"))
    order = place(floor, BUY, "2", "limit", "99.5", close=close)
    assert len(floor.account.open_orders) == 1
    floor.house_takes(SELL, "1.5", "99.5")
    (child,) = floor.account.dormant.values()
    assert (child.accepted.side, child.accepted.volume) == (SELL, Decimal("1.5"))
    assert child.accepted.trigger.price == Decimal("97.5")
    assert child.accepted.parent_txid == order.accepted.txid
    floor.house_takes(SELL, "0.5", "99.5")
    assert [one.accepted.volume for one in floor.account.dormant.values()] == [1.5, 0.5]


def test_orders_that_wake_together_bring_forth_one_close_each(floor):
    close = CloseTerms(order_type=OrderKind.TAKE_PROFIT, price=parse_price("50"))
    for _ in range(3):
        place(floor, SELL, "0.1", "stop-loss", "98", close=close)
    floor.house_takes(SELL, "20.5", 97)
    advance(floor)
    children = [one for one in floor.account.dormant.values() if one.accepted.parent_txid]
    assert [child.accepted.volume for child in children] == [Decimal("0.1")] * 3


def test_limit_close_without_funds_is_cancelled(floor):
    close = CloseTerms(order_type=OrderKind.LIMIT, price=parse_price("110"))
    floor.place(SELL, "10", 108)
    place(floor, BUY, "1", "limit", "101", close=close, fee_in_base=True)
    child = list(floor.account.orders.values())[-1]
    assert (child.accepted.price, child.reason) == (110, "Insufficient funds")


def test_order_that_must_fill_as_a_whole_fills_or_goes(floor):
    gone = place(floor, BUY, "11", "limit", "101", time_in_force=TimeInForce.FOK)
    assert (gone.state, gone.filled) == (OrderState.CANCELED, 0)
    done = place(floor, BUY, "11", "limit", "102", time_in_force=TimeInForce.FOK)
    assert done.state is OrderState.CLOSED


def test_own_orders_do_not_count_as_an_offer(floor):
    own = floor.place(SELL, "5", "100.5")
    gone = place(floor, BUY, "12", "limit", "101", time_in_force=TimeInForce.FOK)
    assert (gone.filled, own.state) == (0, OrderState.OPEN)


def test_order_for_a_while_expires(floor):
    expires_ms = floor.now_ms + 5_000
    order = place(
        floor, BUY, "1", "limit", "90", time_in_force=TimeInForce.GTD, expires_ms=expires_ms
    )
    advance(floor, 4_999)
    assert order.state is OrderState.OPEN
    advance(floor, 1)
    assert order.state is OrderState.EXPIRED
    assert floor.account.held("USD") == 0


def test_order_for_later_begins_then(floor):
    order = place(floor, BUY, "1", "limit", "90", starts_ms=floor.now_ms + 1_000)
    assert floor.book.bids.find(900, order.accepted.txid) is None
    advance(floor, 1_000)
    assert floor.book.bids.find(900, order.accepted.txid) is not None
    assert floor.account.held("USD") > 0


def test_switch_cancels_everything_once_stops_included(floor):
    floor.place(BUY, "1", 90)
    place(floor, SELL, "1", "stop-loss", "90")
    floor.note(floor.engine.set_switch(floor.now_ms + 1_000, now_ms=floor.now_ms))
    advance(floor, 1_000)
    assert not floor.account.open_orders
    assert floor.account.switch_ms is None
    floor.place(BUY, "1", 90)
    advance(floor, 100_000)
    assert len(floor.account.open_orders) == 1


@pytest.mark.parametrize(
    ("policy", "states"),
    [
        (SelfTrade.CANCEL_NEWEST, (OrderState.OPEN, OrderState.CANCELED)),
        (SelfTrade.CANCEL_OLDEST, (OrderState.CANCELED, OrderState.OPEN)),
        (SelfTrade.CANCEL_BOTH, (OrderState.CANCELED, OrderState.CANCELED)),
    ],
)
def test_account_never_trades_with_itself(floor, policy, states):
    old = floor.place(SELL, "1", "100.5")
    new = place(floor, BUY, "1", "limit", "100.5", self_trade=policy)
    assert (old.state, new.state) == states
    assert not floor.account.fills


def test_cash_buys_what_it_pays_for(floor):
    order = place(floor, BUY, "1521.5", "market", volume_in_quote=True)
    # Ten at 101, and 511.5 left for those at 102.
    assert order.accepted.volume == Decimal("15.01470588")
    assert order.state is OrderState.CLOSED
    assert Decimal("1521.49999") <= order.cost <= Decimal("1521.5")


@pytest.mark.parametrize(
    ("text", "side", "kind", "price"),
    [
        ("+5", BUY, "limit", 105),
        ("-5", BUY, "limit", 95),
        ("#5", BUY, "limit", 95),
        ("#5", SELL, "limit", 105),
        ("#5", SELL, "stop-loss", 95),
        ("#5", BUY, "stop-loss", 105),
        ("#5", SELL, "take-profit", 105),
        ("-2.5%", BUY, "limit", Decimal("97.5")),
    ],
)
def test_relative_price_counts_from_the_last_trade(text, side, kind, price):
    found = resolve(parse_price(text), Decimal(100), pair=BTC, side=side, kind=OrderKind(kind))
    assert found == price


@pytest.mark.parametrize("text", ["", "+", "5%", "--5", "+-5", "1e500", "NaN", "+NaN%", "-5 %x"])
def test_price_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match="no price"):
        parse_price(text)


def test_replaced_order_frees_its_own_funds(floor):
    order = floor.place(BUY, "900", 99)
    ticket = floor.engine.ticket(
        OrderRequest(
            pair=BTC,
            side=BUY,
            order_type=OrderKind.LIMIT,
            volume=Decimal(950),
            price=parse_price("98"),
        )
    )
    with pytest.raises(Rejected, match="Insufficient funds"):
        floor.engine.place(ticket, now_ms=floor.now_ms)
    txid, _ = floor.engine.replace(order.accepted.txid, ticket, now_ms=floor.now_ms)
    assert list(floor.account.open_orders) == [txid]
    too_large = replace(ticket, volume=Decimal(2_000))
    with pytest.raises(Rejected, match="Insufficient funds"):
        floor.engine.replace(txid, too_large, now_ms=floor.now_ms)
    assert list(floor.account.open_orders) == [txid]
