"""Fees by volume and currency, balances by hand, rules that change while the exchange runs."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.engine.exchanges.simulator.trading_floor import (
    BTC,
    BUY,
    NOW_MS,
    SELL,
    TradingFloor,
    ticket,
)
from tui_trader.engine.exchanges.simulator.events import TriggerSource, TriggerTerms
from tui_trader.engine.exchanges.simulator.fee_schedule import (
    FEE_WINDOW_MS,
    FEES_MAKER,
    FEES_TAKER,
    fee_ratios,
)
from tui_trader.engine.exchanges.simulator.orders import OrderState
from tui_trader.engine.exchanges.simulator.pair_rules import PairStatus
from tui_trader.engine.exchanges.simulator.price_terms import OrderKind
from tui_trader.engine.exchanges.simulator.rejections import Rejected


@pytest.fixture
def floor():
    floor = TradingFloor(cash="100000", bitcoin="10")
    floor.house(SELL, 101, 500)
    floor.house(BUY, 99, 500)
    return floor


def sleeping_stop(floor):
    """A stop-loss at 99 that has not woken."""
    terms = TriggerTerms(source=TriggerSource.LAST, price=Decimal(99))
    floor.engine.note_last(BTC.symbol, Decimal(100))
    stop = replace(ticket(SELL, "1"), order_type=OrderKind.STOP_LOSS, trigger=terms)
    txid, outcome = floor.engine.place(stop, now_ms=floor.now_ms)
    floor.note(outcome)
    return floor.account.orders[txid]


@pytest.mark.parametrize(
    ("volume", "maker", "taker"),
    [
        (0, "0.0025", "0.004"),
        (9_999, "0.0025", "0.004"),
        (10_000, "0.002", "0.0035"),
        (10**9, "0", "0.001"),
    ],
)
def test_fee_is_that_of_the_tier(volume, maker, taker):
    assert fee_ratios(Decimal(volume)) == (Decimal(maker), Decimal(taker))


def test_both_schedules_have_the_same_tiers():
    assert [start for start, _ in FEES_MAKER] == [start for start, _ in FEES_TAKER]


def test_volume_counts_for_thirty_days(floor):
    floor.place(BUY, "100")
    assert floor.account.volume_usd(NOW_MS) == 10_100
    cheaper = floor.place(BUY, "1")
    assert cheaper.fee == Decimal(101) * Decimal("0.0035")
    assert floor.account.volume_usd(NOW_MS + FEE_WINDOW_MS - 1) == 10_201
    assert floor.account.volume_usd(NOW_MS + FEE_WINDOW_MS) == 0


def test_resting_order_gains_a_better_tier_and_keeps_its_own_from_a_worse_one(floor):
    waiting = floor.place(BUY, "1", 100)
    floor.place(BUY, "100")
    floor.house_takes(SELL, "0.5", 100)
    assert waiting.fills[0].fee_ratio == Decimal("0.002")
    late = floor.place(BUY, "1", 100)
    floor.now_ms += FEE_WINDOW_MS
    floor.house_takes(SELL, "1.5", 100)
    assert late.fills[0].fee_ratio == Decimal("0.002")


def test_order_that_wakes_late_pays_the_tier_it_was_taken_in_with(floor):
    floor.place(BUY, "100")
    stop = sleeping_stop(floor)
    floor.now_ms += FEE_WINDOW_MS
    floor.house_takes(SELL, "1", 99)
    floor.note(floor.engine.advance(floor.now_ms))
    assert stop.fills[0].fee_ratio == Decimal("0.0035")


def test_fee_in_base_is_taken_from_what_is_bought(floor):
    order = floor.place(BUY, "1", fee_in_base=True)
    assert floor.account.balances == {"USD": 100_000 - 101, "BTC": 11 - Decimal("0.004")}
    assert (order.fee, order.fee_base) == (Decimal("0.404"), Decimal("0.004"))


def test_sale_with_fee_in_base_needs_the_fee_on_top(floor):
    with pytest.raises(Rejected, match="Insufficient funds"):
        floor.place(SELL, "10", 105, fee_in_base=True)
    floor.place(SELL, "9.9", 105, fee_in_base=True)
    assert floor.account.held("BTC") == Decimal("9.9") * Decimal("1.0025")


def test_rewards_are_spent_like_the_asset_itself(floor):
    floor.note(floor.engine.set_balance("BTC.F", Decimal(3), now_ms=NOW_MS))
    floor.place(SELL, "12")
    assert (floor.account.balances["BTC"], floor.account.balances["BTC.F"]) == (0, 1)
    with pytest.raises(Rejected, match="Insufficient funds"):
        floor.place(SELL, "1.1")


def test_balance_taken_away_cancels_the_newest_orders_it_paid_for(floor):
    old, new = floor.place(SELL, "4", 105), floor.place(SELL, "5", 106)
    others = [floor.place(BUY, "1", 90), sleeping_stop(floor)]
    floor.note(floor.engine.set_balance("BTC", Decimal(4), now_ms=NOW_MS))
    assert (old.state, new.state) == (OrderState.OPEN, OrderState.CANCELED)
    assert new.reason == "Insufficient funds"
    assert {other.state for other in others} == {OrderState.OPEN}, "they hold no bitcoin"


def test_dust_stays_and_cannot_be_sold(floor):
    floor.note(floor.engine.set_balance("BTC", Decimal("0.0000000049"), now_ms=NOW_MS))
    assert floor.account.balances["BTC"] == Decimal("0.0000000049")
    with pytest.raises(Rejected, match="minimum not met"):
        floor.place(SELL, "0.00000001")


def test_minimums_and_grid_change_while_orders_rest(floor):
    resting = floor.place(BUY, "1", "98.7")
    rules = floor.engine.rules[BTC.symbol]
    rules.order_min, rules.cost_min = Decimal(2), Decimal(500)
    rules.set_tick(BTC, Decimal("0.5"))
    rules.set_lot(Decimal("0.1"))
    for refused, words in (
        (ticket(BUY, "1", 99), "volume minimum"),
        (ticket(BUY, "2", 99), "Cost minimum"),
        (ticket(BUY, "6", "98.7"), "Tick size"),
        (ticket(BUY, "6.05", "98.5"), "volume"),
    ):
        with pytest.raises(Rejected, match=words):
            floor.engine.check(refused, now_ms=NOW_MS)
    floor.engine.check(ticket(BUY, "6.1", "98.5"), now_ms=NOW_MS)
    assert resting.state is OrderState.OPEN
    floor.cancel(resting)


@pytest.mark.parametrize("tick", ["0.05", "0.15", "0", "-1", "NaN"])
def test_grid_finer_than_the_listing_is_refused(floor, tick):
    with pytest.raises(ValueError, match="multiple"):
        floor.engine.rules[BTC.symbol].set_tick(BTC, Decimal(tick))


@pytest.mark.parametrize(
    ("status", "order", "error"),
    [
        (PairStatus.CANCEL_ONLY, ticket(BUY, "1", 90), "EService:Market in cancel_only mode"),
        (PairStatus.MAINTENANCE, ticket(BUY, "1", 90), "EService:Unavailable"),
        (PairStatus.POST_ONLY, ticket(BUY, "1", 90), "EService:Market in post_only mode"),
        (PairStatus.LIMIT_ONLY, ticket(BUY, "1"), "EService:Market in limit_only mode"),
        (PairStatus.REDUCE_ONLY, ticket(BUY, "1", 90), "EService:Market in reduce_only mode"),
        (PairStatus.POST_ONLY, ticket(BUY, "1", 90, post_only=True), None),
        (PairStatus.LIMIT_ONLY, ticket(BUY, "1", 90), None),
    ],
)
def test_status_of_a_pair_says_what_may_be_placed(floor, status, order, error):
    resting = floor.place(BUY, "1", 95)
    floor.engine.rules[BTC.symbol].status = status
    if error is None:
        floor.engine.check(order, now_ms=NOW_MS)
    else:
        with pytest.raises(Rejected, match=error):
            floor.engine.check(order, now_ms=NOW_MS)
    floor.cancel(resting)
