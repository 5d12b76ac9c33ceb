"""What a strategy says of itself afterwards: the last word about a candle is what became of it."""

import msgspec
import pytest

from tests.engine.core.rig import BTC, fill_of
from tests.engine.core.test_hosting import StrategyBench
from tui_trader.engine.messages.reports import FillReport, Outcome, SubmitReport
from tui_trader.engine.messages.requests import SubmitOrder
from tui_trader.engine.messages.strategy_queries import AskDecisions
from tui_trader.engine.values.orders import OrderStatus, Side


@pytest.fixture
def bench() -> StrategyBench:
    bench = StrategyBench().start()
    bench.start_strategy()
    return bench


def rows(bench) -> list:
    return list(bench.trader.decisions(AskDecisions(strategy="test")).rows)


def sent_entry(bench):
    """The name of an entry under way."""
    bench.close(1)
    bench.open()
    assert rows(bench)[-1].outcome == "bought"
    return bench.sent(SubmitOrder)[-1].client_order_id


def refuse(bench, name, reason="EOrder:Insufficient funds") -> None:
    bench.tell(
        SubmitReport(time_ms=0, client_order_id=name, outcome=Outcome.REFUSED, reason=reason)
    )


def test_an_entry_that_the_exchange_refused_was_not_bought(bench):
    refuse(bench, sent_entry(bench))
    bought, last = rows(bench)[-2:]
    assert (last.outcome, last.gate) == ("refused", "exchange")
    assert last.text == (
        "the entry never came to be; the order was rejected: EOrder:Insufficient funds"
    )
    assert last.candle_ms == bought.candle_ms


@pytest.mark.parametrize("status", [OrderStatus.EXPIRED, OrderStatus.CANCELLED])
def test_an_entry_that_ended_without_a_fill_was_not_bought(bench, status):
    name = sent_entry(bench)
    bench.order(name, status=status, quantity="0.015625", reason="deadline")
    assert rows(bench)[-1].outcome == "refused"
    assert f"{status.value}: deadline" in rows(bench)[-1].text


def test_an_entry_that_was_never_placed_was_not_bought(bench):
    name = sent_entry(bench)
    bench.lose_answer(name)
    for _ in range(2):
        bench.wait(90)
        bench.look_up(name)
    assert rows(bench)[-1].outcome == "refused"
    assert "not placed" in rows(bench)[-1].text


def test_an_entry_that_ended_half_filled_says_how_much_was_bought(bench):
    name = sent_entry(bench)
    bench.tell(FillReport(time_ms=0, fill=fill_of(name, quantity="0.005", price="64000.0")))
    bench.order(name, status=OrderStatus.CANCELLED, quantity="0.015625", filled="0.005")
    assert rows(bench)[-1].outcome == "bought"
    assert rows(bench)[-1].text.startswith("0.005 of 0.015625; the rest was cancelled")


def test_a_fill_that_comes_after_all_is_the_last_word(bench):
    name = sent_entry(bench)
    bench.order(name, status=OrderStatus.CANCELLED, quantity="0.015625")
    assert rows(bench)[-1].outcome == "refused"
    bench.tell(FillReport(time_ms=0, fill=fill_of(name, quantity="0.015625", price="64000.0")))
    assert rows(bench)[-1].outcome == "bought"
    assert bench.held is not None


def test_a_sale_that_the_exchange_refused_was_not_sold(bench):
    bench.enter().close(-1)
    bench.open()
    order = bench.sent(SubmitOrder)[-1]
    assert order.side is Side.SELL
    refuse(bench, order.client_order_id, reason="EService:Unavailable")
    assert rows(bench)[-1].outcome == "refused"
    assert "nothing was sold" in rows(bench)[-1].text


def test_who_is_in_already_misses_nothing(bench):
    """What says 1 at every candle, as buy_and_hold does, wants nothing while it holds."""
    bench.enter()
    bench.close(1)
    assert rows(bench)[-1].text == "already in"
    bench.halt()
    bench.resume()
    bench.wait(2)
    bench.answer_account(cash="9000", coins="0.015625")
    bench.open()
    again = bench.again()
    for row in [*rows(bench), *rows(again)]:
        assert row.outcome != "missed"
    assert bench.record.note.pairs[BTC].want == 0


def test_a_correction_outlives_the_engine(bench):
    refuse(bench, sent_entry(bench))
    again = bench.again()
    assert rows(again)[-1] == rows(bench)[-1]
    assert msgspec.structs.asdict(rows(again)[-1])["outcome"] == "refused"
