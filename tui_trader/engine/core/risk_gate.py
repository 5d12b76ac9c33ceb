"""The risk gate: every rule an order must pass before it becomes an intent.

Law: one pure function judges, for the ticket's preview and for the order itself, so that the screen
cannot promise what the engine refuses. UNKNOWN orders count as if they existed. A number that is not
known refuses. The order of GATES is the order in which a person should hear of the reasons.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from tui_trader.engine.core.gate_context import GateContext, Refusal, known_instrument
from tui_trader.engine.core.order_form import ability_fault, form_fault, numbers_of, prices_of
from tui_trader.engine.core.risk_limits import ENTRY_LIMITS, NO_MORE, REDUCES, is_exit
from tui_trader.engine.messages.queries import GateVerdict
from tui_trader.engine.state.valuation import available
from tui_trader.engine.values.instruments import Asset
from tui_trader.engine.values.modes import LinkState
from tui_trader.engine.values.money import ZERO, is_on_grid
from tui_trader.engine.values.orders import Side
from tui_trader.engine.values.time import MS_PER_SECOND, format_clock

PERCENT: Final = Decimal(100)


def judge(context: GateContext) -> tuple[GateVerdict, ...]:
    """Verdict of every gate, in order; the first refusal is the reason to give."""
    if not all(number.is_finite() for number in numbers_of(context.draft)):
        # Every later gate computes; a NaN would answer "no" to "is it above the limit?".
        text = "quantity and price must be numbers"
        return (GateVerdict(gate="form", is_passed=False, text=text),)
    verdicts = []
    for name, gate in GATES.items():
        try:
            text = gate(context)
        except Refusal as refusal:
            verdicts.append(GateVerdict(gate=name, is_passed=False, text=str(refusal)))
        else:
            verdicts.append(GateVerdict(gate=name, is_passed=True, text=text))
    return tuple(verdicts)


def first_refusal(verdicts: tuple[GateVerdict, ...]) -> GateVerdict | None:
    """The verdict that stops the order, if any."""
    return next((verdict for verdict in verdicts if not verdict.is_passed), None)


def _halted(context: GateContext) -> str:
    halt = context.state.halt
    if halt is not None and context.draft.is_closing:
        return "halted, but this only reduces what is held"
    if halt is not None:
        message = (
            f"trading is halted since {format_clock(halt.time_ms)} UTC by {halt.actor}"
            f" ({halt.reason}); resume first"
        )
        raise Refusal(message)
    return "not halted"


def _session(context: GateContext) -> str:
    if context.state.is_stopping:
        message = "the engine is shutting down; start it again"
        raise Refusal(message)
    if not context.state.is_reconciled:
        message = "the account is still being compared with the exchange; wait a moment"
        raise Refusal(message)
    return "account checked"


def _duplicate(context: GateContext) -> str:
    name = context.draft.client_order_id
    if context.draft.amends is not None:
        return "amends an open order"
    if name is not None and name in context.state.orders:
        message = f"order {name} was already sent once; open a new ticket for another"
        raise Refusal(message)
    return "new order"


def _instrument(context: GateContext) -> str:
    if context.instrument is None:
        known = ", ".join(sorted(context.market.instruments)) or "none yet"
        message = f"{context.draft.symbol} is not watched; known pairs: {known}"
        raise Refusal(message)
    return context.instrument.symbol


def _feed(context: GateContext) -> str:
    links = context.state.links
    down = sorted(name for name, state in links.items() if state is not LinkState.UP)
    if down or not links:
        message = f"no connection to {', '.join(down) or 'the exchange'}; it is being restored"
        raise Refusal(message)
    limit_ms = context.settings.limits.stale_after_s * MS_PER_SECOND
    for name in sorted(links):
        heard = context.market.heard_ms.get(name)
        if heard is None:
            message = f"{name} has not been heard yet; wait for the feed"
            raise Refusal(message)
        # A moment ahead of now is no sign of life: the clock was set back since.
        age_ms = abs(context.now_ms - heard)
        if age_ms > limit_ms:
            message = (
                f"{name} was not heard for {age_ms / 1_000:.1f} s;"
                f" the limit is {limit_ms / 1_000} s ([limits] stale_after_s)"
            )
            raise Refusal(message)
    if context.mid is None:
        message = f"{context.draft.symbol}: no price is known; wait for the feed"
        raise Refusal(message)
    return "feed is fresh"


def _form(context: GateContext) -> str:
    fault = form_fault(context.draft, now_ms=context.now_ms)
    if fault is not None:
        raise Refusal(fault)
    return context.draft.order_type.value


def _abilities(context: GateContext) -> str:
    if context.draft.amends is not None and not context.market.abilities.can_amend:
        message = "the exchange amends no orders here; cancel it and send another"
        raise Refusal(message)
    fault = ability_fault(context.draft, context.market.abilities)
    if fault is not None:
        raise Refusal(fault)
    return "the exchange takes it"


def _tick(context: GateContext) -> str:
    instrument = known_instrument(context)
    for price in prices_of(context.draft):
        if not is_on_grid(price, instrument.tick):
            message = (
                f"{instrument.symbol}: price {price} is not a multiple of the tick"
                f" {instrument.tick}"
            )
            raise Refusal(message)
    return f"tick {instrument.tick}"


def _lot(context: GateContext) -> str:
    instrument, quantity = known_instrument(context), context.draft.quantity_base
    if not is_on_grid(quantity, instrument.lot):
        message = f"{instrument.symbol}: quantity {quantity} is not a multiple of the lot {instrument.lot}"
        raise Refusal(message)
    return f"lot {instrument.lot}"


def _minimum(context: GateContext) -> str:
    instrument, quantity = known_instrument(context), context.draft.quantity_base
    if quantity < instrument.quantity_min:
        message = (
            f"{instrument.symbol}: quantity {quantity} is below the exchange's minimum"
            f" {instrument.quantity_min} {instrument.base}; raise it"
        )
        raise Refusal(message)
    price = context.draft.price or context.draft.terms.trigger_price or context.mid or ZERO
    value = price * quantity
    if value < instrument.cost_min:
        message = (
            f"{instrument.symbol}: value {value:.2f} is below the exchange's minimum"
            f" {instrument.cost_min} {instrument.quote}; raise the quantity"
        )
        raise Refusal(message)
    return f"minimum {instrument.quantity_min} {instrument.base}"


def _collar(context: GateContext) -> str:
    draft, mid = context.draft, context.mid
    collar = context.settings.limits.price_collar_percent
    if mid is None:
        message = "no price is known to compare with"
        raise Refusal(message)
    worst = context.price_worst
    if worst is None:
        visible = context.sweep.filled_base if context.sweep is not None else ZERO
        message = (
            f"{draft.symbol}: the visible book holds {visible.normalize():f} of"
            f" {draft.quantity_base.normalize():f}; order less, or set a limit price"
        )
        raise Refusal(message)
    if draft.order_type.is_triggered:
        return _collar_of_triggered(context)
    distance = (worst - mid) / mid * PERCENT * draft.side.sign
    if distance > collar:
        message = (
            f"{draft.symbol}: price {worst} is {distance:.2f} % beyond the market at {mid};"
            f" the limit is {collar} % ([limits] price_collar_percent)"
        )
        raise Refusal(message)
    return f"{max(distance, ZERO):.2f} % from market, limit {collar} %"


def _collar_of_triggered(context: GateContext) -> str:
    """A stop rests far from the market on purpose; its limit counts from its own trigger."""
    draft, collar = context.draft, context.settings.limits.price_collar_percent
    trigger, limit = draft.terms.trigger_price, draft.price
    if trigger is None or limit is None:
        return "counts from its trigger"
    distance = (limit - trigger) / trigger * PERCENT * draft.side.sign
    if distance > collar:
        message = (
            f"{draft.symbol}: limit {limit} is {distance:.2f} % beyond its trigger {trigger};"
            f" the limit is {collar} % ([limits] price_collar_percent)"
        )
        raise Refusal(message)
    return f"{max(distance, ZERO):.2f} % from its trigger, limit {collar} %"


def _order_value(context: GateContext) -> str:
    if is_exit(context):
        return REDUCES
    if context.is_modest:
        return NO_MORE
    value, limit = context.value_worst, context.settings.limits.order_value_max_quote
    if value is None:
        message = "the value of the order is not known"
        raise Refusal(message)
    if value > limit:
        message = (
            f"{context.draft.symbol}: order value {value:,.2f} is above the limit {limit:,}"
            " ([limits] order_value_max_quote)"
        )
        raise Refusal(message)
    return f"value {value:,.2f}, limit {limit:,}"


def _position_value(context: GateContext) -> str:
    draft, limit = context.draft, context.settings.limits.position_value_max_quote
    if draft.side is Side.SELL:
        return "reduces the position"
    if context.is_modest:
        return NO_MORE
    value, instrument = context.value_rest, known_instrument(context)
    if value is None or context.mid is None:
        message = "the value of the order is not known"
        raise Refusal(message)
    held = context.state.balances.get(instrument.base, ZERO) * context.mid
    pending = sum(
        (
            order.remaining_base * (order.price or context.mid)
            for order in context.other_orders()
            if order.symbol == draft.symbol and order.side is Side.BUY
        ),
        ZERO,
    )
    total = held + pending + value
    if total > limit:
        message = (
            f"{draft.symbol}: position would be {total:,.2f} (held {held:,.2f}, open buys"
            f" {pending:,.2f}, this {value:,.2f}), above the limit {limit:,}"
            " ([limits] position_value_max_quote)"
        )
        raise Refusal(message)
    return f"position {total:,.2f}, limit {limit:,}"


def _open_orders(context: GateContext) -> str:
    if is_exit(context):
        return REDUCES
    count, limit = len(context.other_orders()), context.settings.limits.open_orders_max
    if count >= limit:
        message = f"{count} orders are open, the limit is {limit} ([limits] open_orders_max)"
        raise Refusal(message)
    return f"{count} open, limit {limit}"


def _balance(context: GateContext) -> str:
    instrument, draft = known_instrument(context), context.draft
    spent, need = (
        (instrument.quote, context.hold_rest_quote)
        if draft.side is Side.BUY
        else (instrument.base, context.rest_base)
    )
    free = available(context.state, spent, Asset(context.settings.market.quote_asset))
    free += context.released
    if need is None:
        message = "the cost of the order is not known"
        raise Refusal(message)
    if need > free:
        message = (
            f"{draft.symbol}: needs {need.normalize():f} {spent}, available {free.normalize():f}"
            f" {spent} after open orders; order less or cancel some"
        )
        raise Refusal(message)
    return f"needs {need.normalize():f} of {free.normalize():f} {spent}"


GATES: Final[dict[str, Callable[[GateContext], str]]] = {
    "halted": _halted,
    "session": _session,
    "duplicate": _duplicate,
    "instrument": _instrument,
    "feed": _feed,
    "form": _form,
    "abilities": _abilities,
    "tick": _tick,
    "lot": _lot,
    "minimum": _minimum,
    "order_value": _order_value,
    "balance": _balance,
    "position_value": _position_value,
    "open_orders": _open_orders,
    "price_collar": _collar,
    **ENTRY_LIMITS,
}
