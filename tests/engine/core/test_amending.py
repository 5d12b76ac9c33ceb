"""New terms for open orders: judged like new ones, sent once, and never guessed."""

from decimal import Decimal

import msgspec
import pytest

from tests.engine.core.rig import Bench, D, fill_of, order_of
from tui_trader.engine.messages.codec import decode_event, encode
from tui_trader.engine.messages.commands import AmendPlacedOrder, PlaceOrder
from tui_trader.engine.messages.events import AnomalyFound, CommandRefused
from tui_trader.engine.messages.hand_events import (
    AmendOutcomeUnknown,
    AmendRejected,
    AmendRequested,
    OrderAmended,
    OrderCompleted,
)
from tui_trader.engine.messages.queries import AskTicket
from tui_trader.engine.messages.reports import AmendReport, Outcome
from tui_trader.engine.messages.requests import AmendOrder, LookUpOrder
from tui_trader.engine.settings.model import LimitSettings, Settings
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.state.valuation import available
from tui_trader.engine.values.abilities import Abilities
from tui_trader.engine.values.orders import (
    ClientOrderId,
    OrderStatus,
    OrderTerms,
    OrderType,
    Side,
)

ALL_KINDS = Abilities(order_types=frozenset(OrderType), can_amend=True)


def ready(*, cash="10000", coins="0", settings=None) -> Bench:
    bench = Bench(settings=settings).start()
    bench.trader.market.abilities = ALL_KINDS
    bench.answer_account(cash=cash, coins=coins)
    return bench


def resting(*, quantity="0.01", price="60000.0", side=Side.BUY, **more) -> Bench:
    bench = ready(**more)
    bench.place(quantity=quantity, price=price, side=side)
    bench.accept()
    return bench


def amend(bench, name="order-1", **terms):
    numbers = {key: D(value) for key, value in terms.items()}
    return bench.tell(
        AmendPlacedOrder(
            command_id=bench.command_id(),
            actor="test",
            client_order_id=ClientOrderId(name),
            **numbers,
        )
    )


def answer(bench, outcome=Outcome.ACCEPTED, *, name="order-1", reason="", command_id=None):
    asked = bench.sent(AmendOrder)[-1].command_id
    return bench.tell(
        AmendReport(
            time_ms=0,
            client_order_id=ClientOrderId(name),
            command_id=command_id or asked,
            outcome=outcome,
            reason=reason,
        )
    )


def refusal(bench) -> CommandRefused:
    assert bench.happened(CommandRefused), "nothing was refused"
    return bench.happened(CommandRefused)[-1]


def order(bench, name="order-1"):
    return bench.state.orders[ClientOrderId(name)]


def rebuilt(bench) -> TradingState:
    state = TradingState()
    for event in bench.events:
        state.apply(decode_event(encode(event)))
    return state


def test_amendment_is_written_down_and_leaves_once_with_what_changes():
    bench = resting()
    step = amend(bench, price="61000.0")
    assert [type(event) for event in step.events] == [AmendRequested]
    (request,) = step.requests
    assert isinstance(request, AmendOrder)
    assert (request.price, request.quantity_base, request.trigger_price) == (
        D("61000.0"),
        None,
        None,
    )
    assert request.exchange_order_id == "tx-order-1"


def test_accepted_terms_are_the_orders_and_the_journal_rebuilds_them():
    bench = resting()
    amend(bench, price="61000.0", quantity_base="0.02")
    answer(bench)
    assert (order(bench).price, order(bench).quantity_base) == (D("61000.0"), D("0.02"))
    assert order(bench).status is OrderStatus.OPEN
    assert order(bench).amendment is None
    assert rebuilt(bench) == bench.state


def test_until_it_is_answered_both_terms_count_at_their_worst():
    bench = resting()
    before = order(bench).remaining_hold_quote
    amend(bench, quantity_base="0.02")
    assert order(bench).remaining_base == D("0.02")
    assert order(bench).remaining_hold_quote == 2 * before
    answer(bench, Outcome.REFUSED, reason="EOrder:x")
    assert order(bench).remaining_hold_quote == before
    amend(bench, quantity_base="0.005")
    assert order(bench).remaining_hold_quote == before


def test_reserve_follows_what_was_agreed():
    bench = resting()
    quote_free = available(bench.state, "USD", "USD")
    amend(bench, quantity_base="0.005")
    answer(bench)
    assert available(bench.state, "USD", "USD") - quote_free == D("0.005") * 60_000 * D("1.004")


