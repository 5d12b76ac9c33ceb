"""The order ticket as a value: what was typed, what it would send, and that it sends once.

Law: a ticket has one `client_order_id` and is sent once. Only after a definite refusal, and only by
an edit, does it become a new ticket with a new id.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum

from tui_trader.engine.messages.commands import AmendPlacedOrder, PlaceOrder
from tui_trader.engine.messages.queries import AskTicket
from tui_trader.engine.state.market_view import MarketView
from tui_trader.engine.state.order_life import OrderRecord
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.state.valuation import equity_quote
from tui_trader.engine.values.instruments import Instrument
from tui_trader.engine.values.money import ZERO
from tui_trader.engine.values.orders import (
    PLAIN_TERMS,
    ClientOrderId,
    CommandId,
    OrderTerms,
    OrderType,
    Side,
)
from tui_trader.widgets.ticket_amount import (
    AmountSurroundings,
    TicketProblem,
    belongs_in_amount,
    belongs_in_exit,
    is_number_part,
    quantity_base,
    typed_number,
)
from tui_trader.widgets.ticket_exits import way_out

TEXT_LENGTH_MAX = 20


class Field(Enum):
    """Field that takes what is typed."""

    AMOUNT = "amount"
    PRICE = "price"
    STOP = "stop"
    TARGET = "target"


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
        amends: The order whose terms it changes; `None` for a new one.
        amount_text: `0.5` base, `250$` or `250usd` quote value, `25%` of what is available, `2%e` of
            equity, `1%r` of equity at risk down to the stop.
        price_text: Limit, or the trigger of a stop order.
        stop_text: `62000` or `1.2%` from the entry: what the exchange sells at by itself afterwards.
        target_text: The same on the other side.
        is_price_own: The person edited the price: another side does not replace it.
    """

    instrument: Instrument
    side: Side
    client_order_id: ClientOrderId
    command_id: CommandId
    order_type: OrderType = OrderType.MARKET
    amount_text: str = ""
    price_text: str = ""
    stop_text: str = ""
    target_text: str = ""
    is_price_own: bool = False
    post_only: bool = False
    field: Field = Field.AMOUNT
    sending: Sending = Sending.NOT_YET
    amends: OrderRecord | None = None

    @property
    def fields(self) -> tuple[Field, ...]:
        """Those that there are, in the order of Tab."""
        own = (
            (Field.AMOUNT,) if self.order_type is OrderType.MARKET else (Field.AMOUNT, Field.PRICE)
        )
        if self.amends is not None or self.order_type.is_triggered or self.side is Side.SELL:
            # What is sold is gone: on a spot account nothing is left to get out of.
            return own
        return (*own, Field.STOP, Field.TARGET)

    @property
    def is_sent(self) -> bool:
        """It has left, or may have: Enter does nothing any more."""
        return self.sending is not Sending.NOT_YET


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The order a complete ticket describes."""

    quantity_base: Decimal
    price: Decimal | None
    terms: OrderTerms = PLAIN_TERMS


def with_side(form: TicketForm, side: Side) -> TicketForm:
    """The ticket on another side; a sell has no way out to keep."""
    if side is Side.BUY:
        return replace(form, side=side)
    changed = replace(form, side=side, stop_text="", target_text="")
    return changed if form.field in changed.fields else replace(changed, field=Field.AMOUNT)


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
    if form.is_price_own or form.is_sent or form.amends is not None:
        return form
    if form.order_type.is_triggered:
        # At the market it would be woken at once: where it is to wake is the person's word.
        return replace(form, price_text="")
    if best is None:
        return form
    return replace(form, price_text=price_words(best, form.instrument))


def typed(form: TicketForm, character: str) -> TicketForm | None:
    """The ticket after one more character, or `None` where it does not belong in the field."""
    if len(text_of(form)) >= TEXT_LENGTH_MAX:
        return None
    match form.field:
        case Field.AMOUNT:
            fits = belongs_in_amount(form.amount_text, character, quote=form.instrument.quote)
        case Field.PRICE:
            is_limit = form.order_type is not OrderType.MARKET
            fits = is_limit and is_number_part(form.price_text, character)
        case _:
            fits = belongs_in_exit(text_of(form), character)
    return with_text(form, text_of(form) + character) if fits else None


def erased(form: TicketForm) -> TicketForm:
    """The ticket without the last character of its field."""
    return with_text(form, text_of(form)[:-1])


def text_of(form: TicketForm) -> str:
    """What stands in the field that takes what is typed."""
    return field_text(form, form.field)


def field_text(form: TicketForm, field: Field) -> str:
    """What stands in a field."""
    match field:
        case Field.AMOUNT:
            return form.amount_text
        case Field.PRICE:
            return form.price_text
        case Field.STOP:
            return form.stop_text
        case Field.TARGET:
            return form.target_text


def with_text(form: TicketForm, text: str) -> TicketForm:
    """Another text in that field."""
    match form.field:
        case Field.AMOUNT:
            return replace(form, amount_text=text)
        case Field.PRICE:
            return replace(form, price_text=text, is_price_own=True)
        case Field.STOP:
            return replace(form, stop_text=text)
        case Field.TARGET:
            return replace(form, target_text=text)


def next_field(form: TicketForm, step: int) -> TicketForm:
    """Focus on the next field; a market order has no price to go to."""
    fields = form.fields
    place = fields.index(form.field) if form.field in fields else 0
    return replace(form, field=fields[(place + step) % len(fields)])


_NEXT_TYPE = {OrderType.MARKET: OrderType.LIMIT, OrderType.LIMIT: OrderType.STOP_LOSS}


def other_type(form: TicketForm) -> TicketForm:
    """Market, limit, stop, and round again; only a limit order can be post-only."""
    if form.amends is not None:
        return form
    kind = _NEXT_TYPE.get(form.order_type, OrderType.MARKET)
    changed = replace(form, order_type=kind, post_only=False)
    return changed if form.field in changed.fields else replace(changed, field=Field.AMOUNT)


def stepped(form: TicketForm, ticks: int) -> TicketForm:
    """Limit price `ticks` higher or lower, never below one tick."""
    if form.order_type is OrderType.MARKET:
        return form
    try:
        price = typed_number(form.price_text)
    except ValueError:
        return form
    price = max(form.instrument.tick, price + ticks * form.instrument.tick)
    return replace(form, price_text=price_words(price, form.instrument), is_price_own=True)


def wish(form: TicketForm, *, market: MarketView, state: TradingState) -> Wish:
    """The order this ticket describes now.

    Raises:
        TicketProblem: something is missing; the message says what.
    """
    price = _own_price(form)
    entry = price or _touch(form, market)
    is_triggered = form.order_type.is_triggered
    out = None
    if Field.STOP in form.fields:
        out = way_out(
            form.stop_text, form.target_text, side=form.side, entry=entry, tick=form.instrument.tick
        )
    quantity = quantity_base(
        form.amount_text,
        AmountSurroundings(
            instrument=form.instrument,
            side=form.side,
            price=entry,
            stop=out.stop if out is not None else None,
            has_way_out=Field.STOP in form.fields,
            equity=equity_quote(state, market, form.instrument.quote),
            state=state,
        ),
    )
    if is_triggered:
        wanted = Wish(quantity_base=quantity, price=None, terms=OrderTerms(trigger_price=price))
    else:
        terms = OrderTerms(close=out.close) if out is not None and out.close else PLAIN_TERMS
        wanted = Wish(quantity_base=quantity, price=price, terms=terms)
    if form.amends is not None and not change(form.amends, wanted):
        hint = "nothing is changed yet: type another amount or price"
        raise TicketProblem(hint)
    return wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What of an order would be another; `None` for what stays."""

    quantity_base: Decimal | None
    price: Decimal | None
    trigger_price: Decimal | None

    def __bool__(self) -> bool:
        return (self.quantity_base, self.price, self.trigger_price) != (None, None, None)


