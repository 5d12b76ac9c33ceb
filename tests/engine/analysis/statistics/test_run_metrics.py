"""Metrics of a run, by cases one can compute by hand."""

from dataclasses import replace
from math import isfinite, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.analysis.made_candles import columns
from tui_trader.engine.analysis.statistics import returns as measure
from tui_trader.engine.analysis.statistics.benchmark import alpha, beta, information_ratio
from tui_trader.engine.analysis.statistics.drawdowns import drawdowns_of
from tui_trader.engine.analysis.statistics.equity import EquityCurve, daily_returns
from tui_trader.engine.analysis.statistics.months import monthly_table
from tui_trader.engine.analysis.statistics.run import run_metrics
from tui_trader.engine.analysis.statistics.trades import (
    Trades,
    excursions,
    exposure_ms,
    longest_run,
    no_trades,
)
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.metrics import METRICS
from tui_trader.engine.values.time import MS_PER_DAY

HOUR = 3_600_000
CLI_METRICS = [
    "return_ratio",
    "buy_and_hold_ratio",
    "cagr",
    "sharpe",
    "sortino",
    "calmar",
    "max_drawdown_ratio",
    "profit_factor",
    "win_ratio",
    "expectancy",
    "exposure_ratio",
    "trades",
]


def curve(*values: float, step_ms: int = MS_PER_DAY) -> EquityCurve:
    return EquityCurve(np.arange(len(values)) * step_ms, np.array(values))


def trades(*pnl: float, hours: int = 2, **others) -> Trades:
    count = len(pnl)
    columns_of = {
        "side": np.ones(count),
        "quantity": np.ones(count),
        "entry_time_ms": np.arange(count) * 10 * HOUR,
        "entry_price": np.full(count, 100.0),
        "exit_time_ms": np.arange(count) * 10 * HOUR + hours * HOUR,
        "exit_price": 100 + np.array(pnl),
        "fees": np.full(count, 0.5),
        "pnl": np.array(pnl),
    }
    return Trades(**{**columns_of, **others})


def test_every_metric_of_the_command_line_is_in_the_table_and_computed():
    found = run_metrics(curve(100, 110, 99, 120), trades(10, -11, 21))
    assert list(found) == list(METRICS)
    assert set(CLI_METRICS) <= set(found)


def test_a_run_by_hand():
    found = run_metrics(
        curve(100, 110, 99, 121), trades(10, -11, 22), holding=np.array([50, 60, 54, 75.0])
    )
    assert found["return_ratio"] == pytest.approx(0.21)
    assert found["profit"] == pytest.approx(21)
    assert found["fees"] == pytest.approx(1.5)
    assert found["max_drawdown_ratio"] == pytest.approx(0.1)
    assert found["max_drawdown_days"] == pytest.approx(2)
    assert found["recovery_days"] == pytest.approx(1)
    assert found["under_water_ratio"] == pytest.approx(2 / 3)
    assert found["recovery"] == pytest.approx(2.1)
    assert found["cagr"] == pytest.approx(1.21 ** (365 / 3) - 1)
    assert found["win_ratio"] == pytest.approx(2 / 3)
    assert found["profit_factor"] == pytest.approx(32 / 11)
    assert found["expectancy"] == pytest.approx(7)
    assert found["expectancy_ratio"] == pytest.approx(0.07)
    assert found["payoff"] == pytest.approx(16 / 11)
    assert found["exposure_ratio"] == pytest.approx(6 / 72)
    assert found["average_trade_days"] == pytest.approx(2 / 24)
    assert found["buy_and_hold_ratio"] == pytest.approx(0.5)
    assert found["excess_ratio"] == pytest.approx(-0.29)


@pytest.mark.parametrize(
    ("run", "closed"),
    [
        pytest.param(curve(100), no_trades(), id="a start alone"),
        pytest.param(curve(100, 100, 100), no_trades(), id="nothing moves"),
        pytest.param(curve(100, 110), trades(10), id="one day"),
        pytest.param(curve(100, 101, 102, 103), trades(1, 1, 1), id="nothing lost"),
        pytest.param(curve(100, 99, 98), trades(-1, -1), id="nothing won"),
        pytest.param(curve(100, 50, 0, 0), trades(-50, -50), id="all lost"),
        pytest.param(curve(100, 50, -20, 10), trades(-150), id="more than all lost"),
        pytest.param(curve(1e-3, 1e9), trades(0, 0), id="absurd growth"),
        pytest.param(curve(100, 101, step_ms=1), trades(1), id="a millisecond"),
    ],
)
def test_what_is_not_defined_is_none_and_never_infinite(run, closed):
    found = run_metrics(run, closed, holding=np.full(len(run), 5.0))
    assert all(value is None or isfinite(value) for value in found.values()), found


def test_nothing_lost_has_no_profit_factor_and_no_calmar():
    found = run_metrics(curve(100, 101, 102, 104), trades(1, 1, 2))
    assert {found[name] for name in ("profit_factor", "payoff", "calmar", "sortino", "omega")} == {
        None
    }
    assert found["max_drawdown_ratio"] == 0
    assert found["losing_streak"] == 0


def test_nothing_happened_is_told_apart_from_nothing_known():
    still, start = (
        run_metrics(curve(100, 100, 100), no_trades()),
        run_metrics(curve(100), no_trades()),
    )
    assert still["return_ratio"] == 0
    assert still["volatility"] == 0
    assert still["sharpe"] is None
    assert start["return_ratio"] is None
    assert start["max_drawdown_ratio"] is None
    assert still["win_ratio"] is None
    assert still["trades"] == 0


