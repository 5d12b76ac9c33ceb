"""What happened on the account: the rows of the exchange's journal.

Law: `Account.apply` of these, in order, rebuilds every order, fill and balance.
"""

from decimal import Decimal
from enum import Enum

import msgspec

from tui_trader.engine.exchanges.simulator.fee_schedule import FEE_MAKER_RATIO, FEE_TAKER_RATIO
from tui_trader.engine.exchanges.simulator.price_terms import OrderKind, PriceTerm
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.orders import ExchangeOrderId, ExecutionId, OrderType, Side


class TimeInForce(Enum):
    """How long an order may wait."""

    GTC = "GTC"
    """Until cancelled."""
    IOC = "IOC"
    """Not at all: what does not match at once is cancelled."""
    FOK = "FOK"
    """Not at all, and only as a whole."""
    GTD = "GTD"
    """Until a moment."""


class TriggerSource(Enum):
    """Which price a trigger watches."""

    LAST = "last"
    """The last trade of this exchange."""
    INDEX = "index"
    """The middle of the book, which stands for the price elsewhere."""


class SelfTrade(Enum):
    """Which order goes when the account would trade with itself; Kraken's `stptype`."""

    CANCEL_NEWEST = "cancel-newest"
    CANCEL_OLDEST = "cancel-oldest"
    CANCEL_BOTH = "cancel-both"


