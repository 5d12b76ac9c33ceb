"""Coins that a hand has sold: the strategy counts them no longer, and never fewer than are there."""

import pytest

from tests.engine.core.rig import BTC, D, fill_of
from tests.engine.core.test_hosting import StrategyBench
from tui_trader.engine.core.write_offs import SETTLED_MS
from tui_trader.engine.messages.events import StrategyStopped, StrategyWroteOff
from tui_trader.engine.messages.reports import BalanceReport, BookReport, FillReport
from tui_trader.engine.messages.requests import SubmitOrder
from tui_trader.engine.messages.strategy_queries import AskDecisions
from tui_trader.engine.values.account import ExchangeBalance
from tui_trader.engine.values.instruments import Asset
from tui_trader.engine.values.orders import OrderStatus, Side

LOTS = 1_562_500
HELD = "0.015625"


@pytest.fixture
def bench() -> StrategyBench:
    bench = StrategyBench().start()
    bench.start_strategy()
    return bench.enter()


def sell_by_hand(bench, quantity, *, left, name="by-hand"):
    bench.place(name, side=Side.SELL, quantity=quantity)
    assert bench.sent(SubmitOrder)[-1].client_order_id == name
    bench.answer(execution=f"exec-{name}", cash="10000", coins=left)


def tell_coins(bench, total) -> None:
    coins = ExchangeBalance(asset=Asset("BTC"), total=D(total))
    bench.tell(BalanceReport(time_ms=0, balances=(coins,)))


def compare_later(bench, coins) -> None:
    """A look at the account that began long after the last fill."""
    bench.wait((SETTLED_MS + 2_000) / 1_000)
    bench.answer_account(cash="9000", coins=coins)


def written_off(bench) -> list:
    return [event.quantity_base for event in bench.happened(StrategyWroteOff)]


def test_what_a_hand_sells_is_counted_no_longer(bench):
    before = bench.held
    sell_by_hand(bench, "0.01", left="0.005625")
    (event,) = bench.happened(StrategyWroteOff)
    assert (event.strategy, event.symbol, event.quantity_base) == ("test", BTC, D("0.01"))
    assert "the account has 0.005625 BTC" in event.reason
    assert bench.held.lots == 562_500
    assert bench.held.entry == before.entry
    assert bench.record.written_off == {BTC: D("0.01")}
    row = bench.trader.decisions(AskDecisions(strategy="test")).rows[-1]
    assert (row.outcome, row.gate) == ("written off", "balance")
    bench.quote("60000.0")
    assert bench.sent(SubmitOrder)[-1].quantity_base == D("0.005625")


def test_nobody_wins_or_loses_by_what_a_hand_sold_and_the_strategy_enters_again(bench):
    sell_by_hand(bench, HELD, left="0")
    assert bench.held is None
    assert (bench.record.note.wins, bench.record.note.losses) == (0, 0)
    bench.close(1)
    bench.open()
    assert bench.sent(SubmitOrder)[-1].side is Side.BUY


def test_a_rest_that_could_never_be_sold_is_counted_no_longer_either(bench):
    sell_by_hand(bench, "0.0156", left="0.000025")
    assert bench.held is None
    assert written_off(bench) == [D(HELD)]


def test_coins_of_the_hand_go_first(bench):
    """Who has coins of his own beside the strategy's may sell those."""
    tell_coins(bench, "0.5")
    sell_by_hand(bench, "0.02", left="0.48")
    compare_later(bench, "0.48")
    assert written_off(bench) == []
    assert bench.held.lots == LOTS


def test_what_left_the_account_without_a_sale_is_missed_at_the_next_comparison(bench):
    tell_coins(bench, "0.005625")
    assert written_off(bench) == []
    compare_later(bench, "0.005625")
    assert written_off(bench) == [D("0.01")]


def test_a_balance_that_does_not_know_of_the_entry_yet_takes_nothing_away():
    bench = StrategyBench().start()
    bench.start_strategy()
    bench.close(1)
    bench.open()
    bench.answer(coins="0")
    bench.answer_account(cash="9000", coins="0")
    assert bench.held.lots == LOTS
    assert written_off(bench) == []


