"""Kraken's answers in our values.

Law: raw answers end here. A number that is missing, negative, absurd or not a number, a status or
a pair nobody knows is a `MalformedAnswer`, never a default; text is sanitised on the way in.
"""

from decimal import Decimal, InvalidOperation
from typing import TypeVar

import msgspec

from tui_trader.engine.exchanges.ccxt_bridge import wire
from tui_trader.engine.values.account import ExchangeBalance, ExchangeFill, ExchangeOrder
from tui_trader.engine.values.candles import Candle
from tui_trader.engine.values.errors import TemporaryFault
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
from tui_trader.engine.values.time import MS_PER_SECOND

# Larger or finer amounts exist in no market; as exact integers they would fill the memory.
EXPONENT_MAX = 20
NAME_LENGTH_MAX = 64
PERCENT = Decimal(100)

_OUR_NAMES = {"XBT": "BTC", "XDG": "DOGE"}
# Kraken's oldest assets carry a letter for their class: X coins, Z state money.
_CLASS_LETTERS = ("X", "Z")
_OLD_ID_LENGTH = 4
# Coins that earn rewards by themselves (`ETH.F`) can be sold like any other.
_SPENDABLE_SUFFIX = ".F"

_Answer = TypeVar("_Answer")


class MalformedAnswer(TemporaryFault):
    """Kraken answered with something that cannot be true; nothing of that answer is used."""


def parse_answer(raw: object, shape: type[_Answer]) -> _Answer:
    """`raw` as `shape`.

    Raises:
        MalformedAnswer: a field is missing or has the wrong type.
    """
    try:
        return msgspec.convert(raw, shape)
    except msgspec.ValidationError as fault:
        message = f"kraken: {shape.__name__}: {sanitize(str(fault))}"
        raise MalformedAnswer(message) from None


def checked_amount(value: Decimal, name: str) -> Decimal:
    """`value`, which is finite, not negative and of a believable size.

    Raises:
        MalformedAnswer: it is none of these.
    """
    if not value.is_finite() or value < 0 or abs(value.adjusted()) > EXPONENT_MAX:
        message = f"kraken: {name} is {sanitize(str(value), length_max=40)}"
        raise MalformedAnswer(message)
    return value


def checked_positive(value: Decimal, name: str) -> Decimal:
    """`checked_amount` above zero.

    Raises:
        MalformedAnswer: it is not.
    """
    if checked_amount(value, name) == 0:
        message = f"kraken: {name} is zero"
        raise MalformedAnswer(message)
    return value


def unified_asset(name: str) -> Asset:
    """`BTC` for `XXBT`, `XBT` and `XBT.F`; `USD` for `ZUSD`; `ETH.S` stays what it is."""
    stem, dot, suffix = sanitize(name, length_max=NAME_LENGTH_MAX).partition(".")
    if len(stem) == _OLD_ID_LENGTH and stem.startswith(_CLASS_LETTERS):
        stem = stem[1:]
    stem = _OUR_NAMES.get(stem, stem)
    return Asset(stem if dot + suffix in {"", _SPENDABLE_SUFFIX} else f"{stem}.{suffix}")


class Pairs:
    """Every pair Kraken lists, under each of its names.

    Law: our symbol is the one WebSocket v2 uses (`BTC/USD`), made from `wsname`. ccxt's unified names
    are not it: ccxt renames LUNA, REP and UST, Kraken's WebSocket does not.
    """

    def __init__(self, raw: object) -> None:
        rows = parse_answer(raw, dict[str, wire.PairRow])
        self._symbols: dict[str, Symbol] = {}
        self._ids: dict[Symbol, str] = {}
        self._rows: dict[Symbol, wire.PairRow] = {}
        for pair_id, row in rows.items():
            symbol = _unified_symbol(row)
            self._ids[symbol], self._rows[symbol] = pair_id, row
            for name in (pair_id, row.altname, row.wsname, symbol):
                self._symbols[name] = symbol

    def symbol(self, name: str) -> Symbol:
        """Our name of a pair.

        Raises:
            MalformedAnswer: the list does not have it.
        """
        if name not in self._symbols:
            message = f"kraken: pair {sanitize(name, length_max=NAME_LENGTH_MAX)!r} is not listed"
            raise MalformedAnswer(message)
        return self._symbols[name]

    def lists(self, name: str) -> bool:
        """Whether the list has a pair of this name."""
        return name in self._symbols

    def symbols(self) -> tuple[Symbol, ...]:
        """Every pair, by our name."""
        return tuple(self._ids)

    def pair_id(self, symbol: Symbol) -> str | None:
        """Kraken's canonical name of one of our pairs."""
        return self._ids.get(symbol)

    def instrument(self, symbol: Symbol) -> Instrument:
        """One listed pair.

        Raises:
            MalformedAnswer: its numbers cannot be true.
        """
        return _instrument(symbol, self._rows[symbol])


