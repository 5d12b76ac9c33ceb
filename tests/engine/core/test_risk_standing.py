"""The gauges of [risk] count as its gates do, and say what is left."""

import msgspec
import pytest

from tests.engine.core.rig import BTC, T0, Bench, D
from tests.engine.core.test_hosting import StrategyBench
from tui_trader.engine.core.risk_limits import ENTRY_LIMITS
from tui_trader.engine.core.risk_standing import risk_answer
from tui_trader.engine.messages.events import CommandRefused
from tui_trader.engine.settings.model import Settings
from tui_trader.engine.settings.rulebook import WITHOUT_LIMITS, RiskSettings, RuleSettings
from tui_trader.engine.values.orders import ClientOrderId
from tui_trader.engine.values.time import MS_PER_DAY, MS_PER_MINUTE

COSTLESS = RuleSettings(slippage_bps=D(0), spread_bps=D(0))


def limits(**changes):
    return msgspec.structs.replace(WITHOUT_LIMITS, **changes)


def bench_with(**changes) -> Bench:
    return Bench(settings=Settings(risk=limits(**changes))).start()


def row_of(bench, key):
    answer = risk_answer(bench.settings, bench.state, bench.trader.market, now_ms=bench.now_ms)
    return next(row for row in answer.rows if row.key == key)


def refused_by(bench):
    return [event.gate for event in bench.happened(CommandRefused)]


def lost(bench, price):
    """An account that was worth 10,120 and has 0.08 BTC, at a lower price."""
    for _ in range(2):
        bench.answer_account(cash="5000", coins="0.08")
        bench.wait(61)
    bench.quote(price)
    return bench


def test_every_gate_of_risk_has_one_row_in_its_order():
    bench = Bench(settings=Settings(risk=RiskSettings())).start()
    answer = risk_answer(bench.settings, bench.state, bench.trader.market, now_ms=bench.now_ms)
    assert [row.key for row in answer.rows] == list(ENTRY_LIMITS)
    assert all(row.name and row.text for row in answer.rows)


def test_a_limit_that_is_off_is_off_and_counts_nothing():
    answer = risk_answer(
        Settings(risk=WITHOUT_LIMITS), Bench().state, Bench().trader.market, now_ms=T0
    )
    assert {(row.state, row.used, row.limit) for row in answer.rows} == {("off", None, None)}


def test_position_counts_what_is_held_and_what_is_ordered_by_the_smaller_bound():
    bench = bench_with(position_max_quote=D(5_000), position_max_percent=D(20))
    bench.place("a", quantity="0.01", price="63000.0")
    row = row_of(bench, "position")
    assert (row.used, row.limit, row.unit, row.state) == (630.0, 2_000.0, "USD", "ok")
    assert row.text == "BTC/USD: 1,370.00 USD left"


def test_position_of_an_empty_account_says_what_may_be_bought():
    row = row_of(bench_with(position_max_quote=D(5_000)), "position")
    assert (row.used, row.state, row.text) == (0.0, "ok", "nothing held; 5,000.00 USD in one pair")


@pytest.mark.parametrize(
    ("key", "changes"),
    [
        ("position", {"position_max_quote": D(630)}),
        ("exposure", {"exposure_max_percent": D("6.3")}),
    ],
)
def test_amount_that_is_used_up_is_reached_and_its_gate_refuses(key, changes):
    bench = bench_with(**changes)
    bench.place("a", quantity="0.01", price="63000.0")
    assert row_of(bench, key).state == "reached"
    assert "nothing left" in row_of(bench, key).text
    bench.place("b", quantity="0.001", price="63000.0")
    assert refused_by(bench) == [key]


def test_four_fifths_of_a_limit_are_near():
    bench = bench_with(exposure_max_percent=D(8))
    bench.place("a", quantity="0.0102", price="63000.0")
    row = row_of(bench, "exposure")
    assert (row.state, row.limit) == ("near", 800.0)
    assert row.text == "157.40 USD left"


def test_pairs_are_counted_as_the_gate_counts_them():
    bench = bench_with(positions_max=2)
    bench.answer_account(coins="0.00005")
    assert row_of(bench, "positions").used == 0.0, "dust that cannot be sold is no position"
    bench.place("a", quantity="0.001", price="63000.0")
    row = row_of(bench, "positions")
    assert (row.used, row.limit, row.text) == (1.0, 2.0, "1 more")


def test_last_pair_that_is_allowed_is_reached():
    bench = bench_with(positions_max=1)
    bench.place("a", quantity="0.001", price="63000.0")
    row = row_of(bench, "positions")
    assert (row.state, row.text) == ("reached", "no further pair is entered")


