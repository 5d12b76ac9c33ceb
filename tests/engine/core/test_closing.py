"""Positions left by hand: the way is cleared, what is held is sold, and what stays is said."""

from decimal import Decimal

import msgspec
import pytest

from tests.engine.core.rig import INSTRUMENT, Bench, D, order_of
from tui_trader.engine.core.closing import (
    ABANDONED_AFTER_MS,
    CLOSE_PATIENCE_MS,
    FLATTEN_PATIENCE_MS,
    SALES_MAX,
)
from tui_trader.engine.messages.codec import decode_event, encode
from tui_trader.engine.messages.commands import ClosePosition, FlattenAll
from tui_trader.engine.messages.events import CancelAllRequested, CommandRefused, TradingHalted
from tui_trader.engine.messages.hand_events import (
    CloseEnded,
    CloseRequested,
    FlattenEnded,
    FlattenRequested,
)
from tui_trader.engine.messages.reports import (
    BalanceReport,
    CancelAllReport,
    InstrumentsReport,
    Outcome,
    SubmitReport,
)
from tui_trader.engine.messages.requests import SubmitOrder, WithdrawAllOrders, WithdrawOrder
from tui_trader.engine.settings.model import LimitSettings, Settings
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.values.account import ExchangeBalance
from tui_trader.engine.values.orders import OrderStatus, OrderType, Side

MS_PER_S = 1_000
WIDE = Settings(
    limits=msgspec.structs.replace(
        LimitSettings(),
        order_value_max_quote=Decimal(10_000),
        position_value_max_quote=Decimal(10_000),
    )
)


def balance(bench, coins: str) -> None:
    told = (ExchangeBalance(asset="BTC", total=D(coins)),)
    bench.tell(BalanceReport(time_ms=0, balances=told))


def holding(quantity="0.05", *, coins=None, settings=None) -> Bench:
    """A trader that bought so much."""
    bench = Bench(settings=settings or WIDE).start(cash="100000")
    bench.place("bought", quantity=quantity)
    bench.accept("bought")
    bench.fill("bought", execution="exec-bought", quantity=quantity)
    balance(bench, coins or quantity)
    bench.requests.clear()
    return bench


def close(bench, fraction="1", symbol="BTC/USD"):
    command = ClosePosition(
        command_id=bench.command_id(), actor="test", symbol=symbol, fraction=D(fraction)
    )
    return bench.tell(command)


def flatten(bench):
    return bench.tell(FlattenAll(command_id=bench.command_id(), actor="test"))


def confirm(bench, count=0):
    bench.tell(CancelAllReport(time_ms=0, outcome=Outcome.ACCEPTED, count=count))


def sales(bench) -> list[SubmitOrder]:
    return bench.sent(SubmitOrder)


def fill_sale(bench, quantity=None, *, number=1, coins="0") -> None:
    sale = sales(bench)[-1]
    name = sale.client_order_id
    bench.accept(name)
    quantity = quantity or str(sale.quantity_base)
    bench.fill(name, execution=f"sold-{number}", quantity=quantity, side=Side.SELL, price="64000")
    balance(bench, coins)


def reject_sale(bench, reason="EOrder:Insufficient funds") -> None:
    name = sales(bench)[-1].client_order_id
    bench.tell(
        SubmitReport(time_ms=0, client_order_id=name, outcome=Outcome.REFUSED, reason=reason)
    )


def end(bench) -> CloseEnded:
    assert bench.happened(CloseEnded), "it has not ended"
    return bench.happened(CloseEnded)[-1]


def refusal(bench) -> CommandRefused:
    assert bench.happened(CommandRefused), "nothing was refused"
    return bench.happened(CommandRefused)[-1]


def rebuilt(bench) -> TradingState:
    state = TradingState()
    for event in bench.events:
        state.apply(decode_event(encode(event)))
    return state


def test_close_sells_what_is_held_at_market_in_the_same_step():
    bench = holding()
    step = close(bench)
    (sale,) = [one for one in step.requests if isinstance(one, SubmitOrder)]
    assert (sale.side, sale.order_type, sale.quantity_base) == (
        Side.SELL,
        OrderType.MARKET,
        D("0.05"),
    )
    fill_sale(bench)
    assert (end(bench).sold_base, end(bench).left_base, end(bench).reason) == (D("0.05"), 0, "")
    assert bench.state.leaving.is_idle
    assert rebuilt(bench) == bench.state


