"""A strategy in the core, told by hand: what it asks for, and what it does when things go wrong."""

import msgspec
import pytest

from tests.engine.core.rig import BTC, INSTRUMENT, Bench, D, fill_of
from tui_trader.engine.core.host_book import COMPLETED_MAX, Filled
from tui_trader.engine.core.host_notes import empty_book
from tui_trader.engine.core.strategy_host import StrategyHost
from tui_trader.engine.messages.commands import HaltTrading
from tui_trader.engine.messages.events import CommandRefused, OrderSubmitted
from tui_trader.engine.messages.reports import BalanceReport, FillReport, TickerReport
from tui_trader.engine.messages.requests import SubmitOrder
from tui_trader.engine.messages.strategy_reports import (
    CandlesBeganReport,
    CandlesClosedReport,
    CandlesOpenedReport,
    ClosedCandle,
)
from tui_trader.engine.rules.model import RiskRules, TradeRules
from tui_trader.engine.values.account import ExchangeBalance
from tui_trader.engine.values.candles import Candle
from tui_trader.engine.values.instruments import Asset
from tui_trader.engine.values.orders import OrderStatus, Side

RULES = TradeRules(
    fraction_ratio=0.1, stop_ratio=0.05, take_ratio=0.1, slippage_bps=0.0, spread_bps=0.0
)


class HostBench(Bench):
    """A bench whose trader hosts a strategy."""

    def __init__(self, rules=RULES, risk=None) -> None:
        super().__init__()
        self.host = StrategyHost(
            "test", empty_book((INSTRUMENT,)), rules=rules, risk=risk or RiskRules()
        )
        self.trader.hosts.add(self.host)

    def close(self, signal=0, *, price=64_000.0):
        candle = Candle(
            open_time_ms=self.now_ms,
            open=price,
            high=price,
            low=price,
            close=price,
            volume_base=100.0,
        )
        closed = ClosedCandle(symbol=BTC, candle=candle, signal=signal)
        return self.tell(CandlesClosedReport(time_ms=0, strategy="test", closes=(closed,)))

    def open(self):
        return self.begin(self.now_ms)

    def begin(self, open_time_ms, strategy="test"):
        self.tell(CandlesBeganReport(time_ms=0, strategy=strategy, open_time_ms=open_time_ms))
        return self.tell(CandlesOpenedReport(time_ms=0, strategy=strategy, symbols=(BTC,)))

    def price(self, last):
        return self.tell(
            TickerReport(
                time_ms=0,
                symbol=BTC,
                bid=D(last),
                ask=D(last) + D("0.1"),
                last=D(last),
                volume_24h_base=1.0,
                change_24h_percent=0.0,
            )
        )

    def orders(self) -> list[SubmitOrder]:
        return self.sent(SubmitOrder)

    def answer(self, *, quantity=None, price="64000.0", execution="exec-1", cash="9360.0"):
        """Fill the last order, wholly or in part, and settle it."""
        order = self.orders()[-1]
        quantity = D(quantity) if quantity else order.quantity_base
        fill = fill_of(
            order.client_order_id,
            execution=execution,
            quantity=str(quantity),
            price=price,
            side=order.side,
        )
        self.tell(FillReport(time_ms=0, fill=fill))
        held = self.host.book.pairs[BTC].held
        coins = D(0) if held is None else INSTRUMENT.lot * held.lots
        totals = (("USD", D(cash)), ("BTC", coins))
        balances = tuple(ExchangeBalance(asset=Asset(a), total=t) for a, t in totals)
        return self.tell(BalanceReport(time_ms=0, balances=balances))

    def enter(self):
        self.close(1)
        self.open()
        self.answer()
        return self

    @property
    def held(self):
        return self.host.book.pairs[BTC].held


@pytest.fixture
def bench() -> HostBench:
    return HostBench().start()


def test_a_signal_becomes_an_order_when_the_next_candle_opens(bench):
    bench.close(1)
    assert bench.orders() == []
    bench.open()
    (order,) = bench.orders()
    assert (order.side, order.price) == (Side.BUY, None)
    assert order.quantity_base == D("0.015625")  # a tenth of 10,000 at 64,000
    assert bench.happened(OrderSubmitted)[0].actor == "strategy test"


def test_its_order_carries_a_name_in_the_form_of_a_uuid_and_the_same_decision_the_same_one(bench):
    names = []
    for _ in range(2):
        again = HostBench().start()
        again.close(1)
        again.open()
        names.append(again.orders()[0].client_order_id)
    assert names[0] == names[1]
    assert [len(part) for part in names[0].split("-")] == [8, 4, 4, 4, 12]


def test_a_fill_opens_a_position_with_its_stop_and_take_profit(bench):
    bench.enter()
    assert bench.held.lots == 1_562_500
    assert (bench.held.stop, bench.held.take) == (60_800.0, 70_400.0)


