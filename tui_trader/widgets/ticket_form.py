"""The order ticket as a value: what was typed, what it would send, and that it sends once.

Law: a ticket has one `client_order_id` and is sent once. Only after a definite refusal, and only by
an edit, does it become a new ticket with a new id.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum

from tui_trader.engine.messages.commands import PlaceOrder
from tui_trader.engine.messages.queries import AskTicket
from tui_trader.engine.state.market_view import MarketView
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.state.valuation import available
from tui_trader.engine.values.instruments import Instrument
from tui_trader.engine.values.money import ZERO, parse_amount, round_quantity
from tui_trader.engine.values.orders import ClientOrderId, CommandId, OrderType, Side

TEXT_LENGTH_MAX = 20
_PERCENT_WHOLE = Decimal(100)
_DIGITS = frozenset("0123456789")


class Field(Enum):
    """Field that takes what is typed."""

    AMOUNT = "amount"
    PRICE = "price"


class Sending(Enum):
    """Whether the ticket has left."""

    NOT_YET = "not yet"
    HANDED_OVER = "handed over"
    LOST = "lost"
    """The engine was gone: nobody knows whether it got it. Never sent again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketForm:
    """One ticket.

    Args:
        order_type: Market first: whoever presses buy and Enter expects to have bought. The preview
            says what that costs, and the collar bounds it.
        amount_text: `0.5` base, `250$` or `250usd` quote value, `25%` of what is available.
        is_price_own: The person edited the price: another side does not replace it.
    """

    instrument: Instrument
    side: Side
    client_order_id: ClientOrderId
    command_id: CommandId
    order_type: OrderType = OrderType.MARKET
    amount_text: str = ""
    price_text: str = ""
    is_price_own: bool = False
    post_only: bool = False
    field: Field = Field.AMOUNT
    sending: Sending = Sending.NOT_YET

    @property
    def is_sent(self) -> bool:
        """It has left, or may have: Enter does nothing any more."""
        return self.sending is not Sending.NOT_YET


class TicketProblem(Exception):
    """The ticket is not complete; the message is the hint for the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The order a complete ticket describes."""

    quantity_base: Decimal
    price: Decimal | None


def with_side(form: TicketForm, side: Side) -> TicketForm:
    """The ticket on another side."""
    return replace(form, side=side)


def best_price(form: TicketForm, market: MarketView) -> Decimal | None:
    """Best price of the own side: the bid for a buy, the ask for a sell."""
    ticker = market.tickers.get(form.instrument.symbol)
    if ticker is None:
        return None
    best = ticker.bid if form.side is Side.BUY else ticker.ask
    return best if best > ZERO else None


def prefilled(form: TicketForm, market: MarketView) -> TicketForm:
    """Limit price at the best price of the own side, unless the person chose one.

    Set once and not moved afterwards: what Enter sends is what stood there when it was read.
    """
    best = best_price(form, market)
    if form.is_price_own or form.is_sent or best is None:
        return form
    return replace(form, price_text=_price_text(best, form.instrument))


def typed(form: TicketForm, character: str) -> TicketForm | None:
    """The ticket after one more character, or `None` where it does not belong in the field."""
    if form.field is Field.PRICE:
        if form.order_type is OrderType.MARKET or not _is_number_part(form.price_text, character):
            return None
        if len(form.price_text) >= TEXT_LENGTH_MAX:
            return None
        return replace(form, price_text=form.price_text + character, is_price_own=True)
    if not _belongs_in_amount(form, character) or len(form.amount_text) >= TEXT_LENGTH_MAX:
        return None
    return replace(form, amount_text=form.amount_text + character)


def erased(form: TicketForm) -> TicketForm:
    """The ticket without the last character of its field."""
    if form.field is Field.PRICE:
        return replace(form, price_text=form.price_text[:-1], is_price_own=True)
    return replace(form, amount_text=form.amount_text[:-1])


def other_field(form: TicketForm) -> TicketForm:
    """Focus on the other field; a market order has no price to go to."""
    if form.field is Field.PRICE or form.order_type is OrderType.MARKET:
        return replace(form, field=Field.AMOUNT)
    return replace(form, field=Field.PRICE)


def other_type(form: TicketForm) -> TicketForm:
    """Market instead of limit, or back; a market order cannot be post-only."""
    if form.order_type is OrderType.LIMIT:
        return replace(form, order_type=OrderType.MARKET, post_only=False, field=Field.AMOUNT)
    return replace(form, order_type=OrderType.LIMIT)


