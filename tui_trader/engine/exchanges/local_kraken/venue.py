"""The exchange as one thing: market, matching engine, account and journal on one clock.

Law: journal first. What happened is on disk before a subscriber or the caller hears of it.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from tui_trader.engine.exchanges.local_kraken.clock import new_id
from tui_trader.engine.exchanges.local_kraken.journal import ExchangeJournal
from tui_trader.engine.exchanges.simulator.account import Account
from tui_trader.engine.exchanges.simulator.book import OrderBook
from tui_trader.engine.exchanges.simulator.events import AccountEvent, TapePrint
from tui_trader.engine.exchanges.simulator.listings import PAIRS, USD
from tui_trader.engine.exchanges.simulator.market import PairMarket
from tui_trader.engine.exchanges.simulator.matching import MatchingEngine, Outcome
from tui_trader.engine.exchanges.simulator.orders import OrderTicket
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.orders import ExchangeOrderId

CASH_STEP = Decimal("0.0001")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeConfig:
    """How to serve.

    Args:
        journal: File of the account; orders and balances in it come back.
        port: On 127.0.0.1; 0 picks a free one.
        speed: Times ten market events a second over all pairs; 0 freezes the market.
        cash: US dollars of a new account.
        latency_ms: Added to every REST reply.
    """

    journal: Path
    port: int = 0
    seed: int = 1
    speed: float = 1.0
    cash: Decimal = Decimal(10_000)
    latency_ms: int = 0


class Subscribers(Protocol):
    """Who hears what happened, after it is durable."""

    def market_changed(self, market: PairMarket, prints: Sequence[TapePrint]) -> None:
        """A book changed or somebody traded."""
        ...

    def account_changed(self, events: Sequence[AccountEvent]) -> None:
        """Something happened on the account."""
        ...


class Venue:
    """One exchange.

    Args:
        clock: Every moment it knows comes from here.
    """

    def __init__(self, config: ServeConfig, clock: Clock, subscribers: Subscribers) -> None:
        self.clock = clock
        self.journal_path = config.journal
        self._subscribers = subscribers
        self._journal = ExchangeJournal(config.journal)
        self.account = Account()
        for event in self._journal.past:
            self.account.apply(event)
        self.has_past = bool(self._journal.past)
        self._journal.past.clear()
        now_ms = clock.now_ms()
        books = {pair.symbol: OrderBook() for pair in PAIRS}
        self.engine = MatchingEngine(books, self.account, new_id=new_id, tape_id_first=now_ms)
        self.engine.rest_open_orders()
        self.markets: dict[Symbol, PairMarket] = {
            pair.symbol: PairMarket(
                pair,
                self.engine,
                random.Random(f"{config.seed} {pair.symbol}"),  # noqa: S311 - a market, no secret
                seed=config.seed,
                now_ms=now_ms,
                is_frozen=config.speed == 0,
            )
            for pair in PAIRS
        }
        if not self.has_past:
            deposit = self.engine.deposit(USD.name, config.cash.quantize(CASH_STEP), now_ms=now_ms)
            self._journal.append(deposit.events)

    def place(self, ticket: OrderTicket) -> ExchangeOrderId:
        """Take an order in.

        Raises:
            Rejected: it does not exist.
        """
        txid, outcome = self.engine.place(ticket, now_ms=self.clock.now_ms())
        self._user_acted(outcome, {ticket.pair.symbol})
        return txid

    def cancel(self, txids: Sequence[ExchangeOrderId]) -> int:
        """Cancel open orders; how many.

        Raises:
            Rejected: one of them is not open; those before it are cancelled.
        """
        for txid in txids:
            record = self.account.open_orders.get(txid)
            outcome = self.engine.cancel(txid, now_ms=self.clock.now_ms())
            assert record is not None
            self._user_acted(outcome, {record.accepted.pair})
        return len(txids)

    def cancel_all(self) -> int:
        """Cancel every open order; how many."""
        symbols = {record.accepted.pair for record in self.account.open_orders.values()}
        count, outcome = self.engine.cancel_all(now_ms=self.clock.now_ms())
        self._user_acted(outcome, symbols)
        return count

    def step(self, symbol: Symbol) -> None:
        """One market event of one pair."""
        market = self.markets[symbol]
        self._commit(market.step(self.clock.now_ms()), {symbol})

    def move(self, symbol: Symbol, percent: float) -> None:
        """Let the fair price of a pair jump."""
        outcome = self.markets[symbol].move(percent, now_ms=self.clock.now_ms())
        self._commit(outcome, {symbol})

    def close(self) -> None:
        """Release the journal."""
        self._journal.close()

    def _user_acted(self, outcome: Outcome, symbols: set[Symbol]) -> None:
        self._commit(outcome, symbols)
        for symbol in symbols:
            self.markets[symbol].restore()
            self._subscribers.market_changed(self.markets[symbol], ())

    def _commit(self, outcome: Outcome, symbols: set[Symbol]) -> None:
        self._journal.append(outcome.events)
        for tape in outcome.prints:
            self.markets[tape.symbol].note(tape)
        for symbol in symbols:
            prints = [tape for tape in outcome.prints if tape.symbol == symbol]
            self._subscribers.market_changed(self.markets[symbol], prints)
        if outcome.events:
            self._subscribers.account_changed(outcome.events)
