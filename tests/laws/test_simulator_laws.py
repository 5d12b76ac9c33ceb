"""What holds on the local exchange whatever anybody does."""

import itertools
import random
from decimal import ROUND_FLOOR, Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from tui_trader.engine.exchanges.simulator.account import Account
from tui_trader.engine.exchanges.simulator.book import OrderBook
from tui_trader.engine.exchanges.simulator.events import OrderFilled, TimeInForce
from tui_trader.engine.exchanges.simulator.fair_price import FairPrice
from tui_trader.engine.exchanges.simulator.fee_schedule import FEE_MAKER_RATIO, FEE_TAKER_RATIO
from tui_trader.engine.exchanges.simulator.listings import PAIR_BY_SYMBOL, quantity
from tui_trader.engine.exchanges.simulator.market import PairMarket
from tui_trader.engine.exchanges.simulator.matching import MatchingEngine
from tui_trader.engine.exchanges.simulator.orders import OrderTicket, cost_ceiling
from tui_trader.engine.exchanges.simulator.price_terms import OrderKind
from tui_trader.engine.exchanges.simulator.rejections import Rejected
from tui_trader.engine.values.orders import Side

NOW_MS = 1_795_000_000_000
PAIR = PAIR_BY_SYMBOL["DOGE/USD"]
"""The pair with the cheapest unit: where rounding hurts most."""

placings = st.tuples(
    st.just("place"),
    st.sampled_from(Side),
    st.integers(PAIR.order_min * 10**8, 40_000 * 10**8),
    st.integers(-4_000, 4_000),
    st.sampled_from(["limit", "limit", "market", "post", "ioc"]),
)
all_ins = st.tuples(st.just("all_in"), st.sampled_from(Side), st.integers(-40, 300))
cancels = st.tuples(st.just("cancel"), st.integers(0, 20))
steps = st.tuples(st.just("step"), st.integers(1, 20))
raids = st.tuples(
    st.just("raid"), st.sampled_from(Side), st.integers(1, 10**9) | st.integers(1, 10**13)
)
moves = st.tuples(st.just("move"), st.floats(-10, 10))
acts = st.lists(st.one_of(placings, all_ins, cancels, steps, raids, raids, moves), max_size=25)


