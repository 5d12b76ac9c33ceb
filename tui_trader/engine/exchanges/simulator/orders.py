"""An order as the exchange keeps it, and the request that asks for one."""

from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal
from enum import Enum

from tui_trader.engine.exchanges.simulator.events import OrderAccepted, OrderFilled, TimeInForce
from tui_trader.engine.exchanges.simulator.listings import (
    COST_DECIMALS,
    FEE_MAKER_RATIO,
    FEE_TAKER_RATIO,
    PAIR_BY_SYMBOL,
    PairListing,
)
from tui_trader.engine.values.money import ZERO
from tui_trader.engine.values.orders import OrderType, Side

COST_STEP = Decimal(1).scaleb(-COST_DECIMALS)


class OrderState(Enum):
    """Kraken's words for where an order is."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTicket:
    """A request for an order, names resolved and numbers parsed, nothing checked yet.

    Args:
        volume: Base quantity.
        price: Limit price, `None` for a market order.
        deadline_ms: The exchange must not take it in later than this.
    """

    pair: PairListing
    side: Side
    order_type: OrderType
    volume: Decimal
    price: Decimal | None = None
    post_only: bool = False
    time_in_force: TimeInForce = TimeInForce.GTC
    cl_ord_id: str | None = None
    userref: int | None = None
    deadline_ms: int | None = None


@dataclass(slots=True)
class OrderRecord:
    """One order and what became of it; only `Account.apply` changes it.

    Args:
        exact_cost: Quote traded, unrounded; `cost` is what was booked, in whole cost steps.
        exact_fee: The same for the fee.
        hold: Set aside for what is still open: quote for a buy, base for a sell.
    """

    accepted: OrderAccepted
    state: OrderState = OrderState.OPEN
    filled: Decimal = ZERO
    cost: Decimal = ZERO
    fee: Decimal = ZERO
    exact_cost: Decimal = ZERO
    exact_fee: Decimal = ZERO
    hold: Decimal = ZERO
    closed_ms: int | None = None
    reason: str = ""
    fills: list[OrderFilled] = field(default_factory=list)

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
        """What must be set aside for the open rest. A market order never rests."""
        if self.state is not OrderState.OPEN or self.accepted.price is None:
            return ZERO
        if self.accepted.side is Side.SELL:
            return self.remaining
        # Counted from the running totals, like what is booked: a fill then takes from the hold
        # exactly what it costs, and rounding never reaches into the rest of the account.
        value = self.remaining * self.accepted.price
        cost = _ceiling(self.exact_cost + value) - self.cost
        return cost + _ceiling(self.exact_fee + value * FEE_MAKER_RATIO) - self.fee

    def price_fill(
        self, price: Decimal, volume: Decimal, *, is_maker: bool
    ) -> tuple[Decimal, Decimal]:
        """Cost and fee to book for one more fill.

        Rounded on the running total, so that many small fills cost what one large fill costs and
        never more than was set aside.
        """
        value = price * volume
        ratio = FEE_MAKER_RATIO if is_maker else FEE_TAKER_RATIO
        cost = _round_cost(self.exact_cost + value) - self.cost
        fee = max(ZERO, _round_cost(self.exact_fee + value * ratio) - self.fee)
        # Dust: a sale never costs more than it brings; what is left out is charged with the next.
        return cost, min(fee, cost) if self.accepted.side is Side.SELL else fee

    def add_fill(self, fill: OrderFilled) -> None:
        """Count one fill."""
        assert fill.price is not None
        value = fill.price * fill.volume
        ratio = FEE_MAKER_RATIO if fill.is_maker else FEE_TAKER_RATIO
        self.fills.append(fill)
        self.filled += fill.volume
        self.cost += fill.cost
        self.fee += fill.fee
        self.exact_cost += value
        self.exact_fee += value * ratio
        assert self.filled <= self.accepted.volume, self.accepted.txid
        if self.filled == self.accepted.volume:
            self.close(OrderState.CLOSED, fill.time_ms, "")

    def close(self, state: OrderState, time_ms: int, reason: str) -> None:
        """End it."""
        assert self.state is OrderState.OPEN, self.accepted.txid
        self.state, self.closed_ms, self.reason = state, time_ms, reason


def cost_ceiling(value: Decimal, fee_ratio: Decimal) -> Decimal:
    """Most that a buy worth `value` can take from the account, fee included."""
    return _ceiling(value) + _ceiling(value * fee_ratio)


def _ceiling(value: Decimal) -> Decimal:
    return value.quantize(COST_STEP, ROUND_CEILING)


def _round_cost(value: Decimal) -> Decimal:
    return value.quantize(COST_STEP, ROUND_HALF_EVEN)
