"""Type and terms of an order by hand, from the options of `trade`.

A sell with a stop sleeps at the exchange until the last trade reaches it. A buy with a stop is bought at
once or at its limit, and the exchange puts the stop beneath what it fills.
"""

import argparse
from decimal import Decimal
from typing import NamedTuple

from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.money import parse_amount
from tui_trader.engine.values.orders import (
    PLAIN_TERMS,
    ConditionalClose,
    OrderTerms,
    OrderType,
    Side,
    TimeInForce,
    TrailingOffset,
)

_TYPES = {
    ("stop_loss", False): OrderType.STOP_LOSS,
    ("stop_loss", True): OrderType.STOP_LOSS_LIMIT,
    ("take_profit", False): OrderType.TAKE_PROFIT,
    ("take_profit", True): OrderType.TAKE_PROFIT_LIMIT,
}
PERCENT_SIGN = "%"


class Kind(NamedTuple):
    """What an order is, beside its pair, side and quantity."""

    order_type: OrderType
    price: Decimal | None
    terms: OrderTerms = PLAIN_TERMS


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    parser.add_argument("--limit", metavar="P", help="limit price; without it, a market order")
    parser.add_argument(
        "--stop-loss",
        metavar="P",
        help="sell: wait until the last trade falls to P; buy: let the exchange sell what was bought there",
    )
    parser.add_argument(
        "--take-profit",
        metavar="P",
        help="sell: wait until the last trade rises to P; buy: let the exchange sell what was bought there",
    )
    parser.add_argument(
        "--trailing-stop",
        metavar="D",
        help="wait until the market turns by D from its best, in quote or percent: 500 or 2%%",
    )
    parser.add_argument("--ioc", action="store_true", help="what does not trade at once is gone")
    parser.add_argument("--post-only", action="store_true", help="refuse to take liquidity")


def kind_of(args: argparse.Namespace) -> Kind:
    """What the options describe.

    Raises:
        ConfigError: they exclude each other, or one is no number.
    """
    wakes = [name for name in ("stop_loss", "take_profit", "trailing_stop") if getattr(args, name)]
    if len(wakes) > 1:
        first, second = (f"--{name.replace('_', '-')}" for name in wakes[:2])
        message = f"{first} and {second}: the exchange takes one of them an order; send two orders"
        raise ConfigError(message)
    if args.post_only and args.limit is None:
        message = "--post-only needs --limit: a market order always takes"
        raise ConfigError(message)
    if args.ioc and (args.limit is None or args.post_only):
        message = (
            "--ioc needs --limit, and takes no --post-only: a market order trades at once anyway"
        )
        raise ConfigError(message)
    limit = None if args.limit is None else number("--limit", args.limit)
    if args.trailing_stop:
        return _trailing(args, limit)
    if wakes:
        return _woken(args, wakes[0], limit)
    lasting = OrderTerms(time_in_force=TimeInForce.IOC) if args.ioc else PLAIN_TERMS
    return Kind(OrderType.MARKET if limit is None else OrderType.LIMIT, limit, lasting)


def number(name: str, text: str) -> Decimal:
    """A number above zero, as a person writes it.

    Raises:
        ConfigError: it is none.
    """
    try:
        return parse_amount(text)
    except ValueError as error:
        message = f"{name} {error}"
        raise ConfigError(message) from None


def _woken(args: argparse.Namespace, name: str, limit: Decimal | None) -> Kind:
    option = f"--{name.replace('_', '-')}"
    trigger = number(option, getattr(args, name))
    if Side(args.side) is Side.BUY:
        close = ConditionalClose(order_type=_TYPES[name, False], trigger_price=trigger)
        lasting = TimeInForce.IOC if args.ioc else TimeInForce.GTC
        terms = OrderTerms(close=close, time_in_force=lasting)
        return Kind(OrderType.MARKET if limit is None else OrderType.LIMIT, limit, terms)
    if args.ioc or args.post_only:
        message = f"a sell with {option} waits: --ioc and --post-only do not go with it"
        raise ConfigError(message)
    return Kind(_TYPES[name, limit is not None], limit, OrderTerms(trigger_price=trigger))


def _trailing(args: argparse.Namespace, limit: Decimal | None) -> Kind:
    if limit is not None:
        message = "--trailing-stop takes no --limit: its price follows the market"
        raise ConfigError(message)
    text = args.trailing_stop
    is_percent = text.endswith(PERCENT_SIGN)
    amount = number("--trailing-stop", text.removesuffix(PERCENT_SIGN))
    trailing = TrailingOffset(amount=amount, is_percent=is_percent)
    return Kind(OrderType.TRAILING_STOP, None, OrderTerms(trailing=trailing))