def test_sell_that_grows_holds_more_coins():
    bench = resting(side=Side.SELL, price="70000.0", coins="0.03")
    amend(bench, quantity_base="0.03")
    assert available(bench.state, "BTC", "USD") == 0
    answer(bench)
    assert order(bench).quantity_base == D("0.03")


@pytest.mark.parametrize(
    ("terms", "gate", "words"),
    [
        ({"price": "61000.05"}, "tick", "not a multiple"),
        ({"quantity_base": "0.000000005"}, "lot", "not a multiple"),
        ({"quantity_base": "0.00001"}, "minimum", "below the exchange's minimum"),
        ({"quantity_base": "1"}, "order_value", "above the limit"),
        ({"price": "69000.0"}, "price_collar", "beyond the market"),
        ({"trigger_price": "60000"}, "form", "takes no trigger price"),
        ({"price": "60000.0"}, "order", "has these terms already"),
        ({}, "order", "has these terms already"),
        ({"price": "0"}, "form", "above zero"),
    ],
)
def test_gates_judge_new_terms_like_a_new_order(terms, gate, words):
    bench = resting(cash="1000000")
    amend(bench, **terms)
    assert refusal(bench).gate == gate
    assert words in refusal(bench).reason
    assert not bench.sent(AmendOrder)


def test_new_terms_that_need_more_than_is_there_are_refused():
    bench = resting(side=Side.SELL, price="70000.0", coins="0.011")
    amend(bench, quantity_base="0.012")
    assert refusal(bench).gate == "balance"
    amend(bench, quantity_base="0.011")
    assert bench.sent(AmendOrder)


def test_limits_of_risk_count_the_amended_order_once():
    limits = msgspec.structs.replace(LimitSettings(), position_value_max_quote=Decimal(1_000))
    bench = resting(settings=Settings(limits=limits))
    amend(bench, quantity_base="0.016")
    assert bench.sent(AmendOrder)
    answer(bench)
    amend(bench, quantity_base="0.017")
    assert refusal(bench).gate == "position_value"


def test_what_asks_for_no_more_passes_limits_that_stop_entries():
    bench = resting(quantity="0.02")
    limits = msgspec.structs.replace(bench.settings.limits, order_value_max_quote=Decimal(100))
    bench.trader.settings = msgspec.structs.replace(bench.settings, limits=limits)
    amend(bench, quantity_base="0.01")
    assert bench.sent(AmendOrder)
    answer(bench)
    amend(bench, quantity_base="0.015")
    assert refusal(bench).gate == "order_value"


def test_only_what_can_still_fill_counts_as_more():
    bench = resting()
    bench.fill(quantity="0.005", price="60000.0")
    limits = msgspec.structs.replace(bench.settings.limits, order_value_max_quote=Decimal(100))
    bench.trader.settings = msgspec.structs.replace(bench.settings, limits=limits)
    amend(bench, quantity_base="0.009", price="61000.0")
    assert bench.sent(AmendOrder)


def test_halted_engine_amends_nothing():
    bench = resting()
    bench.halt()
    amend(bench, price="59000.0")
    assert refusal(bench).gate == "halted"


def test_exchange_that_cannot_amend_is_not_asked():
    bench = resting()
    bench.trader.market.abilities = Abilities()
    amend(bench, price="59000.0")
    assert refusal(bench).gate == "abilities"
    assert "cancel it and send another" in refusal(bench).reason


def test_order_that_is_unknown_gone_or_a_market_order_is_not_amended():
    bench = ready(cash="1000000")
    amend(bench, "stranger", price="1")
    assert "no order stranger" in refusal(bench).reason
    bench.place("a", price="60000.0")
    amend(bench, "a", price="59000.0")
    assert "on its way" in refusal(bench).reason
    bench.lose_answer("a")
    amend(bench, "a", price="59000.0")
    assert "looked up" in refusal(bench).reason
    bench.place("b")
    bench.accept("b")
    amend(bench, "b", quantity_base="0.02")
    assert "market order" in refusal(bench).reason
    bench.place("c", price="60000.0")
    bench.accept("c")
    bench.cancel("c")
    amend(bench, "c", price="59000.0")
    assert "being cancelled" in refusal(bench).reason
    bench.order("c", status=OrderStatus.CANCELLED)
    amend(bench, "c", price="59000.0")
    assert "already ended" in refusal(bench).reason
    assert not bench.sent(AmendOrder)


def test_second_amendment_waits_for_the_first():
    bench = resting()
    amend(bench, price="61000.0")
    amend(bench, price="62000.0")
    assert "already being amended" in refusal(bench).reason
    assert len(bench.sent(AmendOrder)) == 1


