from decimal import Decimal

import pytest

from tests.screens import scripted
from tests.screens.scripted import ScriptedClient, instrument, market
from tui_trader.engine.values.orders import ClientOrderId, CommandId, OrderType, Side
from tui_trader.widgets import ticket_form
from tui_trader.widgets.ticket_amount import TicketProblem
from tui_trader.widgets.ticket_form import Field, TicketForm

STATE = ScriptedClient(scripted.traded()).welcome.state
MARKET = market()


def form(**more):
    return TicketForm(
        instrument=instrument(),
        side=more.pop("side", Side.BUY),
        client_order_id=ClientOrderId("a"),
        command_id=CommandId("b"),
        **{"order_type": OrderType.LIMIT} | more,
    )


def typed(text, start=None):
    ticket = start or form()
    for character in text:
        ticket = ticket_form.typed(ticket, character) or ticket
    return ticket


def wish(ticket):
    return ticket_form.wish(ticket, market=MARKET, state=STATE)


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("0.5", "0.5"),
        ("1.2.3", "1.23"),
        ("250$", "250$"),
        ("250$5", "250$"),
        ("250usd", "250usd"),
        ("250eur", "250u"),
        ("25%", "25%"),
        ("25%$", "25%"),
        ("$", ""),
        ("abc", ""),
        ("-1e5", "15"),
    ],
)
def test_amount_takes_numbers_and_one_unit(keys, text):
    assert typed(keys).amount_text == text


@pytest.mark.parametrize(
    ("text", "side", "quantity"),
    [
        ("0.5", Side.BUY, "0.5"),
        ("1000", Side.BUY, "1000"),
        ("641.304$", Side.BUY, "0.01"),
        ("641.304usd", Side.SELL, "0.01"),
        ("50%", Side.SELL, "0.015"),
        ("100%", Side.BUY, "0.05995289"),
    ],
)
def test_amounts_become_base_quantities_on_the_grid(text, side, quantity):
    assert wish(form(side=side, amount_text=text, price_text="64130.4")).quantity_base == Decimal(
        quantity
    )


@pytest.mark.parametrize(
    ("amount", "price", "hint"),
    [
        ("", "1", "type an amount"),
        ("0,01", "1", "no commas"),
        ("1,000", "1", "no commas"),
        ("1", "64,130", "limit price: no commas"),
        ("1", "0", "limit price: '0' must be above zero"),
        ("0", "1", "must be above zero"),
        ("25u", "1", "finish the unit: usd"),
        ("1", "", "type a limit price"),
        ("0.0000000001$", "64000", "smallest step of BTC"),
    ],
)
def test_incomplete_ticket_says_what_is_missing(amount, price, hint):
    with pytest.raises(TicketProblem, match=hint):
        wish(form(amount_text=amount, price_text=price))


def test_price_is_prefilled_with_the_best_of_the_own_side_until_the_person_chooses():
    buy = ticket_form.prefilled(form(), MARKET)
    assert buy.price_text == "64130.4"
    sell = ticket_form.prefilled(ticket_form.with_side(buy, Side.SELL), MARKET)
    assert sell.price_text == "64130.5"
    chosen = ticket_form.stepped(sell, 3)
    assert chosen.price_text == "64130.8"
    assert ticket_form.prefilled(chosen, MARKET) == chosen


def test_price_never_steps_below_one_tick():
    assert ticket_form.stepped(form(price_text="0.2"), -5).price_text == "0.1"
    assert ticket_form.stepped(form(price_text="x"), 1).price_text == "x"


def test_types_follow_each_other_and_only_a_limit_is_post_only():
    stop = ticket_form.other_type(form(post_only=True, field=Field.PRICE, amount_text="1"))
    assert (stop.order_type, stop.post_only, stop.field) == (
        OrderType.STOP_LOSS,
        False,
        Field.PRICE,
    )
    market = ticket_form.other_type(stop)
    assert (market.order_type, market.field) == (OrderType.MARKET, Field.AMOUNT)
    assert wish(market).price is None
    assert ticket_form.other_type(market).order_type is OrderType.LIMIT


def test_a_sell_has_no_way_out_to_keep():
    ticket = form(stop_text="1%", price_text="64000", field=Field.STOP, amount_text="1")
    sell = ticket_form.with_side(ticket, Side.SELL)
    assert (sell.stop_text, sell.field, sell.fields) == (
        "",
        Field.AMOUNT,
        (Field.AMOUNT, Field.PRICE),
    )
    assert wish(sell).terms.close is None


def test_a_market_order_has_no_price_to_go_to():
    ticket = form(order_type=OrderType.MARKET)
    assert ticket_form.next_field(ticket, 1).field is Field.STOP
    assert ticket_form.next_field(ticket, -1).field is Field.TARGET


def test_fields_are_erased_one_by_one():
    ticket = typed("12")
    assert ticket_form.erased(ticket).amount_text == "1"
    priced = typed("3", ticket_form.next_field(form(price_text="12.5"), 1))
    assert priced.price_text == "12.53"
    assert ticket_form.erased(priced).price_text == "12.5"


def test_ticket_opens_at_the_market():
    ticket = TicketForm(
        instrument=instrument(),
        side=Side.BUY,
        client_order_id=ClientOrderId("a"),
        command_id=CommandId("b"),
    )
    assert ticket.order_type is OrderType.MARKET


def test_text_has_a_limit():
    assert len(typed("1" * 100).amount_text) == ticket_form.TEXT_LENGTH_MAX