def _unified_symbol(row: wire.PairRow) -> Symbol:
    base, slash, quote = row.wsname.partition("/")
    if not slash:
        base, quote = row.base, row.quote
    return Symbol(f"{unified_asset(base)}/{unified_asset(quote)}")


def _instrument(symbol: Symbol, row: wire.PairRow) -> Instrument:
    base, _, quote = symbol.partition("/")
    # tick_size may be coarser than pair_decimals says; ccxt's `precision` knows the decimals only.
    tick = row.tick_size if row.tick_size is not None else Decimal(1).scaleb(-row.pair_decimals)
    return Instrument(
        symbol=symbol,
        base=Asset(base),
        quote=Asset(quote),
        tick=checked_positive(tick, f"tick of {symbol}"),
        lot=Decimal(1).scaleb(-row.lot_decimals),
        quantity_min=checked_amount(row.ordermin, f"ordermin of {symbol}"),
        cost_min=checked_amount(row.costmin, f"costmin of {symbol}"),
        fee_maker_ratio=_fee_ratio(row.fees_maker or row.fees),
        fee_taker_ratio=_fee_ratio(row.fees),
    )


def _fee_ratio(tiers: tuple[wire.FeeTier, ...]) -> Decimal:
    if not tiers:
        message = "kraken: a pair without fees"
        raise MalformedAnswer(message)
    # Rebates (below zero) exist, so this is no amount.
    return Decimal(repr(tiers[0].percent)) / PERCENT


def order_from(txid: str, row: wire.OrderRow, pairs: Pairs) -> ExchangeOrder:
    """One order of REST.

    Raises:
        MalformedAnswer: it cannot be true.
    """
    quantity = checked_amount(row.vol, f"vol of {txid}")
    filled = checked_amount(row.vol_exec, f"vol_exec of {txid}")
    if "viqc" in (row.oflags or ""):
        # Volume in quote currency: by hand only, we never send it. What it buys shows in the fills.
        quantity = filled
    order_type, price = order_kind(row.descr.ordertype, row.descr.price, row.descr.price2)
    trigger = _trigger_of(order_type, row)
    return ExchangeOrder(
        exchange_order_id=exchange_order_id(txid),
        client_order_id=client_order_id(row.cl_ord_id),
        symbol=pairs.symbol(row.descr.pair),
        side=side_of(row.descr.type),
        order_type=order_type,
        status=status_of(row.status, filled_base=filled),
        quantity_base=quantity,
        filled_base=filled,
        price=price,
        opened_ms=milliseconds(row.opentm),
        reason=sanitize(row.reason or ""),
        trigger_price=trigger,
    )


def order_kind(name: str, price: str, price2: str) -> tuple[OrderType, Decimal | None]:
    """Type and limit price, of Kraken's type and its two prices.

    Raises:
        MalformedAnswer: a limit cannot be true.
    """
    try:
        kind = OrderType(name)
    except ValueError:
        # `settle-position` and whatever comes next: by hand only, and gone when it is carried out.
        return OrderType.MARKET, None
    if not kind.has_limit or kind.is_trailing:
        # The limit of a trailing one is a distance until it fires.
        return kind, None
    limit = absolute_price(price2 if kind.is_triggered else price)
    if limit is None and kind.is_triggered:
        return kind, None
    return kind, checked_positive(limit or Decimal(0), "limit price")


def absolute_price(text: str) -> Decimal | None:
    """A price as an order states it; `None` for a distance from the market, and for none."""
    if not text or text[0] in "+-#" or text.endswith("%"):
        return None
    try:
        price = Decimal(text)
    except InvalidOperation:
        message = f"kraken: price {sanitize(text, length_max=40)!r} of an order"
        raise MalformedAnswer(message) from None
    return checked_amount(price, "a price of an order") or None


def _trigger_of(kind: OrderType, row: wire.OrderRow) -> Decimal | None:
    if not kind.is_triggered:
        return None
    moved = checked_amount(row.stopprice or Decimal(0), "stopprice") or None
    return moved or (None if kind.is_trailing else absolute_price(row.descr.price))


def status_of(name: str, *, filled_base: Decimal) -> OrderStatus:
    """Status by Kraken's word for it, REST's and WebSocket's.

    Raises:
        MalformedAnswer: nobody knows the word.
    """
    match name:
        case "pending" | "pending_new" | "new" | "open" | "partially_filled" | "triggered":
            return OrderStatus.PARTIALLY_FILLED if filled_base else OrderStatus.OPEN
        case "closed" | "filled":
            return OrderStatus.FILLED
        case "canceled":
            return OrderStatus.CANCELLED
        case "expired":
            return OrderStatus.EXPIRED
        case _:
            message = f"kraken: order status {sanitize(name, length_max=NAME_LENGTH_MAX)!r}"
            raise MalformedAnswer(message)


