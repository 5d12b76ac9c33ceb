"""ccxt's unified answers in our values; one that cannot be true is a fault, never a default."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from tui_trader.engine.exchanges.ccxt_bridge.translate import (
    NAME_LENGTH_MAX,
    MalformedAnswer,
    checked_amount,
    checked_positive,
    spendable,
)
from tui_trader.engine.values.account import ExchangeBalance, ExchangeFill, ExchangeOrder
from tui_trader.engine.values.books import BookLevel
from tui_trader.engine.values.instruments import Asset, Instrument, Symbol
from tui_trader.engine.values.orders import (
    ClientOrderId,
    ExchangeOrderId,
    ExecutionId,
    OrderStatus,
    OrderType,
    Side,
)
from tui_trader.engine.values.text import sanitize

TICK_SIZE = 4
"""ccxt's number for precisions that are steps; elsewhere they count decimals."""
Row = Mapping[str, Any]
_STATUSES = {
    "open": OrderStatus.OPEN,
    "closed": OrderStatus.FILLED,
    "canceled": OrderStatus.CANCELLED,
    "cancelled": OrderStatus.CANCELLED,
    "expired": OrderStatus.EXPIRED,
    "rejected": OrderStatus.REJECTED,
}
BALANCE_KEYS = frozenset({"info", "free", "used", "total", "debt", "timestamp", "datetime"})


def number(value: object, name: str) -> Decimal:
    """An amount of ccxt, exact if it came as text.

    Raises:
        MalformedAnswer: it is none, or missing.
    """
    try:
        amount = Decimal(repr(value) if isinstance(value, float) else str(value))
    except InvalidOperation:
        amount = Decimal("NaN")
    return checked_amount(amount, name)


def instrument_from(market: Row, precision_mode: int) -> Instrument:
    """One listed pair.

    Raises:
        MalformedAnswer: its numbers cannot be true.
    """
    symbol = Symbol(sanitize(str(market["symbol"]), length_max=NAME_LENGTH_MAX))
    precision, limits = market["precision"], market["limits"]
    steps = [
        checked_positive(_step(precision.get(name), precision_mode), f"{name} step of {symbol}")
        for name in ("price", "amount")
    ]
    return Instrument(
        symbol=symbol,
        base=Asset(str(market["base"])),
        quote=Asset(str(market["quote"])),
        tick=steps[0],
        lot=steps[1],
        quantity_min=number(limits["amount"].get("min") or 0, f"minimum of {symbol}"),
        cost_min=number(limits["cost"].get("min") or 0, f"least value of {symbol}"),
        fee_maker_ratio=number(market.get("maker"), f"maker fee of {symbol}"),
        fee_taker_ratio=number(market.get("taker"), f"taker fee of {symbol}"),
    )


def _step(value: object, precision_mode: int) -> Decimal:
    amount = number(value, "a precision")
    return amount if precision_mode == TICK_SIZE else Decimal(1).scaleb(-int(amount))


def order_from(row: Row) -> ExchangeOrder:
    """One order.

    Raises:
        MalformedAnswer: it cannot be true, or is of a type nobody here knows.
    """
    name = ExchangeOrderId(sanitize(str(row["id"]), length_max=NAME_LENGTH_MAX))
    quantity = number(row["amount"], f"amount of {name}")
    filled = number(row["filled"] or 0, f"filled of {name}")
    price = number(row["price"], f"price of {name}") if row.get("price") else None
    kind = _type(str(row.get("type")))
    return ExchangeOrder(
        exchange_order_id=name,
        client_order_id=client_id_of(row),
        symbol=Symbol(sanitize(str(row["symbol"]), length_max=NAME_LENGTH_MAX)),
        side=_side(row["side"]),
        order_type=kind,
        status=_status(row, quantity_base=quantity, filled_base=filled),
        quantity_base=quantity,
        filled_base=filled,
        price=price if kind.has_limit else None,
        opened_ms=int(row.get("timestamp") or 0),
    )


def client_id_of(row: Row) -> ClientOrderId | None:
    """The name we gave an order; ccxt's own field holds another at some exchanges."""
    info = row.get("info")
    told = info.get("cl_ord_id") if isinstance(info, dict) else None
    name = told or row.get("clientOrderId")
    return ClientOrderId(sanitize(str(name), length_max=NAME_LENGTH_MAX)) if name else None


def _type(name: str) -> OrderType:
    try:
        return OrderType(name)
    except ValueError:
        return OrderType.LIMIT if "limit" in name else OrderType.MARKET


def _status(row: Row, *, quantity_base: Decimal, filled_base: Decimal) -> OrderStatus:
    status = _STATUSES.get(str(row["status"]))
    if status is None:
        message = f"an order's status is {sanitize(str(row['status']), length_max=40)!r}"
        raise MalformedAnswer(message)
    if status is OrderStatus.OPEN and filled_base:
        return OrderStatus.PARTIALLY_FILLED
    if status is OrderStatus.FILLED and filled_base < quantity_base:
        # "Closed" is also ccxt's word for an order that ended without its whole quantity.
        return OrderStatus.CANCELLED
    return status


def _side(name: object) -> Side:
    if name not in {"buy", "sell"}:
        message = f"a side is {sanitize(str(name), length_max=40)!r}"
        raise MalformedAnswer(message)
    return Side(name)


def fill_from(row: Row, client_order_id: ClientOrderId | None) -> ExchangeFill:
    """One fill of ours.

    Raises:
        MalformedAnswer: it cannot be true.
    """
    name = ExecutionId(sanitize(str(row["id"]), length_max=NAME_LENGTH_MAX))
    symbol = Symbol(sanitize(str(row["symbol"]), length_max=NAME_LENGTH_MAX))
    fee = row.get("fee") or {}
    return ExchangeFill(
        execution_id=name,
        exchange_order_id=ExchangeOrderId(sanitize(str(row["order"]), length_max=NAME_LENGTH_MAX)),
        client_order_id=client_order_id,
        symbol=symbol,
        side=_side(row["side"]),
        price=checked_positive(number(row["price"], f"price of {name}"), f"price of {name}"),
        quantity_base=checked_positive(
            number(row["amount"], f"amount of {name}"), f"amount of {name}"
        ),
        fee=number(fee.get("cost") or 0, f"fee of {name}"),
        fee_asset=Asset(str(fee.get("currency") or symbol.partition("/")[2])),
        is_maker=row.get("takerOrMaker") == "maker",
        filled_ms=int(row["timestamp"]),
    )


def balances_from(answer: Row) -> tuple[tuple[ExchangeBalance, ...], tuple[str, ...]]:
    """All balances, and a sentence for every debt.

    Raises:
        MalformedAnswer: one cannot be true.
    """
    balances, debts = [], []
    for asset, told in answer["total"].items():
        if told is None:
            continue
        text = str(told)
        total = number(text.removeprefix("-"), f"balance of {sanitize(str(asset))}")
        if text.startswith("-") and total:
            debts.append(f"the balance of {asset} is {text}: a debt, counted as nothing")
            total = -total
        balances.append(ExchangeBalance(asset=Asset(str(asset)), total=spendable(total)))
    return tuple(balances), tuple(debts)


def levels_from(rows: list[list[Any]], depth: int) -> tuple[BookLevel, ...]:
    """Levels of one side of a book, best first.

    Raises:
        MalformedAnswer: one cannot be true.
    """
    return tuple(
        BookLevel(number(row[0], "a book price"), number(row[1], "a book quantity"))
        for row in rows[:depth]
    )
