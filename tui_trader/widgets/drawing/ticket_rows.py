"""The order ticket as lines: fields, the engine's estimate, its verdict, and what became of it."""

from dataclasses import dataclass
from decimal import Decimal

from textual.strip import Strip

from tui_trader.engine.messages.queries import TicketAnswer
from tui_trader.engine.state.order_life import OrderRecord
from tui_trader.engine.values.orders import OrderType, Side
from tui_trader.engine.values.text import sanitize
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.dialog_rows import boxed
from tui_trader.widgets.drawing.lines import Piece, left_in, pieces_width, wrapped
from tui_trader.widgets.drawing.numbers import amount, quantity, signed
from tui_trader.widgets.ticket_form import Field, TicketForm, Wish, field_text

_LABEL_WIDTH = 10
_FIELD_WIDTH = 13
_FRAME = 4
_VERDICT_LINES_MAX = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPicture:
    """What the ticket shows.

    Args:
        wanted: The order it describes, or `None` with `problem` saying what is missing.
        position_after: Base quantity held if it fills.
        best: Best price of the own side of the book now.
        outcome: What became of it, with its tone (`good`, `bad`, `wait`), or `None` before sending.
        order: The order it became, once the engine tells of it.
        is_old: Prices are not current.
        is_resting: Enter is not taken yet, and nothing says that it is.
    """

    form: TicketForm
    wanted: Wish | None
    problem: str
    answer: TicketAnswer | None
    fault: str
    position_after: Decimal | None
    best: Decimal | None
    outcome: tuple[str, str] | None
    order: OrderRecord | None
    is_old: bool = False
    is_resting: bool = False


def ticket_rows(
    picture: TicketPicture, *, width: int, height: int, palette: Palette
) -> list[Strip]:
    """A box of exactly `height` lines; the verdict is never among what gives way."""
    form, inner = picture.form, width - _FRAME
    rows = [_kind_row(form, palette), *_field_rows(picture, inner, palette)]
    last = _verdict_rows(picture, inner, palette)
    facts = _order_facts(picture) if form.is_sent else _estimate(picture)
    ink = palette.muted if picture.is_old and not form.is_sent else None
    estimate: list[list[Piece]] = [
        [(left_in(f" {name}", _LABEL_WIDTH), palette.muted), (f" {text}", ink)]
        for name, text in facts
    ]
    room = height - 2 - len(rows) - len(last)
    rows += estimate[: max(0, room)]
    if room > len(estimate):
        rows.append([])
    rows += last
    rows += [[]] * (height - 2 - len(rows))
    verb = "AMEND " if form.amends is not None else ""
    title = f"{verb}{form.side.name} {form.instrument.symbol}"
    edge = palette.up if form.side is Side.BUY else palette.down
    lines = rows[: height - 2]
    return boxed(title, lines, width=width, palette=palette, edge=edge)[:height]


def _kind_row(form: TicketForm, palette: Palette) -> list[Piece]:
    ink = palette.up if form.side is Side.BUY else palette.down
    sign = "▲" if form.side is Side.BUY else "▼"
    pieces: list[Piece] = [
        (f"{sign} {form.side.name} ", ink),
        (form.order_type.value, palette.strong),
    ]
    if form.post_only:
        pieces.append((" · post-only", palette.warn))
    return pieces


def _field_rows(picture: TicketPicture, width: int, palette: Palette) -> list[list[Piece]]:
    form = picture.form
    unit = f" {form.instrument.base}"
    quantity_base = picture.wanted.quantity_base if picture.wanted is not None else None
    if picture.order is not None:
        quantity_base = picture.order.quantity_base
    if quantity_base is not None:
        unit = f" = {quantity(quantity_base)} {form.instrument.base}"
    rows = [_field(form, Field.AMOUNT, palette)]
    if pieces_width([*rows[0], (unit, None)]) <= width:
        rows[0].append((unit, palette.muted))
    else:
        # What is sent is never cut: it takes a line of its own.
        rows.append([(" " * _LABEL_WIDTH, None), (unit, palette.muted)])
    if form.order_type is not OrderType.MARKET:
        row = _field(form, Field.PRICE, palette)
        rows.append([*row, (_best(picture), palette.muted)])
    else:
        rows.append([(left_in(" price", _LABEL_WIDTH), palette.muted), (" best available", None)])
    close = picture.wanted.terms.close if picture.wanted is not None else None
    for field in (Field.STOP, Field.TARGET):
        # An empty target gives its line to the estimate until somebody goes there.
        is_wanted = field is Field.STOP or form.field is field or form.target_text
        if field in form.fields and is_wanted and not form.is_sent:
            at = ""
            if close is not None and field_text(form, field):
                at = f" = {amount(close.trigger_price, form.instrument.price_decimals)}"
            rows.append([*_field(form, field, palette), (at, palette.muted)])
    return rows


