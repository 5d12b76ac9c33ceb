"""Limits of [risk] as gates: what each refuses, with which numbers, and whom it lets pass."""

import msgspec
import pytest

from tests.engine.core.rig import BTC, Bench, D
from tui_trader.engine.messages.events import CommandRefused, OrderSubmitted
from tui_trader.engine.messages.queries import AskTicket
from tui_trader.engine.settings.model import Settings
from tui_trader.engine.settings.rulebook import WITHOUT_LIMITS, RiskSettings
from tui_trader.engine.values.orders import OrderType, Side


def bench_with(**limits) -> Bench:
    return Bench(settings=Settings(risk=msgspec.structs.replace(WITHOUT_LIMITS, **limits)))


def refusals(bench):
    return [(event.gate, event.reason) for event in bench.happened(CommandRefused)]


@pytest.mark.parametrize(
    ("limits", "quantity", "gate", "number"),
    [
        ({"position_max_quote": D(600)}, "0.01", "position", "600.00"),
        ({"position_max_percent": D(5)}, "0.01", "position", "500.00"),
        ({"exposure_max_percent": D(6)}, "0.01", "exposure", "600.00"),
    ],
)
def test_an_entry_beyond_a_limit_is_refused_with_the_number(limits, quantity, gate, number):
    bench = bench_with(**limits).start()
    bench.place(quantity=quantity)
    ((refused_by, reason),) = refusals(bench)
    assert refused_by == gate
    assert number in reason


@pytest.mark.parametrize(
    "limits",
    [
        {"position_max_quote": D(1_000)},
        {"position_max_percent": D(10)},
        {"exposure_max_percent": D(10)},
    ],
)
def test_an_order_whose_answer_never_came_counts_as_if_it_were_filled(limits):
    bench = bench_with(**limits).start()
    bench.place("a", quantity="0.01", price="63000.0")
    bench.lose_answer("a")
    bench.place("b", quantity="0.01", price="63000.0")
    assert len(bench.happened(OrderSubmitted)) == 1
    assert len(refusals(bench)) == 1


def test_a_fill_counts_before_the_exchange_tells_the_balance():
    bench = bench_with(position_max_quote=D(1_000)).start()
    bench.place("a", quantity="0.01")
    bench.accept("a")
    bench.fill("a")
    bench.place("b", quantity="0.01")
    ((gate, _),) = refusals(bench)
    assert gate == "position"


def test_dust_and_orders_of_the_same_pair_are_no_further_position():
    bench = bench_with(positions_max=1).start()
    bench.answer_account(coins="0.00005")
    bench.place("a", quantity="0.001", price="63000.0")
    bench.place("b", quantity="0.001", price="63000.0")
    assert refusals(bench) == []


@pytest.mark.parametrize(
    ("limits", "gate"),
    [
        ({"daily_loss_max_percent": D(3)}, "daily_loss"),
        ({"drawdown_max_percent": D(3)}, "drawdown"),
    ],
)
def test_a_loss_stops_entries_and_no_sale(limits, gate):
    bench = bench_with(**limits).start()
    bench.answer_account(cash="5000", coins="0.04")
    bench.wait(61)
    bench.answer_account(cash="5000", coins="0.04")
    bench.quote("58000.0")
    bench.place("buy", quantity="0.001")
    ((refused_by, reason),) = refusals(bench)
    assert refused_by == gate
    assert "3 %" in reason
    bench.place("sell", side=Side.SELL, quantity="0.04")
    assert bench.happened(OrderSubmitted)[-1].side is Side.SELL


def test_a_limit_that_cannot_be_worked_out_refuses():
    bench = bench_with(position_max_percent=D(25)).start()
    bench.trader.state.balances["XYZ"] = D(1)
    bench.place(quantity="0.001")
    ((gate, reason),) = refusals(bench)
    assert gate == "position"
    assert "not known" in reason


def test_the_preview_of_a_hand_shows_every_limit_and_that_pauses_do_not_bind_it():
    bench = Bench(settings=Settings(risk=RiskSettings())).start()
    query = AskTicket(
        symbol=BTC,
        side=Side.BUY,
        order_type=OrderType.MARKET,
        quantity_base=D("0.01"),
        price=None,
    )
    verdicts = {
        verdict.gate: verdict.text for verdict in bench.trader.ticket(query, bench.now_ms).verdicts
    }
    assert verdicts["position"] == "position 640.00, limit 2,500.00"
    assert verdicts["exposure"] == "exposure 640.00, limit 5,000.00"
    assert verdicts["positions"] == "0 others open, limit 5"
    for pause in ("losing_streak", "cool_down", "trades_per_day"):
        assert verdicts[pause] == "pauses strategies only"