def test_a_balance_told_just_after_a_restart_may_not_know_of_the_entry_either():
    bench = StrategyBench().start()
    bench.now_ms += 3_595_000
    bench.hear()
    bench.quote("64000.0")
    bench.start_strategy()
    again = bench.enter().again(coins="0")
    assert again.held.lots == LOTS
    compare_later(again, "0")
    assert again.held is None


def test_nothing_is_written_off_while_a_sale_of_its_own_is_under_way(bench):
    bench.quote("60000.0")
    tell_coins(bench, "0.005625")
    compare_later(bench, "0.005625")
    assert written_off(bench) == []
    name = bench.sent(SubmitOrder)[-1].client_order_id
    assert bench.record.note.pairs[BTC].order == name
    bench.answer(price="60000.0", execution="exec-2", coins="0")
    assert bench.held is None
    assert written_off(bench) == []


def test_stopping_leaves_only_what_is_there(bench):
    bench.wait((SETTLED_MS + 2_000) / 1_000)
    bench.answer_account(cash="9000", coins=HELD)
    bench.place("by-hand", side=Side.SELL, quantity=HELD)
    bench.answer(execution="exec-2", cash="10000", coins="0")
    bench.stop_strategy()
    assert bench.happened(StrategyStopped)[0].left == ""


def test_flattening_ends_when_a_hand_has_sold_the_rest(bench):
    bench.now_ms += 20_000
    bench.stop_strategy(is_flattening=True)
    assert not bench.happened(StrategyStopped)
    bench.now_ms += 2_000
    bench.answer_account(cash="10000", coins="0")
    assert bench.happened(StrategyStopped)[0].left == ""


def test_a_write_off_outlives_the_engine(bench):
    sell_by_hand(bench, "0.01", left="0.005625")
    again = bench.again()
    assert again.record.written_off == {BTC: D("0.01")}
    assert again.held == bench.held


def test_a_late_fill_beyond_what_is_counted_takes_no_more_than_that(bench):
    """The order had been given up, a hand sold, and then the exchange tells of the fill after all."""
    bench.quote("60000.0")
    name = bench.sent(SubmitOrder)[-1].client_order_id
    bench.order(name, status=OrderStatus.CANCELLED, quantity=HELD, filled="0", side=Side.SELL)
    bench.tell(BookReport(time_ms=0, symbol=BTC, bids=(), asks=(), is_verified=False))
    compare_later(bench, "0.005625")
    assert bench.held.lots == 562_500
    fill = fill_of(name, execution="late", quantity="0.012", price="60000.0", side=Side.SELL)
    bench.tell(FillReport(time_ms=0, fill=fill))
    assert bench.held is None
    assert bench.record.note.traded


def test_dust_that_an_order_left_is_counted_no_longer_and_the_strategy_enters_again(bench):
    bench.quote("60000.0")
    name = bench.sent(SubmitOrder)[-1].client_order_id
    fill = fill_of(name, execution="most", quantity="0.0156", price="60000.0", side=Side.SELL)
    bench.tell(FillReport(time_ms=0, fill=fill))
    tell_coins(bench, "0.000025")
    assert bench.held.lots == 2_500
    bench.order(name, status=OrderStatus.EXPIRED, quantity=HELD, filled="0.0156", side=Side.SELL)
    assert bench.held is None
    (event,) = bench.happened(StrategyWroteOff)
    assert event.quantity_base == D("0.000025")
    assert "smallest order" in event.reason
    assert (bench.record.note.wins, bench.record.note.losses) == (0, 1)


def test_an_entry_that_brought_only_dust_is_no_position():
    bench = StrategyBench().start()
    bench.start_strategy()
    bench.close(1)
    bench.open()
    name = bench.sent(SubmitOrder)[-1].client_order_id
    fill = fill_of(name, quantity="0.00005", price="64000.0")
    bench.tell(FillReport(time_ms=0, fill=fill))
    assert bench.held.lots == 5_000
    bench.order(name, status=OrderStatus.CANCELLED, quantity=HELD, filled="0.00005")
    assert bench.held is None
