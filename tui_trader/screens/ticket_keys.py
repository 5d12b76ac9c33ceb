"""What each key does to an open ticket: a function from ticket and key to the next ticket."""

from collections.abc import Callable
from dataclasses import replace

from tui_trader.actions import Where
from tui_trader.actions.key_table import KeyTable
from tui_trader.engine.state.order_life import OrderRecord
from tui_trader.engine.values.orders import ClientOrderId, CommandId, OrderType, Side
from tui_trader.widgets import ticket_form
from tui_trader.widgets.scene import Scene
from tui_trader.widgets.ticket_form import Field, Sending, TicketForm
from tui_trader.widgets.ticket_pane import was_refused

MakeId = Callable[[], str]

PASSED_ON = ("move(1)", "move(-1)")
PASSED_ON_EVERYWHERE = ("timeframe(1)", "timeframe(-1)", "help", "resume", "arm")
"""Actions of the desk, and of every screen, whose characters keep their meaning while a ticket is open."""


def passed_on(keys: KeyTable) -> frozenset[str]:
    """Keys that keep their meaning while a ticket is open."""
    every_screen = keys.keys_of(*PASSED_ON_EVERYWHERE, where=Where.SCREENS)
    theme = keys.keys_of("theme", where=Where.EVERYWHERE)
    found = keys.keys_of(*PASSED_ON, where=Where.DESK) | every_screen | theme
    # Arrows move between the fields of the ticket.
    return found - {"up", "down"}


def opened(scene: Scene, side: Side, make_id: MakeId) -> TicketForm | None:
    """A fresh ticket for the selected pair; `None` while no pair is known."""
    if scene.instrument is None:
        return None
    form = TicketForm(
        instrument=scene.instrument,
        side=side,
        client_order_id=ClientOrderId(make_id()),
        command_id=CommandId(make_id()),
    )
    return ticket_form.prefilled(form, scene.market)


def amending(scene: Scene, order: OrderRecord, make_id: MakeId) -> TicketForm | None:
    """A ticket with the terms of an open order; `None` for one whose pair is not known.

    The order may be open for long: its own price is what stands in the field, not the market's.
    """
    instrument = scene.market.instruments.get(order.symbol)
    if instrument is None:
        return None
    price = order.terms.trigger_price if order.order_type.is_triggered else order.price
    return TicketForm(
        instrument=instrument,
        side=order.side,
        client_order_id=order.client_order_id,
        command_id=CommandId(make_id()),
        order_type=order.order_type,
        amount_text=f"{order.quantity_base.normalize():f}",
        price_text="" if price is None else ticket_form.price_words(price, instrument),
        is_price_own=True,
        post_only=order.post_only,
        field=Field.PRICE,
        amends=order,
    )


def for_pair(scene: Scene, form: TicketForm) -> TicketForm:
    """The ticket on the pair that is selected now; one that was sent stays what it was."""
    if form.is_sent or form.amends is not None or scene.instrument is None:
        return form
    moved = replace(form, instrument=scene.instrument, is_price_own=False, price_text="")
    return ticket_form.prefilled(moved, scene.market)


def edited(scene: Scene, key: str, character: str, *, make_id: MakeId) -> TicketForm | None:
    """The ticket after an editing key; `None` when the key edits nothing.

    A refused ticket becomes a new one with new ids by the edit; one that was sent and not refused
    cannot be edited at all.
    """
    form = scene.ticket
    if form is None:
        return None
    if form.is_sent:
        if not was_refused(scene, form):
            return None
        form = _renewed(form, make_id)
    edit = _EDITS.get(key)
    if edit is not None:
        return edit(form)
    typed = ticket_form.typed(form, character) if len(character) == 1 else None
    return typed if typed is not None else _switched(scene, form, character)


def pasted(form: TicketForm, text: str) -> TicketForm | None:
    """The ticket with all of `text` in its field, or `None`: a part of it is another number.

    Of `buy 2 BTC at 64000` what fits the field is 264000.
    """
    text = text.strip()
    if not 0 < len(text) <= ticket_form.TEXT_LENGTH_MAX:
        return None
    for character in text:
        typed = ticket_form.typed(form, character)
        if typed is None:
            return None
        form = typed
    return form


def _renewed(form: TicketForm, make_id: MakeId) -> TicketForm:
    fresh = ClientOrderId(make_id()) if form.amends is None else form.client_order_id
    return replace(
        form,
        client_order_id=fresh,
        command_id=CommandId(make_id()),
        sending=Sending.NOT_YET,
    )


def _switched(scene: Scene, form: TicketForm, character: str) -> TicketForm | None:
    if character == "t":
        return ticket_form.prefilled(ticket_form.other_type(form), scene.market)
    if character == "p" and form.order_type is OrderType.LIMIT:
        return replace(form, post_only=not form.post_only)
    if form.amends is not None:
        return None
    # Only an empty ticket changes sides by a letter: with an amount in it, a slip would cost.
    if character in {"b", "s"} and not form.amount_text:
        side = Side.BUY if character == "b" else Side.SELL
        return ticket_form.prefilled(ticket_form.with_side(form, side), scene.market)
    return None


_EDITS: dict[str, Callable[[TicketForm], TicketForm]] = {
    "tab": lambda form: ticket_form.next_field(form, 1),
    "shift+tab": lambda form: ticket_form.next_field(form, -1),
    "down": lambda form: ticket_form.next_field(form, 1),
    "up": lambda form: ticket_form.next_field(form, -1),
    "backspace": ticket_form.erased,
    "plus": lambda form: ticket_form.stepped(form, 1),
    "minus": lambda form: ticket_form.stepped(form, -1),
}