def test_events_of_a_close_repeat_its_command():
    bench = holding()
    close(bench)
    fill_sale(bench)
    asked = bench.happened(CloseRequested)[0].command_id
    assert asked is not None
    assert end(bench).command_id == asked
    assert bench.state.orders[sales(bench)[0].client_order_id].actor == "test"


def test_share_is_sold_in_whole_lots():
    bench = holding("0.00033333")
    close(bench, "0.5")
    assert sales(bench)[0].quantity_base == D("0.00016666")


@pytest.mark.parametrize(
    ("fraction", "gate"), [("0", "form"), ("1.01", "form"), ("-1", "form"), ("0.001", "minimum")]
)
def test_share_that_makes_no_sense_is_refused(fraction, gate):
    bench = holding()
    close(bench, fraction)
    assert refusal(bench).gate == gate
    assert not sales(bench)


def test_nothing_held_is_no_short():
    bench = Bench().start()
    close(bench)
    assert refusal(bench).gate == "position"
    assert "cannot sell what it has not bought" in refusal(bench).reason


def test_coins_that_were_not_bought_here_are_no_position():
    bench = Bench().start()
    bench.answer_account(coins="1")
    close(bench)
    assert "were not bought through this program" in refusal(bench).reason


def test_pair_is_closed_once_at_a_time():
    bench = holding()
    close(bench)
    close(bench)
    assert refusal(bench).gate == "close"
    assert len(sales(bench)) == 1


def test_open_sells_are_cancelled_before_the_sale():
    bench = holding()
    bench.place("stop", side=Side.SELL, quantity="0.05", price="70000.0")
    bench.accept("stop")
    bench.requests.clear()
    close(bench)
    assert [one.client_order_id for one in bench.sent(WithdrawOrder)] == ["stop"]
    assert not sales(bench)
    bench.order("stop", status=OrderStatus.CANCELLED, side=Side.SELL, quantity="0.05")
    assert [sale.quantity_base for sale in sales(bench)] == [D("0.05")]


def test_sell_that_fills_while_it_is_cancelled_counts():
    bench = holding()
    bench.place("stop", side=Side.SELL, quantity="0.05", price="70000.0")
    bench.accept("stop")
    bench.requests.clear()
    close(bench)
    bench.fill("stop", execution="late", quantity="0.02", side=Side.SELL)
    cancelled = {"status": OrderStatus.CANCELLED, "side": Side.SELL, "quantity": "0.05"}
    bench.order("stop", **cancelled, filled="0.02")
    assert sales(bench)[0].quantity_base == D("0.03")
    fill_sale(bench)
    assert (end(bench).sold_base, end(bench).left_base) == (D("0.05"), 0)


def test_fills_that_are_owed_are_waited_for():
    bench = holding()
    bench.place("stop", side=Side.SELL, quantity="0.05", price="70000.0")
    bench.accept("stop")
    bench.requests.clear()
    close(bench)
    cancelled = {"status": OrderStatus.CANCELLED, "side": Side.SELL, "quantity": "0.05"}
    bench.order("stop", **cancelled, filled="0.02")
    assert not sales(bench)
    bench.fill("stop", execution="late", quantity="0.02", side=Side.SELL)
    assert sales(bench)[0].quantity_base == D("0.03")


def test_part_is_sold_without_touching_sells_that_leave_room():
    bench = holding()
    bench.place("small", side=Side.SELL, quantity="0.01", price="70000.0")
    bench.accept("small")
    bench.requests.clear()
    close(bench, "0.5")
    assert not bench.sent(WithdrawOrder)
    assert sales(bench)[0].quantity_base == D("0.025")


def test_part_cancels_the_newest_sells_that_are_in_the_way():
    bench = holding()
    for name in ("old", "new"):
        bench.place(name, side=Side.SELL, quantity="0.02", price="70000.0")
        bench.accept(name)
    bench.requests.clear()
    close(bench, "0.5")
    assert [one.client_order_id for one in bench.sent(WithdrawOrder)] == ["new"]


