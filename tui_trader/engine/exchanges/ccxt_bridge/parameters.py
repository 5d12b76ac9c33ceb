"""Fields of AddOrder and AmendOrder, from our requests."""

from decimal import Decimal

from tui_trader.engine.messages.requests import AmendOrder, SubmitOrder
from tui_trader.engine.values.orders import (
    ConditionalClose,
    OrderTerms,
    OrderType,
    Side,
    TimeInForce,
    TrailingOffset,
)
from tui_trader.engine.values.time import MS_PER_SECOND, format_rfc3339


def order_parameters(request: SubmitOrder, pair_id: str) -> dict[str, object]:
    """Fields of AddOrder."""
    terms = request.terms
    parameters: dict[str, object] = {
        "pair": pair_id,
        "type": request.side.value,
        "ordertype": request.order_type.value,
        "volume": f"{request.quantity_base:f}",
        "cl_ord_id": str(request.client_order_id),
        "deadline": format_rfc3339(request.deadline_ms),
        # Said, not assumed: Kraken takes the fee of a sell in base currency by default, and a trade
        # does not tell in which asset it was taken.
        "oflags": "post,fciq" if request.post_only else "fciq",
    }
    if terms.trailing is not None:
        parameters |= _trailing(terms.trailing, request.side)
    else:
        parameters |= _prices(request.order_type, request.price, terms.trigger_price)
    parameters |= _lasting(terms)
    if terms.display_base is not None:
        parameters["displayvol"] = f"{terms.display_base:f}"
    if terms.reduce_only:
        parameters["reduce_only"] = "true"
    if terms.close is not None:
        parameters["close"] = _close(terms.close)
    return parameters


def amend_parameters(request: AmendOrder) -> dict[str, object]:
    """Fields of AmendOrder."""
    parameters: dict[str, object] = {"deadline": format_rfc3339(request.deadline_ms)}
    if request.exchange_order_id is not None:
        parameters["txid"] = str(request.exchange_order_id)
    else:
        parameters["cl_ord_id"] = str(request.client_order_id)
    if request.post_only:
        # An amendment does not inherit it: without a word the new price might take liquidity.
        parameters["post_only"] = "true"
    changes = {
        "order_qty": request.quantity_base,
        "limit_price": request.price,
        "trigger_price": request.trigger_price,
        "display_qty": request.display_base,
    }
    return parameters | {name: f"{value:f}" for name, value in changes.items() if value is not None}


def _prices(kind: OrderType, limit: Decimal | None, trigger: Decimal | None) -> dict[str, object]:
    """Kraken's first price is the trigger where there is one, and then the limit is the second."""
    prices = [price for price in (trigger if kind.is_triggered else None, limit) if price]
    return {name: f"{price:f}" for name, price in zip(("price", "price2"), prices, strict=False)}


def _trailing(trailing: TrailingOffset, side: Side) -> dict[str, object]:
    unit = "%" if trailing.is_percent else ""
    parameters: dict[str, object] = {"trigger": "last", "price": f"+{trailing.amount:f}{unit}"}
    if trailing.limit_offset is not None:
        sign = "+" if side is Side.BUY else "-"
        parameters["price2"] = f"{sign}{trailing.limit_offset:f}{unit}"
    return parameters


def _lasting(terms: OrderTerms) -> dict[str, object]:
    if terms.time_in_force is TimeInForce.GTC:
        return {}
    parameters: dict[str, object] = {"timeinforce": terms.time_in_force.value}
    if terms.expires_ms is not None:
        # Whole seconds: never later than was asked for.
        parameters["expiretm"] = str(terms.expires_ms // MS_PER_SECOND)
    return parameters


def _close(close: ConditionalClose) -> dict[str, object]:
    prices = _prices(close.order_type, close.price, close.trigger_price)
    return {"ordertype": close.order_type.value, **prices}
