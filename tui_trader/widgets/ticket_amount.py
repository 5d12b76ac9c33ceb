"""How much: what a person types for an amount, and the quantity it comes to."""

from dataclasses import dataclass
from decimal import Decimal

from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.state.valuation import available
from tui_trader.engine.values.instruments import Instrument
from tui_trader.engine.values.money import ZERO, parse_amount, round_quantity
from tui_trader.engine.values.orders import Side

EQUITY, RISK = "%e", "%r"
_PERCENT_WHOLE = Decimal(100)
_DIGITS = frozenset("0123456789")


class TicketProblem(Exception):
    """The ticket is not complete; the message is the hint for the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountSurroundings:
    """What an amount is worked out with.

    Args:
        price: Expected price of the entry; `None` while unknown.
        has_way_out: The order may bring a stop with it.
        stop: Where the way out would be, `None` without one.
        equity: Account value in quote, `None` while unknown.
    """

    instrument: Instrument
    side: Side
    price: Decimal | None
    stop: Decimal | None
    equity: Decimal | None
    has_way_out: bool
    state: TradingState


def quantity_base(text: str, around: AmountSurroundings) -> Decimal:
    """Quantity of an amount as typed.

    Raises:
        TicketProblem: it is none yet; the message says what is missing.
    """
    if not text:
        hint = "type an amount: 0.5, 250$, 25%, 2%e or 1%r"
        raise TicketProblem(hint)
    number, unit = _split_unit(text)
    quote = around.instrument.quote.lower()
    if unit not in {"", "%", EQUITY, RISK, "$", quote}:
        hint = f"finish the unit: {quote}"
        raise TicketProblem(hint)
    try:
        value = typed_number(number)
    except ValueError as fault:
        raise TicketProblem(str(fault)) from None
    lot = around.instrument.lot
    quantity = round_quantity(_reckoned(value, unit, around), lot=lot) if unit else value
    if quantity <= ZERO:
        hint = f"that is less than the smallest step of {around.instrument.base}: {lot}"
        raise TicketProblem(hint)
    return quantity


def typed_number(text: str) -> Decimal:
    """What a person typed; a comma is refused, because `0,01` is a hundredth to half of them.

    Raises:
        ValueError: no number above zero; the message is for the person.
    """
    if "," in text:
        message = "no commas: write 0.5 with a point, a thousand as 1000"
        raise ValueError(message)
    return parse_amount(text)


def is_number_part(text: str, character: str) -> bool:
    """Whether a number may go on with that character."""
    return character in _DIGITS or (character == "." and "." not in text) or character in ",_"


def belongs_in_amount(text: str, character: str, *, quote: str) -> bool:
    """Digits, then at most one unit: `%`, `%e`, `%r`, `$` or the name of the quote asset."""
    number, unit = _split_unit(text)
    if not unit and is_number_part(number, character):
        return True
    if not number:
        return False
    if unit == "%" and character in "er":
        return True
    if character in "%$":
        return not unit
    return quote.lower().startswith((unit + character).lower())


def belongs_in_exit(text: str, character: str) -> bool:
    """Digits, then at most one `%`."""
    is_open = not text.endswith("%")
    return is_open and (is_number_part(text, character) or (bool(text) and character == "%"))


def _reckoned(value: Decimal, unit: str, around: AmountSurroundings) -> Decimal:
    price, stop = around.price, around.stop
    if price is None or (unit in {EQUITY, RISK} and around.equity is None):
        hint = "no price is known to work the amount out; type it in base units"
        raise TicketProblem(hint)
    if unit in {EQUITY, RISK}:
        assert around.equity is not None, "looked at above"
        share = around.equity * value / _PERCENT_WHOLE
        if unit == EQUITY:
            return share / price
        if stop is None:
            hint = "risk is for buys that bring a stop: type 0.5, 250$, 25% or 2%e"
            if around.has_way_out:
                hint = "risk is measured to a stop: Tab to stop, type 1.2% or a price"
            raise TicketProblem(hint)
        return share / abs(price - stop)
    if unit != "%":
        return value / price
    instrument = around.instrument
    if around.side is Side.SELL:
        free = available(around.state, instrument.base, instrument.quote)
        return free * value / _PERCENT_WHOLE
    quote = available(around.state, instrument.quote, instrument.quote) * value / _PERCENT_WHOLE
    return quote / (price * (1 + instrument.fee_taker_ratio))


def _split_unit(text: str) -> tuple[str, str]:
    number = text.rstrip("%$abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return number, text[len(number) :].lower()
