"""Every order type through the gate: what its form must say, what the venue takes, what it may cost."""

import msgspec
import pytest

from tests.engine.core.rig import BTC, Bench, D
from tui_trader.engine.exchanges.kraken.adapter import KRAKEN_ABILITIES
from tui_trader.engine.messages.commands import PlaceOrder
from tui_trader.engine.messages.events import CommandRefused, OrderSubmitted
from tui_trader.engine.messages.queries import AskTicket
from tui_trader.engine.messages.requests import SubmitOrder
from tui_trader.engine.values.abilities import BASIC_ABILITIES
from tui_trader.engine.values.orders import (
    PLAIN_TERMS,
    ClientOrderId,
    ConditionalClose,
    OrderTerms,
    OrderType,
    Side,
    TimeInForce,
    TrailingOffset,
)

KIND = OrderType
LATER_MS = 10**13
# Around a market of 64,000.
SOUND = {
    "iceberg": {
        "order_type": KIND.ICEBERG,
        "price": D("63000.0"),
        "terms": OrderTerms(display_base=D("0.001")),
    },
    "stop": {"order_type": KIND.STOP_LOSS, "terms": OrderTerms(trigger_price=D("66000.0"))},
    "stop limit": {
        "order_type": KIND.STOP_LOSS_LIMIT,
        "price": D("66100.0"),
        "terms": OrderTerms(trigger_price=D("66000.0")),
    },
    "take profit": {
        "order_type": KIND.TAKE_PROFIT,
        "terms": OrderTerms(trigger_price=D("62000.0")),
    },
    "take profit limit": {
        "order_type": KIND.TAKE_PROFIT_LIMIT,
        "price": D("62000.0"),
        "terms": OrderTerms(trigger_price=D("62000.0")),
    },
    "trailing": {
        "order_type": KIND.TRAILING_STOP,
        "terms": OrderTerms(trailing=TrailingOffset(amount=D(2), is_percent=True)),
    },
    "trailing limit": {
        "order_type": KIND.TRAILING_STOP_LIMIT,
        "terms": OrderTerms(trailing=TrailingOffset(amount=D(500), limit_offset=D(20))),
    },
    "at once": {
        "order_type": KIND.LIMIT,
        "price": D("63000.0"),
        "terms": OrderTerms(time_in_force=TimeInForce.IOC),
    },
    "until": {
        "order_type": KIND.LIMIT,
        "price": D("63000.0"),
        "terms": OrderTerms(time_in_force=TimeInForce.GTD, expires_ms=LATER_MS),
    },
    "close": {
        "order_type": KIND.LIMIT,
        "price": D("63000.0"),
        "terms": OrderTerms(
            close=ConditionalClose(
                order_type=KIND.STOP_LOSS_LIMIT,
                trigger_price=D("60000.0"),
                price=D("59900.0"),
            )
        ),
    },
}
UNSOUND = {
    "market with a trigger": ({}, OrderTerms(trigger_price=D(1)), "takes no trigger price"),
    "stop without": ({"order_type": KIND.STOP_LOSS}, PLAIN_TERMS, "needs a trigger price"),
    "stop with a limit": (
        {"order_type": KIND.STOP_LOSS, "price": D(1)},
        OrderTerms(trigger_price=D(1)),
        "takes no price",
    ),
    "stop limit without a limit": (
        {"order_type": KIND.STOP_LOSS_LIMIT},
        OrderTerms(trigger_price=D(1)),
        "needs a price",
    ),
    "trailing without": ({"order_type": KIND.TRAILING_STOP}, PLAIN_TERMS, "needs a trailing"),
    "trailing backwards": (
        {"order_type": KIND.TRAILING_STOP},
        OrderTerms(trailing=TrailingOffset(amount=D(-1))),
        "above zero",
    ),
    "trailing with a limit it has not": (
        {"order_type": KIND.TRAILING_STOP},
        OrderTerms(trailing=TrailingOffset(amount=D(1), limit_offset=D(1))),
        "trailing-stop-limit",
    ),
    "limit with a trail": (
        {"order_type": KIND.LIMIT, "price": D(1)},
        OrderTerms(trailing=TrailingOffset(amount=D(1))),
        "takes no trailing",
    ),
    "iceberg that shows all and more": (
        {"order_type": KIND.ICEBERG, "price": D("63000.0")},
        OrderTerms(display_base=D(5)),
        "not above the whole",
    ),
    "limit that shows a part": (
        {"order_type": KIND.LIMIT, "price": D(1)},
        OrderTerms(display_base=D("0.001")),
        "iceberg",
    ),
    "until nobody knows when": (
        {"order_type": KIND.LIMIT, "price": D(1)},
        OrderTerms(time_in_force=TimeInForce.GTD),
        "names the moment",
    ),
    "until yesterday": (
        {"order_type": KIND.LIMIT, "price": D(1)},
        OrderTerms(time_in_force=TimeInForce.GTD, expires_ms=5),
        "must lie ahead",
    ),
    "at once and never taking": (
        {"order_type": KIND.LIMIT, "price": D(1), "post_only": True},
        OrderTerms(time_in_force=TimeInForce.IOC),
        "may take",
    ),
    "post-only stop": (
        {"order_type": KIND.STOP_LOSS, "post_only": True},
        OrderTerms(trigger_price=D(1)),
        "cannot be post-only",
    ),
    "close at market": (
        {},
        OrderTerms(close=ConditionalClose(order_type=KIND.MARKET)),
        "cannot be a market",
    ),
    "close without its trigger": (
        {},
        OrderTerms(close=ConditionalClose(order_type=KIND.STOP_LOSS)),
        "wrong trigger price",
    ),
    "not a number": (
        {"order_type": KIND.STOP_LOSS},
        OrderTerms(trigger_price=D("NaN")),
        "must be numbers",
    ),
}


