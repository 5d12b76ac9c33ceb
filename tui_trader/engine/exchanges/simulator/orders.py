"""An order as the exchange keeps it, and the ticket that asks for one."""

from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal
from enum import Enum
from typing import NamedTuple

from tui_trader.engine.exchanges.simulator.events import (
    CloseTerms,
    OrderAccepted,
    OrderAmended,
    OrderFilled,
    SelfTrade,
    TimeInForce,
    TriggerTerms,
)
from tui_trader.engine.exchanges.simulator.listings import (
    COST_DECIMALS,
    PAIR_BY_SYMBOL,
    PairListing,
)
from tui_trader.engine.exchanges.simulator.price_terms import OrderKind
from tui_trader.engine.values.money import ZERO
from tui_trader.engine.values.orders import ExchangeOrderId, Side

COST_STEP = Decimal(1).scaleb(-COST_DECIMALS)


class OrderState(Enum):
    """Kraken's words for where an order is."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELED = "canceled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTicket:
    """A request for an order in absolute prices; nothing is checked yet.

    Args:
        volume: Base quantity.
        price: Limit price, `None` for an order without one.
        cash: Quote to spend (`viqc`) that `volume` was computed from.
        deadline_ms: The exchange must not take it in later than this.
        expires_ms: The exchange ends it then.
        starts_ms: It sleeps until then.
        trigger: What wakes it.
        close: Order that each of its fills brings forth.
    """

    pair: PairListing
    side: Side
    order_type: OrderKind
    volume: Decimal
    price: Decimal | None = None
    cash: Decimal | None = None
    display_volume: Decimal | None = None
    post_only: bool = False
    fee_in_base: bool = False
    time_in_force: TimeInForce = TimeInForce.GTC
    self_trade: SelfTrade = SelfTrade.CANCEL_NEWEST
    cl_ord_id: str | None = None
    userref: int | None = None
    deadline_ms: int | None = None
    expires_ms: int | None = None
    starts_ms: int | None = None
    trigger: TriggerTerms | None = None
    close: CloseTerms | None = None
    parent_txid: ExchangeOrderId | None = None


class FillCharge(NamedTuple):
    """What one fill is booked with: quote, fee in quote (or its worth), fee in base if it is."""

    cost: Decimal
    fee: Decimal
    fee_base: Decimal | None


@dataclass(slots=True)
class OrderRecord:
    """One order and what became of it; only `Account.apply` changes it.

    Args:
        accepted: Its terms, amendments included.
        is_dormant: Not in the book and without a hold: its trigger or its start is ahead.
        place: Number in the order of arrival; an amendment that loses its place gives a new one.
        exact_cost: Quote traded, unrounded; `cost` is what was booked, in whole cost steps.
        exact_fee: The same for the fee.
        hold: Set aside for what is still open: quote for a buy, base for a sell.
    """

    accepted: OrderAccepted
    state: OrderState = OrderState.OPEN
    is_dormant: bool = False
    place: int = 0
    filled: Decimal = ZERO
    cost: Decimal = ZERO
    fee: Decimal = ZERO
    fee_base: Decimal = ZERO
    exact_cost: Decimal = ZERO
    exact_fee: Decimal = ZERO
    exact_fee_base: Decimal = ZERO
    hold: Decimal = ZERO
    closed_ms: int | None = None
    triggered_ms: int | None = None
    reason: str = ""
    fills: list[OrderFilled] = field(default_factory=list)
    amends: list[OrderAmended] = field(default_factory=list)

    @property
    def pair(self) -> PairListing:
        """What it trades."""
        return PAIR_BY_SYMBOL[self.accepted.pair]

    @property
    def remaining(self) -> Decimal:
        """Base quantity not filled yet."""
        return self.accepted.volume - self.filled

    @property
    def price_average(self) -> Decimal:
        """Mean price of its fills, 0 when there is none."""
        return self.exact_cost / self.filled if self.filled else ZERO

    @property
    def hold_asset(self) -> str:
        """Which asset it sets aside."""
        pair = self.pair
        return pair.quote.name if self.accepted.side is Side.BUY else pair.base.name

    def hold_needed(self) -> Decimal:
        """What must be set aside for the open rest. What sleeps reserves nothing, as on Kraken."""
        order = self.accepted
        if self.state is not OrderState.OPEN or order.price is None or self.is_dormant:
            return ZERO
        if order.side is Side.SELL:
            return self.remaining + self._fee_base_ahead()
        # Counted from the running totals, like what is booked: a fill then takes from the hold
        # exactly what it costs, and rounding never reaches into the rest of the account.
        value = self.remaining * order.price
        cost = _ceiling(self.exact_cost + value) - self.cost
        if order.fee_in_base:
            return cost
        return cost + _ceiling(self.exact_fee + value * order.fee_maker_ratio) - self.fee

    def charge(self, price: Decimal, volume: Decimal, *, ratio: Decimal) -> FillCharge:
        """Cost and fee to book for one more fill.

        Rounded on the running total, so that many small fills cost what one large fill costs and
        never more than was set aside.
        """
        value = price * volume
        cost = _round_cost(self.exact_cost + value) - self.cost
        fee = max(ZERO, _round_cost(self.exact_fee + value * ratio) - self.fee)
        is_sale = self.accepted.side is Side.SELL
        if self.accepted.fee_in_base:
            step = Decimal(1).scaleb(-self.pair.base.decimals)
            total = (self.exact_fee_base + volume * ratio).quantize(step, ROUND_HALF_EVEN)
            fee_base = max(ZERO, total - self.fee_base)
            return FillCharge(cost, fee, fee_base)
        # Dust: a sale never costs more than it brings; what is left out is charged with the next.
        return FillCharge(cost, min(fee, cost) if is_sale else fee, None)

    def add_fill(self, fill: OrderFilled) -> None:
        """Count one fill."""
        assert fill.price is not None
        value = fill.price * fill.volume
        ratio = fill.fee_ratio
        if ratio is None:
            order = self.accepted
            ratio = order.fee_maker_ratio if fill.is_maker else order.fee_taker_ratio
        self.fills.append(fill)
        self.filled += fill.volume
        self.cost += fill.cost
        self.fee += fill.fee
        self.fee_base += fill.fee_base or ZERO
        self.exact_cost += value
        self.exact_fee += value * ratio
        self.exact_fee_base += fill.volume * ratio
        assert self.filled <= self.accepted.volume, self.accepted.txid
        if self.filled == self.accepted.volume:
            self.close(OrderState.CLOSED, fill.time_ms, "")

    def close(self, state: OrderState, time_ms: int, reason: str) -> None:
        """End it."""
        assert self.state is OrderState.OPEN, self.accepted.txid
        self.state, self.closed_ms, self.reason = state, time_ms, reason
        self.is_dormant = False

    def _fee_base_ahead(self) -> Decimal:
        order = self.accepted
        if not order.fee_in_base:
            return ZERO
        ahead = self.exact_fee_base + self.remaining * order.fee_maker_ratio
        return base_ceiling(ahead, self.pair) - self.fee_base


def cost_ceiling(value: Decimal, fee_ratio: Decimal) -> Decimal:
    """Most that a buy worth `value` can take from the account, fee included."""
    return _ceiling(value) + _ceiling(value * fee_ratio)


def base_ceiling(amount: Decimal, pair: PairListing) -> Decimal:
    """An amount of base, rounded up to the last decimal of the asset."""
    return amount.quantize(Decimal(1).scaleb(-pair.base.decimals), ROUND_CEILING)


def _ceiling(value: Decimal) -> Decimal:
    return value.quantize(COST_STEP, ROUND_CEILING)


def _round_cost(value: Decimal) -> Decimal:
    return value.quantize(COST_STEP, ROUND_HALF_EVEN)