def test_quantity_that_has_filled_already_is_refused():
    bench = resting()
    bench.fill(quantity="0.004", price="60000.0")
    amend(bench, quantity_base="0.004")
    assert "cancel it instead" in refusal(bench).reason


def test_trigger_of_a_stop_moves():
    bench = ready(coins="0.01")
    bench.tell(
        PlaceOrder(
            command_id=bench.command_id(),
            actor="test",
            client_order_id=ClientOrderId("order-1"),
            symbol="BTC/USD",
            side=Side.SELL,
            order_type=OrderType.STOP_LOSS,
            quantity_base=D("0.01"),
            terms=OrderTerms(trigger_price=D("60000")),
        )
    )
    bench.accept()
    amend(bench, trigger_price="61000")
    answer(bench)
    assert order(bench).terms.trigger_price == D("61000")
    assert order(bench).price is None


def test_lost_answer_is_looked_up_at_once_and_new_terms_found():
    bench = resting()
    amend(bench, price="61000.0")
    answer(bench, Outcome.UNKNOWN, reason="timeout")
    assert order(bench).amendment.is_unknown
    bench.wait(0.25)
    assert bench.sent(LookUpOrder)
    bench.look_up(order=order_of(price="61000.0"))
    assert order(bench).price == D("61000.0")
    assert order(bench).amendment is None


def test_old_terms_count_as_proof_only_after_the_deadline():
    bench = resting()
    amend(bench, price="61000.0")
    answer(bench, Outcome.UNKNOWN, reason="timeout")
    bench.look_up(order=order_of(price="60000.0"))
    assert order(bench).amendment is not None
    bench.wait(60)
    assert bench.sent(LookUpOrder)
    bench.look_up(order=order_of(price="60000.0"))
    assert order(bench).amendment is None
    assert order(bench).price == D("60000.0")
    assert bench.happened(AmendRejected)
    assert len(bench.sent(AmendOrder)) == 1


def test_look_that_began_before_the_request_proves_nothing():
    bench = resting()
    amend(bench, price="61000.0")
    bench.look_up(order=order_of(price="61000.0"), asked_ms=bench.now_ms - 1)
    assert order(bench).amendment is not None


def test_answer_to_an_earlier_amendment_says_nothing_of_this_one():
    bench = resting()
    amend(bench, price="61000.0")
    first = bench.sent(AmendOrder)[0].command_id
    answer(bench)
    amend(bench, price="62000.0")
    answer(bench, command_id=first)
    assert order(bench).amendment is not None
    assert order(bench).price == D("61000.0")


def test_comparison_of_the_account_tells_the_terms_too():
    bench = resting()
    amend(bench, quantity_base="0.02")
    answer(bench, Outcome.UNKNOWN, reason="timeout")
    bench.now_ms += 1_000
    bench.answer_account(open_orders=(order_of(quantity="0.02", price="60000.0"),))
    assert order(bench).quantity_base == D("0.02")


def test_fill_that_only_the_new_quantity_has_room_for_proves_the_amendment():
    bench = resting()
    amend(bench, quantity_base="0.02")
    bench.fill(quantity="0.015", price="60000.0")
    assert order(bench).quantity_base == D("0.02")
    assert order(bench).filled_base == D("0.015")
    assert not bench.happened(AnomalyFound)
    answer(bench)
    assert len(bench.happened(OrderAmended)) == 1


def test_whole_fill_while_it_grows_ends_only_by_the_exchanges_word():
    bench = resting()
    amend(bench, quantity_base="0.02")
    bench.fill(quantity="0.01", price="60000.0")
    assert order(bench).status is OrderStatus.PARTIALLY_FILLED
    answer(bench, Outcome.REFUSED, reason="EOrder:Unknown order")
    bench.wait(3)
    assert bench.sent(LookUpOrder)
    bench.look_up(order=order_of(status=OrderStatus.FILLED, filled="0.01", price="60000.0"))
    assert order(bench).status is OrderStatus.FILLED
    assert bench.happened(OrderCompleted)


def test_fills_of_before_a_smaller_quantity_may_be_told_after_it():
    bench = resting()
    amend(bench, quantity_base="0.005")
    answer(bench)
    bench.fill(quantity="0.007", price="60000.0")
    assert not bench.happened(AnomalyFound)
    assert order(bench).filled_base == order(bench).quantity_base == D("0.007")
    assert order(bench).remaining_base == 0
    assert order(bench).status is OrderStatus.PARTIALLY_FILLED
    bench.order(status=OrderStatus.CANCELLED, filled="0.007", quantity="0.01")
    assert order(bench).status is OrderStatus.CANCELLED


