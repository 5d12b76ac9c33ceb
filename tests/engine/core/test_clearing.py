"""Stops in the way of a part that is closed: made smaller where the exchange takes it, else cancelled.

And the parts in which a thin book takes a position.
"""

import pytest

from tests.engine.core.rig import D
from tests.engine.core.test_closing import close, end, fill_sale, holding, sales
from tui_trader.engine.core.closing import CLOSE_PATIENCE_MS
from tui_trader.engine.messages.commands import PlaceOrder
from tui_trader.engine.messages.events import CommandRefused
from tui_trader.engine.messages.reports import AmendReport, Outcome
from tui_trader.engine.messages.requests import AmendOrder, WithdrawOrder
from tui_trader.engine.values.abilities import Abilities
from tui_trader.engine.values.orders import OrderStatus, OrderTerms, OrderType, Side

STOP = "stop"


@pytest.fixture
def bench():
    """0.05 BTC with a stop for all of it, at an exchange that amends."""
    bench = holding()
    bench.trader.market.abilities = Abilities(order_types=frozenset(OrderType), can_amend=True)
    bench.tell(
        PlaceOrder(
            command_id=bench.command_id(),
            actor="test",
            client_order_id=STOP,
            symbol="BTC/USD",
            side=Side.SELL,
            order_type=OrderType.STOP_LOSS,
            quantity_base=D("0.05"),
            terms=OrderTerms(trigger_price=D(60_000)),
        )
    )
    bench.accept(STOP)
    bench.requests.clear()
    return bench


def answer(bench, outcome=Outcome.ACCEPTED) -> None:
    asked = bench.sent(AmendOrder)[-1]
    bench.tell(
        AmendReport(
            time_ms=0,
            client_order_id=asked.client_order_id,
            command_id=asked.command_id,
            outcome=outcome,
            reason="because",
        )
    )


def test_stop_is_made_smaller_before_a_part_is_sold(bench):
    close(bench, "0.3")
    (asked,) = bench.sent(AmendOrder)
    assert asked.quantity_base == D("0.035")
    assert not sales(bench)
    answer(bench)
    assert [sale.quantity_base for sale in sales(bench)] == [D("0.015")]
    fill_sale(bench, coins="0.035")
    assert end(bench).left_base == 0
    stop = bench.state.orders[STOP]
    assert (stop.status, stop.quantity_base) == (OrderStatus.OPEN, D("0.035"))
    assert not bench.sent(WithdrawOrder)


def test_refusal_of_the_exchange_leads_to_the_cancel(bench):
    close(bench, "0.3")
    answer(bench, Outcome.REFUSED)
    assert [one.client_order_id for one in bench.sent(WithdrawOrder)] == [STOP]
    assert len(bench.sent(AmendOrder)) == 1


def test_lost_answer_is_resolved_before_anything_is_sold(bench):
    close(bench, "0.3")
    answer(bench, Outcome.UNKNOWN)
    bench.wait(CLOSE_PATIENCE_MS / 2_000)
    assert not sales(bench)
    assert not bench.sent(WithdrawOrder)
    assert len(bench.sent(AmendOrder)) == 1


def test_exchange_that_amends_nothing_cancels_without_a_word(bench):
    bench.trader.market.abilities = Abilities(order_types=frozenset(OrderType))
    close(bench, "0.3")
    assert [one.client_order_id for one in bench.sent(WithdrawOrder)] == [STOP]
    assert not bench.happened(CommandRefused)


def test_stop_that_would_be_too_small_is_cancelled(bench):
    close(bench, "0.999")
    assert bench.sent(WithdrawOrder)
    assert not bench.sent(AmendOrder)


def test_sell_of_which_only_dust_would_be_left_to_fill_is_cancelled(bench):
    sold = {"side": Side.SELL, "price": "60000", "execution": "part"}
    bench.fill(STOP, quantity="0.02", **sold)
    close(bench, "0.999")
    assert [one.client_order_id for one in bench.sent(WithdrawOrder)] == [STOP]
    assert not bench.sent(AmendOrder)


def test_whole_position_takes_its_stop_with_it(bench):
    close(bench)
    assert bench.sent(WithdrawOrder)
    assert not bench.sent(AmendOrder)


def test_stop_that_fires_while_it_is_made_smaller_counts_as_sold(bench):
    close(bench, "0.3")
    sold = {"side": Side.SELL, "price": "59990", "execution": "fired"}
    bench.fill(STOP, quantity="0.05", **sold)
    answer(bench, Outcome.REFUSED)
    assert not sales(bench)
    assert (end(bench).sold_base, end(bench).left_base) == (D("0.05"), 0)


def test_part_that_a_thin_book_takes_leaves_no_dust():
    bench = holding("0.05")
    bench.quote("64000.0", depth="0.001998")
    close(bench)
    first = sales(bench)[0].quantity_base
    assert first < D("0.04995")
    fill_sale(bench, coins=str(D("0.05") - first))
    fill_sale(bench, number=2)
    assert (end(bench).sold_base, end(bench).left_base) == (D("0.05"), 0)