def test_whole_close_leaves_no_stop_behind_even_where_more_coins_lie():
    bench = holding("0.05", coins="0.2")
    bench.place("stop", side=Side.SELL, quantity="0.05", price="70000.0")
    bench.accept("stop")
    bench.requests.clear()
    close(bench, "0.5")
    assert not bench.sent(WithdrawOrder)
    fill_sale(bench, coins="0.175")
    close(bench)
    assert [one.client_order_id for one in bench.sent(WithdrawOrder)] == ["stop"]
    bench.order("stop", status=OrderStatus.CANCELLED, side=Side.SELL, quantity="0.05")
    assert sales(bench)[-1].quantity_base == D("0.025")


def test_unknown_sell_is_resolved_before_anything_is_sold():
    bench = holding()
    bench.place("lost", side=Side.SELL, quantity="0.05", price="70000.0")
    bench.lose_answer("lost")
    bench.requests.clear()
    close(bench)
    bench.wait(5)
    assert not sales(bench)


def test_way_that_does_not_clear_is_given_up_in_words():
    bench = holding()
    bench.place("lost", side=Side.SELL, quantity="0.05", price="70000.0")
    bench.lose_answer("lost")
    bench.requests.clear()
    close(bench)
    bench.wait(CLOSE_PATIENCE_MS / MS_PER_S + 1)
    assert end(bench).left_base == D("0.05")
    assert "not cancelled in time" in end(bench).reason
    assert not sales(bench)


def test_unanswered_sale_is_never_sent_again():
    bench = holding()
    close(bench)
    bench.lose_answer(sales(bench)[0].client_order_id)
    bench.wait(CLOSE_PATIENCE_MS / MS_PER_S + 5)
    assert len(sales(bench)) == 1
    assert not bench.happened(CloseEnded)


def test_refused_sale_is_tried_again_with_growing_pauses_and_an_end():
    bench = holding()
    close(bench)
    for _ in range(100):
        if bench.happened(CloseEnded):
            break
        if bench.state.orders[sales(bench)[-1].client_order_id].is_open:
            reject_sale(bench)
        bench.wait(1)
    assert 5 < len(sales(bench)) <= SALES_MAX
    assert len({sale.client_order_id for sale in sales(bench)}) == len(sales(bench))
    assert "EOrder:Insufficient funds" in end(bench).reason
    assert end(bench).left_base == D("0.05")


def test_sales_of_one_close_have_a_maximum():
    bench = holding("0.05")
    close(bench)
    for number in range(SALES_MAX + 5):
        if bench.happened(CloseEnded):
            break
        name = sales(bench)[-1].client_order_id
        bench.accept(name)
        bench.fill(name, execution=f"sold-{number}", quantity="0.0001", side=Side.SELL)
        part = {"status": OrderStatus.CANCELLED, "side": Side.SELL, "filled": "0.0001"}
        bench.order(name, **part, quantity="0.05")
        balance(bench, str(D("0.05") - D("0.0001") * (number + 1)))
    assert len(sales(bench)) == SALES_MAX
    assert end(bench).left_base == D("0.05") - D("0.0001") * SALES_MAX


def test_thin_book_is_sold_into_in_parts():
    bench = holding("0.05")
    bench.quote("64000.0", depth="0.001")
    close(bench)
    assert sales(bench)[0].quantity_base == D("0.025")
    fill_sale(bench, coins="0.025")
    assert sales(bench)[1].quantity_base == D("0.025")
    fill_sale(bench, number=2)
    assert end(bench).sold_base == D("0.05")


def test_large_position_is_not_held_back_by_the_limit_of_one_order():
    bench = holding()
    limits = msgspec.structs.replace(LimitSettings(), order_value_max_quote=Decimal(100))
    bench.trader.settings = Settings(limits=limits)
    close(bench)
    assert sales(bench)[0].quantity_base == D("0.05")


def test_dust_stays_and_is_named():
    bench = holding("0.05")
    close(bench)
    fill_sale(bench, "0.04995", coins="0.00005")
    name = sales(bench)[0].client_order_id
    part = {"status": OrderStatus.CANCELLED, "side": Side.SELL, "filled": "0.04995"}
    bench.order(name, **part, quantity="0.05")
    assert end(bench).left_base == D("0.00005")
    assert "below the exchange's minimum of 0.0001 BTC" in end(bench).reason


def test_coins_that_are_not_in_the_account_are_not_sold():
    bench = holding("0.05", coins="0.02")
    close(bench)
    assert sales(bench)[0].quantity_base == D("0.02")
    fill_sale(bench)
    bench.wait(10)
    assert not bench.happened(CloseEnded)
    assert bench.fetches()
    bench.answer_account(coins="0")
    bench.wait(1)
    assert len(sales(bench)) == 1
    assert "only 0 BTC are free" in end(bench).reason


