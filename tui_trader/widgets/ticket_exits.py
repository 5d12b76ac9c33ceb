"""The way out that a ticket asks for: a stop or a target, as a price and as the exchange's own order."""

from dataclasses import dataclass
from decimal import Decimal

from tui_trader.engine.values.money import ZERO, round_price
from tui_trader.engine.values.orders import ConditionalClose, OrderType, Side
from tui_trader.widgets.ticket_amount import TicketProblem, typed_number

_PERCENT_WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class WayOut:
    """Prices of stop and target, and the order that each fill brings forth."""

    stop: Decimal | None
    target: Decimal | None
    close: ConditionalClose | None


def way_out(
    stop_text: str, target_text: str, *, side: Side, entry: Decimal | None, tick: Decimal
) -> WayOut:
    """What stop and target come to for an entry at that price.

    Raises:
        TicketProblem: one of them is no price, or on the wrong side of the entry.
    """
    if not stop_text and not target_text:
        return WayOut(None, None, None)
    if entry is None:
        hint = "no price is known to measure stop and target from"
        raise TicketProblem(hint)
    stop = _stop(stop_text, side=side, entry=entry, tick=tick)
    target = _target(target_text, side=side, entry=entry, tick=tick)
    if stop is not None and target is not None:
        hint = "the exchange keeps one way out with an order: clear stop or target"
        raise TicketProblem(hint)
    close = None
    if stop is not None:
        close = ConditionalClose(order_type=OrderType.STOP_LOSS, trigger_price=stop)
    elif target is not None:
        close = ConditionalClose(order_type=OrderType.TAKE_PROFIT, trigger_price=target)
    return WayOut(stop, target, close)


def _stop(text: str, *, side: Side, entry: Decimal, tick: Decimal) -> Decimal | None:
    if not text:
        return None
    price = _price(text, "stop", entry=entry, sign=-side.sign)
    price = round_price(price, tick=tick, side=side)
    where = "below" if side is Side.BUY else "above"
    if price <= ZERO or (entry - price) * side.sign <= ZERO:
        hint = f"the stop of a {side.value} belongs {where} {entry:f}"
        raise TicketProblem(hint)
    return price


def _target(text: str, *, side: Side, entry: Decimal, tick: Decimal) -> Decimal | None:
    if not text:
        return None
    price = _price(text, "target", entry=entry, sign=side.sign)
    price = round_price(price, tick=tick, side=side)
    where = "above" if side is Side.BUY else "below"
    if price <= ZERO or (price - entry) * side.sign <= ZERO:
        hint = f"the target of a {side.value} belongs {where} {entry:f}"
        raise TicketProblem(hint)
    return price


def _price(text: str, name: str, *, entry: Decimal, sign: int) -> Decimal:
    if text.endswith("%"):
        return entry * (1 + sign * _number(text[:-1], name) / _PERCENT_WHOLE)
    return _number(text, name)


def _number(text: str, name: str) -> Decimal:
    try:
        return typed_number(text)
    except ValueError as fault:
        message = f"{name}: {fault}"
        raise TicketProblem(message) from None
