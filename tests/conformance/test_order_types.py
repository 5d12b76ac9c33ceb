"""Orders of every type, on every adapter that declares it; the others refuse it unsent."""

from decimal import Decimal

import pytest

from tests.conformance.venues import PRICE_RESTING, VENUES
from tui_trader.engine.messages.requests import AmendOrder
from tui_trader.engine.values.errors import RejectedByExchange
from tui_trader.engine.values.orders import (
    ConditionalClose,
    OrderStatus,
    OrderTerms,
    OrderType,
    Side,
    TimeInForce,
    TrailingOffset,
)

D = Decimal
KIND = OrderType
LOW, HIGH, BEYOND = D("20000.0"), D("150000.0"), D("151000.0")

# Buys that sleep or rest at a market of about 64,000.
CASES = {
    KIND.LIMIT: {"price": LOW},
    KIND.ICEBERG: {
        "price": LOW,
        "quantity_base": D("0.1"),
        "terms": OrderTerms(display_base=D("0.01")),
    },
    KIND.STOP_LOSS: {"price": None, "terms": OrderTerms(trigger_price=HIGH)},
    KIND.STOP_LOSS_LIMIT: {"price": BEYOND, "terms": OrderTerms(trigger_price=HIGH)},
    KIND.TAKE_PROFIT: {"price": None, "terms": OrderTerms(trigger_price=LOW)},
    KIND.TAKE_PROFIT_LIMIT: {"price": LOW, "terms": OrderTerms(trigger_price=LOW)},
    KIND.TRAILING_STOP: {
        "price": None,
        "terms": OrderTerms(trailing=TrailingOffset(amount=D(500))),
    },
    KIND.TRAILING_STOP_LIMIT: {
        "price": None,
        "terms": OrderTerms(trailing=TrailingOffset(amount=D(500), limit_offset=D(20))),
    },
}


@pytest.fixture(params=VENUES)
async def venue(request, tmp_path):
    async with VENUES[request.param](tmp_path) as standing:
        yield standing


def can(venue, kind):
    return kind in venue.execution.abilities.order_types


@pytest.mark.parametrize("kind", CASES)
async def test_order_of_each_declared_type_rests_and_is_told_with_its_terms(venue, kind):
    order = venue.order(order_type=kind, **CASES[kind])
    if not can(venue, kind):
        with pytest.raises(RejectedByExchange, match="not sent"):
            await venue.execution.submit(order)
        return
    name = await venue.execution.submit(order)
    (told,) = (await venue.account()).open_orders
    assert (told.exchange_order_id, told.order_type) == (name, kind)
    assert told.status is OrderStatus.OPEN
    if kind.is_trailing:
        assert told.trigger_price > 60_000
    else:
        assert told.trigger_price == order.terms.trigger_price
        assert told.price == order.price
    await venue.withdraw(order, name)
    assert (await venue.find(order)).order.status is OrderStatus.CANCELLED


async def test_trailing_distance_may_be_a_share(venue):
    terms = OrderTerms(trailing=TrailingOffset(amount=D(5), is_percent=True))
    order = venue.order(order_type=KIND.TRAILING_STOP, price=None, terms=terms)
    if not can(venue, KIND.TRAILING_STOP):
        with pytest.raises(RejectedByExchange, match="not sent"):
            await venue.execution.submit(order)
        return
    await venue.execution.submit(order)
    (told,) = (await venue.account()).open_orders
    assert told.order_type is KIND.TRAILING_STOP
    assert 63_000 < told.trigger_price < 75_000


async def test_what_does_not_trade_at_once_is_gone_if_it_says_so(venue):
    order = venue.order(terms=OrderTerms(time_in_force=TimeInForce.IOC))
    if TimeInForce.IOC not in venue.execution.abilities.times_in_force:
        with pytest.raises(RejectedByExchange, match="not sent"):
            await venue.execution.submit(order)
        return
    await venue.execution.submit(order)
    assert (await venue.find(order)).order.status in {OrderStatus.CANCELLED, OrderStatus.EXPIRED}


async def test_order_until_a_moment_is_taken_where_declared(venue):
    expires_ms = venue.now_ms() + 60_000
    order = venue.order(terms=OrderTerms(time_in_force=TimeInForce.GTD, expires_ms=expires_ms))
    if TimeInForce.GTD not in venue.execution.abilities.times_in_force:
        with pytest.raises(RejectedByExchange, match="not sent"):
            await venue.execution.submit(order)
        return
    await venue.execution.submit(order)
    assert (await venue.find(order)).order.status is OrderStatus.OPEN


async def test_conditional_close_appears_with_the_fill(venue):
    close = ConditionalClose(order_type=KIND.STOP_LOSS, trigger_price=LOW)
    order = venue.market_order(terms=OrderTerms(close=close))
    if not venue.execution.abilities.can_close_on_fill:
        with pytest.raises(RejectedByExchange, match="not sent"):
            await venue.execution.submit(order)
        return
    await venue.execution.submit(order)
    (closing,) = (await venue.account()).open_orders
    assert (closing.order_type, closing.side) == (KIND.STOP_LOSS, Side.SELL)
    assert (closing.trigger_price, closing.quantity_base) == (LOW, order.quantity_base)


async def test_amended_order_keeps_its_names_and_has_its_new_terms(venue):
    order = venue.order()
    name = await venue.execution.submit(order)
    amendment = AmendOrder(
        client_order_id=order.client_order_id,
        exchange_order_id=name,
        symbol=order.symbol,
        price=PRICE_RESTING - 100,
        quantity_base=D("0.002"),
        deadline_ms=order.deadline_ms,
    )
    if not venue.execution.abilities.can_amend:
        with pytest.raises(RejectedByExchange, match="not sent"):
            await venue.execution.amend(amendment)
        return
    await venue.execution.amend(amendment)
    told = (await venue.find(order)).order
    assert (told.exchange_order_id, told.client_order_id) == (name, order.client_order_id)
    assert (told.price, told.quantity_base) == (PRICE_RESTING - 100, D("0.002"))


async def test_amended_order_that_may_not_take_is_rejected_where_it_would(venue):
    order = venue.order(post_only=True)
    if not venue.execution.abilities.can_amend:
        return
    name = await venue.execution.submit(order)
    with pytest.raises(RejectedByExchange):
        await venue.execution.amend(
            AmendOrder(
                client_order_id=order.client_order_id,
                exchange_order_id=name,
                symbol=order.symbol,
                price=HIGH,
                post_only=True,
                deadline_ms=order.deadline_ms,
            )
        )
    told = (await venue.find(order)).order
    assert (told.status, told.price) == (OrderStatus.OPEN, order.price)


async def test_amendment_of_an_order_that_is_gone_is_rejected(venue):
    order = venue.market_order()
    name = await venue.execution.submit(order)
    with pytest.raises(RejectedByExchange):
        await venue.execution.amend(
            AmendOrder(
                client_order_id=order.client_order_id,
                exchange_order_id=name,
                symbol=order.symbol,
                price=PRICE_RESTING,
                deadline_ms=order.deadline_ms,
            )
        )