def test_balance_that_was_missed_is_asked_for():
    bench = holding("0.05", coins="0.02")
    close(bench)
    fill_sale(bench)
    bench.wait(1)
    bench.answer_account(coins="0.03")
    assert sales(bench)[1].quantity_base == D("0.03")


def test_dead_feed_is_waited_for_and_then_said():
    bench = holding()
    bench.now_ms += 60_000
    close(bench)
    assert not sales(bench)
    bench.hear()
    bench.quote("64000.0")
    bench.wait(2)
    assert len(sales(bench)) == 1


def test_halted_person_may_leave_but_not_trade():
    bench = holding()
    bench.halt()
    confirm(bench)
    bench.place("other", side=Side.SELL, quantity="0.01")
    assert refusal(bench).gate == "halted"
    close(bench)
    assert len(sales(bench)) == 1
    bench.accept(sales(bench)[0].client_order_id)
    bench.wait(5)
    assert not bench.sent(WithdrawOrder)
    fill_sale(bench)
    assert end(bench).left_base == 0
    assert bench.state.halt is not None


def test_halt_ends_what_is_being_closed():
    bench = holding()
    bench.place("stop", side=Side.SELL, quantity="0.05", price="70000.0")
    bench.accept("stop")
    bench.requests.clear()
    close(bench)
    bench.halt("enough")
    assert "enough" in end(bench).reason
    bench.order("stop", status=OrderStatus.CANCELLED, side=Side.SELL, quantity="0.05")
    bench.wait(5)
    assert not sales(bench)


def test_close_goes_on_after_a_restart():
    bench = holding()
    bench.place("stop", side=Side.SELL, quantity="0.05", price="70000.0")
    bench.accept("stop")
    close(bench)
    second = Bench(rebuilt(bench), WIDE)
    second.now_ms = bench.now_ms + 1_000
    second.start(connected=False)
    second.connect()
    second.quote("64000.0")
    second.wait(0.25)
    assert not sales(second)
    cancelled = order_of(
        "stop", status=OrderStatus.CANCELLED, side=Side.SELL, quantity="0.05", price="70000"
    )
    second.answer_account(coins="0.05", closed_orders=(cancelled,))
    assert sales(second)[0].quantity_base == D("0.05")


def test_close_of_long_ago_is_given_up_on_restart():
    bench = holding()
    bench.place("stop", side=Side.SELL, quantity="0.05", price="70000.0")
    bench.accept("stop")
    close(bench)
    second = Bench(rebuilt(bench), WIDE)
    second.now_ms = bench.now_ms + ABANDONED_AFTER_MS + 1
    second.start(connected=False)
    assert "the engine was away" in end(second).reason
    assert second.state.leaving.is_idle


def test_flatten_latches_and_cancels_before_it_sells():
    bench = holding()
    step = flatten(bench)
    kinds = [type(event) for event in step.events]
    assert kinds == [TradingHalted, FlattenRequested, CancelAllRequested]
    assert step.requests == (WithdrawAllOrders(),)
    bench.wait(1)
    assert not sales(bench)
    confirm(bench)
    assert sales(bench)[0].quantity_base == D("0.05")
    fill_sale(bench)
    assert bench.happened(FlattenEnded)[0].left == ()
    assert bench.state.halt is not None
    assert bench.state.leaving.is_idle
    assert rebuilt(bench) == bench.state


def test_flatten_asks_for_the_cancel_until_it_is_confirmed_even_if_halted_before():
    bench = holding()
    bench.halt()
    confirm(bench)
    flatten(bench)
    bench.requests.clear()
    for _ in range(5):
        bench.tell(CancelAllReport(time_ms=0, outcome=Outcome.UNKNOWN, reason="timeout"))
        bench.wait(2)
    assert len(bench.sent(WithdrawAllOrders)) == 5
    assert not sales(bench)
    confirm(bench)
    assert len(sales(bench)) == 1


def test_flatten_refuses_new_orders_and_a_resume_meanwhile():
    bench = holding()
    flatten(bench)
    bench.place("other")
    assert refusal(bench).gate == "halted"
    bench.resume()
    assert refusal(bench).gate == "flatten"
    flatten(bench)
    assert "already" in refusal(bench).reason
    assert bench.state.halt is not None


