"""A trading floor for tests: books, one account, numbered names, and words for the usual acts."""

import itertools
import random
from decimal import Decimal

from tui_trader.engine.exchanges.simulator.account import Account
from tui_trader.engine.exchanges.simulator.book import OrderBook
from tui_trader.engine.exchanges.simulator.events import TimeInForce
from tui_trader.engine.exchanges.simulator.fair_price import FairPrice
from tui_trader.engine.exchanges.simulator.listings import PAIR_BY_SYMBOL
from tui_trader.engine.exchanges.simulator.market import PairMarket
from tui_trader.engine.exchanges.simulator.matching import MatchingEngine
from tui_trader.engine.exchanges.simulator.orders import OrderTicket
from tui_trader.engine.exchanges.simulator.price_terms import OrderKind
from tui_trader.engine.values.orders import Side

BTC = PAIR_BY_SYMBOL["BTC/USD"]
NOW_MS = 1_795_000_000_000
ONE_BTC = 10**8


class TradingFloor:
    def __init__(self, cash="100000", bitcoin="0", pairs=(BTC,)):
        numbers = itertools.count(1)
        self.account = Account()
        self.books = {pair.symbol: OrderBook() for pair in pairs}
        self.engine = MatchingEngine(
            self.books,
            self.account,
            new_id=lambda letter: f"{letter}{next(numbers)}",
            tape_id_first=1,
        )
        self.events = []
        self.now_ms = NOW_MS
        self.note(self.engine.deposit("USD", Decimal(cash), now_ms=NOW_MS))
        if Decimal(bitcoin):
            self.note(self.engine.deposit("BTC", Decimal(bitcoin), now_ms=NOW_MS))

    @property
    def book(self):
        return self.books[BTC.symbol]

    def note(self, outcome):
        self.events += outcome.events
        return outcome

    def house(self, side, price, quantity):
        """Somebody else's order waits."""
        self.book.set_house(side, int(Decimal(price) * 10), int(Decimal(quantity) * ONE_BTC))

    def house_takes(self, side, quantity, limit):
        """Somebody else trades at once."""
        lots, ticks = int(Decimal(quantity) * ONE_BTC), int(Decimal(limit) * 10)
        return self.note(
            self.engine.house_take(BTC, side, lots=lots, limit=ticks, now_ms=self.now_ms)
        )

    def place(self, side, quantity, price=None, **extra):
        txid, outcome = self.engine.place(
            ticket(side, quantity, price, **extra), now_ms=self.now_ms
        )
        self.note(outcome)
        return self.account.orders[txid]

    def cancel(self, record):
        return self.note(self.engine.cancel(record.accepted.txid, now_ms=self.now_ms))

    def market(self, seed=1, *, is_frozen=False):
        chance = random.Random(seed)
        return PairMarket(
            BTC,
            self.engine,
            chance,
            fair=FairPrice(BTC, seed),
            now_ms=self.now_ms,
            is_frozen=is_frozen,
        )


def ticket(side, quantity, price=None, *, post_only=False, time_in_force=TimeInForce.GTC, **extra):
    return OrderTicket(
        pair=extra.pop("pair", BTC),
        side=side,
        order_type=OrderKind.MARKET if price is None else OrderKind.LIMIT,
        volume=Decimal(quantity),
        price=None if price is None else Decimal(price),
        post_only=post_only,
        time_in_force=time_in_force,
        **extra,
    )


BUY, SELL = Side.BUY, Side.SELL
