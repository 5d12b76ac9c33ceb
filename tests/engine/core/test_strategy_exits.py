"""Sales of a strategy that nothing may hold up: large ones, and those wanted while an entry was under way."""

import msgspec
import pytest

from tests.engine.core.rig import D, fill_of
from tests.engine.core.test_hosting import SETTINGS, StrategyBench
from tui_trader.engine.core.sale_retries import FIRST_MS
from tui_trader.engine.messages.events import CommandRefused, StrategyStopped
from tui_trader.engine.messages.reports import FillReport
from tui_trader.engine.messages.requests import SubmitOrder
from tui_trader.engine.settings.model import LimitSettings
from tui_trader.engine.settings.rulebook import RuleSettings
from tui_trader.engine.values.orders import OrderStatus, Side

RISEN = "71000.0"
"""What was bought for 2,400 is worth more than an order may be."""


def started(**changes) -> StrategyBench:
    bench = StrategyBench(settings=msgspec.structs.replace(SETTINGS, **changes)).start()
    bench.start_strategy()
    return bench


def sides(bench) -> list[Side]:
    return [order.side for order in bench.sent(SubmitOrder)]


def test_what_has_risen_above_the_largest_order_is_still_sold():
    rules = RuleSettings(slippage_bps=D(0), spread_bps=D(0), sizing="amount", amount_quote=D(2400))
    bench = started(rules=rules)
    bench.close(1)
    bench.open()
    bench.answer(cash="7600", coins="0.0375")
    bench.quote(RISEN)
    assert D(RISEN) * D("0.0375") > bench.settings.limits.order_value_max_quote
    bench.close(-1)
    bench.open()
    assert sides(bench) == [Side.BUY, Side.SELL]


def test_a_hand_is_still_held_to_the_largest_order():
    bench = started().enter()
    bench.answer_account(cash="9000", coins="1")
    bench.place(side=Side.SELL, quantity="0.5")
    assert bench.happened(CommandRefused)[-1].gate == "order_value"


def test_many_open_orders_do_not_hold_up_a_stop():
    bench = started(limits=LimitSettings(open_orders_max=1)).enter()
    bench.place(price="60000.0", quantity="0.001")
    bench.quote("60000.1")
    assert sides(bench)[-1] is Side.SELL


def test_flattening_sells_what_an_entry_under_way_still_brings():
    bench = started()
    bench.close(1)
    bench.open()
    bench.stop_strategy(is_flattening=True)
    bench.answer()
    bench.quote("64000.0")
    assert sides(bench) == [Side.BUY, Side.SELL]
    bench.answer(execution="exec-2", cash="10000", coins="0")
    assert bench.happened(StrategyStopped)[0].left == ""


def test_what_a_hand_has_left_of_a_position_is_still_protected():
    bench = started().enter()
    bench.answer_account(cash="9500", coins="0.01")
    bench.quote("60000.0")
    order = bench.sent(SubmitOrder)[-1]
    assert (order.side, order.quantity_base) == (Side.SELL, D("0.01"))


def test_a_signal_to_leave_that_came_before_the_fill_is_not_lost():
    bench = started()
    bench.close(1)
    bench.open()
    bench.close(-1)
    bench.open()
    bench.answer()
    bench.quote("64000.0")
    assert sides(bench) == [Side.BUY, Side.SELL]


def test_after_a_long_halt_a_wanted_sale_leaves_within_a_second():
    bench = started().enter()
    bench.halt()
    bench.quote("60000.0")
    for _ in range(200):
        bench.wait(1)
        bench.answer_account(cash="9000", coins="0.015625")
    bench.resume()
    bench.wait(6)
    bench.answer_account(cash="9000", coins="0.015625")
    bench.wait(FIRST_MS / 1_000)
    assert sides(bench)[-1] is Side.SELL


def test_a_clock_that_was_set_back_hides_no_fill():
    bench = started()
    bench.close(1)
    bench.now_ms -= 60_000
    bench.hear()
    bench.quote("64000.0")
    bench.answer_account(cash="10000", coins="0")
    bench.wait(3)
    bench.answer_account(cash="10000", coins="0")
    bench.open()
    bench.answer()
    assert bench.held is not None


def test_what_a_hand_buys_is_no_loss_of_the_strategy():
    bench = started()
    bench.close(0)
    before = bench.record.note.equity
    bench.place(quantity="0.02")
    bench.answer(cash="8720", coins="0.02")
    bench.close(0)
    assert bench.record.note.equity == pytest.approx(before, rel=2e-3)
    bench.close(1)
    bench.open()
    assert sides(bench) == [Side.BUY, Side.BUY]


def test_nothing_is_sold_again_while_the_fills_of_a_sale_that_has_ended_are_owed():
    """The exchange tells that an order of ours has ended, half filled, before it tells the fill."""
    bench = started().enter()
    bench.answer_account(cash="9000", coins="1")
    bench.quote("60000.0")
    name = bench.sent(SubmitOrder)[-1].client_order_id
    ended = {"status": OrderStatus.CANCELLED, "quantity": "0.015625", "filled": "0.005"}
    bench.order(name, **ended, side=Side.SELL)
    for _ in range(5):
        bench.quote("60000.0")
    assert sides(bench) == [Side.BUY, Side.SELL]
    fill = fill_of(name, execution="exec-2", quantity="0.005", price="60000.0", side=Side.SELL)
    bench.tell(FillReport(time_ms=0, fill=fill))
    assert bench.sent(SubmitOrder)[-1].quantity_base == D("0.010625")
