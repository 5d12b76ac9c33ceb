"""Prices as an order may state them: as they are, or as a distance from the market.

Kraken's `+5` adds to the last trade, `-5` subtracts, `#5` does whichever of the two suits side and
type of the order, and `%` after any of them makes the distance a share.
<https://docs.kraken.com/api/docs/rest-api/add-order>
"""

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from enum import Enum

import msgspec

from tui_trader.engine.exchanges.simulator.listings import PairListing
from tui_trader.engine.values.orders import Side

_PERCENT = Decimal(100)
_LENGTH_MAX, _DIGITS_MAX = 40, 18


class OrderKind(Enum):
    """Kraken's order types."""

    MARKET = "market"
    LIMIT = "limit"
    ICEBERG = "iceberg"
    STOP_LOSS = "stop-loss"
    STOP_LOSS_LIMIT = "stop-loss-limit"
    TAKE_PROFIT = "take-profit"
    TAKE_PROFIT_LIMIT = "take-profit-limit"
    TRAILING_STOP = "trailing-stop"
    TRAILING_STOP_LIMIT = "trailing-stop-limit"

    @property
    def is_triggered(self) -> bool:
        """Whether it sleeps until a price is reached."""
        return self not in {OrderKind.MARKET, OrderKind.LIMIT, OrderKind.ICEBERG}

    @property
    def is_trailing(self) -> bool:
        """Whether its trigger follows the market."""
        return self in {OrderKind.TRAILING_STOP, OrderKind.TRAILING_STOP_LIMIT}

    @property
    def is_take_profit(self) -> bool:
        """Whether it waits for the better side of the market."""
        return self in {OrderKind.TAKE_PROFIT, OrderKind.TAKE_PROFIT_LIMIT}

    @property
    def has_limit(self) -> bool:
        """Whether it ends up with a limit price."""
        return self in {OrderKind.LIMIT, OrderKind.ICEBERG} or self.value.endswith("-limit")


class PriceMark(Enum):
    """What stands before a price."""

    STATIC = ""
    ADD = "+"
    SUBTRACT = "-"
    SUITABLE = "#"


class PriceTerm(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A price, or a distance.

    Args:
        amount: Quote per base, or percent; never negative.
    """

    amount: Decimal
    mark: PriceMark = PriceMark.STATIC
    is_percent: bool = False

    @property
    def text(self) -> str:
        """As a request writes it."""
        return f"{self.mark.value}{self.amount:f}{'%' if self.is_percent else ''}"

    def distance(self, reference: Decimal) -> Decimal:
        """The distance in quote."""
        return reference * self.amount / _PERCENT if self.is_percent else self.amount


def parse_price(text: str) -> PriceTerm:
    """Price of a request.

    Raises:
        ValueError: it is none.
    """
    marks = {mark.value for mark in PriceMark if mark.value}
    mark = PriceMark(text[0]) if text[:1] in marks else PriceMark.STATIC
    body = text[len(mark.value) :]
    is_percent = body.endswith("%")
    try:
        amount = Decimal(body.removesuffix("%"))
    except InvalidOperation:
        amount = Decimal("NaN")
    # Decimal would read 1_000 and the digits of other scripts, too.
    is_plain = text.isascii() and "_" not in text
    is_number = (
        is_plain
        and amount.is_finite()
        and len(text) <= _LENGTH_MAX
        and amount.adjusted() <= _DIGITS_MAX
    )
    if not is_number or amount < 0 or (is_percent and mark is PriceMark.STATIC):
        message = f"no price: {text[:_LENGTH_MAX]!r}"
        raise ValueError(message)
    return PriceTerm(amount=amount, mark=mark, is_percent=is_percent)


def resolve(
    term: PriceTerm, reference: Decimal, *, pair: PairListing, side: Side, kind: OrderKind
) -> Decimal:
    """The price a term means now; a distance is rounded to the tick, a static price is not."""
    if term.mark is PriceMark.STATIC:
        return term.amount
    # A stop waits on the worse side of the market, everything else on the better one.
    is_stop = kind.is_triggered and not kind.is_take_profit
    suitable = side.sign if is_stop else -side.sign
    sign = {PriceMark.ADD: 1, PriceMark.SUBTRACT: -1, PriceMark.SUITABLE: suitable}[term.mark]
    price = reference + sign * term.distance(reference)
    return price.quantize(pair.price(1), ROUND_HALF_EVEN)
