"""Whatever books show and orders fill: a strategy never sells more than it has, and ends flat when the book is back."""

from decimal import Decimal

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.core.rig import BTC, INSTRUMENT, fill_of
from tests.engine.core.test_hosting import StrategyBench, ticker
from tui_trader.engine.messages.events import CommandRefused
from tui_trader.engine.messages.reports import BalanceReport, BookReport, FillReport
from tui_trader.engine.messages.requests import SubmitOrder
from tui_trader.engine.values.account import ExchangeBalance
from tui_trader.engine.values.books import BookLevel
from tui_trader.engine.values.instruments import Asset
from tui_trader.engine.values.orders import OrderStatus, Side

HELD = Decimal("0.015625")
LOT = INSTRUMENT.lot
LEVELS = st.lists(
    st.tuples(
        st.integers(0, 60),  # tenths of a percent below the best bid
        st.integers(1, 2_000_000),  # lots of it
    ),
    max_size=6,
)
FILLS = st.lists(st.integers(0, 100), min_size=1, max_size=3)
"""Percent of an order that fills at once, again and again; what is left of it expires."""


class ThinMarket:
    """A strategy whose stop was touched, and a book that comes and goes."""

    def __init__(self) -> None:
        bench = self.bench = StrategyBench().start()
        bench.start_strategy()
        bench.enter()
        self.sold, self.answered, self.fills = Decimal(0), 1, 0

    def show(self, levels) -> None:
        bids = {}
        for below, lots in levels:
            bids.setdefault(Decimal(60_000) * (1_000 - below) / 1_000, lots * LOT)
        self.bench.tell(
            BookReport(
                time_ms=0,
                symbol=BTC,
                bids=tuple(BookLevel(price, bids[price]) for price in sorted(bids, reverse=True)),
                asks=(BookLevel(Decimal("60000.1"), Decimal(5)),),
                is_verified=True,
            )
        )
        self.bench.tell(msgspec.structs.replace(ticker("60000.0"), time_ms=0))
        self.check()

    def answer(self, percents) -> None:
        """Every order that has left fills as far as it does, and ends."""
        while self.answered < len(self.orders()):
            order = self.orders()[self.answered]
            self.answered += 1
            filled = Decimal(0)
            for percent in percents:
                part = (order.quantity_base * percent / 100).quantize(LOT, "ROUND_DOWN")
                part = min(part, order.quantity_base - filled)
                if part:
                    filled += part
                    self.fill(order, part)
            name = order.client_order_id
            if filled < order.quantity_base:
                self.bench.order(
                    name,
                    status=OrderStatus.EXPIRED,
                    quantity=str(order.quantity_base),
                    filled=str(filled),
                    side=Side.SELL,
                )
            self.settle()
            self.check()

    def fill(self, order, quantity) -> None:
        self.fills += 1
        self.sold += quantity
        fill = fill_of(
            order.client_order_id,
            execution=f"sale-{self.fills}",
            quantity=str(quantity),
            price="60000.0",
            side=Side.SELL,
        )
        self.bench.tell(FillReport(time_ms=0, fill=fill))

    def settle(self) -> None:
        coins = ExchangeBalance(asset=Asset("BTC"), total=HELD - self.sold)
        self.bench.tell(BalanceReport(time_ms=0, balances=(coins,)))

    def orders(self) -> list[SubmitOrder]:
        return self.bench.sent(SubmitOrder)

    def check(self) -> None:
        state = self.bench.state
        asked = sum(order.remaining_base for order in state.open_orders())
        assert asked + self.sold <= HELD
        assert len(state.open_orders()) <= 1
        held = self.bench.held
        gone = self.bench.record.written_off.get(BTC, Decimal(0))
        assert (0 if held is None else held.lots) == (HELD - self.sold - gone) / LOT
        assert gone < INSTRUMENT.quantity_min
        for order in self.orders()[1:]:
            assert order.side is Side.SELL
            assert order.quantity_base >= INSTRUMENT.quantity_min


@given(books=st.lists(st.tuples(LEVELS, FILLS), max_size=12))
def test_nothing_is_sold_twice_and_all_of_it_when_the_book_is_back(books):
    market = ThinMarket()
    for levels, percents in books:
        market.show(levels)
        market.answer(percents)
        market.bench.wait(1)
        market.answer(percents)
    for _ in range(4):
        market.bench.wait(60)
        market.show([(0, 10**9)])
        market.answer([100])
    held = market.bench.held
    assert held is None
    gates = {event.gate for event in market.bench.happened(CommandRefused)}
    assert gates <= {"price_collar", "minimum"}
