"""Amending, closing and flattening on the local exchange while it fails: both journals must agree.

The whole engine over real HTTP and WebSocket, on a loop whose time jumps.
"""

import asyncio
from decimal import Decimal

import pytest

from tests.engine.session.fakes import command_id
from tests.engine.session.virtual_time import run_virtual
from tests.simulation.test_faults_survived import BTC, SETTINGS, housed
from tui_trader.engine.messages.commands import AmendPlacedOrder, ClosePosition, FlattenAll
from tui_trader.engine.messages.events import AnomalyFound, CommandRefused, OrderSubmitted
from tui_trader.engine.messages.hand_events import (
    AmendOutcomeUnknown,
    AmendRejected,
    CloseEnded,
    FlattenEnded,
    OrderAmended,
)
from tui_trader.engine.values.orders import OrderStatus, Side

REPLY_FAULTS = (
    *("drop_reply_before", "drop_reply_after", "reset_after", "http_502_after", "http_520_before"),
    *("refuse_after", "delay_reply"),
)
STREAM_FAULTS = {
    "ws_drop": {},
    "ws_lose": {"channel": "executions", "count": 3},
    "ws_duplicate": {"channel": "executions", "count": 3},
    "ws_reorder": {"channel": "executions", "count": 3},
    "token_loss": {},
    "fills_while_away": {"fills": 7, "seconds": 3},
}


FAST = {"drop_reply_before", "drop_reply_after", "refuse_after", "ws_drop", "ws_lose"}


def cases(names):
    """Those like another one only in the long run."""
    return [name if name in FAST else pytest.param(name, marks=pytest.mark.long) for name in names]


def told(house, kind):
    return [event for event in house.journal.events if isinstance(event, kind)]


async def peace(house):
    """Two comparisons of the account, after which nothing is left to find."""
    await house.control("clear")
    await house.until(house.is_settled)
    await asyncio.sleep(float(SETTINGS.execution.reconcile_every_s) + 5)
    await house.until(house.is_settled)


def agreed(house):
    assert house.truth().differences == ()
    assert not told(house, AnomalyFound)
    assert all(order.amendment is None for order in house.state.orders.values())
    names = [event.client_order_id for event in told(house, OrderSubmitted)]
    assert len(names) == len(set(names))


async def amend(house, name, **terms):
    await house.client.send(
        AmendPlacedOrder(command_id=command_id(), actor="test", client_order_id=name, **terms)
    )


async def close(house, fraction="1"):
    await house.client.send(
        ClosePosition(command_id=command_id(), actor="test", symbol=BTC, fraction=Decimal(fraction))
    )


async def bought(house, quantity):
    """A position."""
    await house.place(quantity)
    await house.until(lambda: held(house) == Decimal(quantity))


def held(house):
    position = house.state.positions.get(BTC)
    return Decimal(0) if position is None else position.quantity_base


def far(house, percent):
    return (house.mid() * (100 + percent) / 100).quantize(Decimal("0.1"))


async def amend_through(folder, name, **given):
    async with housed(folder) as house:
        await house.until(house.is_settled)
        house.session._trader.market.abilities = house.session._execution.abilities
        resting = await house.place("0.012", percent_below=4)
        await house.until(lambda: house.journal.kinds().count("OrderAccepted"))
        is_first = "endpoint" in given
        if is_first:
            await house.control(name, **given)
        await amend(house, resting, price=far(house, -3), quantity_base=Decimal("0.015"))
        if not is_first:
            # A link that is down refuses new terms: it fails while they are under way.
            await house.control(name, **given)
        await asyncio.sleep(40)
        await peace(house)
        agreed(house)
        assert not told(house, CommandRefused)
        return house, house.state.orders[resting]


@pytest.mark.parametrize("name", cases(REPLY_FAULTS))
def test_lost_answer_to_an_amendment_is_found_out(name, tmp_path):
    given = {"ms": 20_000} if name == "delay_reply" else {}
    house, order = run_virtual(amend_through(tmp_path, name, endpoint="AmendOrder", **given))
    assert told(house, AmendOutcomeUnknown) or name == "http_520_before"
    is_amended = order.quantity_base == Decimal("0.015")
    assert is_amended == bool(told(house, OrderAmended))
    assert is_amended != bool(told(house, AmendRejected))
    assert is_amended == (not name.endswith("_before"))


@pytest.mark.parametrize("name", cases(STREAM_FAULTS))
def test_amendment_survives_a_stream_that_fails(name, tmp_path):
    _, order = run_virtual(amend_through(tmp_path, name, **STREAM_FAULTS[name]))
    if name != "fills_while_away":
        assert (order.quantity_base, order.status) == (Decimal("0.015"), OrderStatus.OPEN)


