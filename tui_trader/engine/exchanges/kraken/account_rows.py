"""Rows of the private channels, completed from what earlier rows said."""

from collections.abc import Iterable
from decimal import Decimal
from typing import TypeVar

from tui_trader.engine.exchanges.ccxt_bridge import translate
from tui_trader.engine.exchanges.ccxt_bridge.translate import MalformedAnswer
from tui_trader.engine.exchanges.kraken.wire import BalanceRow, ExecutionRow
from tui_trader.engine.values.account import ExchangeBalance, ExchangeFill, ExchangeOrder
from tui_trader.engine.values.instruments import Asset, Symbol
from tui_trader.engine.values.orders import ExecutionId, OrderStatus
from tui_trader.engine.values.text import sanitize
from tui_trader.engine.values.time import parse_rfc3339

# Kraken allows 225 open orders a pair at most; ended ones leave first.
ORDERS_MAX = 10_000
TRADE = "trade"

_Value = TypeVar("_Value")


class OrderMemory:
    """Orders by Kraken's name, as their rows left them.

    Updates name the order and what changed, not the symbol, the side or the quantity.
    """

    def __init__(self, *, orders_max: int = ORDERS_MAX) -> None:
        self._orders_max = orders_max
        self._orders: dict[str, ExchangeOrder] = {}

    def take(self, row: ExecutionRow, *, is_snapshot: bool = False) -> ExchangeOrder | None:
        """The order after `row`; `None` for an old trade whose order is not among the open ones.

        Raises:
            MalformedAnswer: the row cannot be true, or speaks of an order nobody introduced.
        """
        known = self._orders.get(row.order_id)
        if known is None:
            if row.exec_type == TRADE and (is_snapshot or row.order_qty is None):
                return None
            order = _introduced(row)
        else:
            order = _changed(known, row)
        self._orders.pop(row.order_id, None)
        self._orders[row.order_id] = order
        self._forget_some()
        return order

    def fill(self, row: ExecutionRow) -> ExchangeFill | None:
        """The fill `row` tells; `None` if it tells none.

        Raises:
            MalformedAnswer: it cannot be true, or its order is not known.
        """
        if row.exec_type != TRADE:
            return None
        known = self._orders.get(row.order_id)
        symbol = _required(row.symbol or (known.symbol if known else None), "symbol", row)
        side = _required(row.side or (known.side.value if known else None), "side", row)
        fee, fee_asset = _fee(row, symbol)
        return ExchangeFill(
            execution_id=ExecutionId(sanitize(_required(row.exec_id, "exec_id", row))),
            exchange_order_id=translate.exchange_order_id(row.order_id),
            client_order_id=translate.client_order_id(row.cl_ord_id)
            or (known.client_order_id if known else None),
            symbol=Symbol(sanitize(symbol)),
            side=translate.side_of(side),
            price=translate.checked_positive(_required(row.last_price, "price", row), "last_price"),
            quantity_base=translate.checked_positive(
                _required(row.last_qty, "quantity", row), "last_qty"
            ),
            fee=fee,
            fee_asset=fee_asset,
            is_maker=row.liquidity_ind == "m",
            filled_ms=_moment(row),
        )

    def _forget_some(self) -> None:
        while len(self._orders) > self._orders_max:
            ended = (name for name, order in self._orders.items() if order.status.is_terminal)
            del self._orders[next(ended, None) or next(iter(self._orders))]


class BalanceMemory:
    """Wallets by asset: an update tells one of them, a report tells their sum."""

    def __init__(self) -> None:
        self._wallets: dict[Asset, dict[tuple[str, str], Decimal]] = {}

    def take(self, rows: Iterable[BalanceRow], *, is_snapshot: bool) -> tuple[ExchangeBalance, ...]:
        """Balances that `rows` tell.

        Raises:
            MalformedAnswer: one cannot be true.
        """
        touched: dict[Asset, None] = {}
        for row in rows:
            asset = translate.unified_asset(row.asset)
            touched[asset] = None
            wallets = self._wallets.setdefault(asset, {})
            if is_snapshot and row.wallets:
                for wallet in row.wallets:
                    wallets[wallet.type, wallet.id] = wallet.balance
            else:
                wallets[row.wallet_type, row.wallet_id] = row.balance
        return tuple(
            ExchangeBalance(asset=asset, total=translate.spendable(self._total(asset)))
            for asset in touched
        )

    def _total(self, asset: Asset) -> Decimal:
        total = sum(self._wallets[asset].values(), Decimal(0))
        translate.checked_amount(abs(total), f"balance of {asset}")
        return total


