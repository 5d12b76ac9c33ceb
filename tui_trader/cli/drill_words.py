"""What the engine does in a drill, in plain words."""

from typing import TYPE_CHECKING

from tui_trader.engine.messages import events
from tui_trader.engine.values.modes import LinkState
from tui_trader.engine.values.text import sanitize

if TYPE_CHECKING:
    from tui_trader.engine.state.trading_state import TradingState

_FILLS_TOLD_MAX = 3
_QUIET = (
    events.BalanceChanged,
    events.EquityMarked,
    events.EngineStarted,
    events.EngineStopping,
    events.ReconcileStarted,
)
_PLAIN = {
    events.OrderAccepted: "the exchange has the order",
    events.OrderFoundAbsent: "looked for the order and did not find it; looks again",
    events.OrderNotPlaced: "proved that the order was never placed; nothing is owed",
    events.OrderCancelled: "the order is cancelled",
    events.OrderExpired: "the order has expired",
    events.OrderAdopted: "found an order that it did not send, and shows it as external",
    events.CancelRequested: "sends the cancel",
    events.TradingResumed: "trades again",
}


def tell_event(event: events.Event, state: "TradingState") -> str:
    """One event as one sentence; empty where it is of no interest to a rehearsal."""
    if isinstance(event, _QUIET):
        return ""
    plain = _PLAIN.get(type(event))
    return plain if plain is not None else sanitize(_particular(event, state))


def _particular(event: events.Event, state: "TradingState") -> str:  # noqa: PLR0911 - a flat table
    match event:
        case events.OrderSubmitted():
            return "writes the intent to its journal, then sends the order once"
        case events.OrderOutcomeUnknown():
            return f"got no answer ({event.reason}): the order is UNKNOWN, and is never sent again"
        case events.OrderRejected():
            return f"was refused for certain: {event.reason}"
        case events.OrderFilled():
            return _fill(event, state)
        case events.CommandRefused():
            return f"refuses a new order: {event.reason}"
        case events.LinkChanged():
            return _link(event)
        case events.ReconcileCompleted():
            found = (
                f", and finds {event.fills_found} fills it had missed" if event.fills_found else ""
            )
            return f"compares its journal with the exchange: they agree{found}"
        case events.TradingHalted() | events.AnomalyFound():
            return "stops trading: something contradicts its journal"
        case _:
            return ""


def _fill(event: events.OrderFilled, state: "TradingState") -> str:
    of_order = [one for one in state.fills if one.client_order_id == event.client_order_id]
    if len(of_order) > _FILLS_TOLD_MAX:
        return ""
    fill = event.fill
    return f"books a fill, once: {fill.quantity_base} at {fill.price}"


def _link(event: events.LinkChanged) -> str:
    match event.state:
        case LinkState.UP:
            return f"{event.link}: connected"
        case LinkState.DOWN:
            return f"{event.link}: lost ({event.detail})"
        case _:
            return ""
