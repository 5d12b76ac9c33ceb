"""The exchange as one thing: market, matching engine, account and journal on one clock.

Law: journal first. What happened is on disk before a subscriber or the caller hears of it.
"""

import asyncio
import contextlib
import gc
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from tui_trader.engine.exchanges.local_kraken.clock import new_id
from tui_trader.engine.exchanges.local_kraken.journal import ExchangeJournal
from tui_trader.engine.exchanges.local_kraken.market_pace import Gaps
from tui_trader.engine.exchanges.local_kraken.nonce_file import NonceFile
from tui_trader.engine.exchanges.local_kraken.rate_counters import (
    TIERS,
    CallCounters,
    OrderCounters,
)
from tui_trader.engine.exchanges.local_kraken.venue_status import VenueStatus
from tui_trader.engine.exchanges.simulator.account import Account
from tui_trader.engine.exchanges.simulator.admission import OPEN_ORDERS_MAX
from tui_trader.engine.exchanges.simulator.board import MarketBoard
from tui_trader.engine.exchanges.simulator.book import OrderBook
from tui_trader.engine.exchanges.simulator.events import (
    AccountEvent,
    MarketMoved,
    RulesChanged,
    TapePrint,
)
from tui_trader.engine.exchanges.simulator.fair_price import FairPrice
from tui_trader.engine.exchanges.simulator.listings import PAIRS, USD, asset_named
from tui_trader.engine.exchanges.simulator.market import PairMarket
from tui_trader.engine.exchanges.simulator.matching import MatchingEngine, Outcome
from tui_trader.engine.exchanges.simulator.orders import OrderTicket
from tui_trader.engine.exchanges.simulator.pair_rules import PairRules
from tui_trader.engine.exchanges.simulator.replay_market import ReplayMarket
from tui_trader.engine.exchanges.simulator.requests import Amendment, OrderRequest
from tui_trader.engine.exchanges.simulator.tape import Tape
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.values.errors import StoreError
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.money import ZERO
from tui_trader.engine.values.orders import ExchangeOrderId, Side
from tui_trader.engine.values.time import MS_PER_SECOND

