"""What holds on the local exchange over orders of every type, amendments, cancels and time."""

import itertools
import random
from dataclasses import replace
from decimal import Decimal

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tui_trader.engine.exchanges.local_kraken.journal import ExchangeJournal
from tui_trader.engine.exchanges.local_kraken.order_desk import OrderEdit, edited_request
from tui_trader.engine.exchanges.simulator.account import Account
from tui_trader.engine.exchanges.simulator.book import OrderBook
from tui_trader.engine.exchanges.simulator.events import (
    AccountEvent,
    BalanceChanged,
    CloseTerms,
    OrderAccepted,
    OrderFilled,
    SelfTrade,
    TimeInForce,
    TriggerSource,
)
from tui_trader.engine.exchanges.simulator.listings import PAIR_BY_SYMBOL, quantity
from tui_trader.engine.exchanges.simulator.matching import MatchingEngine
from tui_trader.engine.exchanges.simulator.orders import OrderState
from tui_trader.engine.exchanges.simulator.price_terms import OrderKind, PriceMark, PriceTerm
from tui_trader.engine.exchanges.simulator.rejections import Rejected
from tui_trader.engine.exchanges.simulator.requests import Amendment, OrderRequest
from tui_trader.engine.values.money import ZERO
from tui_trader.engine.values.orders import Side

NOW_MS = 1_795_000_000_000
PAIR = PAIR_BY_SYMBOL["DOGE/USD"]
"""The pair with the cheapest unit: where rounding hurts most."""
LOT = 10**8
offsets = st.integers(-300, 300)
lots = st.integers(13 * LOT, 40_000 * LOT) | st.integers(13, 40_000).map(lambda units: units * LOT)


class PlainCrowd:
    """Other people, as few as are needed: ten quotes a side around a wandering price."""

    def __init__(self, engine, chance):
        self.engine, self.book, self.chance = engine, engine.books[PAIR.symbol], chance
        self.middle = 1_500_000
        self.quote()

    def quote(self):
        for side in (self.book.bids, self.book.asks):
            for ticks in list(side.prices):
                self.book.set_house(side.side, ticks, 0)
        for side in Side:
            for step in range(1, 11):
                ticks = self.middle - side.sign * step * self.chance.randint(20, 200)
                if ticks > 0 and not self.book.crosses(side, ticks):
                    self.book.set_house(side, ticks, self.chance.randint(1, 9_000) * LOT)

    def step(self, now_ms, *, percent=None):
        """Somebody trades, and the quotes follow."""
        change = self.chance.gauss(0, 0.3) if percent is None else percent
        self.middle = max(1_000, round(self.middle * (1 + change / 100)))
        side = Side.BUY if change > 0 else Side.SELL
        lots = self.chance.randint(1, 20_000) * LOT
        outcome = self.engine.house_take(PAIR, side, lots=lots, limit=self.middle, now_ms=now_ms)
        self.quote()
        return outcome


