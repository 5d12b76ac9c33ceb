"""The matching engine: takes orders in, lets them trade, ends them.

Law: every change of the account is an event, decided here or in `booking` and applied by
`Account.apply`; the caller makes the events durable before anybody hears of them.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal

from tui_trader.engine.exchanges.simulator import rejections
from tui_trader.engine.exchanges.simulator.account import REWARDS_SUFFIX, Account
from tui_trader.engine.exchanges.simulator.admission import (
    OPEN_ORDERS_MAX,
    Surroundings,
    admit,
    check_funds,
    check_request,
    grid_lots,
    grid_ticks,
)
from tui_trader.engine.exchanges.simulator.amending import amended, check_amendment, named
from tui_trader.engine.exchanges.simulator.book import Execution, OrderBook
from tui_trader.engine.exchanges.simulator.booking import (
    Books,
    LedgerCause,
    NewId,
    tape_type,
)
from tui_trader.engine.exchanges.simulator.booking import Outcome as Outcome
from tui_trader.engine.exchanges.simulator.endings import (
    EXPIRED,
    NO_FUNDS,
    NO_LIQUIDITY,
    SELF_TRADE,
    SWITCH_FIRED,
    USER_REQUESTED,
)
from tui_trader.engine.exchanges.simulator.events import SelfTrade, SwitchSet, TimeInForce
from tui_trader.engine.exchanges.simulator.listings import (
    PAIR_BY_SYMBOL,
    PairListing,
    quantity,
)
from tui_trader.engine.exchanges.simulator.orders import OrderRecord, OrderState, OrderTicket
from tui_trader.engine.exchanges.simulator.pair_rules import PairRules, PairStatus
from tui_trader.engine.exchanges.simulator.places import rest, shrink
from tui_trader.engine.exchanges.simulator.rejections import Rejected
from tui_trader.engine.exchanges.simulator.requests import (
    Amendment,
    OrderRequest,
    bought_for_cash,
    ticket_of,
)
from tui_trader.engine.exchanges.simulator.wakefulness import (
    Wakefulness,
    closing_requests,
    funds_ticket,
)
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.money import ZERO
from tui_trader.engine.values.orders import ExchangeOrderId, OrderType, Side

BALANCE_STEP = Decimal(1).scaleb(-10)
"""The finest that any asset is counted in."""
_TRADING = frozenset({PairStatus.ONLINE, PairStatus.LIMIT_ONLY, PairStatus.POST_ONLY})


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
        self.orders_max = OPEN_ORDERS_MAX
        self.rules = {symbol: PairRules.of(PAIR_BY_SYMBOL[symbol]) for symbol in books}
        self._keeper = Books(account, new_id=new_id, tape_id_first=tape_id_first)
        self._waking = Wakefulness(books, account)

    # Money

    def deposit(self, asset: str, amount: Decimal, *, now_ms: int) -> Outcome:
        """Put money on the account."""
        outcome = Outcome()
        cause = LedgerCause(reason="deposit", ref_id=self._keeper.new_id("Q"))
        self._keeper.book(outcome, asset, amount, now_ms=now_ms, cause=cause)
        return outcome

    def set_balance(self, asset: str, balance: Decimal, *, now_ms: int) -> Outcome:
        """Change a balance by hand; the newest orders that it no longer pays for are cancelled."""
        assert balance >= ZERO, balance
        outcome = Outcome()
        change = balance.quantize(BALANCE_STEP, ROUND_FLOOR) - self.account.balances.get(
            asset, ZERO
        )
        cause = LedgerCause(reason="adjustment", ref_id=self._keeper.new_id("Q"))
        self._keeper.book(outcome, asset, change, now_ms=now_ms, cause=cause)
        held = asset.removesuffix(REWARDS_SUFFIX)
        for record in sorted(self.account.open_orders.values(), key=_by_place, reverse=True):
            if self.account.available(held) >= ZERO:
                break
            if record.hold_asset == held and record.hold:
                self._cancel(outcome, record, NO_FUNDS, now_ms=now_ms)
        return outcome

    # Orders

    def rest_open_orders(self) -> None:
        """Put the account's open orders into the books again, after a restart."""
        for record in sorted(self.account.open_orders.values(), key=_by_place):
            if not record.is_dormant:
                rest(self.books[record.accepted.pair], record)

    def ticket(self, request: OrderRequest) -> OrderTicket:
        """The ticket that a request means at this moment.

        Raises:
            Rejected: a price is missing or of the wrong form.
        """
        symbol = request.pair.symbol
        last = self._waking.last(symbol)
        trail_from = self._waking.reference(symbol, request.trigger_source)
        ticket = ticket_of(request, reference=last, trail_from=trail_from)
        return ticket if ticket.cash is None else bought_for_cash(ticket, self.books[symbol])

    def check(self, ticket: OrderTicket, *, now_ms: int) -> None:
        """Raise what `place` would raise; nothing changes."""
        admit(ticket, self._around(ticket.pair, now_ms))

    def check_form(self, ticket: OrderTicket, *, now_ms: int) -> None:
        """Raise what can be said against the request alone."""
        check_request(ticket, self._around(ticket.pair, now_ms))

    def place(self, ticket: OrderTicket, *, now_ms: int) -> tuple[ExchangeOrderId, Outcome]:
        """Take an order in and match it.

        Raises:
            Rejected: the order does not exist.
        """
        self.check(ticket, now_ms=now_ms)
        outcome = Outcome()
        record = self._take_in(outcome, ticket, now_ms=now_ms)
        self._spawn_closes(outcome, now_ms=now_ms)
        return record.accepted.txid, outcome

    def cancel(self, txid: ExchangeOrderId, *, now_ms: int) -> Outcome:
        """Cancel one open order.

        Raises:
            Rejected: it is not open, or never was.
        """
        outcome = Outcome()
        self._cancel(outcome, self.open_record(txid), USER_REQUESTED, now_ms=now_ms)
        return outcome

    def cancel_all(self, *, now_ms: int, reason: str = USER_REQUESTED) -> tuple[int, Outcome]:
        """Cancel every open order; how many there were."""
        outcome = Outcome()
        records = list(self.account.open_orders.values())
        for record in records:
            self._cancel(outcome, record, reason, now_ms=now_ms)
        return len(records), outcome

    def amend(
        self, txid: ExchangeOrderId, amendment: Amendment, *, now_ms: int
    ) -> tuple[str, Outcome]:
        """Give an open order new terms; its name stays, its place where only less is asked for.

        Raises:
            Rejected: nothing has changed.
        """
        record = self.open_record(txid)
        last = self._waking.last(record.accepted.pair)
        change = amended(record, amendment, reference=last, amend_id="", now_ms=now_ms)
        around = replace(self._around(record.pair, now_ms), credit=record.hold)
        check_amendment(record, change, around, deadline_ms=amendment.deadline_ms)
        outcome = Outcome()
        amend_id = self._keeper.new_id("T")
        if change.volume <= record.filled:
            self._cancel(outcome, record, USER_REQUESTED, now_ms=now_ms)
            return amend_id, outcome
        change = named(change, amend_id)
        is_resting = not record.is_dormant
        if is_resting and change.keeps_place:
            shrink(self.books[record.accepted.pair], record, record.accepted.volume - change.volume)
        elif is_resting:
            shrink(self.books[record.accepted.pair], record, None)
        self._keeper.happen(outcome, change)
        if is_resting and not change.keeps_place:
            self._enter(outcome, record, now_ms=now_ms)
            self._spawn_closes(outcome, now_ms=now_ms)
        return amend_id, outcome

    def replace(
        self, txid: ExchangeOrderId, ticket: OrderTicket, *, now_ms: int
    ) -> tuple[ExchangeOrderId, Outcome]:
        """Cancel an order and place another instead, or neither.

        Raises:
            Rejected: the old order is as it was.
        """
        record = self.open_record(txid)
        same_hold = record.accepted.pair == ticket.pair.symbol
        same_hold = same_hold and record.accepted.side is ticket.side
        around = replace(
            self._around(ticket.pair, now_ms),
            credit=record.hold if same_hold else ZERO,
            replaced=record.accepted.cl_ord_id,
        )
        admit(ticket, around)
        outcome = Outcome()
        self._cancel(outcome, record, USER_REQUESTED, now_ms=now_ms)
        new = self._take_in(outcome, ticket, now_ms=now_ms)
        self._spawn_closes(outcome, now_ms=now_ms)
        return new.accepted.txid, outcome

    def set_switch(self, fires_ms: int | None, *, now_ms: int) -> Outcome:
        """Set the dead man's switch, or turn it off."""
        outcome = Outcome()
        self._keeper.happen(outcome, SwitchSet(time_ms=now_ms, fires_ms=fires_ms))
        return outcome

    def open_record(self, txid: ExchangeOrderId) -> OrderRecord:
        """An open order.

        Raises:
            Rejected: it is not open, or never was.
        """
        record = self.account.open_orders.get(txid)
        if record is None:
            known = txid in self.account.orders
            raise Rejected(rejections.UNKNOWN_ORDER if known else rejections.INVALID_ORDER)
        return record

    # The market

    def house_take(
        self, pair: PairListing, side: Side, *, lots: int, limit: int, now_ms: int
    ) -> Outcome:
        """Let somebody from the market trade up to a limit; what does not match is gone."""
        taken = self.books[pair.symbol].take(side, lots, limit=limit, stops_at_own=False)
        outcome = Outcome()
        deal = (pair, side, OrderType.MARKET)
        self._keeper.trade(outcome, deal, taken.executions, taker=None, now_ms=now_ms)
        self._waking.note(outcome.prints)
        self._spawn_closes(outcome, now_ms=now_ms)
        return outcome

    def fill_resting(self, txid: ExchangeOrderId, *, parts: int, now_ms: int) -> Outcome:
        """Let somebody take a resting order at its price, in so many pieces of about one size."""
        record = self.open_record(txid)
        assert not record.is_dormant, txid
        assert record.accepted.price is not None, txid
        outcome = Outcome()
        ticks = grid_ticks(record.accepted.price, record.pair)
        deal = (record.pair, record.accepted.side.opposite, OrderType.MARKET)
        for left in range(parts, 0, -1):
            lots = -(-grid_lots(record.remaining) // left)
            if lots:
                shrink(self.books[record.accepted.pair], record, quantity(lots))
                executions = (Execution(ticks, lots, txid),)
                self._keeper.trade(outcome, deal, executions, taker=None, now_ms=now_ms)
        self._waking.note(outcome.prints)
        self._spawn_closes(outcome, now_ms=now_ms)
        return outcome

    def note_last(self, symbol: Symbol, price: Decimal) -> None:
        """Tell the last trade before this run: relative prices and triggers count from it."""
        self._waking.set_last(symbol, price)

    def advance(self, now_ms: int) -> Outcome:
        """Let time and the market act: the switch, expiries, starts, triggers."""
        outcome = Outcome()
        account = self.account
        if account.switch_ms is not None and now_ms >= account.switch_ms:
            # It turns itself off after firing, as Kraken's does.
            outcome.add(self.set_switch(None, now_ms=now_ms))
            outcome.add(self.cancel_all(now_ms=now_ms, reason=SWITCH_FIRED)[1])
        for record in list(account.timed.values()):
            order = record.accepted
            if order.expires_ms is not None and now_ms >= order.expires_ms:
                self._cancel(outcome, record, EXPIRED, now_ms=now_ms)
            elif record.is_dormant and order.starts_ms is not None and now_ms >= order.starts_ms:
                self._wake(outcome, record, now_ms=now_ms)
        closed = {symbol for symbol, rules in self.rules.items() if rules.status not in _TRADING}
        while (step := self._waking.next_step(now_ms, closed)) is not None:
            if step.moved is not None:
                self._keeper.happen(outcome, step.moved)
            if step.wakes:
                self._wake(outcome, step.record, now_ms=now_ms)
        return outcome

    # Inside

    def _around(self, pair: PairListing, now_ms: int) -> Surroundings:
        return Surroundings(
            account=self.account,
            book=self.books[pair.symbol],
            rules=self.rules[pair.symbol],
            now_ms=now_ms,
            orders_max=self.orders_max,
        )

    def _take_in(self, outcome: Outcome, ticket: OrderTicket, *, now_ms: int) -> OrderRecord:
        record = self._keeper.accept(outcome, ticket, now_ms=now_ms)
        if record.is_dormant:
            self._waking.look_at(record)
        else:
            self._enter(outcome, record, now_ms=now_ms)
        return record

    def _enter(self, outcome: Outcome, record: OrderRecord, *, now_ms: int) -> None:
        """Let an order meet the book, and keep what is left of it where it may wait."""
        order, book = record.accepted, self.books[record.accepted.pair]
        limit = None if order.price is None else grid_ticks(order.price, record.pair)
        lots = grid_lots(record.remaining)
        if order.time_in_force is TimeInForce.FOK:
            offered, _ = book.quote_take(order.side, lots, limit=limit)
            if offered < lots:
                self._keeper.end(outcome, record, NO_LIQUIDITY, now_ms=now_ms)
                return
        while record.state is OrderState.OPEN:
            taken = book.take(order.side, lots, limit=limit, stops_at_own=True)
            deal = (record.pair, order.side, tape_type(record))
            before = len(outcome.prints)
            self._keeper.trade(outcome, deal, taken.executions, taker=record, now_ms=now_ms)
            self._waking.note(outcome.prints[before:])
            lots = taken.lots_left
            if taken.met_own is None:
                break
            if order.self_trade is not SelfTrade.CANCEL_NEWEST:
                met = self.account.open_orders[taken.met_own]
                self._cancel(outcome, met, SELF_TRADE, now_ms=now_ms)
            if order.self_trade is not SelfTrade.CANCEL_OLDEST:
                self._keeper.end(outcome, record, SELF_TRADE, now_ms=now_ms)
        if record.state is OrderState.OPEN:
            self._keep_rest(outcome, record, now_ms=now_ms)

    def _keep_rest(self, outcome: Outcome, record: OrderRecord, *, now_ms: int) -> None:
        order = record.accepted
        if order.price is None or order.time_in_force in {TimeInForce.IOC, TimeInForce.FOK}:
            self._keeper.end(outcome, record, NO_LIQUIDITY, now_ms=now_ms)
        else:
            rest(self.books[record.accepted.pair], record)

    def _wake(self, outcome: Outcome, record: OrderRecord, *, now_ms: int) -> None:
        self._keeper.happen(outcome, self._waking.woken(record, now_ms=now_ms))
        self._enter_if_paid(outcome, record, now_ms=now_ms)
        self._spawn_closes(outcome, now_ms=now_ms)

    def _enter_if_paid(self, outcome: Outcome, record: OrderRecord, *, now_ms: int) -> None:
        around = replace(self._around(record.pair, now_ms), credit=record.hold)
        try:
            check_funds(funds_ticket(record), around)
        except Rejected:
            self._keeper.end(outcome, record, NO_FUNDS, now_ms=now_ms)
        else:
            self._enter(outcome, record, now_ms=now_ms)

    def _spawn_closes(self, outcome: Outcome, *, now_ms: int) -> None:
        """Bring forth the conditional closes of what was filled in this act."""
        new_events = outcome.events[outcome.closes_seen :]
        outcome.closes_seen = len(outcome.events)
        for request, price in closing_requests(self.account, new_events):
            try:
                ticket = ticket_of(request, reference=price, trail_from=price)
            except Rejected:
                # Relative terms can come to nothing, for instance a price below zero.
                continue
            if ticket.price is None or ticket.price > ZERO:
                record = self._keeper.accept(outcome, ticket, now_ms=now_ms)
                if record.is_dormant:
                    self._waking.look_at(record)
                else:
                    self._enter_if_paid(outcome, record, now_ms=now_ms)

    def _cancel(self, outcome: Outcome, record: OrderRecord, reason: str, *, now_ms: int) -> None:
        if not record.is_dormant:
            shrink(self.books[record.accepted.pair], record, None)
        is_expired = reason == EXPIRED
        self._keeper.end(outcome, record, reason, now_ms=now_ms, is_expired=is_expired)


def _by_place(record: OrderRecord) -> int:
    return record.place
