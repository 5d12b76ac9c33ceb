"""The risk gate: every rule an order must pass before it becomes an intent.

Law: one pure function judges, for the ticket's preview and for the order itself, so that the screen
cannot promise what the engine refuses. UNKNOWN orders count as if they existed. A number that is not
known refuses. The order of GATES is the order in which a person should hear of the reasons.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Final

import msgspec

from tui_trader.engine.core.order_form import ability_fault, form_fault, numbers_of, prices_of
from tui_trader.engine.messages.queries import GateVerdict
from tui_trader.engine.settings.model import Settings
from tui_trader.engine.state.market_view import MarketView
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.state.valuation import available
from tui_trader.engine.values.books import Sweep, sweep
from tui_trader.engine.values.instruments import Asset, Instrument, Symbol
from tui_trader.engine.values.modes import LinkState
from tui_trader.engine.values.money import ZERO, is_on_grid
from tui_trader.engine.values.orders import PLAIN_TERMS, ClientOrderId, OrderTerms, OrderType, Side
from tui_trader.engine.values.time import MS_PER_SECOND, format_clock

MARKET_HOLD_MARGIN: Final = Decimal("1.005")
"""A market order may meet a book that moved: half a percent is held beside the sweep's worst price."""
PERCENT: Final = Decimal(100)


class OrderDraft(msgspec.Struct, frozen=True, kw_only=True):
    """An order that nobody has agreed to yet. `client_order_id` is `None` for a preview."""

    client_order_id: ClientOrderId | None
    symbol: Symbol
    side: Side
    order_type: OrderType
    quantity_base: Decimal
    price: Decimal | None
    post_only: bool
    terms: OrderTerms = PLAIN_TERMS


class GateContext:
    """What the gates look at: the draft, the state, and the prices, worked out once."""

    def __init__(
        self,
        draft: OrderDraft,
        settings: Settings,
        state: TradingState,
        *,
        market: MarketView,
        now_ms: int,
    ) -> None:
        self.draft = draft
        self.settings = settings
        self.state = state
        self.market = market
        self.now_ms = now_ms
        self.instrument: Instrument | None = market.instruments.get(draft.symbol)
        self.mid: Decimal | None = market.mid(draft.symbol)
        self.sweep: Sweep | None = self._sweep()

    def _sweep(self) -> Sweep | None:
        book = self.market.books.get(self.draft.symbol)
        quantity = self.draft.quantity_base
        if book is None or not book.is_verified or not quantity.is_finite():
            return None
        levels = book.asks if self.draft.side is Side.BUY else book.bids
        return sweep(levels, quantity)

    @property
    def price_worst(self) -> Decimal | None:
        """Limit price, or the last level a market order would touch; `None` when unknown.

        A triggered order without a limit counts from its trigger or from the market, whichever is
        dearer: what the book holds when it wakes nobody knows.
        """
        kind = self.draft.order_type
        if kind.is_trailing:
            return self._trailing_worst()
        if kind.has_limit:
            return self.draft.price
        if kind.is_triggered:
            trigger = self.draft.terms.trigger_price
            return None if self.mid is None or trigger is None else max(trigger, self.mid)
        if self.sweep is None or self.sweep.filled_base < self.draft.quantity_base:
            return None
        return self.sweep.price_worst

    def _trailing_worst(self) -> Decimal | None:
        trailing = self.draft.terms.trailing
        if self.mid is None or trailing is None:
            return None
        distance = trailing.amount + (trailing.limit_offset or ZERO)
        return self.mid + (self.mid * distance / PERCENT if trailing.is_percent else distance)

    @property
    def value_worst(self) -> Decimal | None:
        """Quote value at the worst price, without fee.

        At the middle of the market where the book does not reach that far: the collar refuses such
        an order, but a person should first hear that it is too large.
        """
        price = self.price_worst or self.mid
        return None if price is None else price * self.draft.quantity_base

    @property
    def hold_quote(self) -> Decimal | None:
        """Quote that a buy can take at worst, fee included; 0 for a sell; `None` when unknown."""
        if self.draft.side is Side.SELL:
            return ZERO
        if self.value_worst is None or self.instrument is None:
            return None
        hold = self.value_worst * (1 + self.instrument.fee_taker_ratio)
        return hold if self.draft.order_type.has_limit else hold * MARKET_HOLD_MARGIN


