"""Two journals of one account, held against each other: the engine's and the exchange's.

Law: the exchange's journal is the truth. The same fills with the same numbers, the same balances to
the last digit, at most one order for each intent, none without one, and every order ended the same.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from enum import Enum

import msgspec

from tui_trader.engine.messages.events import Event, OrderFilled, OrderSubmitted
from tui_trader.engine.state.order_life import OrderRecord
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.values.account import ExchangeFill
from tui_trader.engine.values.money import ZERO
from tui_trader.engine.values.orders import ExchangeOrderId, OrderStatus

_DIFFERENCES_MAX = 1_000
"""More is one sentence: that there are more."""
_ENDED_ALIKE = {
    "closed": {OrderStatus.FILLED},
    "canceled": {OrderStatus.CANCELLED, OrderStatus.EXPIRED},
}


class VenueRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the exchange's journal, as far as it is compared."""

    kind: str
    step: int = 0
    last: bool = True
    time_ms: int = 0
    txid: str = ""
    cl_ord_id: str | None = None
    pair: str = ""
    side: str = ""
    volume: Decimal = ZERO
    price: Decimal | None = None
    fee: Decimal = ZERO
    fee_base: Decimal | None = None
    trade_id: str = ""
    asset: str = ""
    balance: Decimal = ZERO


class Law(Enum):
    """What is compared; the value is its name for people."""

    EXECUTIONS = "same fills"
    BALANCES = "same balances"
    ONE_ORDER = "one order per intent"
    INTENT = "no order without an intent"
    ENDS = "orders ended alike"
    TERMS = "same terms of open orders"


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One thing on which the journals disagree."""

    law: Law
    text: str


class TruthReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a comparison found.

    Args:
        external: Orders the engine did not send and knows of.
        unknown: Orders whose outcome the engine is still finding out.
    """

    differences: tuple[Difference, ...]
    fills: int
    orders: int
    external: int
    unknown: int

    @property
    def is_true(self) -> bool:
        """Whether the journals agree on everything."""
        return not self.differences


def compare(events: Iterable[Event], rows: Iterable[VenueRow]) -> TruthReport:
    """Hold the engine's events against the exchange's rows."""
    ours, theirs = _Ours(events), _Theirs(rows)
    found = [
        *_fills_differ(ours, theirs),
        *_balances_differ(ours, theirs),
        *_orders_differ(ours, theirs),
    ]
    if len(found) > _DIFFERENCES_MAX:
        more = len(found) - _DIFFERENCES_MAX
        found = [
            *found[:_DIFFERENCES_MAX],
            Difference(law=Law.EXECUTIONS, text=f"… and {more} more"),
        ]
    return TruthReport(
        differences=tuple(found),
        fills=len(theirs.fills),
        orders=len(theirs.orders),
        external=sum(1 for row in theirs.orders.values() if not ours.has_intent(row)),
        unknown=len(ours.state.unknown_orders()),
    )


class _Ours:
    """The engine's side."""

    def __init__(self, events: Iterable[Event]) -> None:
        self.state = TradingState()
        self.intents: set[str] = set()
        self.fills: dict[str, ExchangeFill] = {}
        self.booked_twice: list[str] = []
        for event in events:
            if isinstance(event, OrderFilled):
                if event.fill.execution_id in self.fills:
                    # The state would end here; a report that names it is of more use.
                    self.booked_twice.append(event.fill.execution_id)
                    continue
                self.fills[event.fill.execution_id] = event.fill
            elif isinstance(event, OrderSubmitted):
                self.intents.add(event.client_order_id)
            self.state.apply(event)

    def has_intent(self, row: VenueRow) -> bool:
        """Whether the engine meant to place that order."""
        return row.cl_ord_id is not None and row.cl_ord_id in self.intents

    def record_of(self, row: VenueRow) -> OrderRecord | None:
        """That order, as the engine knows it."""
        name = self.state.exchange_ids.get(ExchangeOrderId(row.txid))
        record = self.state.orders.get(name) if name is not None else None
        if record is None and self.has_intent(row):
            named = (one for key, one in self.state.orders.items() if key == row.cl_ord_id)
            record = next(named, None)
        return record


class _Theirs:
    """The exchange's side."""

    def __init__(self, rows: Iterable[VenueRow]) -> None:
        self.orders: dict[str, VenueRow] = {}
        self.fills: dict[str, VenueRow] = {}
        self.balances: dict[str, Decimal] = {}
        self._cancelled: set[str] = set()
        self._volumes: dict[str, Decimal] = {}
        self._prices: dict[str, Decimal | None] = {}
        parts: dict[str, Decimal] = {}
        for row in rows:
            match row.kind:
                case "order":
                    self.orders[row.txid] = row
                    self._volumes[row.txid], self._prices[row.txid] = row.volume, row.price
                case "amend":
                    self._volumes[row.txid], self._prices[row.txid] = row.volume, row.price
                case "fill":
                    self.fills[row.trade_id] = row
                    parts[row.txid] = parts.get(row.txid, ZERO) + row.volume
                case "cancel":
                    self._cancelled.add(row.txid)
                case "balance":
                    self.balances[row.asset] = row.balance
                case _:
                    # Triggers and the switch change nothing that is compared.
                    pass
        self._parts = parts

    def terms_of(self, txid: str) -> tuple[Decimal, Decimal | None]:
        """Quantity and limit, as last amended."""
        return self._volumes[txid], self._prices[txid]

    def state_of(self, txid: str) -> str:
        """`open`, `closed` or `canceled`."""
        if txid in self._cancelled:
            return "canceled"
        return "closed" if self._parts.get(txid, ZERO) >= self._volumes[txid] else "open"


