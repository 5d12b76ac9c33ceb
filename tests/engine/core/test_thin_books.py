"""A protective sale on a book that cannot take all of it: in parts, each with a fresh book."""

import msgspec
import pytest

from tests.engine.core.rig import BTC, D
from tests.engine.core.test_hosting import SETTINGS, StrategyBench, ticker
from tui_trader.engine.core.host_sales import BOOK_PATIENCE_MS
from tui_trader.engine.core.sale_retries import FIRST_MS, PAUSE_MS_MAX
from tui_trader.engine.messages.events import CommandRefused, StrategyStopped
from tui_trader.engine.messages.reports import BookReport, LinkReport, Outcome, SubmitReport
from tui_trader.engine.messages.requests import SubmitOrder
from tui_trader.engine.messages.strategy_queries import AskDecisions
from tui_trader.engine.settings.rulebook import RuleSettings
from tui_trader.engine.values.books import BookLevel
from tui_trader.engine.values.modes import LinkState
from tui_trader.engine.values.orders import Side

HELD = D("0.015625")
FALLEN = D("60000.0")


def sales(bench) -> list:
    return [order.quantity_base for order in bench.sent(SubmitOrder) if order.side is Side.SELL]


def show(bench, *bids, ask="60000.1", is_verified=True) -> None:
    """A fresh book with these bids, price and quantity each."""
    bench.tell(
        BookReport(
            time_ms=0,
            symbol=BTC,
            bids=tuple(BookLevel(D(price), D(quantity)) for price, quantity in bids),
            asks=(BookLevel(D(ask), D(5)),),
            is_verified=is_verified,
        )
    )


def fill_part(bench, number, *, left) -> None:
    """The last part fills wholly, and the balance is told."""
    bench.answer(price="60000.0", execution=f"part-{number}", coins=str(left))


@pytest.fixture
def bench() -> StrategyBench:
    bench = StrategyBench().start()
    bench.start_strategy()
    return bench.enter()


def ticker_at(price):
    return msgspec.structs.replace(ticker(price), time_ms=0)


def test_a_thin_book_takes_a_part_and_the_next_ones_the_rest(bench):
    show(bench, ("60000.0", "0.004"), ("59999.0", "0.002"), ("40000.0", "9"))
    bench.tell(ticker_at("60000.0"))
    assert sales(bench) == [D("0.006")]
    fill_part(bench, 1, left="0.009625")
    assert sales(bench) == [D("0.006")]
    show(bench, ("60000.0", "0.005"))
    assert sales(bench)[1:] == [D("0.005")]
    fill_part(bench, 2, left="0.004625")
    show(bench, ("60000.0", "3"))
    assert sales(bench)[2:] == [D("0.004625")]
    fill_part(bench, 3, left="0")
    assert bench.held is None
    assert sum(sales(bench)) == HELD
    assert bench.happened(CommandRefused) == []


def test_every_part_is_told_as_one(bench):
    show(bench, ("60000.0", "0.006"))
    bench.tell(ticker_at("60000.0"))
    fill_part(bench, 1, left="0.009625")
    show(bench, ("60000.0", "3"))
    rows = bench.trader.decisions(AskDecisions(strategy="test")).rows
    assert [row.text for row in rows if row.outcome == "sold"] == [
        "stop: 0.006 sent, as much as the book takes; the rest follows",
        "stop: 0.009625 sent",
    ]


def test_flattening_goes_on_in_parts_and_ends_when_all_is_sold(bench):
    show(bench, ("64000.0", "0.01"), ask="64000.1")
    bench.stop_strategy(is_flattening=True)
    fill_part(bench, 1, left="0.005625")
    assert not bench.happened(StrategyStopped)
    show(bench, ("64000.0", "3"), ask="64000.1")
    fill_part(bench, 2, left="0")
    assert sales(bench) == [D("0.01"), D("0.005625")]
    assert bench.happened(StrategyStopped)[0].left == ""


def test_a_restart_between_two_parts_sells_the_rest(bench):
    show(bench, ("60000.0", "0.004"))
    bench.tell(ticker_at("60000.0"))
    fill_part(bench, 1, left="0.011625")
    again = bench.again(coins="0.011625")
    again.quote("60000.0")
    again.wait(1)
    assert sales(again) == [D("0.011625")]


def test_the_book_of_before_is_not_sold_into_twice(bench):
    show(bench, ("60000.0", "0.004"))
    bench.tell(ticker_at("60000.0"))
    fill_part(bench, 1, left="0.011625")
    for _ in range(5):
        bench.tell(ticker_at("60000.0"))
    bench.wait(1)
    assert sales(bench) == [D("0.004")]
    show(bench, ("60000.0", "0.004"))
    assert len(sales(bench)) == 2


def test_a_book_that_came_before_the_end_of_a_part_is_believed_after_a_moment(bench):
    """Orders and prices have connections of their own: the market may be silent from here on."""
    show(bench, ("60000.0", "0.004"))
    bench.tell(ticker_at("60000.0"))
    show(bench, ("59900.0", "2"))
    fill_part(bench, 1, left="0.011625")
    assert len(sales(bench)) == 1
    bench.wait(BOOK_PATIENCE_MS / 1_000)
    assert sales(bench)[1:] == [D("0.011625")]