def side_of(name: str) -> Side:
    """Side by its name.

    Raises:
        MalformedAnswer: neither buy nor sell.
    """
    if name not in {"buy", "sell"}:
        message = f"kraken: side {sanitize(name, length_max=NAME_LENGTH_MAX)!r}"
        raise MalformedAnswer(message)
    return Side(name)


def exchange_order_id(name: str) -> ExchangeOrderId:
    """Kraken's name of an order, safe to show."""
    return ExchangeOrderId(sanitize(name, length_max=NAME_LENGTH_MAX))


def client_order_id(name: str | None) -> ClientOrderId | None:
    """The client id an order was placed with, if any."""
    return ClientOrderId(sanitize(name, length_max=NAME_LENGTH_MAX)) if name else None


def fill_from(
    execution_id: str, row: wire.TradeRow, *, pairs: Pairs, order: wire.OrderRow | None
) -> ExchangeFill:
    """One fill of REST.

    A trade says neither its client id nor in which asset the fee was taken; `order`, if this look saw
    it, knows both (ours say `fciq`, quote currency).

    Raises:
        MalformedAnswer: it cannot be true.
    """
    symbol = pairs.symbol(row.pair)
    base, _, quote = symbol.partition("/")
    is_fee_in_base = order is not None and "fcib" in (order.oflags or "")
    return ExchangeFill(
        execution_id=ExecutionId(sanitize(execution_id, length_max=NAME_LENGTH_MAX)),
        exchange_order_id=exchange_order_id(row.ordertxid),
        client_order_id=client_order_id(order.cl_ord_id) if order else None,
        symbol=symbol,
        side=side_of(row.type),
        price=checked_positive(row.price, f"price of {execution_id}"),
        quantity_base=checked_positive(row.vol, f"vol of {execution_id}"),
        fee=checked_amount(row.fee, f"fee of {execution_id}"),
        fee_asset=Asset(base if is_fee_in_base else quote),
        is_maker=row.maker,
        filled_ms=milliseconds(row.time),
    )


def balances_from(raw: object) -> tuple[tuple[ExchangeBalance, ...], tuple[str, ...]]:
    """All balances, names of one asset summed up; and a sentence for every debt.

    Raises:
        MalformedAnswer: a balance cannot be true.
    """
    totals: dict[Asset, Decimal] = {}
    for name, row in parse_answer(raw, dict[str, wire.BalanceRow]).items():
        asset = unified_asset(name)
        totals[asset] = totals.get(asset, Decimal(0)) + row.balance
    debts = []
    balances = []
    for asset, total in totals.items():
        checked_amount(abs(total), f"balance of {asset}")
        if total < 0:
            debts.append(f"the balance of {asset} is {total:f}: a debt, counted as nothing")
        balances.append(ExchangeBalance(asset=asset, total=spendable(total)))
    return tuple(balances), tuple(debts)


def spendable(total: Decimal) -> Decimal:
    """What of a balance can be spent: nothing of a debt."""
    return max(total, Decimal(0))


def candles_from(raw: object) -> tuple[Candle, ...]:
    """Candles of an OHLC answer, oldest first, the open one last.

    Raises:
        MalformedAnswer: a candle cannot be true.
    """
    answer = parse_answer(raw, dict[str, object])
    rows = [rows for name, rows in answer.items() if name != "last"]
    if len(rows) != 1:
        message = f"kraken: {len(rows)} pairs in an answer about one"
        raise MalformedAnswer(message)
    return tuple(_candle(row) for row in parse_answer(rows[0], list[wire.CandleRow]))


def _candle(row: wire.CandleRow) -> Candle:
    prices = [row.open, row.high, row.low, row.close]
    for price in prices:
        checked_positive(price, "a candle's price")
    if row.high != max(prices) or row.low != min(prices):
        message = "kraken: a candle closes outside its own range"
        raise MalformedAnswer(message)
    return Candle(
        open_time_ms=row.time_s * MS_PER_SECOND,
        open=float(row.open),
        high=float(row.high),
        low=float(row.low),
        close=float(row.close),
        volume_base=float(checked_amount(row.volume, "a candle's volume")),
    )


def milliseconds(seconds: float) -> int:
    """UTC milliseconds of Kraken's seconds.

    Raises:
        MalformedAnswer: no moment of this age.
    """
    if not 0 <= seconds < 1e11:  # noqa: PLR2004 - NaN, infinity and milliseconds by mistake fail here
        message = f"kraken: time {seconds!r}"
        raise MalformedAnswer(message)
    return round(seconds * MS_PER_SECOND)
