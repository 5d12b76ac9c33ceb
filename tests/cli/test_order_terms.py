"""Types of orders by hand: what the options of `trade` make of an order."""

from decimal import Decimal

import pytest

from tests.cli.fake_engine import accepted, submitted
from tui_trader.engine.messages.commands import PlaceOrder
from tui_trader.engine.values.orders import (
    ConditionalClose,
    OrderTerms,
    OrderType,
    TimeInForce,
    TrailingOffset,
)

D = Decimal


def placed(desk, *options: str) -> PlaceOrder:
    """The order that leaves for these options."""
    desk.engine.script = lambda command: [
        submitted(command, terms=command.terms),
        accepted(command.client_order_id),
    ]
    assert desk.run("trade", "BTC/USD", *options, "--yes") == 0, desk.err
    return desk.engine.sent[0]


@pytest.mark.parametrize(
    ("options", "kind", "price", "terms"),
    [
        (
            ("sell", "0.01", "--stop-loss", "55000"),
            OrderType.STOP_LOSS,
            None,
            OrderTerms(trigger_price=D(55_000)),
        ),
        (
            ("sell", "0.01", "--stop-loss", "55000", "--limit", "54900"),
            OrderType.STOP_LOSS_LIMIT,
            D(54_900),
            OrderTerms(trigger_price=D(55_000)),
        ),
        (
            ("sell", "0.01", "--take-profit", "70000"),
            OrderType.TAKE_PROFIT,
            None,
            OrderTerms(trigger_price=D(70_000)),
        ),
        (
            ("sell", "0.01", "--take-profit", "70000", "--limit", "69900"),
            OrderType.TAKE_PROFIT_LIMIT,
            D(69_900),
            OrderTerms(trigger_price=D(70_000)),
        ),
        (
            ("sell", "0.01", "--trailing-stop", "500"),
            OrderType.TRAILING_STOP,
            None,
            OrderTerms(trailing=TrailingOffset(amount=D(500))),
        ),
        (
            ("sell", "0.01", "--trailing-stop", "2.5%"),
            OrderType.TRAILING_STOP,
            None,
            OrderTerms(trailing=TrailingOffset(amount=D("2.5"), is_percent=True)),
        ),
        (
            ("buy", "0.01", "--limit", "60000", "--ioc"),
            OrderType.LIMIT,
            D(60_000),
            OrderTerms(time_in_force=TimeInForce.IOC),
        ),
        (
            ("buy", "0.01", "--stop-loss", "55000"),
            OrderType.MARKET,
            None,
            OrderTerms(
                close=ConditionalClose(order_type=OrderType.STOP_LOSS, trigger_price=D(55_000))
            ),
        ),
        (
            ("buy", "0.01", "--limit", "60000", "--take-profit", "70000", "--post-only"),
            OrderType.LIMIT,
            D(60_000),
            OrderTerms(
                close=ConditionalClose(order_type=OrderType.TAKE_PROFIT, trigger_price=D(70_000))
            ),
        ),
    ],
)
def test_options_make_the_order_they_name(desk, options, kind, price, terms):
    order = placed(desk, *options)
    assert (order.order_type, order.price, order.terms) == (kind, price, terms)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("sell", "1", "--stop-loss", "1", "--take-profit", "2"), "takes one of them an order"),
        (("sell", "1", "--stop-loss", "1", "--trailing-stop", "2"), "takes one of them an order"),
        (
            ("sell", "1", "--stop-loss", "1", "--ioc", "--limit", "1"),
            "a sell with --stop-loss waits",
        ),
        (("sell", "1", "--stop-loss", "1", "--post-only", "--limit", "1"), "--post-only do not go"),
        (("sell", "1", "--trailing-stop", "2", "--limit", "1"), "takes no --limit"),
        (("sell", "1", "--trailing-stop", "%"), "--trailing-stop '' is not a number"),
        (("sell", "1", "--trailing-stop", "-5"), "--trailing-stop"),
        (("sell", "1", "--ioc"), "--ioc needs --limit"),
        (("sell", "1", "--ioc", "--limit", "1", "--post-only"), "takes no --post-only"),
        (("sell", "1", "--post-only"), "--post-only needs --limit"),
    ],
)
def test_options_that_exclude_each_other_end_with_two(desk, options, words):
    assert desk.run("trade", "BTC/USD", *options, "--yes") == 2
    assert words in desk.err
    assert not desk.engine.sent