class Exchange:
    """One pair, and everything that can be done to it, by a seed."""

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
        self.tape_ids = []
        self.given = {"USD": Decimal(cash), "DOGE": Decimal(30_000)}
        for asset, amount in self.given.items():
            self.note(self.engine.deposit(asset, amount, now_ms=NOW_MS))
        self.crowd = PlainCrowd(self.engine, random.Random(seed))
        self.engine.note_last(PAIR.symbol, PAIR.price(self.crowd.middle))

    def note(self, outcome):
        self.events += outcome.events
        self.tape_ids += [tape.tape_id for tape in outcome.prints]

    def act(self, method, *arguments, **keywords):
        """Do something to the engine, then let what is due happen."""
        self.now_ms += 250
        before = len(self.events), dict(self.account.balances), len(self.account.orders)
        try:
            result = getattr(self.engine, method)(*arguments, now_ms=self.now_ms, **keywords)
        except Rejected:
            after = len(self.events), dict(self.account.balances), len(self.account.orders)
            assert after == before, "a refusal changed something"
            return
        self.note(result[1] if isinstance(result, tuple) else result)
        self.settle()

    def settle(self):
        self.note(self.engine.advance(self.now_ms))
        assert not self.engine.advance(self.now_ms).events, "something was still due"

    def place(self, request):
        try:
            ticket = self.engine.ticket(request)
        except Rejected:
            return
        self.act("place", ticket)

    def price(self, offset):
        near = self.crowd.middle + offset * max(1, self.crowd.middle // 10_000)
        return PriceTerm(amount=PAIR.price(max(1, near)))

    def open_txid(self, number):
        txids = list(self.account.open_orders)
        return txids[number % len(txids)] if txids else "O-nobody"


class ExchangeLaws(RuleBasedStateMachine):
    @initialize(seed=st.integers(0, 50), cash=st.sampled_from(["7.5", "1000", "10000.0000"]))
    def open(self, seed, cash):
        self.exchange = Exchange(seed, cash)

    @rule(
        side=st.sampled_from(Side),
        volume=lots,
        kind=st.sampled_from([OrderKind.MARKET, OrderKind.LIMIT, OrderKind.LIMIT]),
        offset=offsets,
        wait=st.sampled_from([TimeInForce.GTC, TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK]),
        in_base=st.booleans(),
        self_trade=st.sampled_from(SelfTrade),
    )
    def place(self, side, volume, kind, offset, wait, in_base, self_trade):
        self.exchange.place(
            request(
                side,
                volume,
                kind,
                price=self.exchange.price(offset),
                time_in_force=wait,
                fee_in_base=in_base,
                self_trade=self_trade,
            )
        )

    @rule(side=st.sampled_from(Side), volume=lots, offset=offsets, share=st.integers(1, 20))
    def place_iceberg(self, side, volume, offset, share):
        self.exchange.place(
            request(
                side,
                volume,
                OrderKind.ICEBERG,
                price=self.exchange.price(offset),
                display_volume=quantity(volume // share),
            )
        )

    @rule(
        side=st.sampled_from(Side),
        volume=lots,
        kind=st.sampled_from([kind for kind in OrderKind if kind.is_triggered]),
        offset=offsets,
        distance=st.integers(1, 900),
        is_percent=st.booleans(),
        source=st.sampled_from(TriggerSource),
        in_base=st.booleans(),
    )
    def place_sleeping(self, side, volume, kind, offset, distance, is_percent, source, in_base):
        trail = PriceTerm(
            amount=Decimal(distance) / 100 if is_percent else PAIR.price(distance * 50),
            mark=PriceMark.ADD,
            is_percent=is_percent,
        )
        limit = replace_mark(trail) if kind.is_trailing else self.exchange.price(-offset)
        self.exchange.place(
            request(
                side,
                volume,
                kind,
                price=trail if kind.is_trailing else self.exchange.price(offset),
                price2=limit if kind.has_limit else None,
                trigger_source=source,
                fee_in_base=in_base,
            )
        )

    @rule(
        side=st.sampled_from(Side),
        volume=lots,
        offset=offsets,
        kind=st.sampled_from([OrderKind.LIMIT, OrderKind.STOP_LOSS, OrderKind.TAKE_PROFIT]),
        percent=st.integers(1, 300),
        mark=st.sampled_from([PriceMark.ADD, PriceMark.SUBTRACT, PriceMark.SUITABLE]),
    )
    def place_with_close(self, side, volume, offset, kind, percent, mark):
        term = PriceTerm(amount=Decimal(percent) / 100, mark=mark, is_percent=True)
        close = CloseTerms(order_type=kind, price=term)
        price = self.exchange.price(offset)
        self.exchange.place(request(side, volume, OrderKind.LIMIT, price=price, close=close))

    @rule(cash=st.integers(1, 20_000))
    def buy_for_cash(self, cash):
        self.exchange.place(
            replace(
                request(Side.BUY, 0, OrderKind.MARKET), volume=Decimal(cash), volume_in_quote=True
            )
        )

    @rule(side=st.sampled_from(Side), volume=lots, offset=offsets, seconds=st.integers(1, 20))
    def place_timed(self, side, volume, offset, seconds):
        exchange = self.exchange
        moment_ms = exchange.now_ms + seconds * 1_000
        timed = request(side, volume, OrderKind.LIMIT, price=exchange.price(offset))
        exchange.place(
            replace(timed, time_in_force=TimeInForce.GTD, expires_ms=moment_ms)
            if seconds % 2
            else replace(timed, starts_ms=moment_ms)
        )

    @rule(
        number=st.integers(0, 20),
        volume=st.none() | lots,
        offset=st.none() | offsets,
        shown=st.none() | lots,
        post_only=st.none() | st.booleans(),
    )
    def amend(self, number, volume, offset, shown, post_only):
        exchange = self.exchange
        amendment = Amendment(
            volume=None if volume is None else quantity(volume),
            price=None if offset is None else exchange.price(offset),
            display_volume=None if shown is None else quantity(shown),
            post_only=post_only,
        )
        exchange.act("amend", exchange.open_txid(number), amendment)

    @rule(number=st.integers(0, 20), offset=offsets)
    def move_trigger(self, number, offset):
        exchange = self.exchange
        amendment = Amendment(trigger_price=exchange.price(offset))
        exchange.act("amend", exchange.open_txid(number), amendment)

    @rule(number=st.integers(0, 20), volume=lots)
    def edit(self, number, volume):
        exchange = self.exchange
        record = exchange.account.open_orders.get(exchange.open_txid(number))
        if record is None or quantity(volume) <= record.filled:
            return
        wanted = edited_request(record, OrderEdit(volume=quantity(volume)))
        ticket = exchange.engine.ticket(wanted)
        exchange.act("replace", record.accepted.txid, ticket)

    @rule(number=st.integers(0, 20))
    def cancel(self, number):
        self.exchange.act("cancel", self.exchange.open_txid(number))

    @rule(seconds=st.none() | st.integers(1, 30))
    def set_switch(self, seconds):
        fires_ms = None if seconds is None else self.exchange.now_ms + seconds * 1_000
        self.exchange.act("set_switch", fires_ms)

    @rule(count=st.integers(1, 10))
    def step(self, count):
        exchange = self.exchange
        for _ in range(count):
            exchange.now_ms += 100
            exchange.note(exchange.crowd.step(exchange.now_ms))
            exchange.settle()

    @rule(seconds=st.integers(1, 40 * 86_400))
    def wait(self, seconds):
        self.exchange.now_ms += seconds * 1_000
        self.exchange.settle()

    @rule(side=st.sampled_from(Side), taken=st.integers(1, 10**9) | st.integers(1, 10**13))
    def raid(self, side, taken):
        limit = self.exchange.crowd.middle * 2 if side is Side.BUY else 1
        self.exchange.act("house_take", PAIR, side, lots=taken, limit=limit)

    @rule(percent=st.floats(-10, 10))
    def move(self, percent):
        self.exchange.note(self.exchange.crowd.step(self.exchange.now_ms, percent=percent))
        self.exchange.settle()

    @rule(asset=st.sampled_from(["USD", "DOGE", "DOGE.F", "USD.F"]), units=st.integers(0, 20_000))
    def set_balance(self, asset, units):
        self.exchange.act("set_balance", asset, Decimal(units) / 3)

    @rule(number=st.integers(0, 20), parts=st.integers(1, 60))
    def fill_resting(self, number, parts):
        exchange = self.exchange
        txid = exchange.open_txid(number)
        record = exchange.account.open_orders.get(txid)
        if record is not None and not record.is_dormant:
            exchange.act("fill_resting", txid, parts=parts)

    @invariant()
    def book_is_never_crossed_and_adds_up(self):
        book = self.exchange.book
        if book.bids.best is not None and book.asks.best is not None:
            assert book.bids.best < book.asks.best, "the book is crossed"
        waiting = {}
        for side in (book.bids, book.asks):
            assert side.prices == sorted(side.levels)
            for level in side.levels.values():
                assert level.lots == sum(resting.lots for resting in level.queue) > 0
                for resting in level.queue:
                    assert resting.lots > 0
                    waiting[resting.owner] = resting.lots + resting.hidden
        waiting.pop(None, None)
        assert {txid: quantity(left) for txid, left in waiting.items()} == {
            txid: record.remaining
            for txid, record in self.exchange.account.open_orders.items()
            if not record.is_dormant
        }

    @invariant()
    def no_balance_is_negative_and_holds_are_covered(self):
        account = self.exchange.account
        for asset, balance in account.balances.items():
            assert balance >= 0, (asset, balance)
        for asset in ("USD", "DOGE"):
            assert account.available(asset) >= 0, asset
            held = (one.hold for one in account.open_orders.values() if one.hold_asset == asset)
            assert account.held(asset) == sum(held)
        for record in account.orders.values():
            assert 0 <= record.filled <= record.accepted.volume
            assert record.filled == sum(fill.volume for fill in record.fills)
            if record.is_dormant or record.state is not OrderState.OPEN:
                assert record.hold == 0

    @invariant()
    def money_is_conserved(self):
        account = self.exchange.account
        sums = {"USD": ZERO, "DOGE": ZERO}
        for event in self.exchange.events:
            if isinstance(event, OrderFilled):
                sign = event.side.sign
                charged = event.fee if event.fee_base is None else ZERO
                sums["USD"] -= sign * event.cost + charged
                sums["DOGE"] += sign * event.volume - (event.fee_base or ZERO)
            elif isinstance(event, BalanceChanged) and event.reason != "trade":
                sums[event.asset.removesuffix(".F")] += event.amount
        for asset, total in sums.items():
            rewards = account.balances.get(f"{asset}.F", ZERO)
            assert account.balances[asset] + rewards == total, asset

    @invariant()
    def sequence_of_trades_is_contiguous(self):
        assert self.exchange.tape_ids == list(range(1, len(self.exchange.tape_ids) + 1))

    @precondition(lambda self: len(self.exchange.events) % 5 == 0)
    @invariant()
    def journal_alone_rebuilds_the_account(self):
        rebuilt, account = Account(), self.exchange.account
        for event in self.exchange.events:
            rebuilt.apply(msgspec.json.decode(msgspec.json.encode(event), type=AccountEvent))
        assert rebuilt.balances == account.balances
        assert rebuilt.orders == account.orders
        for name in ("open_orders", "dormant", "timed", "ledger", "fills"):
            assert list(getattr(rebuilt, name)) == list(getattr(account, name)), name
        assert rebuilt.switch_ms == account.switch_ms
        for asset in ("USD", "DOGE"):
            assert rebuilt.held(asset) == account.held(asset)
        assert rebuilt.volume_usd(self.exchange.now_ms) == account.volume_usd(self.exchange.now_ms)

    @invariant()
    def children_are_no_larger_than_what_was_filled(self):
        grown = {}
        for event in self.exchange.events:
            if isinstance(event, OrderAccepted) and event.parent_txid is not None:
                grown[event.parent_txid] = grown.get(event.parent_txid, ZERO) + event.volume
        for txid, volume in grown.items():
            assert volume <= self.exchange.account.orders[txid].filled


def request(side, volume, kind, **terms):
    return OrderRequest(pair=PAIR, side=side, order_type=kind, volume=quantity(volume), **terms)


def replace_mark(term):
    """The same distance on the other side."""
    return msgspec.structs.replace(term, mark=PriceMark.SUBTRACT)


TestExchangeLaws = ExchangeLaws.TestCase
TestExchangeLaws.settings = settings(stateful_step_count=30)


def history(seed):
    """Everything that happens when chance of a seed does as it likes."""
    chance = random.Random(seed)
    exchange = Exchange(seed, "10000")
    for _ in range(40):
        side, kind = chance.choice(list(Side)), chance.choice(list(OrderKind))
        price = exchange.price(chance.randint(-200, 200))
        distance = PriceTerm(amount=Decimal(chance.randint(1, 5)), mark=PriceMark.ADD)
        distance = msgspec.structs.replace(distance, is_percent=True)
        exchange.place(
            request(
                side,
                chance.randint(13, 5_000) * LOT,
                kind,
                price=distance if kind.is_trailing else price,
                price2=replace_mark(distance) if kind.has_limit and kind.is_triggered else None,
                display_volume=Decimal(400) if kind is OrderKind.ICEBERG else None,
            )
        )
        exchange.note(exchange.crowd.step(exchange.now_ms))
        exchange.settle()
        exchange.act("cancel", exchange.open_txid(chance.randint(0, 20)))
    return exchange.events


def test_any_history_comes_back_from_the_journal(tmp_path):
    for seed in range(5):
        events = history(seed)
        journal = ExchangeJournal(tmp_path / f"{seed}.jsonl")
        for at in range(0, len(events), 7):
            journal.append(events[at : at + 7])
        journal.close()
        again = ExchangeJournal(tmp_path / f"{seed}.jsonl")
        assert again.past == events
        again.close()


@given(seed=st.integers(0, 10**6))
@settings(max_examples=10)
def test_same_seed_has_the_same_history_and_another_seed_another(seed):
    past = history(seed)
    assert history(seed) == past
    assert history(seed + 1) != past
