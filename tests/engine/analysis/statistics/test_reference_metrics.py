"""Measures against what empyrical, quantstats and backtesting.py computed from the same returns."""

import csv
import json

import numpy as np
import pytest

from tui_trader.engine.analysis.statistics import returns as measure
from tui_trader.engine.analysis.statistics.trades import Trades, trade_metrics

pytestmark = pytest.mark.real_data
EXACT = 1e-9

SAME = {
    "cum_return_final": lambda r, year: measure.total_return(r),
    "annual_return": measure.cagr,
    "annual_volatility": measure.volatility,
    "sharpe": measure.sharpe,
    "sortino": measure.sortino,
    "calmar": measure.calmar,
    # Here a drawdown is a size.
    "max_drawdown": lambda r, year: -measure.max_drawdown(r),
    "omega": lambda r, year: measure.omega(r),
    "var_95": lambda r, year: measure.value_at_risk(r),
    "cvar_95": lambda r, year: measure.expected_shortfall(r),
    "tail_ratio": lambda r, year: measure.tail_ratio(r),
    "stability": lambda r, year: measure.stability(r),
    "downside_risk": measure.downside_risk,
    "comp": lambda r, year: measure.total_return(r),
    "volatility": measure.volatility,
    "win_rate": lambda r, year: measure.win_ratio(r),
    "profit_factor": lambda r, year: measure.profit_factor(r),
    "payoff_ratio": lambda r, year: measure.payoff(r),
    "ulcer_index": lambda r, year: measure.ulcer_index(r),
    "kelly": lambda r, year: measure.kelly_share(measure.win_ratio(r), measure.payoff(r)),
    "skew": lambda r, year: measure.skew(r),
    "kurtosis": lambda r, year: measure.kurtosis(r),
    "gain_to_pain": lambda r, year: measure.gain_to_pain(r),
    "cagr": measure.cagr,
}
FILES = {
    "metrics_binance_BTC_1d_2017-2021.json": "returns_binance_BTC_1d_2017-2021.csv",
    "metrics_kraken_XBTUSD_1d_2016-2021H1.json": "returns_kraken_XBTUSD_1d_2016-2021H1.csv",
}
# What those libraries print although it divides nothing by nothing, or spreads one value.
NOT_DEFINED = {
    ("all_zero", "win_rate"),
    ("all_zero", "profit_factor"),
    ("single", "tail_ratio"),
    ("single", "sortino"),
}


def series(path, name):
    with path.open() as file:
        rows = list(csv.DictReader(file))
    if name == "all_zero":
        return np.zeros(len(rows))
    if name == "single":
        return np.array([float(rows[0]["buy_hold"])])
    return np.array([float(row[name]) for row in rows])


def stored_cases(folder):
    for results, returns in FILES.items():
        stored = json.loads((folder / results).read_text())["results"]
        for name, by_year in stored.items():
            values = series(folder / returns, name)
            for year, libraries in by_year.items():
                assert libraries["n"] == len(values)
                for library in ("empyrical", "quantstats"):
                    for key, value in libraries[library].items():
                        yield name, float(year.removeprefix("ppy_")), key, value, values


def test_every_measure_equals_the_stored_values(real_data):
    cases, wrong = 0, []
    for name, year, key, value, values in stored_cases(real_data / "metrics"):
        found = SAME[key](values, year)
        is_defined = value is not None and np.isfinite(value) and (name, key) not in NOT_DEFINED
        expected = value if is_defined else None
        cases += 1
        if expected is None:
            is_same = found is None
        else:
            is_same = found is not None and abs(found - expected) <= EXACT * max(1, abs(expected))
        if not is_same:
            wrong.append((name, year, key, value, found))
    assert wrong == []
    assert cases == 2 * 5 * 27


@pytest.mark.parametrize(
    ("name", "file"), [("sma20_50", "sma20_50"), ("rsi14_30_70", "rsi14_30_70")]
)
def test_trade_measures_equal_those_of_backtesting_py(real_data, name, file):
    folder = real_data / "metrics"
    stored = json.loads((folder / "bt_binance_BTC_1h_2020.json").read_text())["results"][name]
    with (folder / f"bt_binance_BTC_1h_2020_{file}_trades.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    hours = 3_600_000
    trades = Trades(
        side=[1] * len(rows),
        quantity=[float(row["Size"]) for row in rows],
        entry_time_ms=[int(row["EntryBar"]) * hours for row in rows],
        entry_price=[float(row["EntryPrice"]) for row in rows],
        exit_time_ms=[int(row["ExitBar"]) * hours for row in rows],
        exit_price=[float(row["ExitPrice"]) for row in rows],
        fees=[0.0] * len(rows),
        pnl=[float(row["PnL"]) for row in rows],
    )
    found = trade_metrics(trades, 8_784 * hours)
    assert found["trades"] == stored["# Trades"]
    assert found["win_ratio"] * 100 == pytest.approx(stored["Win Rate [%]"], rel=EXACT)
    assert found["sqn"] == pytest.approx(stored["SQN"], rel=EXACT)
    assert found["kelly"] == pytest.approx(stored["Kelly Criterion"], rel=EXACT)
    # Their returns are of the price; ours, of what the entry cost, must be those of the trade list.
    listed = np.array([float(row["ReturnPct"]) for row in rows])
    assert trades.returns == pytest.approx(listed, rel=EXACT)
    assert found["expectancy_ratio"] * 100 == pytest.approx(stored["Expectancy [%]"], rel=EXACT)
    assert found["best_trade_ratio"] * 100 == pytest.approx(stored["Best Trade [%]"], rel=EXACT)
    assert found["worst_trade_ratio"] * 100 == pytest.approx(stored["Worst Trade [%]"], rel=EXACT)