def _best(picture: TicketPicture) -> str:
    """The best price of the own side now; the price typed does not follow it."""
    if picture.best is None:
        return f" {picture.form.instrument.quote}"
    side = "bid" if picture.form.side is Side.BUY else "ask"
    return f" {side} {amount(picture.best, picture.form.instrument.price_decimals)}"


def _field(form: TicketForm, which: Field, palette: Palette) -> list[Piece]:
    text = field_text(form, which)
    label = "trigger" if which is Field.PRICE and form.order_type.is_triggered else which.value
    has_caret = form.field is which and not form.is_sent
    shown = text + ("▏" if has_caret else "")
    ink = palette.field if not has_caret else palette.field + palette.cursor
    mark = "▸" if has_caret else " "
    return [
        (left_in(f"{mark}{label}", _LABEL_WIDTH), palette.muted),
        # A long number widens its field: the part that is cut off would be sent all the same.
        (left_in(f" {shown}", max(_FIELD_WIDTH, len(shown) + 2)), ink),
    ]


def _order_facts(picture: TicketPicture) -> list[tuple[str, str]]:
    """What is known of the order itself: an estimate has no place beside what happened."""
    order, instrument = picture.order, picture.form.instrument
    if order is None:
        return []
    filled = f"{quantity(order.filled_base)} of {quantity(order.quantity_base)} {instrument.base}"
    facts = [("filled", filled)]
    if order.filled_base:
        facts.append(("average", amount(order.price_average, instrument.price_decimals)))
        facts.append(("fees", f"{amount(order.fees_quote)} {instrument.quote}"))
    if order.exchange_order_id is not None:
        facts.append(("order id", sanitize(order.exchange_order_id)))
    return facts


def _terms_now(order: OrderRecord) -> list[tuple[str, str]]:
    """What an order is that is to be changed."""
    facts = [("now", f"{quantity(order.quantity_base)} {order.order_type.value}")]
    if order.price is not None:
        facts.append(("limit", f"{order.price:f}"))
    if order.terms.trigger_price is not None:
        facts.append(("trigger", f"{order.terms.trigger_price:f}"))
    facts.append(("filled", quantity(order.filled_base)))
    facts.append(("by", sanitize(order.actor)))
    return facts


def _estimate(picture: TicketPicture) -> list[tuple[str, str]]:
    form, answer = picture.form, picture.answer
    if form.amends is not None:
        return _terms_now(form.amends)
    instrument = form.instrument
    decimals = instrument.price_decimals
    asset = instrument.quote if form.side is Side.BUY else instrument.base
    if answer is None:
        return []
    slip = "—" if answer.slippage_bps is None else f"{signed(answer.slippage_bps, 1)} bps"
    is_buy = form.side is Side.BUY
    have = amount(answer.available) if is_buy else quantity(answer.available)
    after = f"{quantity(picture.position_after)} {instrument.base}"
    return [
        ("cost" if is_buy else "proceeds", f"{amount(answer.cost_quote)} {instrument.quote}"),
        ("fee", f"{amount(answer.fee_quote)} {instrument.quote}"),
        ("average", f"{amount(answer.price_average, decimals)}  slippage {slip}"),
        ("available", f"{have} {asset}"),
        ("after", f"position {after}"),
    ]


def _verdict_rows(picture: TicketPicture, width: int, palette: Palette) -> list[list[Piece]]:
    text, ink = _verdict(picture, palette)
    lines = wrapped(sanitize(text), width, lines_max=_VERDICT_LINES_MAX)
    return [[(part, ink)] for part in lines]


def _verdict(picture: TicketPicture, palette: Palette) -> Piece:
    inks = {"good": palette.up, "bad": palette.bad, "wait": palette.warn}
    if picture.outcome is not None:
        text, tone = picture.outcome
        return text, inks[tone]
    if picture.problem:
        return picture.problem, palette.warn
    return _engines_word(picture, palette)


def _engines_word(picture: TicketPicture, palette: Palette) -> Piece:
    """What the engine says of a ticket that is complete."""
    answer = picture.answer
    if picture.fault:
        return f"! no estimate: {picture.fault}", palette.warn
    if picture.is_resting:
        return "asking the engine…", palette.muted
    if picture.form.amends is not None:
        return "Enter changes the order; the gates judge its new terms", palette.up
    if answer is None:
        return "asking the engine…", palette.muted
    if answer.refusal is not None:
        return f"✗ would be refused by {answer.refusal.gate}: {answer.refusal.text}", palette.bad
    return f"✓ all {len(answer.verdicts)} checks pass · Enter sends it", palette.up