def test_a_year_of_252_days_scales_ratios_by_its_root():
    values = np.array([0.01, -0.02, 0.015, 0.003])
    assert measure.sharpe(values, 252) / measure.sharpe(values, 365) == pytest.approx(
        sqrt(252 / 365)
    )


def test_a_value_at_midnight_belongs_to_the_day_that_ends():
    hourly = EquityCurve(np.array([0, 12, 24, 36, 48]) * HOUR, np.array([100, 50, 110, 80, 99.0]))
    days = daily_returns(hourly)
    assert list(days.day) == [0, 1]
    assert days.returns == pytest.approx([0.1, -0.1])


def test_a_day_without_a_value_changed_nothing():
    days = daily_returns(EquityCurve(np.array([0, 1, 4]) * MS_PER_DAY, np.array([100, 110, 121.0])))
    assert days.returns == pytest.approx([0.1, 0, 0, 0.1])


def test_no_return_follows_from_nothing():
    assert daily_returns(curve(100, 50, 0, 10, 20)).returns == pytest.approx([-0.5, -1])


def test_drawdowns_between_days_count():
    hourly = curve(100, 70, 105, step_ms=HOUR)
    assert run_metrics(hourly, no_trades())["max_drawdown_ratio"] == pytest.approx(0.3)


def test_a_drawdown_that_has_not_ended_has_no_recovery():
    run = curve(100, 90, 100, 120, 60, 90)
    falls = drawdowns_of(run)
    assert list(falls.depth_ratio) == pytest.approx([0.1, 0.5])
    assert list(falls.has_ended) == [True, False]
    assert list(falls.length_days) == [2, 2]
    assert run_metrics(run, no_trades())["recovery_days"] is None


def test_months_compound_their_days_and_years_their_months():
    start = 19_722 * MS_PER_DAY  # 2023-12-31
    table = monthly_table(
        daily_returns(
            EquityCurve(
                start + np.array([0, 1, 2, 33]) * MS_PER_DAY, np.array([100, 110, 121, 133.1])
            )
        )
    )
    assert [row.year for row in table] == [2023, 2024]
    assert table[0].months == (*[None] * 11, pytest.approx(0.1))
    assert table[1].months[:2] == (pytest.approx(0.1), pytest.approx(0.1))
    assert table[1].total == pytest.approx(0.21)


def test_overlapping_trades_expose_once():
    both = trades(1, 1, entry_time_ms=[0, HOUR], exit_time_ms=[2 * HOUR, 4 * HOUR])
    inside = trades(1, 1, entry_time_ms=[HOUR, 0], exit_time_ms=[2 * HOUR, 4 * HOUR])
    assert exposure_ms(both) == exposure_ms(inside) == 4 * HOUR
    assert exposure_ms(no_trades()) == 0


def test_streaks_are_the_longest():
    assert longest_run(np.array([True, True, False, True, True, True])) == 3
    assert longest_run(np.array([], dtype=bool)) == 0


def test_excursions_reach_from_entry_to_exit_and_no_further():
    candles = columns(np.array([100.0, 110, 90, 100, 400]))
    step = candles.interval.ms
    first = int(candles.open_time_ms[0])
    closed = trades(
        0,
        0,
        side=[1, -1],
        entry_time_ms=[first + step] * 2,
        exit_time_ms=[first + 4 * step] * 2,
        exit_price=[100.0, 100.0],
    )
    reached = excursions(closed, candles)
    low, high = candles.low[1:4].min() / 100 - 1, candles.high[1:4].max() / 100 - 1
    assert reached.mae_ratio == pytest.approx([low, -high])
    assert reached.mfe_ratio == pytest.approx([high, -low])
    assert run_metrics(curve(1, 2), closed, reached=reached)["average_mfe_ratio"] == pytest.approx(
        (high - low) / 2
    )


def test_a_trade_that_ends_where_it_began_went_nowhere():
    candles = columns(np.array([100.0, 110, 90]))
    at = int(candles.open_time_ms[1])
    closed = trades(0, entry_time_ms=[at], exit_time_ms=[at], exit_price=[100.0])
    reached = excursions(closed, candles)
    assert (reached.mae_ratio[0], reached.mfe_ratio[0]) == (0, 0)


def test_twice_holding_has_beta_two_and_no_alpha():
    holding = np.array([0.01, -0.02, 0.03, 0.005, -0.01])
    assert beta(2 * holding, holding) == pytest.approx(2)
    assert alpha(2 * holding, holding) == pytest.approx(0, abs=1e-12)
    assert information_ratio(holding, holding) is None


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(curve, id="empty"),
        pytest.param(lambda: EquityCurve(np.array([1, 1]), np.array([1.0, 2])), id="same time"),
        pytest.param(lambda: curve(0, 1), id="start of nothing"),
        pytest.param(lambda: curve(1, float("nan")), id="not a number"),
        pytest.param(lambda: replace(trades(1, 2), pnl=np.ones(3)), id="lengths"),
        pytest.param(lambda: trades(1, quantity=[0.0]), id="nothing traded"),
        pytest.param(lambda: trades(float("nan")), id="pnl of no number"),
        pytest.param(lambda: trades(1, hours=-1), id="ends before it begins"),
    ],
)
def test_input_that_is_no_run_is_refused_with_a_sentence(broken):
    with pytest.raises(ConfigError):
        broken()


@given(st.lists(st.floats(-0.99, 5), min_size=0, max_size=60))
def test_any_returns_give_numbers_or_none(values):
    path = 100 * np.cumprod(np.array([1.0, *(1 + np.array(values))]))
    found = run_metrics(curve(*path), no_trades(), holding=path[::-1].copy())
    assert all(value is None or isfinite(value) for value in found.values())
    assert found["max_drawdown_ratio"] is None or 0 <= found["max_drawdown_ratio"] < 1
