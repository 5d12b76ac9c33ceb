"""The order ticket as a pane: draws the form, turns keys into the next form."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from textual.strip import Strip

from tui_trader.engine.state.order_life import OrderRecord
from tui_trader.engine.values.money import ZERO
from tui_trader.engine.values.orders import OrderStatus
from tui_trader.engine.values.text import sanitize
from tui_trader.themes import Palette
from tui_trader.widgets import ticket_form
from tui_trader.widgets.drawing.numbers import amount, quantity
from tui_trader.widgets.drawing.ticket_rows import TicketPicture, ticket_rows
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.scene import Attachment, Scene
from tui_trader.widgets.ticket_amount import TicketProblem
from tui_trader.widgets.ticket_form import (
    Sending,
    TicketForm,
    Wish,
    best_price,
    change,
)

_UNKNOWN_WORDS = (
    "! UNKNOWN: the exchange did not answer; the engine is finding out. Do not send it again."
)
_LOST_WORDS = (
    "! the engine went away: nobody knows whether it got this order. "
    "Do not send it again; look at the orders."
)


class TicketPane(Pane):
    """The ticket; it has no place on the desk while none is open."""

    pane_name = "ticket"

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The form, what the engine says of it, and the fate of its order."""
        return (picture_of(scene),)

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """A box of the pane's size."""
        picture = picture_of(scene)
        if picture is None:
            return []
        width, height = self.size
        return ticket_rows(picture, width=width, height=height, palette=palette)


def reckon(scene: Scene) -> None:
    """Work out, for one drawing, what the open ticket comes to; one that was sent stays as it was."""
    if scene.ticket is not None and scene.ticket.is_sent:
        return
    scene.ticket_wish, scene.ticket_problem = None, ""
    if scene.ticket is None:
        return
    try:
        wish = ticket_form.wish(scene.ticket, market=scene.market, state=scene.state)
    except TicketProblem as problem:
        scene.ticket_problem = str(problem)
    else:
        scene.ticket_wish = wish


def picture_of(scene: Scene) -> TicketPicture | None:
    """What the open ticket shows; `None` without one."""
    form = scene.ticket
    if form is None:
        return None
    wanted = scene.ticket_wish
    is_attached = scene.attachment is Attachment.ATTACHED
    return TicketPicture(
        form=form,
        wanted=wanted,
        problem=scene.ticket_problem,
        answer=scene.ticket_answer if is_attached else None,
        fault=scene.ticket_fault if is_attached else "no engine is there; nothing can be sent",
        position_after=_position_after(scene, form, wanted),
        best=best_price(form, scene.market),
        outcome=outcome(scene, form),
        order=scene.state.orders.get(form.client_order_id),
        is_old=scene.is_market_old,
        is_resting=bool(scene.ticket_rest),
    )


def _position_after(scene: Scene, form: TicketForm, wanted: Wish | None) -> Decimal | None:
    if wanted is None:
        return None
    if form.amends is not None:
        wanted = replace(wanted, quantity_base=wanted.quantity_base - form.amends.filled_base)
    position = scene.state.positions.get(form.instrument.symbol)
    held = position.quantity_base if position is not None else ZERO
    return held + form.side.sign * wanted.quantity_base


def was_refused(scene: Scene, form: TicketForm) -> bool:
    """A definite no: the order does not exist, and an edit may make it a new ticket."""
    order = scene.state.orders.get(form.client_order_id)
    if order is not None and form.amends is None:
        return order.status is OrderStatus.REJECTED
    return form.command_id in scene.refusals


def outcome(scene: Scene, form: TicketForm) -> tuple[str, str] | None:
    """What became of the ticket in one sentence, and its tone; `None` while it is not sent."""
    if form.sending is Sending.NOT_YET:
        return None
    order = scene.state.orders.get(form.client_order_id)
    if order is not None and (form.amends is None or order.status.is_terminal):
        return _fate(order, form.instrument.price_decimals)
    refusal = scene.refusals.get(form.command_id)
    if refusal is not None:
        text = f"✗ REFUSED by {sanitize(refusal.gate)}: {sanitize(refusal.reason)}"
        return text, "bad"
    if form.sending is Sending.LOST:
        return _LOST_WORDS, "bad"
    if order is not None and scene.ticket_wish is not None and not change(order, scene.ticket_wish):
        return "✓ the order has its new terms", "good"
    return "… handed to the engine, waiting for its word", "wait"


def _fate(order: OrderRecord, decimals: int) -> tuple[str, str]:
    base = order.symbol.split("/", maxsplit=1)[0]
    filled = f"{quantity(order.filled_base)} of {quantity(order.quantity_base)} {base}"
    price = order.price_average
    average = "" if price is None else f" at {amount(price, decimals)}"
    reason = f": {sanitize(order.reason)}" if order.reason else ""
    return {
        OrderStatus.SUBMITTED: ("… sent to the exchange, no answer yet", "wait"),
        OrderStatus.OPEN: ("✓ accepted: open at the exchange", "good"),
        OrderStatus.PARTIALLY_FILLED: (f"✓ accepted, filled {filled}{average}", "good"),
        OrderStatus.CANCELLING: ("… cancelling", "wait"),
        OrderStatus.UNKNOWN: (_UNKNOWN_WORDS, "bad"),
        OrderStatus.FILLED: (f"✓ FILLED {filled}{average}", "good"),
        OrderStatus.CANCELLED: (f"cancelled, filled {filled}{average}{reason}", "wait"),
        OrderStatus.EXPIRED: (f"expired, filled {filled}{average}{reason}", "wait"),
        OrderStatus.REJECTED: (f"✗ REJECTED by the exchange{reason}", "bad"),
        OrderStatus.NOT_PLACED: ("never placed: proven absent at the exchange", "bad"),
    }[order.status]