def change(order: OrderRecord, wanted: Wish) -> Change:
    """How the wish differs from the order as it stands."""
    trigger = wanted.terms.trigger_price
    return Change(
        quantity_base=wanted.quantity_base if wanted.quantity_base != order.quantity_base else None,
        price=wanted.price if wanted.price != order.price else None,
        trigger_price=trigger if trigger != order.terms.trigger_price else None,
    )


def question(form: TicketForm, wanted: Wish) -> AskTicket:
    """What to ask the engine about the ticket."""
    return AskTicket(
        symbol=form.instrument.symbol,
        side=form.side,
        order_type=form.order_type,
        quantity_base=wanted.quantity_base,
        price=wanted.price,
        post_only=form.post_only,
        terms=wanted.terms,
    )


def command(form: TicketForm, wanted: Wish, *, actor: str) -> PlaceOrder | AmendPlacedOrder:
    """The one command this ticket sends."""
    if form.amends is not None:
        changed = change(form.amends, wanted)
        return AmendPlacedOrder(
            command_id=form.command_id,
            actor=actor,
            client_order_id=form.client_order_id,
            quantity_base=changed.quantity_base,
            price=changed.price,
            trigger_price=changed.trigger_price,
        )
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
        terms=wanted.terms,
    )


def _own_price(form: TicketForm) -> Decimal | None:
    if form.order_type is OrderType.MARKET:
        return None
    name = "trigger price" if form.order_type.is_triggered else "limit price"
    if not form.price_text:
        hint = f"type a {name}"
        raise TicketProblem(hint)
    try:
        return typed_number(form.price_text)
    except ValueError as fault:
        message = f"{name}: {fault}"
        raise TicketProblem(message) from None


def _touch(form: TicketForm, market: MarketView) -> Decimal | None:
    """Price a market order would meet first."""
    ticker = market.tickers.get(form.instrument.symbol)
    if ticker is None:
        return None
    touch = ticker.ask if form.side is Side.BUY else ticker.bid
    return touch if touch > ZERO else None


def price_words(price: Decimal, instrument: Instrument) -> str:
    """A price as it stands in the field."""
    return f"{price:.{instrument.price_decimals}f}"
