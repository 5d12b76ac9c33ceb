"""Orders on paper: when the quotes of a feed fill them, and when not."""

import itertools
from decimal import Decimal
from uuid import UUID

import pytest

from tests.engine.exchanges.kraken.clocks import SteppedClock
from tui_trader.engine.exchanges.paper.execution import PaperExecution
from tui_trader.engine.exchanges.paper.feed import PaperFeed
from tui_trader.engine.exchanges.paper.floor import PaperFloor
from tui_trader.engine.messages.reports import BookReport, TickerReport
from tui_trader.engine.messages.requests import LookUpOrder, SubmitOrder
from tui_trader.engine.values.books import BookLevel
from tui_trader.engine.values.errors import RejectedByExchange
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.orders import OrderStatus, OrderTerms, OrderType, Side, TimeInForce

D = Decimal
BTC = Symbol("BTC/USD")


def book(bid, ask, *, size="1", is_verified=True):
    levels = {
        "bids": (BookLevel(D(bid), D(size)), BookLevel(D(bid) - 10, D(size))),
        "asks": (BookLevel(D(ask), D(size)), BookLevel(D(ask) + 10, D(size))),
    }
    return BookReport(
        time_ms=0,
        symbol=BTC,
        is_verified=is_verified,
        **(levels if is_verified else {"bids": (), "asks": ()}),
    )


class Desk:
    def __init__(self):
        self.clock = SteppedClock()
        numbers = itertools.count()
        self.floor = PaperFloor(
            self.clock, new_id=lambda letter: f"{letter}{next(numbers)}", cash=D(100_000)
        )
        self.execution = PaperExecution(self.floor, self.clock)
        self.floor.see_book(book("60000.0", "60001.0"))
        self.names = itertools.count()

    async def place(self, **changes):
        usual = {
            "client_order_id": str(UUID(int=next(self.names))),
            "symbol": BTC,
            "side": Side.BUY,
            "order_type": OrderType.LIMIT,
            "quantity_base": D("0.1"),
            "price": D("59000.0"),
            "post_only": False,
            "deadline_ms": self.clock.now_ms() + 5_000,
        }
        request = SubmitOrder(**(usual | changes))
        await self.execution.submit(request)
        return request

    async def look(self, request):
        finding = await self.execution.find_order(
            LookUpOrder(client_order_id=request.client_order_id, exchange_order_id=None, since_ms=0)
        )
        return finding.order, finding.fills


@pytest.fixture
def desk():
    return Desk()


async def test_resting_order_is_filled_at_its_price_when_the_quotes_pass_it(desk):
    order = await desk.place()
    desk.floor.see_book(book("59000.5", "59001.0"))
    assert (await desk.look(order))[0].status is OrderStatus.OPEN
    desk.floor.see_book(book("58990.0", "58999.0"))
    told, (fill,) = await desk.look(order)
    assert told.status is OrderStatus.FILLED
    assert (fill.price, fill.is_maker) == (D("59000.0"), True)


async def test_taker_walks_the_quotes_and_they_are_there_again_with_the_next_book(desk):
    order = await desk.place(order_type=OrderType.MARKET, price=None, quantity_base=D("1.5"))
    _, fills = await desk.look(order)
    assert [(fill.price, fill.quantity_base) for fill in fills] == [
        (D("60001.0"), D("1.0")),
        (D("60011.0"), D("0.5")),
    ]
    desk.floor.see_book(book("60000.0", "60001.0"))
    again = await desk.place(order_type=OrderType.MARKET, price=None, quantity_base=D("0.1"))
    assert (await desk.look(again))[1][0].price == D("60001.0")


async def test_book_that_is_not_verified_prices_nothing(desk):
    desk.floor.see_book(book("0", "0", is_verified=False))
    order = await desk.place(order_type=OrderType.MARKET, price=None)
    told, fills = await desk.look(order)
    assert (told.status, fills) == (OrderStatus.CANCELLED, ())


async def test_stop_wakes_when_the_middle_of_the_book_reaches_it(desk):
    await desk.place(order_type=OrderType.MARKET, price=None, quantity_base=D("0.5"))
    stop = await desk.place(
        side=Side.SELL,
        order_type=OrderType.STOP_LOSS,
        price=None,
        terms=OrderTerms(trigger_price=D("59500.0")),
    )
    desk.floor.see_book(book("59600.0", "59601.0"))
    assert (await desk.look(stop))[0].status is OrderStatus.OPEN
    desk.floor.see_book(book("59400.0", "59401.0"))
    told, fills = await desk.look(stop)
    assert told.status is OrderStatus.FILLED
    assert fills[0].price == D("59400.0")


async def test_order_until_a_moment_ends_then(desk):
    expires_ms = desk.clock.now_ms() + 60_000
    terms = OrderTerms(time_in_force=TimeInForce.GTD, expires_ms=expires_ms)
    order = await desk.place(terms=terms)
    desk.clock.move(61_000)
    desk.floor.tick()
    assert (await desk.look(order))[0].status is OrderStatus.EXPIRED


async def test_pair_that_the_simulator_does_not_list_is_refused_and_its_prices_pass_by(desk):
    other = Symbol("ADA/EUR")
    desk.floor.see_book(BookReport(time_ms=0, symbol=other, bids=(), asks=(), is_verified=True))
    with pytest.raises(RejectedByExchange, match="does not list"):
        await desk.place(symbol=other)


async def test_paper_orders_meet_a_price_before_anybody_hears_of_it(desk):
    order, seen = await desk.place(), []

    class Real:
        async def run(self, _symbols, deliver):
            deliver(book("58990.0", "58999.0"))
            deliver(
                TickerReport(
                    time_ms=0,
                    symbol=BTC,
                    bid=D(1),
                    ask=D(2),
                    last=D(1),
                    volume_24h_base=0.0,
                    change_24h_percent=0.0,
                )
            )

    def deliver(report):
        seen.append((type(report), bool(desk.floor.account.open_orders)))

    await PaperFeed(Real(), desk.floor).run((BTC,), deliver)
    assert seen == [(BookReport, False), (TickerReport, False)]
    assert (await desk.look(order))[0].status is OrderStatus.FILLED
