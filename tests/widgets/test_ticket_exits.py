from dataclasses import replace
from decimal import Decimal

import pytest

from tests.screens import scripted
from tests.screens.scripted import ScriptedClient, instrument, market, order_id
from tui_trader.engine.messages.commands import AmendPlacedOrder
from tui_trader.engine.values.orders import (
    ClientOrderId,
    CommandId,
    ConditionalClose,
    OrderType,
    Side,
)
from tui_trader.widgets import ticket_form
from tui_trader.widgets.ticket_amount import TicketProblem
from tui_trader.widgets.ticket_form import Field, TicketForm

STATE = ScriptedClient(scripted.started()).welcome.state
TRADED = ScriptedClient(scripted.traded()).welcome.state
MARKET = market()


def form(**more):
    return TicketForm(
        instrument=instrument(),
        **{
            "side": Side.BUY,
            "order_type": OrderType.LIMIT,
            "client_order_id": ClientOrderId("a"),
            "command_id": CommandId("b"),
        }
        | more,
    )


def wish(ticket):
    return ticket_form.wish(ticket, market=MARKET, state=STATE)


def test_a_stop_order_waits_for_the_price_that_was_typed():
    ticket = ticket_form.prefilled(form(order_type=OrderType.STOP_LOSS, amount_text="1"), MARKET)
    with pytest.raises(TicketProblem, match="trigger price"):
        wish(ticket)
    wanted = wish(replace(ticket, price_text="60000"))
    assert (wanted.price, wanted.terms.trigger_price) == (None, Decimal(60_000))


def test_risk_is_measured_from_entry_to_stop():
    ticket = form(amount_text="1%r", price_text="64000")
    with pytest.raises(TicketProblem, match="measured to a stop"):
        wish(ticket)
    wanted = wish(replace(ticket, stop_text="1.25%"))
    # A hundredth of 10,000 USD is 100: an eighth of a bitcoin loses that over 800.
    assert wanted.quantity_base == Decimal("0.125")
    assert wanted.terms.close == ConditionalClose(
        order_type=OrderType.STOP_LOSS, trigger_price=Decimal(63_200)
    )


def test_share_of_equity_counts_what_is_held_too():
    assert wish(form(amount_text="64%e", price_text="64000")).quantity_base == Decimal("0.1")


@pytest.mark.parametrize(
    ("exits", "words"),
    [
        ({"stop_text": "65000"}, "stop of a buy belongs below"),
        ({"target_text": "63000"}, "target of a buy belongs above"),
        ({"stop_text": "100%"}, "belongs below"),
        ({"stop_text": "1%", "target_text": "2%"}, "one way out"),
        ({"stop_text": "."}, "stop: "),
    ],
)
def test_way_out_on_the_wrong_side_is_no_ticket(exits, words):
    with pytest.raises(TicketProblem, match=words):
        wish(form(amount_text="1", price_text="64000", **exits))


def test_amendment_says_only_what_is_changed():
    order = TRADED.orders[order_id(3)]
    ticket = form(
        side=Side.SELL,
        amount_text="0.02",
        price_text="64410.0",
        amends=order,
        client_order_id=order.client_order_id,
    )
    with pytest.raises(TicketProblem, match="nothing is changed"):
        wish(ticket)
    changed = replace(ticket, price_text="64500.0")
    sent = ticket_form.command(changed, wish(changed), actor="console")
    assert isinstance(sent, AmendPlacedOrder)
    assert sent.client_order_id == order.client_order_id
    assert (sent.quantity_base, sent.price, sent.trigger_price) == (None, Decimal(64_500), None)


def test_exit_fields_take_a_number_and_one_percent_sign():
    ticket = form(field=Field.STOP)
    for character in "1.2%%r5":
        ticket = ticket_form.typed(ticket, character) or ticket
    assert ticket.stop_text == "1.2%"
    assert ticket_form.erased(ticket).stop_text == "1.2"