def _introduced(row: ExecutionRow) -> ExchangeOrder:
    name = _required(row.order_type, "order_type", row)
    # Triggers have their limit in the same field.
    price = "0" if row.limit_price is None else f"{row.limit_price:f}"
    order_type, limit = translate.order_kind(name, price, price)
    quantity = translate.checked_amount(_required(row.order_qty, "order_qty", row), "order_qty")
    filled = translate.checked_amount(row.cum_qty or Decimal(0), "cum_qty")
    return ExchangeOrder(
        exchange_order_id=translate.exchange_order_id(row.order_id),
        client_order_id=translate.client_order_id(row.cl_ord_id),
        symbol=Symbol(sanitize(_required(row.symbol, "symbol", row))),
        side=translate.side_of(_required(row.side, "side", row)),
        order_type=order_type,
        status=_status(row, quantity_base=quantity, filled_base=filled),
        quantity_base=quantity,
        filled_base=filled,
        price=limit,
        opened_ms=_moment(row),
        reason=sanitize(row.reason or ""),
        trigger_price=_trigger_price(row),
    )


def _changed(known: ExchangeOrder, row: ExecutionRow) -> ExchangeOrder:
    quantity = translate.checked_amount(
        known.quantity_base if row.order_qty is None else row.order_qty, "order_qty"
    )
    told = translate.checked_amount(row.cum_qty or Decimal(0), "cum_qty")
    # Rows of one order may overtake each other in a snapshot; what was filled stays filled.
    filled = max(known.filled_base, told)
    has_limit = known.order_type.has_limit
    return ExchangeOrder(
        exchange_order_id=known.exchange_order_id,
        client_order_id=known.client_order_id or translate.client_order_id(row.cl_ord_id),
        symbol=known.symbol,
        side=known.side,
        order_type=known.order_type,
        status=known.status
        if known.status.is_terminal
        else _status(row, quantity_base=quantity, filled_base=filled),
        quantity_base=quantity,
        filled_base=filled,
        price=row.limit_price if has_limit and row.limit_price is not None else known.price,
        opened_ms=known.opened_ms,
        reason=sanitize(row.reason or "") or known.reason,
        trigger_price=_trigger_price(row) or known.trigger_price,
    )


def _trigger_price(row: ExecutionRow) -> Decimal | None:
    trigger = row.triggers
    if trigger is None:
        return None
    is_static = trigger.price_type == "static"
    price = trigger.actual_price or (trigger.price if is_static else None)
    return None if price is None else translate.checked_amount(price, "a trigger") or None


def _status(row: ExecutionRow, *, quantity_base: Decimal, filled_base: Decimal) -> OrderStatus:
    # A trade can say partially_filled although it completed the order (Kraken's documentation).
    if quantity_base and filled_base >= quantity_base:
        return OrderStatus.FILLED
    name = row.order_status or ("open" if row.exec_type == TRADE else row.exec_type)
    if name in {"amended", "restated", "status", "iceberg_refill"}:
        name = "open"
    return translate.status_of(name, filled_base=filled_base)


def _fee(row: ExecutionRow, symbol: str) -> tuple[Decimal, Asset]:
    assets = {translate.unified_asset(fee.asset) for fee in row.fees}
    if len(assets) > 1:
        message = f"kraken: fees of {sanitize(row.order_id)} in {len(assets)} assets"
        raise MalformedAnswer(message)
    total = sum((translate.checked_amount(fee.qty, "fee") for fee in row.fees), Decimal(0))
    return total, next(iter(assets), Asset(symbol.partition("/")[2]))


def _moment(row: ExecutionRow) -> int:
    try:
        return parse_rfc3339(row.timestamp)
    except ValueError:
        message = f"kraken: time {sanitize(row.timestamp, length_max=40)!r}"
        raise MalformedAnswer(message) from None


def _required(value: _Value | None, name: str, row: ExecutionRow) -> _Value:
    if value is None:
        message = f"kraken: {name} of order {sanitize(row.order_id)} is not told"
        raise MalformedAnswer(message)
    return value