def stepped(form: TicketForm, ticks: int) -> TicketForm:
    """Limit price `ticks` higher or lower, never below one tick."""
    if form.order_type is OrderType.MARKET:
        return form
    try:
        price = _number(form.price_text)
    except ValueError:
        return form
    price = max(form.instrument.tick, price + ticks * form.instrument.tick)
    return replace(form, price_text=_price_text(price, form.instrument), is_price_own=True)


def wish(form: TicketForm, *, market: MarketView, state: TradingState) -> Wish:
    """The order this ticket describes now.

    Raises:
        TicketProblem: something is missing; the message says what.
    """
    price = _limit_price(form)
    text = form.amount_text
    if not text:
        hint = "type an amount: 0.5, 250$ or 25%"
        raise TicketProblem(hint)
    number, unit = _split_unit(text)
    if unit not in {"", "%", "$", form.instrument.quote.lower()}:
        hint = f"finish the unit: {form.instrument.quote.lower()}"
        raise TicketProblem(hint)
    try:
        value = _number(number)
    except ValueError as fault:
        raise TicketProblem(str(fault)) from None
    base = _base_quantity(form, value, unit, price=price or _touch(form, market), state=state)
    lot = form.instrument.lot
    quantity = round_quantity(base, lot=lot) if unit else base
    if quantity <= ZERO:
        hint = f"that is less than the smallest step of {form.instrument.base}: {lot}"
        raise TicketProblem(hint)
    return Wish(quantity_base=quantity, price=price)


def question(form: TicketForm, wanted: Wish) -> AskTicket:
    """What to ask the engine about the ticket."""
    return AskTicket(
        symbol=form.instrument.symbol,
        side=form.side,
        order_type=form.order_type,
        quantity_base=wanted.quantity_base,
        price=wanted.price,
        post_only=form.post_only,
    )


def command(form: TicketForm, wanted: Wish, *, actor: str) -> PlaceOrder:
    """The one command this ticket sends."""
    return PlaceOrder(
        command_id=form.command_id,
        actor=actor,
        client_order_id=form.client_order_id,
        symbol=form.instrument.symbol,
        side=form.side,
        order_type=form.order_type,
        quantity_base=wanted.quantity_base,
        price=wanted.price,
        post_only=form.post_only,
    )


def _limit_price(form: TicketForm) -> Decimal | None:
    if form.order_type is OrderType.MARKET:
        return None
    if not form.price_text:
        hint = "type a limit price"
        raise TicketProblem(hint)
    try:
        return _number(form.price_text)
    except ValueError as fault:
        message = f"limit price: {fault}"
        raise TicketProblem(message) from None


def _number(text: str) -> Decimal:
    """What a person typed; a comma is refused, because `0,01` is a hundredth to half of them.

    Raises:
        ValueError: no number above zero; the message is for the person.
    """
    if "," in text:
        message = "no commas: write 0.5 with a point, a thousand as 1000"
        raise ValueError(message)
    return parse_amount(text)


def _touch(form: TicketForm, market: MarketView) -> Decimal | None:
    """Price a market order would meet first."""
    ticker = market.tickers.get(form.instrument.symbol)
    if ticker is None:
        return None
    touch = ticker.ask if form.side is Side.BUY else ticker.bid
    return touch if touch > ZERO else None


def _base_quantity(
    form: TicketForm, value: Decimal, unit: str, *, price: Decimal | None, state: TradingState
) -> Decimal:
    if not unit:
        return value
    if price is None:
        hint = "no price is known to work the amount out; type it in base units"
        raise TicketProblem(hint)
    if unit != "%":
        return value / price
    instrument = form.instrument
    if form.side is Side.SELL:
        return available(state, instrument.base, instrument.quote) * value / _PERCENT_WHOLE
    quote = available(state, instrument.quote, instrument.quote) * value / _PERCENT_WHOLE
    return quote / (price * (1 + instrument.fee_taker_ratio))


def _split_unit(text: str) -> tuple[str, str]:
    number = text.rstrip("%$abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return number, text[len(number) :].lower()


def _is_number_part(text: str, character: str) -> bool:
    return character in _DIGITS or (character == "." and "." not in text) or character in ",_"


def _belongs_in_amount(form: TicketForm, character: str) -> bool:
    """Digits, then at most one unit: `%`, `$` or the name of the quote asset."""
    number, unit = _split_unit(form.amount_text)
    if not unit and _is_number_part(number, character):
        return True
    if not number:
        return False
    if character in "%$":
        return not unit
    return form.instrument.quote.lower().startswith((unit + character).lower())


def _price_text(price: Decimal, instrument: Instrument) -> str:
    return f"{price:.{instrument.price_decimals}f}"