def test_parts_of_a_purchase_make_one_position(bench):
    bench.close(1)
    bench.open()
    bench.answer(quantity="0.005", price="64000.0", execution="a")
    bench.answer(quantity="0.010625", price="64100.0", execution="b")
    assert bench.held.lots == 1_562_500
    assert bench.held.entry == pytest.approx((0.005 * 64_000 + 0.010625 * 64_100) / 0.015625)
    assert bench.host.book.entries_today == 1


@pytest.mark.parametrize(
    ("last", "sells"), [("60800.1", False), ("60800.0", True), ("50000", True)]
)
def test_the_stop_is_set_off_by_the_last_price(bench, last, sells):
    bench.enter().price(last)
    assert [order.side for order in bench.orders()[1:]] == [Side.SELL] * sells


def test_the_take_profit_is_set_off_by_the_last_price(bench):
    bench.enter().price("70400.0")
    assert bench.orders()[-1].side is Side.SELL
    bench.answer(price="70400.0", execution="exec-2", cash="10450.0")
    assert bench.held is None
    (done,) = bench.host.book.completed
    assert done.held.proceeds - done.held.cost == 10_000_000_000


def test_a_second_price_beyond_the_stop_sends_no_second_order(bench):
    bench.enter().price("60000")
    bench.price("59000")
    assert len(bench.orders()) == 2


def test_a_sale_that_filled_in_part_and_ended_is_sold_on(bench):
    bench.enter().price("60000")
    name = bench.orders()[-1].client_order_id
    bench.answer(quantity="0.005", price="60000.0", execution="exec-2")
    bench.order(
        name, status=OrderStatus.CANCELLED, quantity="0.015625", filled="0.005", side=Side.SELL
    )
    assert bench.orders()[-1].quantity_base == D("0.010625")


def test_an_order_that_was_never_placed_leaves_no_position_and_nothing_under_way(bench):
    bench.close(1)
    bench.open()
    name = bench.orders()[-1].client_order_id
    bench.order(name, status=OrderStatus.CANCELLED, quantity="0.015625")
    assert bench.host.book.pairs[BTC].order is None
    assert bench.held is None


def test_a_halted_engine_refuses_the_strategy_like_a_person(bench):
    bench.tell(HaltTrading(command_id=bench.command_id(), actor="test", reason="enough"))
    bench.close(1)
    bench.open()
    assert bench.orders() == []
    assert bench.happened(CommandRefused)[-1].gate == "halted"


def test_the_gate_of_a_person_binds_the_strategy(bench):
    bench = HostBench(rules=RULES._replace(fraction_ratio=0.9)).start()
    bench.close(1)
    bench.open()
    assert bench.orders() == []
    assert bench.happened(CommandRefused)[-1].gate == "order_value"


def test_reports_for_another_strategy_are_not_heard(bench):
    bench.close(1)
    bench.begin(bench.now_ms, strategy="other")
    assert bench.orders() == []


def test_a_limit_of_the_strategy_blocks_and_is_counted():
    bench = HostBench(risk=RiskRules(cool_down_ms=10_000_000)).start().enter()
    bench.price("60000")
    bench.answer(price="60000.0", execution="exec-2", cash="9900.0")
    bench.close(1)
    bench.open()
    assert len(bench.orders()) == 2
    assert bench.host.book.blocks == {6: 1}


def test_a_pause_is_counted_by_the_candles_and_not_by_the_machine():
    """In a replay the machine's clock is years ahead of the candles."""
    bench = HostBench(risk=RiskRules(cool_down_ms=3_600_000)).start().enter()
    bench.price("60000")
    bench.answer(price="60000.0", execution="exec-2", cash="9900.0")
    recorded = bench.now_ms
    for hours, count in ((1, 3), (0, 3)):
        bench.close(1)
        bench.begin(recorded + hours * 3_600_000)
        assert len(bench.orders()) == count


def test_only_so_many_finished_trades_are_kept_and_only_thirty_days_of_volume():
    bench = HostBench(rules=RULES._replace(take_ratio=0.0)).start()
    book = bench.host.book
    for number in range(COMPLETED_MAX + 5):
        day_ms = number * 86_400_000
        bought = Filled(time_ms=day_ms, lots=1_000_000, ticks=640_000, fee=0)
        book.book_entry(BTC, bought, rules=RULES)
        book.book_sale(BTC, msgspec.structs.replace(bought, ticks=640_001), risk=RiskRules())
        assert book.fee_now(day_ms, RULES) <= 0.004
    assert len(book.completed) == COMPLETED_MAX
    assert book.completed[-1].exit_time_ms == day_ms
    assert len(book.traded) == 30