class _Refusal(Exception):
    """A gate says no."""


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
        except _Refusal as refusal:
            verdicts.append(GateVerdict(gate=name, is_passed=False, text=str(refusal)))
        else:
            verdicts.append(GateVerdict(gate=name, is_passed=True, text=text))
    return tuple(verdicts)


def first_refusal(verdicts: tuple[GateVerdict, ...]) -> GateVerdict | None:
    """The verdict that stops the order, if any."""
    return next((verdict for verdict in verdicts if not verdict.is_passed), None)


def _halted(context: GateContext) -> str:
    halt = context.state.halt
    if halt is not None:
        message = (
            f"trading is halted since {format_clock(halt.time_ms)} UTC by {halt.actor}"
            f" ({halt.reason}); resume first"
        )
        raise _Refusal(message)
    return "not halted"


def _session(context: GateContext) -> str:
    if context.state.is_stopping:
        message = "the engine is shutting down; start it again"
        raise _Refusal(message)
    if not context.state.is_reconciled:
        message = "the account is still being compared with the exchange; wait a moment"
        raise _Refusal(message)
    return "account checked"


def _duplicate(context: GateContext) -> str:
    name = context.draft.client_order_id
    if name is not None and name in context.state.orders:
        message = f"order {name} was already sent once; open a new ticket for another"
        raise _Refusal(message)
    return "new order"


def _instrument(context: GateContext) -> str:
    if context.instrument is None:
        known = ", ".join(sorted(context.market.instruments)) or "none yet"
        message = f"{context.draft.symbol} is not watched; known pairs: {known}"
        raise _Refusal(message)
    return context.instrument.symbol


def _feed(context: GateContext) -> str:
    links = context.state.links
    down = sorted(name for name, state in links.items() if state is not LinkState.UP)
    if down or not links:
        message = f"no connection to {', '.join(down) or 'the exchange'}; it is being restored"
        raise _Refusal(message)
    limit_ms = context.settings.limits.stale_after_s * MS_PER_SECOND
    for name in sorted(links):
        heard = context.market.heard_ms.get(name)
        if heard is None:
            message = f"{name} has not been heard yet; wait for the feed"
            raise _Refusal(message)
        # A moment ahead of now is no sign of life: the clock was set back since.
        age_ms = abs(context.now_ms - heard)
        if age_ms > limit_ms:
            message = (
                f"{name} was not heard for {age_ms / 1_000:.1f} s;"
                f" the limit is {limit_ms / 1_000} s ([limits] stale_after_s)"
            )
            raise _Refusal(message)
    if context.mid is None:
        message = f"{context.draft.symbol}: no price is known; wait for the feed"
        raise _Refusal(message)
    return "feed is fresh"


def _form(context: GateContext) -> str:
    fault = form_fault(context.draft, now_ms=context.now_ms)
    if fault is not None:
        raise _Refusal(fault)
    return context.draft.order_type.value


def _abilities(context: GateContext) -> str:
    fault = ability_fault(context.draft, context.market.abilities)
    if fault is not None:
        raise _Refusal(fault)
    return "the exchange takes it"


def _tick(context: GateContext) -> str:
    instrument = _known(context)
    for price in prices_of(context.draft):
        if not is_on_grid(price, instrument.tick):
            message = (
                f"{instrument.symbol}: price {price} is not a multiple of the tick"
                f" {instrument.tick}"
            )
            raise _Refusal(message)
    return f"tick {instrument.tick}"


def _lot(context: GateContext) -> str:
    instrument, quantity = _known(context), context.draft.quantity_base
    if not is_on_grid(quantity, instrument.lot):
        message = f"{instrument.symbol}: quantity {quantity} is not a multiple of the lot {instrument.lot}"
        raise _Refusal(message)
    return f"lot {instrument.lot}"