def test_flatten_says_what_stays():
    bench = holding("0.05", coins="0.35")
    flatten(bench)
    confirm(bench)
    fill_sale(bench, "0.04995", coins="0.30005")
    name = sales(bench)[0].client_order_id
    part = {"status": OrderStatus.CANCELLED, "side": Side.SELL, "filled": "0.04995"}
    bench.order(name, **part, quantity="0.05")
    (dust, stranger) = bench.happened(FlattenEnded)[0].left
    assert dust.startswith("0.00005 BTC stay: ")
    assert "minimum" in dust
    assert stranger == "0.3 BTC stay: not bought through this program"


def test_buy_that_fills_while_everything_is_cancelled_is_sold_too():
    bench = holding()
    bench.place("late", quantity="0.01", price="63000.0")
    bench.accept("late")
    bench.requests.clear()
    flatten(bench)
    confirm(bench, 1)
    fill_sale(bench)
    assert not bench.happened(FlattenEnded)
    bench.fill("late", execution="late", quantity="0.01", price="63000.0")
    balance(bench, "0.01")
    assert sales(bench)[1].quantity_base == D("0.01")
    fill_sale(bench, number=2)
    assert bench.happened(FlattenEnded)[0].left == ()


def test_buy_that_fills_while_the_last_coins_are_sold_is_not_left_behind():
    bench = holding()
    bench.place("late", quantity="0.01", price="63000.0")
    bench.accept("late")
    bench.requests.clear()
    flatten(bench)
    confirm(bench, 1)
    sale = sales(bench)[0].client_order_id
    bench.accept(sale)
    bench.fill("late", execution="late", quantity="0.01", price="63000.0")
    fill_sale(bench, coins="0.01")
    assert [one.quantity_base for one in sales(bench)] == [D("0.05"), D("0.01")]
    assert not bench.happened(FlattenEnded)
    fill_sale(bench, number=2)
    assert bench.happened(FlattenEnded)[0].left == ()


def test_halt_breaks_a_flatten_off():
    bench = holding()
    flatten(bench)
    bench.halt("wait")
    (sentence,) = bench.happened(FlattenEnded)[0].left
    assert sentence == "0.05 BTC stay: trading was halted by test: wait"
    confirm(bench)
    bench.wait(5)
    assert not sales(bench)
    bench.resume()
    assert bench.state.halt is None


def test_position_in_a_pair_that_is_not_watched_stays_at_once():
    bench = holding()
    other = msgspec.structs.replace(INSTRUMENT, symbol="ETH/USD", base="ETH")
    bench.tell(InstrumentsReport(time_ms=0, instruments=(other,)))
    flatten(bench)
    confirm(bench)
    (sentence,) = bench.happened(FlattenEnded)[0].left
    assert "BTC/USD is not watched here" in sentence


def test_flatten_without_positions_ends_with_the_cancel():
    bench = Bench().start()
    flatten(bench)
    confirm(bench)
    assert bench.happened(FlattenEnded)[0].left == ()


def test_flatten_is_more_patient_than_a_close():
    bench = holding()
    flatten(bench)
    bench.state.positions["BTC/USD"] = msgspec.structs.replace(
        bench.state.positions["BTC/USD"], quantity_base=D("0.05")
    )
    bench.quote("64000.0", depth="0.000001")
    confirm(bench)
    bench.wait(CLOSE_PATIENCE_MS / MS_PER_S + 5)
    assert not bench.happened(FlattenEnded)
    bench.wait((FLATTEN_PATIENCE_MS - CLOSE_PATIENCE_MS) / MS_PER_S + 10)
    (sentence,) = bench.happened(FlattenEnded)[0].left
    assert "visible book" in sentence


def test_flatten_goes_on_after_a_restart():
    bench = holding()
    flatten(bench)
    confirm(bench)
    second = Bench(rebuilt(bench), WIDE)
    second.now_ms = bench.now_ms + 60_000
    second.start(connected=False)
    second.connect()
    second.quote("64000.0")
    second.wait(0.25)
    second.answer_account(coins="0.05")
    name = sales(bench)[0].client_order_id
    assert not sales(second)
    second.now_ms += 60_000
    second.hear()
    second.look_up(name)
    second.look_up(name)
    second.hear()
    second.quote("64000.0")
    second.wait(2)
    assert sales(second)[0].quantity_base == D("0.05")
    assert sales(second)[0].client_order_id != name