def test_no_part_leaves_a_rest_that_could_never_be_sold(bench):
    """All but a sliver is there: a little less is sold, so that the rest is an order still."""
    show(bench, ("60000.0", "0.015624"))
    bench.tell(ticker_at("60000.0"))
    assert sales(bench) == [D("0.015525")]
    assert HELD - sales(bench)[0] == D("0.0001")


def test_a_book_below_the_smallest_order_is_waited_out_and_the_gate_says_why(bench):
    show(bench, ("60000.0", "0.00009"))
    bench.tell(ticker_at("60000.0"))
    (refusal,) = bench.happened(CommandRefused)
    assert refusal.gate == "price_collar"
    assert "0.00009" in refusal.reason
    show(bench, ("60000.0", "2"))
    assert sales(bench) == [HELD]


def test_levels_beyond_the_collar_do_not_count(bench):
    collar = bench.settings.limits.price_collar_percent
    inside, beyond = (
        D("60000.0") * (100 - collar + 1) / 100,
        D("60000.0") * (100 - collar - 1) / 100,
    )
    show(bench, ("60000.0", "0.002"), (inside, "0.003"), (beyond, "5"))
    bench.tell(ticker_at("60000.0"))
    assert sales(bench) == [D("0.005")]


def test_profit_in_parts_advances_only_when_its_part_is_sold():
    rules = RuleSettings(
        slippage_bps=D(0), spread_bps=D(0), take_percent=D(10), take_parts=2, stop_percent=D(5)
    )
    bench = StrategyBench(settings=msgspec.structs.replace(SETTINGS, rules=rules)).start()
    bench.start_strategy()
    bench.enter()
    first = str(bench.held.take)
    show(bench, (first, "0.002"), ask=first)
    bench.tell(ticker_at(first))
    assert sales(bench) == [D("0.002")]
    bench.answer(price=first, execution="part-1", coins="0.013625")
    assert bench.held.part == 0
    show(bench, (first, "2"), ask=first)
    assert sales(bench)[1:] == [D("0.0058125")]
    bench.answer(price=first, execution="part-2", coins="0.0078125")
    assert bench.held.part == 1
    assert bench.held.take > float(first)
    assert len(sales(bench)) == 2


def refused_for_long(bench) -> None:
    """The book is not to be believed for ten minutes: the sale is asked for once a minute by then."""
    show(bench, is_verified=False)
    bench.tell(ticker_at("60000.0"))
    bench.wait(600)
    assert sales(bench) == []
    times = [event.time_ms for event in bench.happened(CommandRefused)]
    assert times[-1] - times[-2] >= PAUSE_MS_MAX


def test_the_first_book_that_can_be_sold_into_ends_a_long_wait(bench):
    refused_for_long(bench)
    refused_count = len(bench.happened(CommandRefused))
    show(bench, ("60000.0", "0.00001"))
    assert sales(bench) == []
    show(bench, ("60000.0", "2"))
    assert sales(bench) == [HELD]
    assert len(bench.happened(CommandRefused)) == refused_count


def test_a_connection_that_comes_back_ends_a_long_wait(bench):
    link = "kraken public"
    bench.tell(LinkReport(time_ms=0, link=link, state=LinkState.DOWN))
    show(bench, ("60000.0", "2"))
    bench.tell(ticker_at("60000.0"))
    bench.wait(600)
    assert bench.happened(CommandRefused)[-1].gate == "feed"
    assert sales(bench) == []
    bench.tell(LinkReport(time_ms=0, link=link, state=LinkState.UP))
    assert sales(bench) == [HELD]


def test_an_account_that_is_compared_again_ends_a_long_wait(bench):
    """The order stream was away: the sale leaves in the very step that knows the account again."""
    link = "kraken private"
    bench.tell(LinkReport(time_ms=0, link=link, state=LinkState.DOWN))
    show(bench, ("60000.0", "2"))
    bench.tell(ticker_at("60000.0"))
    bench.wait(600)
    bench.answer_account(cash="9000", coins=str(HELD))
    bench.tell(LinkReport(time_ms=0, link=link, state=LinkState.UP))
    bench.wait(0.25)
    assert sales(bench) == []
    bench.answer_account(cash="9000", coins=str(HELD))
    assert sales(bench) == [HELD]


def test_what_the_exchange_refuses_is_not_sent_again_with_every_book(bench):
    show(bench, ("60000.0", "2"))
    bench.tell(ticker_at("60000.0"))
    for number in range(20):
        name = bench.sent(SubmitOrder)[-1].client_order_id
        if bench.state.orders[name].is_open:
            bench.tell(
                SubmitReport(
                    time_ms=0, client_order_id=name, outcome=Outcome.REFUSED, reason="EOrder:busy"
                )
            )
        show(bench, ("60000.0", str(2 + number)))
    assert len(sales(bench)) == 1
    bench.wait(FIRST_MS / 1_000)
    assert len(sales(bench)) == 2
