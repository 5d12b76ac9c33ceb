"""The matching engine: takes orders in, lets them trade, books what they traded.

Law: every change of the account is an event, decided here and applied by `Account.apply`; the
caller makes the events durable before anybody hears of them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from tui_trader.engine.exchanges.simulator import rejections
from tui_trader.engine.exchanges.simulator.account import Account
from tui_trader.engine.exchanges.simulator.admission import admit, price_ticks, volume_lots
from tui_trader.engine.exchanges.simulator.book import Execution, OrderBook, Taken
from tui_trader.engine.exchanges.simulator.events import (
    AccountEvent,
    BalanceChanged,
    OrderAccepted,
    OrderCancelled,
    OrderFilled,
    TapePrint,
    TimeInForce,
)
from tui_trader.engine.exchanges.simulator.listings import (
    LOT_DECIMALS,
    PAIR_BY_SYMBOL,
    PairListing,
    quantity,
    units_of,
)
from tui_trader.engine.exchanges.simulator.orders import OrderRecord, OrderState, OrderTicket
from tui_trader.engine.exchanges.simulator.rejections import Rejected
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.money import ZERO
from tui_trader.engine.values.orders import ExchangeOrderId, ExecutionId, OrderType, Side

NewId = Callable[[str], str]
"""Gives a fresh name that begins with a letter: `O` order, `T` trade, `L` ledger entry."""

USER_REQUESTED = "User requested"
NO_LIQUIDITY = "Insufficient liquidity"
SELF_TRADE = "Self trade prevention"


@dataclass(slots=True)
class Outcome:
    """What one act led to: events of the account, prints of the tape."""

    events: list[AccountEvent] = field(default_factory=list)
    prints: list[TapePrint] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        """Append what came after."""
        self.events += other.events
        self.prints += other.prints


class MatchingEngine:
    """Books of all pairs and the account that trades on them.

    Args:
        new_id: Source of names; the only chance in here, and it is injected.
        tape_id_first: Number of the next trade on the tape.
    """

    def __init__(
        self,
        books: Mapping[Symbol, OrderBook],
        account: Account,
        *,
        new_id: NewId,
        tape_id_first: int,
    ) -> None:
        self.books = books
        self.account = account
        self._new_id = new_id
        self._tape_id_next = tape_id_first

    def deposit(self, asset: str, amount: Decimal, *, now_ms: int) -> Outcome:
        """Put money on the account."""
        outcome = Outcome()
        ref_id = self._new_id("Q")
        self._book(outcome, asset, amount, now_ms=now_ms, cause=("deposit", ref_id, ZERO))
        return outcome

    def rest_open_orders(self) -> None:
        """Put the account's open orders into the books again, oldest first, after a restart."""
        for record in self.account.open_orders.values():
            self._rest(record)

    def check(self, ticket: OrderTicket, *, now_ms: int) -> None:
        """Raise what `place` would raise; nothing changes."""
        admit(ticket, self.account, self.books[ticket.pair.symbol], now_ms=now_ms)

    def place(self, ticket: OrderTicket, *, now_ms: int) -> tuple[ExchangeOrderId, Outcome]:
        """Take an order in and match it.

        Raises:
            Rejected: the order does not exist.
        """
        self.check(ticket, now_ms=now_ms)
        outcome = Outcome()
        accepted = self._accept(ticket, now_ms)
        self._happen(outcome, accepted)
        record = self.account.orders[accepted.txid]
        limit = price_ticks(ticket) if ticket.order_type is OrderType.LIMIT else None
        taken = self.books[ticket.pair.symbol].take(
            ticket.side, volume_lots(ticket), limit=limit, own=frozenset(self.account.open_orders)
        )
        order = (ticket.pair, ticket.side, ticket.order_type)
        self._trade(outcome, order, taken.executions, taker=record, now_ms=now_ms)
        if record.state is OrderState.OPEN:
            self._keep_rest(outcome, record, taken, now_ms=now_ms)
        return accepted.txid, outcome

    def cancel(self, txid: ExchangeOrderId, *, now_ms: int) -> Outcome:
        """Cancel one open order.

        Raises:
            Rejected: it is not open, or never was.
        """
        record = self.account.open_orders.get(txid)
        if record is None:
            known = txid in self.account.orders
            raise Rejected(rejections.UNKNOWN_ORDER if known else rejections.INVALID_ORDER)
        outcome = Outcome()
        self.books[record.pair.symbol].withdraw(
            record.accepted.side, _limit_ticks(record), record.accepted.txid
        )
        self._end(outcome, record, USER_REQUESTED, now_ms=now_ms)
        return outcome

    def cancel_all(self, *, now_ms: int) -> tuple[int, Outcome]:
        """Cancel every open order; how many there were."""
        outcome = Outcome()
        txids = list(self.account.open_orders)
        for txid in txids:
            outcome.add(self.cancel(txid, now_ms=now_ms))
        return len(txids), outcome

    def house_take(
        self, pair: PairListing, side: Side, *, lots: int, limit: int, now_ms: int
    ) -> Outcome:
        """Let somebody from the market trade up to a limit; what does not match is gone."""
        taken = self.books[pair.symbol].take(side, lots, limit=limit, own=frozenset())
        outcome = Outcome()
        order = (pair, side, OrderType.MARKET)
        self._trade(outcome, order, taken.executions, taker=None, now_ms=now_ms)
        return outcome

    def _accept(self, ticket: OrderTicket, now_ms: int) -> OrderAccepted:
        return OrderAccepted(
            time_ms=now_ms,
            txid=ExchangeOrderId(self._new_id("O")),
            cl_ord_id=ticket.cl_ord_id,
            userref=ticket.userref,
            pair=ticket.pair.symbol,
            side=ticket.side,
            order_type=ticket.order_type,
            volume=ticket.volume.quantize(quantity(1)),
            price=None if ticket.price is None else ticket.price.quantize(ticket.pair.price(1)),
            post_only=ticket.post_only,
            time_in_force=ticket.time_in_force,
        )

    def _trade(
        self,
        outcome: Outcome,
        order: tuple[PairListing, Side, OrderType],
        executions: Iterable[Execution],
        *,
        taker: OrderRecord | None,
        now_ms: int,
    ) -> None:
        pair, side, order_type = order
        for execution in executions:
            tape = TapePrint(
                tape_id=self._tape_id_next,
                time_ms=now_ms,
                symbol=pair.symbol,
                side=side,
                order_type=order_type,
                ticks=execution.ticks,
                lots=execution.lots,
            )
            self._tape_id_next += 1
            outcome.prints.append(tape)
            if taker is not None:
                self._fill(outcome, taker, tape, is_maker=False)
            if execution.maker is not None:
                self._fill(outcome, self.account.orders[execution.maker], tape, is_maker=True)

    def _fill(
        self, outcome: Outcome, record: OrderRecord, tape: TapePrint, *, is_maker: bool
    ) -> None:
        order, pair = record.accepted, record.pair
        price, volume = pair.price(tape.ticks), quantity(tape.lots)
        cost, fee = record.price_fill(price, volume, is_maker=is_maker)
        fill = OrderFilled(
            time_ms=tape.time_ms,
            txid=order.txid,
            cl_ord_id=order.cl_ord_id,
            userref=order.userref,
            pair=order.pair,
            side=order.side,
            order_type=order.order_type,
            volume=volume,
            price=price,
            cost=cost,
            fee=fee,
            trade_id=ExecutionId(self._new_id("T")),
            tape_id=tape.tape_id,
            is_maker=is_maker,
        )
        self._happen(outcome, fill)
        sign = order.side.sign
        base_cause = ("trade", fill.trade_id, ZERO)
        self._book(outcome, pair.base.name, sign * volume, now_ms=tape.time_ms, cause=base_cause)
        quote_cause = ("trade", fill.trade_id, fee)
        self._book(outcome, pair.quote.name, -sign * cost, now_ms=tape.time_ms, cause=quote_cause)

    def _book(
        self,
        outcome: Outcome,
        asset: str,
        amount: Decimal,
        *,
        now_ms: int,
        cause: tuple[str, str, Decimal],
    ) -> None:
        reason, ref_id, fee = cause
        balance = self.account.balances.get(asset, ZERO) + amount - fee
        assert balance >= ZERO, (asset, balance)
        entry = BalanceChanged(
            time_ms=now_ms,
            ledger_id=self._new_id("L"),
            ref_id=ref_id,
            asset=asset,
            amount=amount,
            fee=fee,
            balance=balance,
            reason=reason,
        )
        self._happen(outcome, entry)

    def _keep_rest(
        self, outcome: Outcome, record: OrderRecord, taken: Taken, *, now_ms: int
    ) -> None:
        if taken.met_own:
            # Kraken's default `stptype`: the newer of the two orders is cancelled.
            self._end(outcome, record, SELF_TRADE, now_ms=now_ms)
        elif record.accepted.price is None or record.accepted.time_in_force is TimeInForce.IOC:
            self._end(outcome, record, NO_LIQUIDITY, now_ms=now_ms)
        else:
            self._rest(record)

    def _rest(self, record: OrderRecord) -> None:
        lots = units_of(record.remaining, LOT_DECIMALS)
        assert lots is not None
        order = record.accepted
        self.books[order.pair].rest(order.side, _limit_ticks(record), lots=lots, owner=order.txid)

    def _end(self, outcome: Outcome, record: OrderRecord, reason: str, *, now_ms: int) -> None:
        order = record.accepted
        cancelled = OrderCancelled(
            time_ms=now_ms,
            txid=order.txid,
            cl_ord_id=order.cl_ord_id,
            userref=order.userref,
            pair=order.pair,
            side=order.side,
            order_type=order.order_type,
            volume=record.remaining,
            price=order.price,
            reason=reason,
        )
        self._happen(outcome, cancelled)

    def _happen(self, outcome: Outcome, event: AccountEvent) -> None:
        self.account.apply(event)
        outcome.events.append(event)


def _limit_ticks(record: OrderRecord) -> int:
    assert record.accepted.price is not None, record.accepted.txid
    ticks = units_of(record.accepted.price, PAIR_BY_SYMBOL[record.accepted.pair].price_decimals)
    assert ticks is not None
    return ticks
