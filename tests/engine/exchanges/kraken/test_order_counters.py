"""Kraken's counter of a pair as we keep it: what fits, what waits, what is refused unsent."""

from decimal import Decimal

import msgspec
import pytest

from tests.engine.exchanges.kraken.clocks import SteppedClock
from tests.engine.exchanges.kraken.test_limiter import Sleeper
from tui_trader.engine.exchanges.kraken.order_counters import (
    ORDERS_REMEMBERED_MAX,
    STARTER_ORDERS,
    OrderCounters,
)
from tui_trader.engine.values.account import ExchangeOrder
from tui_trader.engine.values.errors import RejectedByExchange
from tui_trader.engine.values.orders import OrderStatus, OrderType, Side

BTC, ETH = "BTC/USD", "ETH/USD"


@pytest.fixture
def clock():
    return SteppedClock()


@pytest.fixture
def sleeper(clock):
    return Sleeper(clock)


@pytest.fixture
def counters(clock, sleeper):
    return OrderCounters(STARTER_ORDERS, clock, sleep=sleeper)


def used(counters, symbol=BTC):
    return {level.name: level.used for level in counters.levels()}.get(f"orders {symbol}", 0)


def test_orders_leave_the_reserve_and_are_refused_above_it(counters):
    for number in range(40):
        counters.spend_order(BTC, f"order {number}")
    with pytest.raises(RejectedByExchange, match="not sent: BTC/USD had too many"):
        counters.spend_order(BTC, "one more")
    assert used(counters) == 40
    counters.spend_order(ETH, "another pair")


@pytest.mark.parametrize(
    ("age_s", "cost"), [(0, 8), (5, 6), (10, 5), (15, 4), (45, 2), (90, 1), (300, 0)]
)
async def test_cancel_costs_by_the_age_of_its_order(counters, clock, age_s, cost):
    counters.spend_order(BTC, "order")
    clock.move(age_s * 1_000)
    before = used(counters)
    await counters.spend_cancel("order")
    assert used(counters) == pytest.approx(before + cost)


@pytest.mark.parametrize(("age_s", "cost"), [(0, 4), (5, 3), (10, 2), (15, 1)])
def test_amendment_costs_by_the_age_of_its_order(counters, clock, age_s, cost):
    counters.spend_order(BTC, "order")
    clock.move(age_s * 1_000)
    before = used(counters)
    counters.spend_amendment(BTC, "order")
    assert used(counters) == pytest.approx(before + cost)


async def test_cancels_use_the_reserve_at_once_and_then_wait_their_turn(counters, sleeper):
    for number in range(40):
        counters.spend_order(BTC, f"order {number}")
    for number in range(2):
        await counters.spend_cancel(f"order {number}")
    assert sleeper.waits_s == []
    await counters.spend_cancel("order 2")
    # From 56, six fit below 60 once the order is five seconds old: it became cheaper meanwhile.
    assert 3.5 <= sum(sleeper.waits_s) <= 5
    assert used(counters) <= STARTER_ORDERS.level_max


async def test_cancel_that_would_wait_too_long_is_refused_unsent(clock, sleeper):
    slow = msgspec.structs.replace(STARTER_ORDERS, decay_per_s=0.1)
    counters = OrderCounters(slow, clock, sleep=sleeper)
    for number in range(40):
        counters.spend_order(BTC, f"order {number}")
    for number in range(2):
        await counters.spend_cancel(f"order {number}")
    with pytest.raises(RejectedByExchange, match="cancel all"):
        await counters.spend_cancel("order 2")
    assert sum(sleeper.waits_s) == pytest.approx(slow.cancel_wait_max_ms / 1_000)
    assert used(counters) < 56


async def test_cancel_of_an_order_of_an_earlier_session_is_not_counted(counters):
    await counters.spend_cancel("from before")
    assert counters.levels() == ()


def test_counter_falls_with_time_and_is_gone_at_zero(counters, clock):
    counters.spend_order(BTC, "order")
    clock.move(500)
    assert used(counters) == 0.5
    clock.move(500)
    assert counters.levels() == ()


def test_only_so_many_orders_are_remembered(counters, clock):
    for number in range(ORDERS_REMEMBERED_MAX + 5):
        counters.spend_order(BTC, f"order {number}")
        clock.move(1_000)
    assert len(counters._placed) == ORDERS_REMEMBERED_MAX
    assert "order 0" not in counters._placed


def past(clock, name, *, age_s, status=OrderStatus.OPEN):
    """An order of before this session."""
    return ExchangeOrder(
        exchange_order_id=f"O{name}",
        client_order_id=name,
        symbol=BTC,
        side=Side.BUY,
        order_type=OrderType.LIMIT,
        status=status,
        quantity_base=Decimal(1),
        filled_base=Decimal(0),
        price=Decimal(1),
        opened_ms=clock.now_ms() - age_s * 1_000,
    )


async def test_first_look_counts_what_an_earlier_session_placed(counters, clock):
    orders = [past(clock, str(number), age_s=0) for number in range(40)]
    counters.seed(orders)
    assert used(counters) == 40
    with pytest.raises(RejectedByExchange, match="too many orders"):
        counters.spend_order(BTC, "one more")
    counters.seed([past(clock, "later", age_s=0)])
    assert used(counters) == 40
    clock.move(40_000)
    await counters.spend_cancel("0")
    assert used(counters) == pytest.approx(4)


def test_what_was_cancelled_counts_as_at_once_and_falls(counters, clock):
    cancelled = {"status": OrderStatus.CANCELLED}
    counters.seed([past(clock, "a", age_s=0, **cancelled), past(clock, "b", age_s=4, **cancelled)])
    assert used(counters) == pytest.approx(9 + 5)


def test_old_orders_cost_nothing(counters, clock):
    counters.seed([past(clock, "old", age_s=300), past(clock, "older", age_s=9_000)])
    assert counters.levels() == ()


def test_seed_never_exceeds_the_maximum(counters, clock):
    many = [past(clock, str(number), age_s=0, status=OrderStatus.CANCELLED) for number in range(50)]
    counters.seed(many)
    assert used(counters) == STARTER_ORDERS.level_max
