"""Events in plain words, for the log pane; a story told again is counted, not repeated."""

from collections.abc import MutableSequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum

from tui_trader.engine.messages import events as told
from tui_trader.engine.messages import hand_events as by_hand
from tui_trader.engine.messages.events import Event
from tui_trader.engine.values.instruments import Asset, Symbol
from tui_trader.engine.values.modes import LinkState
from tui_trader.engine.values.orders import Side
from tui_trader.engine.values.text import sanitize
from tui_trader.widgets.drawing.numbers import quantity

_FEE_DECIMALS = 4


class Weight(Enum):
    """How much a line of the log matters."""

    QUIET = "quiet"
    NORMAL = "normal"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class FillSum:
    """Fills of one order, added up."""

    side: Side
    symbol: Symbol
    quantity_base: Decimal
    cost_quote: Decimal
    fee: Decimal
    fee_asset: Asset
    price_decimals: int

    def plus(self, other: "FillSum") -> "FillSum":
        """Both together."""
        return replace(
            self,
            quantity_base=self.quantity_base + other.quantity_base,
            cost_quote=self.cost_quote + other.cost_quote,
            fee=self.fee + other.fee,
        )

    def in_words(self, count: int) -> str:
        """`bought 0.01 BTC/USD at 58,495.36 · fee 2.34 USD`."""
        verb = "bought" if self.side is Side.BUY else "sold"
        average = self.cost_quote / self.quantity_base if self.quantity_base else None
        parts = f" in {count} fills" if count > 1 else ""
        return (
            f"{verb} {quantity(self.quantity_base)} {self.symbol} at "
            f"{_rounded(average, self.price_decimals)}{parts}"
            f" · fee {_rounded(self.fee, _FEE_DECIMALS)} {self.fee_asset}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One line of the log.

    Args:
        key: Lines in a row with the same key are one line, counted; `""` never joins.
        count: How many events the line stands for.
        fill: What the fills it stands for come to, if it tells fills.
    """

    time_ms: int
    weight: Weight
    text: str
    key: str = ""
    count: int = 1
    fill: FillSum | None = None


def add_line(lines: MutableSequence[LogLine], new: LogLine) -> None:
    """Append, or let the newest line stand for one more of the same."""
    last = lines[-1] if lines else None
    if last is None or not new.key or last.key != new.key:
        lines.append(new)
        return
    count = last.count + 1
    if new.fill is None or last.fill is None:
        lines[-1] = replace(new, count=count)
        return
    total = last.fill.plus(new.fill)
    lines[-1] = replace(new, count=count, fill=total, text=total.in_words(count))


def in_words(event: Event) -> LogLine | None:
    """The line that tells `event`; `None` for what is seen elsewhere."""
    if isinstance(event, told.OrderFilled):
        return _filled(event)
    found = (
        _of_order(event)
        or _of_hand(event)
        or _of_safety(event)
        or _of_session(event)
        or _of_strategy(event)
    )
    if found is None:
        return None
    weight, text, key = found
    return LogLine(time_ms=event.time_ms, weight=weight, text=sanitize(text), key=key)


_Words = tuple[Weight, str, str]


def _short(client_order_id: str) -> str:
    return client_order_id.split("-")[0][:8]


def _submitted(event: told.OrderSubmitted) -> _Words:
    price = "at market" if event.price is None else f"at {event.price:,f}"
    amount = quantity(event.quantity_base)
    text = f"{event.side.value} {amount} {event.symbol} {price} sent by {event.actor}"
    return Weight.NORMAL, text, ""


def _filled(event: told.OrderFilled) -> LogLine:
    fill = event.fill
    total = FillSum(
        side=fill.side,
        symbol=fill.symbol,
        quantity_base=fill.quantity_base,
        cost_quote=fill.quantity_base * fill.price,
        fee=fill.fee,
        fee_asset=fill.fee_asset,
        price_decimals=max(2, -_exponent(fill.price)),
    )
    return LogLine(
        time_ms=event.time_ms,
        weight=Weight.GOOD,
        text=sanitize(total.in_words(1)),
        key=f"fill {event.client_order_id}",
        fill=total,
    )


def _rounded(value: Decimal | None, decimals: int) -> str:
    """As text first: rounding a Decimal raises where the result has more than 28 digits."""
    return quantity(None if value is None else Decimal(f"{value:.{decimals}f}"))


def _exponent(price: Decimal) -> int:
    exponent = price.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _of_order(event: Event) -> _Words | None:  # noqa: C901, PLR0911, PLR0912 one arm an event
    match event:
        case told.OrderSubmitted():
            return _submitted(event)
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


def _of_hand(event: Event) -> _Words | None:  # noqa: C901, PLR0911, PLR0912 one arm an event
    match event:
        case by_hand.AmendRequested():
            text = (
                f"order {_short(event.client_order_id)}: {_new_terms(event)} asked by {event.actor}"
            )
            return Weight.QUIET, text, ""
        case by_hand.OrderAmended():
            text = f"order {_short(event.client_order_id)} amended: {_new_terms(event)}"
            return Weight.NORMAL, text, ""
        case by_hand.AmendRejected():
            text = f"order {_short(event.client_order_id)} NOT amended: {event.reason}"
            return Weight.BAD, text, ""
        case by_hand.AmendOutcomeUnknown():
            name = _short(event.client_order_id)
            text = f"order {name}: whether it was amended is UNKNOWN, looked up: {event.reason}"
            return Weight.BAD, text, ""
        case by_hand.OrderCompleted():
            return Weight.QUIET, f"order {_short(event.client_order_id)} filled", ""
        case by_hand.CloseRequested():
            text = f"closing {event.symbol}: {quantity(event.quantity_base)} to sell, asked by {event.actor}"
            return Weight.NORMAL, text, ""
        case by_hand.CloseEnded():
            left = f"; {quantity(event.left_base)} stay: {event.reason}" if event.left_base else ""
            text = f"{event.symbol} closed: {quantity(event.sold_base)} sold{left}"
            return (Weight.WARN if left else Weight.GOOD), text, ""
        case by_hand.FlattenRequested():
            return Weight.BAD, f"SELLING EVERY POSITION, asked by {event.actor}", ""
        case by_hand.FlattenEnded():
            if not event.left:
                return Weight.GOOD, "every position is sold; trading stays halted", ""
            return Weight.WARN, f"positions sold; what stays: {'; '.join(event.left)}", ""
        case _:
            return None


def _new_terms(event: by_hand.AmendRequested | by_hand.OrderAmended) -> str:
    parts = (
        ("quantity", None if event.quantity_base is None else quantity(event.quantity_base)),
        ("limit", None if event.price is None else f"{event.price:,f}"),
        ("trigger", None if event.trigger_price is None else f"{event.trigger_price:,f}"),
    )
    return ", ".join(f"{name} {value}" for name, value in parts if value is not None)


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
            what = f"{event.subject} " if event.subject else ""
            return Weight.BAD, f"{what}refused by {event.gate}: {event.reason}", ""
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
        case told.LimitChanged():
            how = "LOOSENED" if event.is_looser else "tightened"
            text = f"limit {event.key} {how} by {event.actor}: {event.before:f} to {event.value:f}"
            return Weight.WARN if event.is_looser else Weight.NORMAL, text, ""
        case _:
            return None


def _of_session(event: Event) -> _Words | None:
    match event:
        case told.EngineStarted():
            text = f"engine {event.version} started in {event.mode.value} mode on {event.venue}"
            return Weight.NORMAL, text, ""
        case told.EngineStopping():
            return Weight.WARN, f"engine is shutting down, asked by {event.actor}", ""
        case told.ReconcileCompleted():
            return _checked(event)
        case told.ReconcileFailed():
            text = f"the account could not be checked: {event.reason}"
            return Weight.WARN, text, "check-failed"
        case told.LinkChanged():
            weight = _LINK_WEIGHTS[event.state]
            text = f"{event.link} link {event.state.value}{_because(event.detail)}"
            return weight, text, ""
        case _:
            return None


def _of_strategy(event: Event) -> _Words | None:  # noqa: PLR0911 one arm an event
    match event:
        case told.StrategyStarted():
            pairs = ", ".join(event.spec.symbols)
            name = event.spec.name
            text = (
                f"strategy {name} started by {event.actor} on {pairs}, {event.spec.interval.value}"
            )
            return Weight.NORMAL, text, ""
        case told.StrategyRefilled():
            count = event.missed_count
            text = f"strategy {event.strategy} was told {count} candle(s) late: {event.reason}"
            return Weight.WARN, text, f"refilled {event.strategy}"
        case told.StrategyWroteOff():
            quantity = f"{event.quantity_base.normalize():f} {event.symbol.partition('/')[0]}"
            text = f"strategy {event.strategy} counts {quantity} no longer: {event.reason}"
            return Weight.WARN, text, ""
        case told.StrategyHeld():
            text = f"strategy {event.strategy} HELD, enters nothing: {event.reason}"
            return Weight.BAD, text, ""
        case told.ModelRefuted():
            text = (
                f"model {event.version} of {event.symbol} {event.interval.value} has no opinion any "
                f"more: {event.reason}"
            )
            return Weight.BAD, text, ""
        case told.StrategyContinued():
            return Weight.GOOD, f"strategy {event.strategy} continued by {event.actor}", ""
        case told.StrategyClosing():
            text = f"strategy {event.strategy} sells what it holds, asked by {event.actor}"
            return Weight.NORMAL, text, ""
        case told.StrategyStopped():
            left = f"; it leaves {event.left}, unprotected" if event.left else ""
            weight = Weight.WARN if left else Weight.NORMAL
            return weight, f"strategy {event.strategy} stopped by {event.actor}{left}", ""
        case _:
            return None


_LINK_WEIGHTS = {
    LinkState.UP: Weight.NORMAL,
    LinkState.CONNECTING: Weight.QUIET,
    LinkState.DOWN: Weight.WARN,
}


def _checked(event: told.ReconcileCompleted) -> _Words:
    if event.unread:
        return Weight.WARN, f"account checked; not understood: {'; '.join(event.unread)}", ""
    if not event.fills_found and not event.orders_found:
        return Weight.QUIET, "account checked: all agrees", "check"
    found = f"{event.fills_found} fill(s), {event.orders_found} order(s)"
    return Weight.WARN, f"account checked: found {found} that were not known here", ""