def _minimum(context: GateContext) -> str:
    instrument, quantity = _known(context), context.draft.quantity_base
    if quantity < instrument.quantity_min:
        message = (
            f"{instrument.symbol}: quantity {quantity} is below the exchange's minimum"
            f" {instrument.quantity_min} {instrument.base}; raise it"
        )
        raise _Refusal(message)
    price = context.draft.price or context.draft.terms.trigger_price or context.mid or ZERO
    value = price * quantity
    if value < instrument.cost_min:
        message = (
            f"{instrument.symbol}: value {value:.2f} is below the exchange's minimum"
            f" {instrument.cost_min} {instrument.quote}; raise the quantity"
        )
        raise _Refusal(message)
    return f"minimum {instrument.quantity_min} {instrument.base}"


def _collar(context: GateContext) -> str:
    draft, mid = context.draft, context.mid
    collar = context.settings.limits.price_collar_percent
    if mid is None:
        message = "no price is known to compare with"
        raise _Refusal(message)
    worst = context.price_worst
    if worst is None:
        visible = context.sweep.filled_base if context.sweep is not None else ZERO
        message = (
            f"{draft.symbol}: the visible book holds {visible.normalize():f} of"
            f" {draft.quantity_base.normalize():f}; order less, or set a limit price"
        )
        raise _Refusal(message)
    if draft.order_type.is_triggered:
        return _collar_of_triggered(context)
    distance = (worst - mid) / mid * PERCENT * draft.side.sign
    if distance > collar:
        message = (
            f"{draft.symbol}: price {worst} is {distance:.2f} % beyond the market at {mid};"
            f" the limit is {collar} % ([limits] price_collar_percent)"
        )
        raise _Refusal(message)
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
        raise _Refusal(message)
    return f"{max(distance, ZERO):.2f} % from its trigger, limit {collar} %"


def _order_value(context: GateContext) -> str:
    value, limit = context.value_worst, context.settings.limits.order_value_max_quote
    if value is None:
        message = "the value of the order is not known"
        raise _Refusal(message)
    if value > limit:
        message = (
            f"{context.draft.symbol}: order value {value:,.2f} is above the limit {limit:,}"
            " ([limits] order_value_max_quote)"
        )
        raise _Refusal(message)
    return f"value {value:,.2f}, limit {limit:,}"


def _position_value(context: GateContext) -> str:
    draft, limit = context.draft, context.settings.limits.position_value_max_quote
    if draft.side is Side.SELL:
        return "reduces the position"
    value, instrument = context.value_worst, _known(context)
    if value is None or context.mid is None:
        message = "the value of the order is not known"
        raise _Refusal(message)
    held = context.state.balances.get(instrument.base, ZERO) * context.mid
    pending = sum(
        (
            order.remaining_base * (order.price or context.mid)
            for order in context.state.open_orders()
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
        raise _Refusal(message)
    return f"position {total:,.2f}, limit {limit:,}"


def _open_orders(context: GateContext) -> str:
    count, limit = len(context.state.open_orders()), context.settings.limits.open_orders_max
    if count >= limit:
        message = f"{count} orders are open, the limit is {limit} ([limits] open_orders_max)"
        raise _Refusal(message)
    return f"{count} open, limit {limit}"


def _balance(context: GateContext) -> str:
    instrument, draft = _known(context), context.draft
    spent, need = (
        (instrument.quote, context.hold_quote)
        if draft.side is Side.BUY
        else (instrument.base, draft.quantity_base)
    )
    free = available(context.state, spent, Asset(context.settings.market.quote_asset))
    if need is None:
        message = "the cost of the order is not known"
        raise _Refusal(message)
    if need > free:
        message = (
            f"{draft.symbol}: needs {need.normalize():f} {spent}, available {free.normalize():f}"
            f" {spent} after open orders; order less or cancel some"
        )
        raise _Refusal(message)
    return f"needs {need.normalize():f} of {free.normalize():f} {spent}"


def _known(context: GateContext) -> Instrument:
    if context.instrument is None:
        message = "the pair is not known"
        raise _Refusal(message)
    return context.instrument


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
}
