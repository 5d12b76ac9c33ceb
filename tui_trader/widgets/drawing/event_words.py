"""Events in plain words, for the log pane; a story told again is counted, not repeated."""

from collections.abc import MutableSequence
from dataclasses import dataclass, replace
from enum import Enum

from tui_trader.engine.messages import events as told
from tui_trader.engine.messages.events import Event
from tui_trader.engine.values.modes import LinkState
from tui_trader.engine.values.orders import OrderType, Side
from tui_trader.engine.values.text import sanitize
from tui_trader.widgets.drawing.numbers import quantity


class Weight(Enum):
    """How much a line of the log matters."""

    QUIET = "quiet"
    NORMAL = "normal"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One line of the log.

    Args:
        key: Lines in a row with the same key are one line, counted; `""` never joins.
        count: How many events the line stands for.
    """

    time_ms: int
    weight: Weight
    text: str
    key: str = ""
    count: int = 1


def add_line(lines: MutableSequence[LogLine], new: LogLine) -> None:
    """Append, or let the newest line stand for one more of the same."""
    if lines and new.key and lines[-1].key == new.key:
        lines[-1] = replace(new, count=lines[-1].count + 1)
    else:
        lines.append(new)


def in_words(event: Event) -> LogLine | None:
    """The line that tells `event`; `None` for what is seen elsewhere."""
    found = _of_order(event) or _of_safety(event) or _of_session(event)
    if found is None:
        return None
    weight, text, key = found
    return LogLine(time_ms=event.time_ms, weight=weight, text=sanitize(text), key=key)


_Words = tuple[Weight, str, str]


def _short(client_order_id: str) -> str:
    return client_order_id.split("-")[0][:8]


def _submitted(event: told.OrderSubmitted) -> _Words:
    price = "at market" if event.order_type is OrderType.MARKET else f"at {event.price}"
    amount = quantity(event.quantity_base)
    text = f"{event.side.value} {amount} {event.symbol} {price} sent by {event.actor}"
    return Weight.NORMAL, text, ""


def _filled(event: told.OrderFilled) -> _Words:
    fill = event.fill
    verb = "bought" if fill.side is Side.BUY else "sold"
    fee = f"fee {quantity(fill.fee)} {fill.fee_asset}"
    text = f"{verb} {quantity(fill.quantity_base)} {fill.symbol} at {fill.price} · {fee}"
    return Weight.GOOD, text, ""


def _of_order(event: Event) -> _Words | None:  # noqa: C901, PLR0911, PLR0912 one arm an event
    match event:
        case told.OrderSubmitted():
            return _submitted(event)
        case told.OrderFilled():
            return _filled(event)
        case told.OrderAccepted():
            return Weight.QUIET, f"order {_short(event.client_order_id)} accepted", ""
        case told.OrderRejected():
            text = f"order {_short(event.client_order_id)} REJECTED by the exchange: {event.reason}"
            return Weight.BAD, text, ""
        case told.OrderOutcomeUnknown():
            text = f"order {_short(event.client_order_id)} UNKNOWN, being looked up: {event.reason}"
            return Weight.BAD, text, ""
        case told.OrderFoundAbsent():
            text = f"order {_short(event.client_order_id)} not found at the exchange yet"
            return Weight.WARN, text, f"absent {event.client_order_id}"
        case told.OrderNotPlaced():
            text = f"order {_short(event.client_order_id)} was never placed: proven absent"
            return Weight.WARN, text, ""
        case told.OrderCancelled():
            text = f"order {_short(event.client_order_id)} cancelled" + _because(event.reason)
            return Weight.NORMAL, text, ""
        case told.OrderExpired():
            text = f"order {_short(event.client_order_id)} expired" + _because(event.reason)
            return Weight.WARN, text, ""
        case told.OrderAdopted():
            order = event.order
            text = f"EXTERNAL order found: {order.side.value} {quantity(order.quantity_base)} {order.symbol}"
            return Weight.WARN, text, ""
        case told.CancelRequested():
            text = f"cancel of order {_short(event.client_order_id)} sent by {event.actor}"
            return Weight.QUIET, text, ""
        case told.CancelRejected():
            text = f"cancel of order {_short(event.client_order_id)} failed: {event.reason}"
            return Weight.WARN, text, ""
        case _:
            return None


def _because(reason: str) -> str:
    return f": {reason}" if reason else ""


def _of_safety(event: Event) -> _Words | None:  # noqa: PLR0911 one arm an event
    match event:
        case told.TradingHalted():
            text = f"TRADING HALTED by {event.actor}: {event.reason}"
            return Weight.BAD, text, ""
        case told.TradingResumed():
            return Weight.GOOD, f"trading resumed by {event.actor}", ""
        case told.CommandRefused():
            return Weight.BAD, f"refused by {event.gate}: {event.reason}", ""
        case told.CancelAllRequested():
            return Weight.NORMAL, f"cancel of all orders sent by {event.actor}", "cancel-all"
        case told.CancelAllConfirmed():
            text = f"exchange confirmed: {event.count} order(s) cancelled"
            return Weight.GOOD, text, ""
        case told.CancelAllFailed():
            text = f"cancel of all orders NOT confirmed, asking again: {event.reason}"
            return Weight.BAD, text, "cancel-all-failed"
        case told.AnomalyFound():
            return Weight.BAD, f"ANOMALY: {event.text}", ""
        case _:
            return None


def _of_session(event: Event) -> _Words | None:  # noqa: PLR0911 one arm an event
    match event:
        case told.EngineStarted():
            text = f"engine {event.version} started in {event.mode.value} mode on {event.venue}"
            return Weight.NORMAL, text, ""
        case told.EngineStopping():
            return Weight.WARN, f"engine is shutting down, asked by {event.actor}", ""
        case told.ReconcileStarted():
            return Weight.QUIET, f"checking the account: {event.reason}", "check"
        case told.ReconcileCompleted():
            return _checked(event)
        case told.ReconcileFailed():
            text = f"the account could not be checked: {event.reason}"
            return Weight.WARN, text, "check-failed"
        case told.LinkChanged():
            weight = Weight.NORMAL if event.state is LinkState.UP else Weight.WARN
            text = f"{event.link} link {event.state.value}{_because(event.detail)}"
            return weight, text, ""
        case _:
            return None


def _checked(event: told.ReconcileCompleted) -> _Words:
    if not event.fills_found and not event.orders_found:
        return Weight.QUIET, "account checked: journal and exchange agree", "check"
    found = f"{event.fills_found} fill(s), {event.orders_found} order(s)"
    return Weight.WARN, f"account checked: found {found} that were not known here", ""