@pytest.mark.parametrize(
    ("key", "changes"),
    [
        ("daily_loss", {"daily_loss_max_percent": D(3)}),
        ("drawdown", {"drawdown_max_percent": D(3)}),
    ],
)
def test_loss_says_what_is_left_to_lose_until_the_gate_refuses(key, changes):
    bench = lost(bench_with(**changes), "63000.0")
    row = row_of(bench, key)
    # 10,120 at 64,000; 10,040 now; nobody enters at 9,816.40.
    assert row.state == "ok"
    assert row.used == pytest.approx(80 / 10_120 * 100, rel=1e-3)
    assert row.limit == pytest.approx(3.0)
    assert row.text == "223.60 USD to lose"
    bench.quote("60000.0")
    row = row_of(bench, key)
    assert row.state == "reached"
    assert "nobody enters" in row.text
    bench.place("b", quantity="0.001")
    assert refused_by(bench) == [key]


def test_loss_of_a_day_counts_from_its_midnight_and_is_unknown_before_it_was_valued():
    bench = lost(bench_with(daily_loss_max_percent=D(3)), "64000.0")
    assert row_of(bench, "daily_loss").since_ms == bench.now_ms // MS_PER_DAY * MS_PER_DAY
    bench.now_ms += MS_PER_DAY
    row = row_of(bench, "daily_loss")
    assert (row.used, row.state, row.text) == (None, "unknown", "the account was not valued yet")


@pytest.mark.parametrize("key", ["position", "exposure", "drawdown"])
def test_what_cannot_be_worked_out_is_unknown_with_the_words_of_the_gate(key):
    risk = limits(
        position_max_percent=D(25), exposure_max_percent=D(50), drawdown_max_percent=D(20)
    )
    bench = Bench(settings=Settings(risk=risk)).start()
    bench.wait(61)
    bench.state.balances["XYZ"] = D(1)
    row = row_of(bench, key)
    assert (row.used, row.state) == (None, "unknown")
    assert "not known" in row.text


@pytest.mark.parametrize("key", ["losing_streak", "cool_down", "trades_per_day"])
def test_pause_of_strategies_says_that_none_runs(key):
    row = row_of(Bench(settings=Settings(risk=RiskSettings())).start(), key)
    assert (row.used, row.state) == (None, "ok")
    assert "no strategy runs" in row.text


def strategy_bench(**changes) -> StrategyBench:
    bench = StrategyBench(settings=Settings(rules=COSTLESS, risk=limits(**changes)))
    bench.start().start_strategy()
    return bench.enter()


def losing(bench: StrategyBench) -> StrategyBench:
    """One trade that was entered at 64,000 and sold at 60,000."""
    bench.close(-1, price=60_000.0)
    bench.open()
    bench.answer(price="60000.0", execution="exec-2", cash="9900", coins="0")
    return bench


def test_entries_of_a_strategy_are_counted_by_the_limit_it_was_started_with():
    bench = strategy_bench(trades_per_day_max=2)
    row = row_of(bench, "trades_per_day")
    assert (row.used, row.limit, row.text) == (1.0, 2.0, "test: 1 more today")


def test_last_entry_of_a_day_is_reached():
    row = row_of(strategy_bench(trades_per_day_max=1), "trades_per_day")
    assert (row.state, row.text) == ("reached", "test: no entry for the rest of its day")


def test_cool_down_tells_the_minutes_that_are_left_and_the_moment_it_ends():
    bench = losing(strategy_bench(cool_down_minutes=120))
    row = row_of(bench, "cool_down")
    note = bench.state.strategies["test"].note
    left_ms = note.pairs[BTC].cool_until_ms - note.candle_ms
    assert (row.state, row.limit, row.unit) == ("reached", 120.0, "minutes")
    assert row.used == left_ms / MS_PER_MINUTE > 0
    assert row.text.startswith("test BTC/USD: no entry before ")
    assert row.text.endswith("UTC of the candles")


def test_losing_streak_pauses_and_goes_on_after_the_pause():
    bench = losing(strategy_bench(losing_streak_max=1, losing_streak_pause_minutes=90))
    row = row_of(bench, "losing_streak")
    assert (row.used, row.limit, row.state) == (1.0, 1.0, "reached")
    assert "no entry before" in row.text
    for _ in range(3):
        bench.close(0, price=60_000.0)
        bench.open()
    row = row_of(bench, "losing_streak")
    assert (row.state, row.text) == ("near", "test: 1 more until a pause")


def test_streak_that_is_not_full_says_how_many_losses_are_left():
    bench = losing(strategy_bench(losing_streak_max=3, losing_streak_pause_minutes=90))
    row = row_of(bench, "losing_streak")
    assert (row.used, row.state, row.text) == (1.0, "ok", "test: 2 more until a pause")


def test_asking_changes_nothing():
    bench = bench_with(position_max_quote=D(630), daily_loss_max_percent=D(3))
    bench.place("a", quantity="0.01", price="63000.0")
    before = msgspec.json.encode(bench.state)
    risk_answer(bench.settings, bench.state, bench.trader.market, now_ms=bench.now_ms)
    assert msgspec.json.encode(bench.state) == before
    assert ClientOrderId("a") in bench.state.open_ids