CASH_STEP = Decimal("0.0001")
_TIMER_S = 0.1
_JUMP_PARTS = 100
"""After a jump somebody takes this part of the best quote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeConfig:
    """How to serve.

    Args:
        journal: File of the account; orders and balances in it come back.
        port: On 127.0.0.1; 0 picks a free one.
        speed: Times ten market events a second over all pairs; 0 freezes the market. With tapes:
            recorded seconds a second; 0 waits for `resume` or `step`.
        cash: US dollars of a new account.
        latency_ms: Added to every REST reply.
        tapes: Pairs that are played instead of made; then all others stand still.
        gaps: What happens where nothing was recorded.
        faults: What goes wrong from the beginning, as `--fault` names it.
        tier: Whose limits hold, a name in `rate_counters.TIERS`; `None` is without limits.
        nonce_window: How far below the highest nonce of its key another one may be.
    """

    journal: Path
    port: int = 0
    seed: int = 1
    speed: float = 1.0
    cash: Decimal = Decimal(10_000)
    latency_ms: int = 0
    tapes: Mapping[Symbol, Tape] = field(default_factory=dict)
    gaps: Gaps = Gaps.JUMP
    faults: Sequence[str] = ()
    tier: str | None = None
    nonce_window: int = 0


@contextlib.contextmanager
def _no_collection() -> Iterator[None]:
    """Everything made here stays: to look for garbage in it takes a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class Subscribers(Protocol):
    """Who hears what happened, after it is durable."""

    def market_changed(self, market: MarketBoard, prints: Sequence[TapePrint]) -> None:
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
        self.status = VenueStatus(clock)
        self.journal_path = config.journal
        self._subscribers = subscribers
        tier = None if config.tier is None else TIERS[config.tier]
        self.call_counters, self.order_counters = CallCounters(tier), OrderCounters(tier)
        self.nonce_window = config.nonce_window
        self._journal = ExchangeJournal(config.journal)
        try:
            self.nonces = NonceFile(config.journal.with_name(config.journal.name + ".nonces"))
        except StoreError:
            self._journal.close()
            raise
        self.account = Account()
        with _no_collection():
            for event in self._journal.past:
                self.account.apply(event)
        self.has_past = bool(self._journal.past)
        self._journal.past.clear()
        now_ms = clock.now_ms()
        books = {pair.symbol: OrderBook() for pair in PAIRS}
        self.engine = MatchingEngine(books, self.account, new_id=new_id, tape_id_first=now_ms)
        self.engine.orders_max = OPEN_ORDERS_MAX if tier is None else tier.open_orders_max
        for symbol, changed in self.account.rules.items():
            self.engine.rules[symbol] = PairRules.of_event(changed)
        self.engine.rest_open_orders()
        self.markets: dict[Symbol, MarketBoard] = {}
        for pair in PAIRS:
            tape = config.tapes.get(pair.symbol)
            self.markets[pair.symbol] = (
                PairMarket(
                    pair,
                    self.engine,
                    random.Random(f"{config.seed} {pair.symbol}"),  # noqa: S311 - a market, no secret
                    fair=FairPrice(pair, config.seed, moves=self._moves(pair.symbol)),
                    now_ms=now_ms,
                    is_frozen=config.speed == 0 or bool(config.tapes),
                )
                if tape is None
                else ReplayMarket(pair, self.engine, tape)
            )
        for symbol, market in self.markets.items():
            self.engine.note_last(symbol, market.pair.price(market.last.ticks))
        if not self.has_past:
            deposit = self.engine.deposit(USD.name, config.cash.quantize(CASH_STEP), now_ms=now_ms)
            self._journal.append(deposit.events)

    # Orders

    def ticket(self, request: OrderRequest) -> OrderTicket:
        """The ticket that a request means now.

        Raises:
            Rejected: a price is missing or of the wrong form.
        """
        self.tick()
        return self.engine.ticket(request)

    def check(self, ticket: OrderTicket) -> None:
        """Raise what `place` would raise."""
        self.engine.check(ticket, now_ms=self.clock.now_ms())

    def check_form(self, ticket: OrderTicket) -> None:
        """Raise what can be said against the request alone."""
        self.engine.check_form(ticket, now_ms=self.clock.now_ms())

    def place(self, ticket: OrderTicket) -> ExchangeOrderId:
        """Take an order in.

        Raises:
            Rejected: it does not exist.
        """
        txid, outcome = self.engine.place(ticket, now_ms=self.clock.now_ms())
        self._user_acted(outcome, {ticket.pair.symbol})
        return txid

    def amend(self, txid: ExchangeOrderId, amendment: Amendment) -> str:
        """Give an order new terms; the name of the change.

        Raises:
            Rejected: nothing has changed.
        """
        symbol = self.engine.open_record(txid).accepted.pair
        amend_id, outcome = self.engine.amend(txid, amendment, now_ms=self.clock.now_ms())
        self._user_acted(outcome, {symbol})
        return amend_id

    def replace(self, txid: ExchangeOrderId, ticket: OrderTicket) -> ExchangeOrderId:
        """Cancel an order and place another; the name of the new one.

        Raises:
            Rejected: the old order is as it was.
        """
        new_txid, outcome = self.engine.replace(txid, ticket, now_ms=self.clock.now_ms())
        self._user_acted(outcome, {ticket.pair.symbol})
        return new_txid

    def cancel(self, txids: Sequence[ExchangeOrderId]) -> int:
        """Cancel open orders; how many.

        Raises:
            Rejected: one of them is not open; those before it are cancelled.
        """
        for txid in txids:
            symbol = self.engine.open_record(txid).accepted.pair
            outcome = self.engine.cancel(txid, now_ms=self.clock.now_ms())
            self._user_acted(outcome, {symbol})
        return len(txids)

    def cancel_all(self) -> int:
        """Cancel every open order; how many."""
        symbols = {record.accepted.pair for record in self.account.open_orders.values()}
        count, outcome = self.engine.cancel_all(now_ms=self.clock.now_ms())
        self._user_acted(outcome, symbols)
        return count

    def set_switch(self, fires_ms: int | None) -> None:
        """Set the dead man's switch, or turn it off."""
        self._user_acted(self.engine.set_switch(fires_ms, now_ms=self.clock.now_ms()), set())

    # The market

    async def run_timers(self) -> None:
        """Let what is due happen, until cancelled, also while nobody asks for anything."""
        while True:
            await asyncio.sleep(_TIMER_S)
            self.status.look_at_clock()
            self.tick()

    def tick(self) -> None:
        """Let everything happen that is due by now: expiries, triggers, the switch."""
        symbols = {record.accepted.pair for record in self.account.open_orders.values()}
        outcome = self.engine.advance(self.clock.now_ms())
        if outcome.events:
            self._user_acted(outcome, symbols)

    def step(self, symbol: Symbol) -> None:
        """One market event of one pair."""
        market = self.markets[symbol]
        self._commit(market.step(self.clock.now_ms()), {symbol})
        self.tick()

    def move(self, symbol: Symbol, percent: float) -> None:
        """Let the fair price of a pair jump, and somebody trade there: stops look at trades."""
        market, now_ms = self.markets[symbol], self.clock.now_ms()
        outcome = market.move(percent, now_ms=now_ms)
        factor = 1 + Decimal(str(percent)) / 100
        moved = MarketMoved(time_ms=now_ms, pair=symbol, factor=factor)
        self.account.apply(moved)
        outcome.events.append(moved)
        bid, bid_lots, ask, ask_lots = market.bbo()
        side, limit, offered = (
            (Side.BUY, ask, ask_lots) if percent > 0 else (Side.SELL, bid, bid_lots)
        )
        if offered:
            lots = max(1, offered // _JUMP_PARTS)
            outcome.add(
                self.engine.house_take(market.pair, side, lots=lots, limit=limit, now_ms=now_ms)
            )
        self._commit(outcome, {symbol})
        self.tick()

    # By hand

    def adjust(self, asset: str, amount: Decimal) -> None:
        """Change a balance by so much, as if somebody had done it elsewhere; never below 0.

        Raises:
            ValueError: no such asset.
        """
        listing = asset_named(asset)
        if listing is None:
            message = f"no asset {asset!r}"
            raise ValueError(message)
        balance = self.account.balances.get(listing.name, ZERO) + amount
        self.set_balance(listing.name, max(ZERO, balance))

    def set_balance(self, asset: str, balance: Decimal) -> None:
        """Make a balance what it is told; `.F` balances earn rewards and can be spent."""
        symbols = {record.accepted.pair for record in self.account.open_orders.values()}
        outcome = self.engine.set_balance(asset, balance, now_ms=self.clock.now_ms())
        self._user_acted(outcome, symbols)

    def rules(self, symbol: Symbol) -> PairRules:
        """What holds on a pair at this moment."""
        return self.engine.rules[symbol]

    def change_rules(self, symbol: Symbol, rules: PairRules) -> None:
        """Let other rules hold on a pair, after a restart, too."""
        changed = RulesChanged(
            time_ms=self.clock.now_ms(),
            pair=symbol,
            order_min=rules.order_min,
            cost_min=rules.cost_min,
            tick=rules.tick,
            lot=rules.lot,
            status=rules.status.value,
        )
        self.account.apply(changed)
        self.engine.rules[symbol] = rules
        self._user_acted(Outcome(events=[changed]), {symbol})

    def resting_orders(self) -> list[ExchangeOrderId]:
        """Orders that wait in a book, oldest first."""
        account = self.account
        return [txid for txid, record in account.open_orders.items() if not record.is_dormant]

    def fill_resting(self, txid: ExchangeOrderId, *, parts: int) -> None:
        """Let somebody take a resting order, at its price, in so many pieces."""
        symbol = self.engine.open_record(txid).accepted.pair
        outcome = self.engine.fill_resting(txid, parts=parts, now_ms=self.clock.now_ms())
        self._user_acted(outcome, {symbol})

    def close(self) -> None:
        """Release the files."""
        self._journal.close()
        self.nonces.close()

    def _moves(self, symbol: Symbol) -> list[tuple[float, float]]:
        moves = [move for move in self.account.moves if move.pair == symbol]
        moves.sort(key=lambda move: move.time_ms)
        return [(move.time_ms / MS_PER_SECOND, float(move.factor)) for move in moves]

    def _user_acted(self, outcome: Outcome, symbols: set[Symbol]) -> None:
        outcome.add(self.engine.advance(self.clock.now_ms()))
        self._commit(outcome, symbols | {tape.symbol for tape in outcome.prints})
        for symbol in symbols:
            self.markets[symbol].restore()
            self._subscribers.market_changed(self.markets[symbol], ())

    def _commit(self, outcome: Outcome, symbols: set[Symbol]) -> None:
        self._journal.append(outcome.events)
        told = [self.markets[tape.symbol].note(tape) for tape in outcome.prints]
        for symbol in symbols:
            prints = [tape for tape in told if tape.symbol == symbol]
            self._subscribers.market_changed(self.markets[symbol], prints)
        if outcome.events:
            self._subscribers.account_changed(outcome.events)