def _fills_differ(ours: _Ours, theirs: _Theirs) -> Iterator[Difference]:
    for name in ours.booked_twice:
        yield Difference(law=Law.EXECUTIONS, text=f"the engine booked fill {name} twice")
    for name, row in theirs.fills.items():
        if name not in ours.fills:
            text = f"{_fill_text(name, row)} is missing in the engine"
            yield Difference(law=Law.EXECUTIONS, text=text)
            continue
        wrong = _wrong_numbers(ours.fills[name], row)
        if wrong:
            text = f"{_fill_text(name, row)}: the engine has {wrong}"
            yield Difference(law=Law.EXECUTIONS, text=text)
    for name, fill in ours.fills.items():
        if name not in theirs.fills:
            text = f"fill {name} of {fill.quantity_base} {fill.symbol} never happened"
            yield Difference(law=Law.EXECUTIONS, text=text)


def _fill_text(name: str, row: VenueRow) -> str:
    return f"fill {name} ({row.side} {row.volume} {row.pair} at {row.price})"


def _wrong_numbers(fill: ExchangeFill, row: VenueRow) -> str:
    fee = row.fee if row.fee_base is None else row.fee_base
    pairs = (
        ("quantity", fill.quantity_base, row.volume),
        ("price", fill.price, row.price),
        ("fee", fill.fee, fee),
        ("pair", fill.symbol, row.pair),
        ("side", fill.side.value, row.side),
    )
    return ", ".join(f"{name} {mine}" for name, mine, true in pairs if mine != true)


def _balances_differ(ours: _Ours, theirs: _Theirs) -> Iterator[Difference]:
    told = {str(asset): total for asset, total in ours.state.balances.items()}
    for asset in sorted(told.keys() | theirs.balances.keys()):
        mine, true = told.get(asset, ZERO), theirs.balances.get(asset, ZERO)
        if mine != true:
            text = f"{asset}: the engine has {mine}, the exchange {true}"
            yield Difference(law=Law.BALANCES, text=text)


def _orders_differ(ours: _Ours, theirs: _Theirs) -> Iterator[Difference]:
    intended = Counter(row.cl_ord_id for row in theirs.orders.values() if ours.has_intent(row))
    for name, count in intended.items():
        if count > 1:
            text = f"intent {name} is {count} orders at the exchange"
            yield Difference(law=Law.ONE_ORDER, text=text)
    for txid, row in theirs.orders.items():
        if not ours.has_intent(row) and ExchangeOrderId(txid) not in ours.state.exchange_ids:
            text = f"order {txid} ({row.side} {row.volume} {row.pair}) is not known to the engine"
            yield Difference(law=Law.INTENT, text=text)
            continue
        record, true = ours.record_of(row), theirs.state_of(txid)
        yield from _ends_differ(txid, status=None if record is None else record.status, true=true)
        if record is not None and record.is_open and true == "open":
            yield from _terms_differ(txid, record, theirs.terms_of(txid))
    placed = {row.cl_ord_id for row in theirs.orders.values()}
    for record in ours.state.open_orders():
        is_told = record.status not in {OrderStatus.SUBMITTED, OrderStatus.UNKNOWN}
        if is_told and record.client_order_id not in placed and record.exchange_order_id is None:
            text = f"order {record.client_order_id} is {record.status.value} in the engine only"
            yield Difference(law=Law.ENDS, text=text)


def _terms_differ(
    txid: str, record: OrderRecord, true: tuple[Decimal, Decimal | None]
) -> Iterator[Difference]:
    if record.amendment is not None or record.status is OrderStatus.UNKNOWN:
        return  # The engine says itself that it does not know.
    if record.quantity_base != true[0]:
        text = f"order {txid} has quantity {true[0]}, in the engine {record.quantity_base}"
        yield Difference(law=Law.TERMS, text=text)
    if None not in {record.price, true[1]} and record.price != true[1]:
        text = f"order {txid} has limit {true[1]}, in the engine {record.price}"
        yield Difference(law=Law.TERMS, text=text)


def _ends_differ(txid: str, *, status: OrderStatus | None, true: str) -> Iterator[Difference]:
    if status is None:
        text = f"order {txid} is {true} at the exchange, and the engine lost it"
        yield Difference(law=Law.ENDS, text=text)
    elif true == "open":
        if status.is_terminal:
            text = f"order {txid} is open at the exchange, {status.value} in the engine"
            yield Difference(law=Law.ENDS, text=text)
    elif status not in _ENDED_ALIKE[true]:
        text = f"order {txid} is {true} at the exchange, {status.value} in the engine"
        yield Difference(law=Law.ENDS, text=text)
