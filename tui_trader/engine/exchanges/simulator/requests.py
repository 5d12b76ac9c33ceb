"""What a client asks for, as parsed from either face of the exchange, and the ticket it becomes.

Law: relative prices become absolute here, against the market of the moment the order is taken in.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from tui_trader.engine.exchanges.simulator import rejections
from tui_trader.engine.exchanges.simulator.book import OrderBook
from tui_trader.engine.exchanges.simulator.events import (
    CloseTerms,
    SelfTrade,
    TimeInForce,
    TriggerSource,
    TriggerTerms,
)
from tui_trader.engine.exchanges.simulator.listings import PairListing, quantity
from tui_trader.engine.exchanges.simulator.orders import OrderTicket
from tui_trader.engine.exchanges.simulator.price_terms import (
    OrderKind,
    PriceMark,
    PriceTerm,
    resolve,
)
from tui_trader.engine.exchanges.simulator.rejections import Rejected
from tui_trader.engine.exchanges.simulator.triggers import trailing_price
from tui_trader.engine.values.orders import ExchangeOrderId, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """A request for an order, names resolved and numbers parsed.

    Args:
        volume: Base quantity; quote when `volume_in_quote`.
        price: As AddOrder has it: limit of a limit order, trigger of a stop or take profit,
            distance of a trailing stop.
        price2: Limit of a triggered order; of a trailing one, its distance from the trigger.
    """

    pair: PairListing
    side: Side
    order_type: OrderKind
    volume: Decimal
    price: PriceTerm | None = None
    price2: PriceTerm | None = None
    trigger_source: TriggerSource = TriggerSource.LAST
    display_volume: Decimal | None = None
    volume_in_quote: bool = False
    post_only: bool = False
    fee_in_base: bool = False
    time_in_force: TimeInForce = TimeInForce.GTC
    self_trade: SelfTrade = SelfTrade.CANCEL_NEWEST
    cl_ord_id: str | None = None
    userref: int | None = None
    deadline_ms: int | None = None
    expires_ms: int | None = None
    starts_ms: int | None = None
    close: CloseTerms | None = None
    parent_txid: ExchangeOrderId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """New terms for an open order; `None` leaves what is.

    Args:
        volume: All of it, what is filled included; not above that cancels the rest.
        price: Limit.
        trigger_price: Trigger, or the distance of a trailing stop.
    """

    volume: Decimal | None = None
    price: PriceTerm | None = None
    trigger_price: PriceTerm | None = None
    display_volume: Decimal | None = None
    post_only: bool | None = None
    deadline_ms: int | None = None


def ticket_of(request: OrderRequest, *, reference: Decimal, trail_from: Decimal) -> OrderTicket:
    """The ticket a request means now.

    Args:
        request: What was asked for.
        reference: Price that relative ones count from: the last trade, for a close the fill.
        trail_from: Price that a trailing stop follows first.

    Raises:
        Rejected: a price is missing, or not of the form its order type needs.
    """
    kind = request.order_type
    price: Decimal | None = None
    trigger: TriggerTerms | None = None
    if kind.is_trailing:
        trigger = _trailing_terms(request, trail_from)
    elif kind.is_triggered:
        trigger = TriggerTerms(
            source=request.trigger_source, price=_absolute(request, request.price, reference)
        )
        if kind.has_limit:
            price = _absolute(request, request.price2, reference, rejections.INVALID_PRICE2)
    elif kind.has_limit:
        price = _absolute(request, request.price, reference)
    return OrderTicket(
        pair=request.pair,
        side=request.side,
        order_type=kind,
        volume=request.volume,
        price=price,
        cash=request.volume if request.volume_in_quote else None,
        display_volume=request.display_volume,
        post_only=request.post_only,
        fee_in_base=request.fee_in_base,
        time_in_force=request.time_in_force,
        self_trade=request.self_trade,
        cl_ord_id=request.cl_ord_id,
        userref=request.userref,
        deadline_ms=request.deadline_ms,
        expires_ms=request.expires_ms,
        starts_ms=request.starts_ms,
        trigger=trigger,
        close=request.close,
        parent_txid=request.parent_txid,
    )


def bought_for_cash(ticket: OrderTicket, book: OrderBook) -> OrderTicket:
    """The volume that a `viqc` order gets for its cash, fee apart.

    Raises:
        Rejected: nobody sells for so little.
    """
    assert ticket.cash is not None
    price_unit = ticket.pair.price(1) * quantity(1)
    lots = book.lots_for(ticket.side, int(ticket.cash / price_unit))
    if ticket.cash > 0 and lots == 0:
        raise Rejected(rejections.INSUFFICIENT_FUNDS)
    return replace(ticket, volume=quantity(lots))


def _absolute(  # noqa: PLR0917 - one call shape at four callers
    request: OrderRequest,
    term: PriceTerm | None,
    reference: Decimal,
    error: str = rejections.INVALID_PRICE,
) -> Decimal:
    if term is None:
        raise Rejected(error)
    return resolve(term, reference, pair=request.pair, side=request.side, kind=request.order_type)


def _trailing_terms(request: OrderRequest, peak: Decimal) -> TriggerTerms:
    trail, offset = request.price, request.price2
    # Kraken takes a trailing distance with a plus only, whatever the side.
    if trail is None or trail.mark is not PriceMark.ADD or not trail.amount:
        raise Rejected(rejections.INVALID_PRICE)
    if not request.order_type.has_limit:
        offset = None
    elif offset is None or offset.mark is PriceMark.STATIC:
        raise Rejected(rejections.INVALID_PRICE2)
    return TriggerTerms(
        source=request.trigger_source,
        price=trailing_price(request.pair, request.side, trail=trail, peak=peak),
        trail=trail,
        limit_offset=offset,
        peak=peak,
    )
