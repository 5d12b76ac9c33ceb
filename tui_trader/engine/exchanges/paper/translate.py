"""Our requests in the simulator's words, and its records in ours."""

from decimal import Decimal

from tui_trader.engine.exchanges.paper.floor import TRIGGER_SOURCE
from tui_trader.engine.exchanges.simulator import events
from tui_trader.engine.exchanges.simulator.account import REWARDS_SUFFIX, Account
from tui_trader.engine.exchanges.simulator.listings import PAIR_BY_SYMBOL, PairListing
from tui_trader.engine.exchanges.simulator.orders import OrderRecord, OrderState
from tui_trader.engine.exchanges.simulator.price_terms import OrderKind, PriceMark, PriceTerm
from tui_trader.engine.exchanges.simulator.requests import Amendment, OrderRequest
from tui_trader.engine.messages.requests import AmendOrder, SubmitOrder
from tui_trader.engine.values.account import ExchangeBalance, ExchangeFill, ExchangeOrder
from tui_trader.engine.values.instruments import Asset
from tui_trader.engine.values.money import ZERO
from tui_trader.engine.values.orders import (
    ClientOrderId,
    ConditionalClose,
    OrderStatus,
    OrderType,
    Side,
    TrailingOffset,
)

_ENDS = {
    OrderState.CLOSED: OrderStatus.FILLED,
    OrderState.CANCELED: OrderStatus.CANCELLED,
    OrderState.EXPIRED: OrderStatus.EXPIRED,
}


def request_of(request: SubmitOrder, pair: PairListing) -> OrderRequest:
    """What the simulator is asked for."""
    terms = request.terms
    price, price2 = (
        _prices(request.order_type, request.price, terms.trigger_price)
        if terms.trailing is None
        else _trailing(terms.trailing, request.side)
    )
    return OrderRequest(
        pair=pair,
        side=request.side,
        order_type=OrderKind(request.order_type.value),
        volume=request.quantity_base,
        price=price,
        price2=price2,
        trigger_source=TRIGGER_SOURCE,
        display_volume=terms.display_base,
        post_only=request.post_only,
        time_in_force=events.TimeInForce(terms.time_in_force.value),
        cl_ord_id=str(request.client_order_id),
        deadline_ms=request.deadline_ms,
        expires_ms=terms.expires_ms,
        close=None if terms.close is None else _close(terms.close),
    )


def amendment_of(request: AmendOrder) -> Amendment:
    """New terms in the simulator's words."""
    return Amendment(
        volume=request.quantity_base,
        price=_static(request.price),
        trigger_price=_static(request.trigger_price),
        display_volume=request.display_base,
        deadline_ms=request.deadline_ms,
    )


def _static(price: Decimal | None) -> PriceTerm | None:
    return None if price is None else PriceTerm(amount=price)


def _prices(
    kind: OrderType, limit: Decimal | None, trigger: Decimal | None
) -> tuple[PriceTerm | None, PriceTerm | None]:
    """The first price is the trigger where there is one, and then the limit is the second."""
    if kind.is_triggered:
        return _static(trigger), _static(limit)
    return _static(limit), None


def _trailing(trailing: TrailingOffset, side: Side) -> tuple[PriceTerm, PriceTerm | None]:
    is_percent = trailing.is_percent
    distance = PriceTerm(amount=trailing.amount, mark=PriceMark.ADD, is_percent=is_percent)
    if trailing.limit_offset is None:
        return distance, None
    mark = PriceMark.ADD if side is Side.BUY else PriceMark.SUBTRACT
    return distance, PriceTerm(amount=trailing.limit_offset, mark=mark, is_percent=is_percent)


def _close(close: ConditionalClose) -> events.CloseTerms:
    price, price2 = _prices(close.order_type, close.price, close.trigger_price)
    return events.CloseTerms(
        order_type=OrderKind(close.order_type.value), price=price, price2=price2
    )


def order_of(record: OrderRecord) -> ExchangeOrder:
    """One order as the engine knows orders."""
    accepted = record.accepted
    open_status = OrderStatus.PARTIALLY_FILLED if record.filled else OrderStatus.OPEN
    return ExchangeOrder(
        exchange_order_id=accepted.txid,
        client_order_id=_client_id(accepted.cl_ord_id),
        symbol=accepted.pair,
        side=accepted.side,
        order_type=OrderType(accepted.order_type.value),
        status=_ENDS.get(record.state, open_status),
        quantity_base=accepted.volume,
        filled_base=record.filled,
        price=accepted.price if accepted.order_type.has_limit else None,
        opened_ms=accepted.time_ms,
        reason=record.reason,
        trigger_price=None if accepted.trigger is None else accepted.trigger.price,
    )


def fill_of(fill: events.OrderFilled) -> ExchangeFill:
    """One fill as the engine knows fills."""
    assert fill.price is not None, fill.trade_id
    pair = PAIR_BY_SYMBOL[fill.pair]
    is_in_base = fill.fee_base is not None
    return ExchangeFill(
        execution_id=fill.trade_id,
        exchange_order_id=fill.txid,
        client_order_id=_client_id(fill.cl_ord_id),
        symbol=fill.pair,
        side=fill.side,
        price=fill.price,
        quantity_base=fill.volume,
        fee=fill.fee if fill.fee_base is None else fill.fee_base,
        fee_asset=Asset(pair.base.name if is_in_base else pair.quote.name),
        is_maker=fill.is_maker,
        filled_ms=fill.time_ms,
    )


def balance_of(account: Account, asset: str) -> ExchangeBalance:
    """What the account holds of one asset, what earns rewards included."""
    name = asset.removesuffix(REWARDS_SUFFIX)
    total = account.balances.get(name, ZERO) + account.balances.get(name + REWARDS_SUFFIX, ZERO)
    return ExchangeBalance(asset=Asset(name), total=total)


def _client_id(name: str | None) -> ClientOrderId | None:
    return ClientOrderId(name) if name else None