async def close_through(folder, name, **given):
    async with housed(folder) as house:
        await house.until(house.is_settled)
        await bought(house, "0.02")
        status, answer = await house.control(name, **given)
        assert status == 200, answer
        await close(house)
        await house.until(lambda: told(house, CloseEnded))
        await peace(house)
        agreed(house)
        return house


@pytest.mark.parametrize("name", cases(REPLY_FAULTS))
def test_lost_answer_to_the_sale_of_a_close_sells_once(name, tmp_path):
    given = {"ms": 20_000} if name == "delay_reply" else {}
    house = run_virtual(close_through(tmp_path, name, endpoint="AddOrder", **given))
    assert held(house) == 0
    assert told(house, CloseEnded)[0].left_base == 0


@pytest.mark.parametrize("name", cases(["ws_drop", "ws_lose", "ws_duplicate", "ws_reorder"]))
def test_close_survives_a_stream_that_fails(name, tmp_path):
    house = run_virtual(close_through(tmp_path, name, **STREAM_FAULTS[name]))
    assert held(house) == 0


async def close_against_a_race(folder):
    async with housed(folder) as house:
        await house.until(house.is_settled)
        await bought(house, "0.02")
        await place_sell(house, "0.015", percent=5)
        await house.control("cancel_fill_race")
        await close(house)
        await house.until(lambda: told(house, CloseEnded))
        await peace(house)
        agreed(house)
        return house


async def place_sell(house, quantity, *, percent):
    open_before = len(house.exchange.venue.account.open_orders)
    await house.place(quantity, percent_below=-percent, side=Side.SELL)
    await house.until(lambda: len(house.exchange.venue.account.open_orders) > open_before)
    await asyncio.sleep(1)


def test_sell_that_fills_while_it_is_cancelled_is_not_sold_twice(tmp_path):
    house = run_virtual(close_against_a_race(tmp_path))
    assert held(house) == 0
    sold = [row for row in house.exchange.venue.account.fills.values() if row.side is Side.SELL]
    assert sum(fill.volume for fill in sold) == Decimal("0.02")


async def close_a_part_through(folder, name, **given):
    async with housed(folder) as house:
        await house.until(house.is_settled)
        house.session._trader.market.abilities = house.session._execution.abilities
        await bought(house, "0.02")
        await place_sell(house, "0.02", percent=5)
        await house.control(name, endpoint="AmendOrder", **given)
        await close(house, "0.5")
        await house.until(lambda: told(house, CloseEnded))
        await peace(house)
        agreed(house)
        return house


@pytest.mark.parametrize("name", cases(REPLY_FAULTS))
def test_stop_of_what_stays_is_kept_or_cancelled_but_never_sells_twice(name, tmp_path):
    given = {"ms": 20_000} if name == "delay_reply" else {}
    house = run_virtual(close_a_part_through(tmp_path, name, **given))
    assert held(house) == Decimal("0.01")
    open_sells = [order.quantity_base for order in house.state.open_orders()]
    # An amendment that never arrived makes room by a cancel.
    assert open_sells == ([] if name.endswith("_before") else [Decimal("0.01")])


async def flatten_through(folder, name, **given):
    async with housed(folder) as house:
        await house.until(house.is_settled)
        await bought(house, "0.02")
        await place_sell(house, "0.01", percent=5)
        await house.place("0.01", percent_below=5)
        await asyncio.sleep(1)
        if name:
            status, answer = await house.control(name, **given)
            assert status == 200, answer
        await house.client.send(FlattenAll(command_id=command_id(), actor="test"))
        await house.until(lambda: told(house, FlattenEnded))
        await peace(house)
        agreed(house)
        assert not house.exchange.venue.account.open_orders
        assert house.state.halt is not None
        return house


@pytest.mark.parametrize(
    ("name", "endpoint"),
    [
        ("", ""),
        ("drop_reply_after", "CancelAll"),
        ("drop_reply_after", "AddOrder"),
        pytest.param("drop_reply_before", "CancelAll", marks=pytest.mark.long),
        pytest.param("drop_reply_before", "AddOrder", marks=pytest.mark.long),
        pytest.param("delay_reply", "CancelAll", marks=pytest.mark.long),
        pytest.param("ws_drop", "", marks=pytest.mark.long),
        pytest.param("maintenance", "", marks=pytest.mark.long),
    ],
)
def test_flatten_leaves_nothing_and_says_so(name, endpoint, tmp_path):
    given = {"endpoint": endpoint} if endpoint else {}
    if name == "delay_reply":
        given["ms"] = 20_000
    if name == "maintenance":
        given["seconds"] = 20
    house = run_virtual(flatten_through(tmp_path, name, **given))
    assert held(house) == 0
    (end,) = told(house, FlattenEnded)
    assert not [
        sentence for sentence in end.left if "BTC" in sentence and "not bought" not in sentence
    ]