def test_fill_that_no_terms_have_room_for_is_an_anomaly():
    bench = resting()
    amend(bench, quantity_base="0.005")
    answer(bench)
    bench.fill(quantity="0.011", price="60000.0")
    assert bench.happened(AnomalyFound)


def test_accepted_quantity_that_filled_meanwhile_is_looked_up():
    bench = resting()
    amend(bench, quantity_base="0.005")
    bench.fill(quantity="0.006", price="60000.0")
    answer(bench)
    assert bench.happened(AmendOutcomeUnknown)
    bench.wait(0.25)
    assert bench.sent(LookUpOrder)
    found = order_of(status=OrderStatus.CANCELLED, filled="0.006", price="60000.0")
    bench.look_up(order=found, fills=(fill_of(quantity="0.006", price="60000.0"),))
    assert order(bench).status is OrderStatus.CANCELLED


def test_late_fill_of_an_order_cancelled_while_it_grew_is_booked():
    bench = resting()
    amend(bench, quantity_base="0.02")
    bench.order(status=OrderStatus.CANCELLED, filled="0.015", quantity="0.02")
    assert order(bench).amendment is None
    bench.fill(quantity="0.015", price="60000.0")
    assert order(bench).filled_base == D("0.015")
    assert not bench.happened(AnomalyFound)
    assert rebuilt(bench) == bench.state


def test_restart_in_the_middle_doubts_the_terms_and_looks():
    bench = resting()
    amend(bench, price="61000.0")
    second = Bench(rebuilt(bench)).start()
    assert order(second).amendment.is_unknown
    second.wait(0.25)
    second.hear()
    assert not second.sent(AmendOrder)
    assert [look.client_order_id for look in second.sent(LookUpOrder)] == ["order-1"]


def test_cancel_of_an_order_that_is_being_amended_leaves():
    bench = resting()
    amend(bench, price="61000.0")
    bench.cancel()
    assert bench.status() is OrderStatus.CANCELLING
    answer(bench)
    assert bench.status() is OrderStatus.CANCELLING
    assert order(bench).price == D("61000.0")


def test_preview_of_new_terms_is_judged_by_the_same_gates():
    bench = resting(side=Side.SELL, price="70000.0", coins="0.011")
    query = AskTicket(
        symbol="BTC/USD",
        side=Side.SELL,
        order_type=OrderType.LIMIT,
        quantity_base=D("0.011"),
        price=D("70000.0"),
        amends=ClientOrderId("order-1"),
    )
    ticket = bench.trader.ticket(query, bench.now_ms)
    assert ticket.refusal is None
    assert ticket.available == D("0.011")
    alone = bench.trader.ticket(msgspec.structs.replace(query, amends=None), bench.now_ms)
    assert alone.refusal.gate == "balance"


def test_what_somebody_amended_elsewhere_is_taken_in_by_the_next_look():
    bench = resting()
    bench.now_ms += 1_000
    bench.answer_account(open_orders=(order_of(quantity="0.02", price="60500"),))
    assert (order(bench).quantity_base, order(bench).price) == (D("0.02"), D("60500"))
    assert order(bench).remaining_hold_quote == D("0.02") * 60_500 * D("1.004")
    assert rebuilt(bench) == bench.state


def test_look_of_before_the_last_change_takes_nothing_in():
    bench = resting()
    bench.answer_account(open_orders=(order_of(quantity="0.02", price="60500"),), taken_ms=1)
    assert order(bench).quantity_base == D("0.01")


def test_order_made_smaller_elsewhere_ends_with_its_last_fill():
    bench = resting()
    bench.fill(quantity="0.004", price="60000.0")
    bench.now_ms += 1_000
    whole = order_of(status=OrderStatus.FILLED, quantity="0.004", filled="0.004", price="60000")
    bench.answer_account(closed_orders=(whole,))
    assert order(bench).status is OrderStatus.FILLED


def test_terms_that_are_neither_ours_nor_the_old_ones_are_taken_in():
    bench = resting()
    amend(bench, quantity_base="0.02")
    answer(bench, Outcome.UNKNOWN, reason="timeout")
    bench.wait(60)
    bench.look_up(order=order_of(quantity="0.015", price="60000.0"))
    assert order(bench).amendment is None
    assert order(bench).quantity_base == D("0.015")