class Exchange:
    """One pair and everything that can be done to it."""

    def __init__(self, seed, cash):
        numbers = itertools.count()
        self.book, self.account, self.events = OrderBook(), Account(), []
        self.engine = MatchingEngine(
            {PAIR.symbol: self.book},
            self.account,
            new_id=lambda letter: f"{letter}{next(numbers)}",
            tape_id_first=1,
        )
        self.now_ms = NOW_MS
        self.cash = Decimal(cash)
        self.note(self.engine.deposit("USD", self.cash, now_ms=NOW_MS))
        chance = random.Random(seed)
        self.market = PairMarket(
            PAIR, self.engine, chance, fair=FairPrice(PAIR, seed), now_ms=NOW_MS, is_frozen=False
        )

    def note(self, outcome):
        self.events += outcome.events
        for tape in outcome.prints:
            self.market.note(tape)

    def act(self, name, *details):
        self.now_ms += 250
        before = len(self.events), dict(self.account.balances), len(self.account.orders)
        try:
            getattr(self, name)(*details)
        except Rejected:
            after = len(self.events), dict(self.account.balances), len(self.account.orders)
            assert after == before, "a refusal changed something"

    def place(self, side, lots, offset, kind):
        bid, _, ask, _ = self.market.bbo()
        near = (bid or ask) + offset * max(1, (bid or ask) // 100_000)
        is_market = kind == "market"
        ticket = OrderTicket(
            pair=PAIR,
            side=side,
            order_type=OrderKind.MARKET if is_market else OrderKind.LIMIT,
            volume=quantity(lots),
            price=None if is_market else PAIR.price(max(1, near)),
            post_only=kind == "post",
            time_in_force=TimeInForce.IOC if kind == "ioc" else TimeInForce.GTC,
        )
        self.note(self.engine.place(ticket, now_ms=self.now_ms)[1])

    def all_in(self, side, offset):
        """The largest order at a price that the exchange takes: where a hold must be exact."""
        bid, _, ask, _ = self.market.bbo()
        price = PAIR.price(max(1, (bid if side is Side.BUY else ask) + side.sign * offset))
        if side is Side.SELL:
            volume = self.account.available("DOGE")
        else:
            volume = self.account.available("USD") / price / Decimal("1.0025")
        ticket = OrderTicket(
            pair=PAIR,
            side=side,
            order_type=OrderKind.LIMIT,
            volume=volume.quantize(quantity(1), ROUND_FLOOR),
            price=price,
            post_only=True,
        )
        self.note(self.engine.place(ticket, now_ms=self.now_ms)[1])

    def cancel(self, number):
        txids = list(self.account.orders)
        if txids:
            self.note(self.engine.cancel(txids[number % len(txids)], now_ms=self.now_ms))

    def step(self, count):
        for _ in range(count):
            self.now_ms += 100
            self.note(self.market.step(self.now_ms))

    def raid(self, side, lots):
        limit = self.market.bbo()[2] * 2 if side is Side.BUY else 1
        self.note(self.engine.house_take(PAIR, side, lots=lots, limit=limit, now_ms=self.now_ms))

    def move(self, percent):
        self.note(self.market.move(percent, now_ms=self.now_ms))


def check_laws(exchange):
    account, book = exchange.account, exchange.book
    if book.bids.best is not None and book.asks.best is not None:
        assert book.bids.best < book.asks.best, "the book is crossed"
    for side in (book.bids, book.asks):
        assert side.prices == sorted(side.levels)
        for level in side.levels.values():
            assert level.lots == sum(resting.lots for resting in level.queue) > 0
    for asset, balance in account.balances.items():
        assert balance >= 0, (asset, balance)
        assert account.available(asset) >= 0, (asset, balance)
        held = [order.hold for order in account.open_orders.values() if order.hold_asset == asset]
        assert account.held(asset) == sum(held)
    for order in account.orders.values():
        assert 0 <= order.filled <= order.accepted.volume
        assert order.filled == sum(fill.volume for fill in order.fills)
    check_money(exchange)


def check_money(exchange):
    """Δ balances + fees = fills, to the last digit."""
    fills = [event for event in exchange.events if isinstance(event, OrderFilled)]
    bought = sum((fill.side.sign * fill.volume for fill in fills), Decimal(0))
    spent = sum((fill.side.sign * fill.cost for fill in fills), Decimal(0))
    fees = sum((fill.fee for fill in fills), Decimal(0))
    assert exchange.account.balances["USD"] == exchange.cash - spent - fees
    assert exchange.account.balances.get("DOGE", Decimal(0)) == bought


@given(acts=acts, seed=st.integers(0, 50), cash=st.sampled_from(["7.5", "1000", "10000.0000"]))
def test_laws_of_the_exchange_hold_after_every_act(acts, seed, cash):
    exchange = Exchange(seed, cash)
    for act in acts:
        exchange.act(*act)
        check_laws(exchange)


@given(acts=acts, seed=st.integers(0, 50))
def test_events_alone_rebuild_the_account(acts, seed):
    exchange = Exchange(seed, "10000")
    for act in acts:
        exchange.act(*act)
    rebuilt = Account()
    for event in exchange.events:
        rebuilt.apply(event)
    assert rebuilt.balances == exchange.account.balances
    assert rebuilt.orders == exchange.account.orders
    assert list(rebuilt.open_orders) == list(exchange.account.open_orders)
    assert {"USD": rebuilt.held("USD"), "DOGE": rebuilt.held("DOGE")} == {
        "USD": exchange.account.held("USD"),
        "DOGE": exchange.account.held("DOGE"),
    }


@given(
    cash=st.decimals("6", "20000", places=4),
    ticks=st.integers(10_000, 9_999_999),
    offers=st.lists(st.tuples(st.integers(0, 9_999), st.integers(1, 10**11)), max_size=5),
    parts=st.lists(st.integers(1, 10**10), min_size=1, max_size=40),
    post_only=st.booleans(),
)
def test_order_for_all_the_cash_never_overdraws_however_it_is_filled(
    cash, ticks, offers, parts, post_only
):
    numbers = itertools.count()
    book, account = OrderBook(), Account()
    engine = MatchingEngine(
        {PAIR.symbol: book},
        account,
        new_id=lambda letter: f"{letter}{next(numbers)}",
        tape_id_first=1,
    )
    engine.deposit("USD", cash, now_ms=NOW_MS)
    for below, lots in () if post_only else offers:
        book.set_house(Side.SELL, ticks - below, lots)
    fee_ratio = FEE_MAKER_RATIO if post_only else FEE_TAKER_RATIO
    volume = cash / PAIR.price(ticks) / (1 + fee_ratio)
    # The rounding up of what is set aside may cost the last lots.
    while cost_ceiling(volume * PAIR.price(ticks), fee_ratio) > cash:
        volume -= Decimal("0.0001")
    ticket = OrderTicket(
        pair=PAIR,
        side=Side.BUY,
        order_type=OrderKind.LIMIT,
        volume=volume.quantize(quantity(1), ROUND_FLOOR),
        price=PAIR.price(ticks),
        post_only=post_only,
    )
    assume(volume >= PAIR.order_min)
    txid, _ = engine.place(ticket, now_ms=NOW_MS)
    for lots in (*parts, 10**16):
        assert account.available("USD") >= 0
        engine.house_take(PAIR, Side.SELL, lots=lots, limit=1, now_ms=NOW_MS)
    order = account.orders[txid]
    assert (order.remaining, account.held("USD")) == (0, 0)
    assert account.balances["USD"] == cash - order.cost - order.fee >= 0


@given(acts=acts, seed=st.integers(0, 50))
def test_everything_cancelled_releases_every_hold(acts, seed):
    exchange = Exchange(seed, "10000")
    for act in acts:
        exchange.act(*act)
    exchange.note(exchange.engine.cancel_all(now_ms=exchange.now_ms)[1])
    assert exchange.account.held("USD") == exchange.account.held("DOGE") == 0
    check_laws(exchange)


@given(seed=st.integers(0, 10**9), offset_s=st.integers(-(10**8), 10**8))
def test_same_seed_has_the_same_past_and_another_seed_another(seed, offset_s):
    moments = [NOW_MS / 1_000 + offset_s + minute * 60 for minute in range(3)]
    past = FairPrice(PAIR, seed).path(moments)
    assert FairPrice(PAIR, seed).path(moments) == past
    assert FairPrice(PAIR, seed + 1).path(moments) != past