class TriggerTerms(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """What wakes a triggered order.

    Args:
        price: Where it is now; a trailing one moves.
        trail: Distance it keeps from the peak, `None` when it stands still.
        limit_offset: Of a trailing stop with a limit: distance from the trigger.
        peak: Best price seen since the order was taken in; only a trailing one has it.
    """

    source: TriggerSource
    price: Decimal
    trail: PriceTerm | None = None
    limit_offset: PriceTerm | None = None
    peak: Decimal | None = None


class CloseTerms(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """The order that every fill of its parent brings forth; relative prices count from the fill."""

    order_type: OrderKind
    price: PriceTerm | None = None
    price2: PriceTerm | None = None


class OrderRow(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What every row about an order says."""

    time_ms: int
    txid: ExchangeOrderId
    cl_ord_id: str | None
    userref: int | None
    pair: Symbol
    side: Side
    order_type: OrderKind = msgspec.field(name="type")
    volume: Decimal
    """Base quantity: of the order, of the fill, or left when cancelled."""
    price: Decimal | None
    """Limit of the order (`None` for market), or price of the fill."""


class OrderAccepted(
    OrderRow, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag_field="kind", tag="order"
):
    """The exchange took an order in.

    Every field with a default came later than the first journals, which must still load.

    Args:
        fee_maker_ratio: Most that a fill may cost as maker; what is set aside rests on it.
        fee_taker_ratio: The same as taker.
        fee_in_base: `fcib` instead of `fciq`.
        cash: Quote it was to spend (`viqc`); `volume` is what that bought.
        display_volume: What an iceberg shows.
        starts_ms: Asleep until then.
        parent_txid: Order whose conditional close this is.
    """

    post_only: bool
    time_in_force: TimeInForce
    fee_maker_ratio: Decimal = FEE_MAKER_RATIO
    fee_taker_ratio: Decimal = FEE_TAKER_RATIO
    fee_in_base: bool = False
    cash: Decimal | None = None
    display_volume: Decimal | None = None
    expires_ms: int | None = None
    starts_ms: int | None = None
    self_trade: SelfTrade = SelfTrade.CANCEL_NEWEST
    trigger: TriggerTerms | None = None
    close: CloseTerms | None = None
    parent_txid: ExchangeOrderId | None = None


class OrderAmended(
    OrderRow, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag_field="kind", tag="amend"
):
    """An order got new terms and kept its name.

    Args:
        amend_id: Name of the change.
        keeps_place: Its place in the queue is as before.
    """

    amend_id: str
    keeps_place: bool
    display_volume: Decimal | None = None
    trigger: TriggerTerms | None = None
    post_only: bool = False


class OrderTriggered(
    OrderRow,
    frozen=True,
    gc=False,
    kw_only=True,
    omit_defaults=True,
    tag_field="kind",
    tag="trigger",
):
    """A sleeping order woke up; `price` is its limit from now on.

    Args:
        trigger_price: What its trigger stood at, `None` for one that waited for its start.
    """

    trigger_price: Decimal | None = None


class TrailMoved(
    msgspec.Struct, frozen=True, gc=False, kw_only=True, tag_field="kind", tag="trail"
):
    """The trigger of a trailing stop followed the market."""

    time_ms: int
    txid: ExchangeOrderId
    peak: Decimal
    price: Decimal


class SwitchSet(
    msgspec.Struct, frozen=True, gc=False, kw_only=True, tag_field="kind", tag="switch"
):
    """The dead man's switch: when everything is cancelled, `None` when it is off."""

    time_ms: int
    fires_ms: int | None


class OrderFilled(
    OrderRow, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag_field="kind", tag="fill"
):
    """Part of an order, or all of it, traded.

    Args:
        cost: Quote that changed hands, fee apart.
        fee: Quote charged; what the fee is worth when it was charged in base.
        fee_base: Base charged, `None` when the fee was in quote.
        fee_ratio: Of the cost; `None` in the first journals, which knew one tier.
        trade_id: Name of the fill: WebSocket `exec_id`, key in TradesHistory.
        tape_id: Number of the trade on the public tape.
    """

    cost: Decimal
    fee: Decimal
    trade_id: ExecutionId
    tape_id: int
    is_maker: bool
    fee_base: Decimal | None = None
    fee_ratio: Decimal | None = None


class OrderCancelled(
    OrderRow,
    frozen=True,
    gc=False,
    kw_only=True,
    omit_defaults=True,
    tag_field="kind",
    tag="cancel",
):
    """An order ended before it was filled."""

    reason: str
    is_expired: bool = False


class BalanceChanged(
    msgspec.Struct, frozen=True, gc=False, kw_only=True, tag_field="kind", tag="balance"
):
    """One ledger entry.

    Args:
        ref_id: What caused it: a fill's `trade_id`, or the entry's own cause.
        amount: Change without the fee, signed.
        fee: Charged on top.
        balance: Balance afterwards, `amount` and fee included.
        reason: Kraken's type: `trade`, `deposit`, `adjustment`, `transfer`.
    """

    time_ms: int
    ledger_id: str
    ref_id: str
    asset: str
    amount: Decimal
    fee: Decimal
    balance: Decimal
    reason: str


class RulesChanged(
    msgspec.Struct, frozen=True, gc=False, kw_only=True, tag_field="kind", tag="rules"
):
    """A pair has other minimums, another grid or another status from now on.

    Args:
        status: Kraken's word.
    """

    time_ms: int
    pair: Symbol
    order_min: Decimal
    cost_min: Decimal
    tick: Decimal
    lot: Decimal
    status: str


class MarketMoved(
    msgspec.Struct, frozen=True, gc=False, kw_only=True, tag_field="kind", tag="move"
):
    """The fair price of a pair jumped by hand, and stays there.

    Args:
        factor: Of the price.
    """

    time_ms: int
    pair: Symbol
    factor: Decimal


AccountEvent = (
    OrderAccepted
    | OrderAmended
    | OrderTriggered
    | OrderFilled
    | OrderCancelled
    | TrailMoved
    | SwitchSet
    | BalanceChanged
    | RulesChanged
    | MarketMoved
)


class TapePrint(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One trade on the public tape, whoever made it.

    Args:
        side: What the taker did.
    """

    tape_id: int
    time_ms: int
    symbol: Symbol
    side: Side
    order_type: OrderType
    ticks: int
    lots: int
