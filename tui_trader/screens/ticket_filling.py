"""A ticket filled from a sentence: `buy btc 0.5% @mid-10 sl 1.2%`, with prices as they are now."""

from decimal import Decimal

from tui_trader.actions.sentences import Anchor, Quotation, Size, SizeUnit, Step, Trade
from tui_trader.engine.values.instruments import Instrument
from tui_trader.engine.values.money import ZERO, round_price
from tui_trader.engine.values.orders import ClientOrderId, CommandId, OrderType, Side
from tui_trader.screens.ticket_keys import MakeId
from tui_trader.widgets import ticket_form
from tui_trader.widgets.scene import Scene
from tui_trader.widgets.ticket_amount import TicketProblem
from tui_trader.widgets.ticket_form import TicketForm

_PERCENT_WHOLE = Decimal(100)
_UNITS = {
    SizeUnit.BASE: "",
    SizeUnit.QUOTE: "$",
    SizeUnit.EQUITY: "%e",
    SizeUnit.AVAILABLE: "%",
    SizeUnit.RISK: "%r",
}


def filled(scene: Scene, trade: Trade, instrument: Instrument, *, make_id: MakeId) -> TicketForm:
    """The ticket that the sentence describes.

    Raises:
        TicketProblem: it names a price that is not known.
    """
    said = trade.trigger or trade.price
    kind = OrderType.MARKET if said is None else OrderType.LIMIT
    if trade.trigger is not None:
        kind = OrderType.STOP_LOSS
    price = None if said is None else quoted(scene, said, instrument, side=trade.side)
    if trade.side is Side.SELL and (trade.stop is not None or trade.target is not None):
        hint = "sl and tp get out of what is bought; to sell at a price later, say: when 60000"
        raise TicketProblem(hint)
    if trade.post_only and kind is not OrderType.LIMIT:
        hint = "post needs a limit price: add @mid or @64000"
        raise TicketProblem(hint)
    return TicketForm(
        instrument=instrument,
        side=trade.side,
        client_order_id=ClientOrderId(make_id()),
        command_id=CommandId(make_id()),
        order_type=kind,
        amount_text=amount_text(trade.size),
        price_text="" if price is None else ticket_form.price_words(price, instrument),
        stop_text=str(trade.stop) if trade.stop is not None else "",
        target_text=str(trade.target) if trade.target is not None else "",
        is_price_own=True,
        post_only=trade.post_only,
    )


def amount_text(size: Size) -> str:
    """A size as it stands in the field of the ticket."""
    return f"{size.value:f}{_UNITS[size.unit]}"


def quoted(scene: Scene, said: Quotation, instrument: Instrument, *, side: Side) -> Decimal:
    """A price as it was said, in ticks and no worse than said.

    Raises:
        TicketProblem: it hangs on a price that is not known, or is not above zero.
    """
    price = said.number
    if said.anchor is not None:
        middle = _anchor(scene, said.anchor, instrument)
        match said.step:
            case Step.QUOTE:
                price = middle + said.number
            case Step.TICKS:
                price = middle + said.number * instrument.tick
            case Step.PERCENT:
                price = middle * (1 + said.number / _PERCENT_WHOLE)
    price = round_price(price, tick=instrument.tick, side=side)
    if price <= ZERO:
        hint = f"{said} is {price:f}: a price is above zero"
        raise TicketProblem(hint)
    return price


def _anchor(scene: Scene, anchor: Anchor, instrument: Instrument) -> Decimal:
    ticker = scene.market.tickers.get(instrument.symbol)
    known: Decimal | None = None
    if anchor is Anchor.MID:
        known = scene.market.mid(instrument.symbol)
    elif ticker is not None:
        known = ticker.bid if anchor is Anchor.BID else ticker.ask
    if known is None or known <= ZERO:
        hint = f"the {anchor.value} of {instrument.symbol} is not known now: type a number"
        raise TicketProblem(hint)
    return known