@pytest.fixture
def bench():
    bench = Bench().start()
    bench.trader.market.abilities = KRAKEN_ABILITIES
    return bench


def place(bench, **changes):
    usual = {"order_type": KIND.MARKET, "price": None, "quantity_base": D("0.01")}
    return bench.tell(
        PlaceOrder(
            command_id=bench.command_id(),
            actor="test",
            client_order_id=ClientOrderId("order-1"),
            symbol=BTC,
            side=Side.BUY,
            **(usual | changes),
        )
    )


def refusal(bench):
    (refused,) = bench.happened(CommandRefused)
    assert not bench.sent(SubmitOrder)
    return refused


@pytest.mark.parametrize("changes", SOUND.values(), ids=SOUND)
def test_sound_order_keeps_its_terms_in_the_intent_and_in_the_request(bench, changes):
    place(bench, **changes)
    (intent,) = bench.happened(OrderSubmitted)
    (request,) = bench.sent(SubmitOrder)
    assert intent.terms == request.terms == changes["terms"]
    assert bench.state.orders["order-1"].terms == changes["terms"]
    assert intent.hold_quote >= D("0.01") * (changes.get("price") or D("60000"))


@pytest.mark.parametrize(("changes", "terms", "words"), UNSOUND.values(), ids=UNSOUND)
def test_order_whose_form_makes_no_sense_is_refused(bench, changes, terms, words):
    place(bench, **changes, terms=terms)
    assert refusal(bench).gate == "form"
    assert words in refusal(bench).reason


@pytest.mark.parametrize("changes", SOUND.values(), ids=SOUND)
def test_what_the_venue_does_not_declare_is_refused_by_name(bench, changes):
    bench.trader.market.abilities = BASIC_ABILITIES
    place(bench, **changes)
    assert refusal(bench).gate == "abilities"
    assert "exchange" in refusal(bench).reason


def test_reduce_only_is_refused_where_nobody_trades_on_margin(bench):
    place(bench, terms=OrderTerms(reduce_only=True))
    assert refusal(bench).gate == "abilities"


@pytest.mark.parametrize(
    "terms",
    [
        OrderTerms(trigger_price=D("66000.05")),
        OrderTerms(
            trigger_price=D("66000.0"),
            close=ConditionalClose(order_type=KIND.LIMIT, price=D("70000.01")),
        ),
    ],
    ids=["trigger", "close"],
)
def test_every_price_of_an_order_lies_on_the_grid(bench, terms):
    place(bench, order_type=KIND.STOP_LOSS, terms=terms)
    assert refusal(bench).gate == "tick"


def test_limit_far_beyond_its_own_trigger_is_refused_by_the_collar(bench):
    terms = OrderTerms(trigger_price=D("66000.0"))
    place(bench, order_type=KIND.STOP_LOSS_LIMIT, price=D("69000.0"), terms=terms)
    assert refusal(bench).gate == "price_collar"
    assert "beyond its trigger" in refusal(bench).reason


def test_stop_far_above_the_market_counts_at_its_trigger_in_every_limit(bench):
    terms = OrderTerms(trigger_price=D("600000.0"))
    place(bench, order_type=KIND.STOP_LOSS, terms=terms)
    assert refusal(bench).gate == "order_value"


def test_preview_of_a_stop_is_judged_by_the_same_gate(bench):
    query = AskTicket(
        symbol=BTC,
        side=Side.BUY,
        order_type=KIND.STOP_LOSS,
        quantity_base=D("0.01"),
        price=None,
        terms=OrderTerms(trigger_price=D("66000.05")),
    )
    answer = bench.trader.ticket(query, bench.now_ms)
    assert {each.gate for each in answer.verdicts if not each.is_passed} == {"tick"}
    assert answer.cost_quote is None


def test_rows_written_before_there_were_terms_still_load(bench):
    place(bench, order_type=KIND.LIMIT, price=D("63000.0"))
    (intent,) = bench.happened(OrderSubmitted)
    row = msgspec.to_builtins(intent)
    del row["terms"]
    assert msgspec.convert(row, OrderSubmitted) == intent
