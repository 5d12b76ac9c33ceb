"""Reports: metrics by hand, holding, the same trades at other times, and doubts."""

import csv
import json

import msgspec
import numpy as np
import pytest
from hypothesis import given

from tests.engine.backtest.made_calls import CALL
from tests.engine.backtest.made_runs import (
    KERNELS,
    PLAIN,
    SYMBOLS,
    bars,
    requests,
    run_of,
    said,
    wild,
)
from tui_trader.engine.analysis.statistics.equity import EquityCurve
from tui_trader.engine.analysis.statistics.run import run_metrics
from tui_trader.engine.analysis.statistics.trades import no_trades
from tui_trader.engine.backtest.compiled import run_compiled
from tui_trader.engine.backtest.controls import (
    CANDLES_MAX,
    SEEDS_MAX,
    SEEDS_MIN,
    holding_quote,
    measured_by_chance,
    seeds_for,
    spread_of,
)
from tui_trader.engine.backtest.document import run_document
from tui_trader.engine.backtest.report import POINTS_MAX, report_on
from tui_trader.engine.backtest.request import BacktestRequest, grid_from_candles
from tui_trader.engine.rules.model import Grid
from tui_trader.engine.values.backtests import BacktestDocument
from tui_trader.engine.values.metrics import METRICS, Better
from tui_trader.engine.values.time import MS_PER_DAY

FLAT = (100, 100, 100, 100)
EXACT = 1e-9
STORED = {
    "metrics_binance_BTC_1d_2017-2021.json": "returns_binance_BTC_1d_2017-2021.csv",
    "metrics_kraken_XBTUSD_1d_2016-2021H1.json": "returns_kraken_XBTUSD_1d_2016-2021H1.csv",
}
SAME = {
    "empyrical": {
        "cum_return_final": "return_ratio",
        "annual_return": "cagr",
        "annual_volatility": "volatility",
        "sharpe": "sharpe",
        "sortino": "sortino",
        "calmar": "calmar",
        "omega": "omega",
        "var_95": "var_95",
        "cvar_95": "cvar_95",
        "tail_ratio": "tail_ratio",
        "stability": "stability",
        "downside_risk": "downside",
    },
    "quantstats": {
        "sharpe": "sharpe",
        "ulcer_index": "ulcer",
        "skew": "skew",
        "kurtosis": "kurtosis",
        "gain_to_pain": "gain_to_pain",
        "win_rate": "win_days_ratio",
    },
}


def chance_runs(request, outcome, *, seeds):
    return measured_by_chance(request, outcome, seeds=seeds, measure=lambda other: other)


def walked(count=3_000, *, seed=5, every=60, hold=20):
    """A run of many trades over a made walk."""
    candles = wild(np.random.default_rng(seed), count, price=30_000.0, pace=0.004)
    signal = np.zeros(count, dtype=np.int8)
    signal[10:-30:every] = 1
    signal[10 + hold :: every] = -1
    request = run_of(candles, said(signal), grid=Grid(100.0, 1e8, 1, 0.0))
    return request, run_compiled(request)


def test_numbers_of_a_run_worked_by_hand():
    candles = bars(FLAT, (100, 110, 100, 110), (110, 120, 110, 120), (120, 120, 90, 90), FLAT)
    request = run_of(candles, said([1, 0, -1, 0, 0]))
    report = report_on(request, run_compiled(request))
    # Half of 10,000 buys 50 at 100 and sells them at 120.
    assert report.metrics["return_ratio"] == pytest.approx(0.1)
    assert report.metrics["profit"] == pytest.approx(1_000)
    assert report.metrics["trades"] == 1
    assert report.metrics["win_ratio"] == 1.0
    assert report.metrics["expectancy"] == pytest.approx(1_000)
    assert report.metrics["profit_factor"] is None
    assert report.metrics["buy_and_hold_ratio"] == pytest.approx(0.0)
    assert report.metrics["exposure_ratio"] == pytest.approx(2 / 5)
    assert report.metrics["max_drawdown_ratio"] == 0.0
    assert list(report.metrics) == list(METRICS)


def test_holding_buys_all_pairs_evenly_and_waits_for_those_that_begin_later():
    early = bars(*[FLAT] * 3, (100, 200, 100, 200))
    late = bars((10, 10, 10, 10), (10, 20, 5, 5), start_ms=int(early.open_time_ms[2]))
    request = BacktestRequest(
        candles={SYMBOLS[0]: early, SYMBOLS[1]: late},
        strategy=said([0] * 4, [0] * 2),
        grids=dict.fromkeys(SYMBOLS[:2], Grid(100.0, 100.0, 1, 0.0)),
        rules=PLAIN,
        cache_root=KERNELS,
    )
    held = holding_quote(request, run_compiled(request).time_ms)
    assert held.tolist() == [10_000.0, 10_000.0, 10_000.0, 5_000 * 2 + 5_000 / 2]


def test_runs_by_chance_have_as_many_trades_as_long_in_the_market():
    request, outcome = walked()
    own = sorted(outcome.trades.bars.tolist())
    others = list(chance_runs(request, outcome, seeds=12))
    assert len(others) == 12
    for other in others:
        assert sorted(other.trades.bars.tolist()) == own
        assert other.exposure_ratio == pytest.approx(outcome.exposure_ratio, abs=1e-3)
    entries = {tuple(other.trades.entry_time_ms.tolist()) for other in others}
    assert len(entries) == 12
    again = list(chance_runs(request, outcome, seeds=12))
    assert all(
        np.array_equal(one.equity_quote, two.equity_quote)
        for one, two in zip(others, again, strict=True)
    )


def test_trades_that_fill_all_candles_can_still_be_shuffled():
    count = 40
    signal = np.tile([1, -1], count // 2)
    candles = wild(np.random.default_rng(1), count, price=100.0, pace=0.01)
    request = run_of(candles, said(signal))
    outcome = run_compiled(request)
    assert len(outcome.trades) == 19
    for other in chance_runs(request, outcome, seeds=5):
        assert len(other.trades) >= 18


def test_a_strategy_that_sees_the_future_beats_all_runs_by_chance():
    count = 2_000
    candles = wild(np.random.default_rng(3), count, price=30_000.0, pace=0.004)
    rises = np.append(candles.open[2:] > candles.open[1:-1], [False, False])
    request = run_of(candles, said(np.where(rises, 1, -1)), grid=Grid(100.0, 1e8, 1, 0.0))
    report = report_on(request, run_compiled(request), seeds=40)
    assert report.chance["return_ratio"].beaten_ratio == 1.0
    assert report.chance["max_drawdown_ratio"].beaten_ratio == 1.0


def test_a_strategy_that_knows_nothing_lies_among_the_runs_by_chance():
    beaten = []
    for seed in range(12):
        request, outcome = walked(1_500, seed=seed)
        beaten.append(report_on(request, outcome, seeds=30).chance["return_ratio"].beaten_ratio)
    assert 0.2 < np.mean(beaten) < 0.8


@pytest.mark.parametrize(
    ("better", "own", "beaten"),
    [(Better.MORE, 3.0, 0.5), (Better.LESS, 3.0, 0.25), (Better.NEITHER, 3.0, None)],
)
def test_what_a_run_beats_depends_on_which_way_is_good(better, own, beaten):
    assert spread_of([1.0, 2.0, 3.0, 4.0, None], own, better).beaten_ratio == beaten


def test_runs_by_chance_that_outgrow_what_can_be_counted_are_left_out_and_told():
    rise = (100, 10_000, 100, 10_000)
    candles = bars(*[FLAT] * 10, rise, *[(10_000, 10_000, 10_000, 10_000)] * 10)
    request = run_of(candles, said([1, 0, -1, *[0] * 18]), cash=9e9)
    report = report_on(request, run_compiled(request), seeds=30)
    assert 0 < report.seeds < 30
    (doubt,) = [one for one in report.doubts if "left out" in one]
    assert doubt.startswith(f"{30 - report.seeds} runs by chance")


def test_where_chance_does_the_same_every_time_nothing_is_beaten():
    assert spread_of([2.0, 2.0, None], 2.0, Better.MORE).beaten_ratio is None
    assert spread_of([2.0, 2.0], 3.0, Better.MORE).beaten_ratio == 1.0


def test_nothing_known_is_no_spread():
    assert spread_of([None, None], 1.0, Better.MORE) is None
    assert spread_of([1.0], None, Better.MORE).beaten_ratio is None


def test_number_of_seeds_is_bounded():
    assert seeds_for(1) == SEEDS_MAX
    assert seeds_for(10 * CANDLES_MAX) == SEEDS_MIN
    assert SEEDS_MIN < seeds_for(CANDLES_MAX // 50) == 50 < SEEDS_MAX


def test_a_run_without_trades_is_told_without_numbers_that_there_are_not():
    request = run_of(bars(*[FLAT] * 30), said([0] * 30))
    report = report_on(request, run_compiled(request))
    assert report.seeds == 0
    assert report.chance == {}
    undefined = ("sharpe", "win_ratio", "profit_factor", "expectancy", "kelly", "calmar", "omega")
    assert [report.metrics[name] for name in undefined] == [None] * len(undefined)
    assert report.doubts[0] == "No trade was made: nothing is shown."


def test_doubts_name_holes_few_trades_large_orders_and_missing_costs():
    candles = bars(FLAT, FLAT, FLAT, volume=1.0)
    later = bars(FLAT, FLAT, start_ms=int(candles.open_time_ms[-1]) + 5 * 3_600_000, volume=1.0)
    rows = np.concatenate([candles.open_time_ms, later.open_time_ms])
    whole = bars(*[FLAT] * 5, volume=1.0)
    holed = type(whole)(
        interval=whole.interval,
        open_time_ms=rows,
        **{name: whole.column(name) for name in ("open", "high", "low", "close", "volume")},
    )
    request = run_of(holed, said([1, 0, -1, 0, 0]))
    doubts = " ".join(report_on(request, run_compiled(request)).doubts)
    for part in (
        "Few trades (1)",
        "4 of 9 candles are missing",
        "the longest gap is 4",
        "1 of 1 entries were larger than 1%",
        "Without fees and slippage",
        "In sample",
    ):
        assert part in doubts, doubts


def test_the_document_comes_back_from_json_as_it_was():
    request, outcome = walked()
    report = report_on(request, outcome, seeds=5)
    document = run_document(request, report, call=CALL, source="a test", load_s=0.5)
    text = msgspec.json.encode(document)
    assert msgspec.json.decode(text, type=BacktestDocument) == document
    assert b"NaN" not in text
    assert b"Infinity" not in text
    assert len(document.trades) == len(outcome.trades) > 40
    assert document.trades[0].entry_price == outcome.trades.entry_price[0]
    assert document.curve.equity[-1] == document.equity_final == outcome.equity_final_quote
    assert len(document.curve.time_ms) == POINTS_MAX
    assert max(document.curve.drawdown_ratio) == document.metrics["max_drawdown_ratio"]


@given(requests())
def test_no_run_however_wild_has_a_number_that_is_none(request_of_any_kind):
    outcome = run_compiled(request_of_any_kind)
    report = report_on(request_of_any_kind, outcome, seeds=2)
    document = run_document(request_of_any_kind, report, call=CALL, source="a test", load_s=0.0)
    # msgspec writes what is not finite as null, which is no number when it is read.
    text = msgspec.json.encode(document)
    assert msgspec.json.decode(text, type=BacktestDocument) == document


def test_a_short_curve_is_told_point_by_point():
    request = run_of(bars(*[FLAT] * 4), said([0] * 4))
    report = report_on(request, run_compiled(request))
    document = run_document(request, report, call=CALL, source="a test", load_s=0.5)
    assert document.curve.equity == [10_000.0] * 5


def test_the_tick_is_told_by_some_candles_as_by_all():
    candles = wild(np.random.default_rng(2), 70_000, price=30_000.0, pace=0.001)
    cents = type(candles)(
        interval=candles.interval,
        open_time_ms=candles.open_time_ms,
        volume=candles.volume,
        **{name: np.round(candles.column(name), 2) for name in ("open", "high", "low", "close")},
    )
    assert grid_from_candles(cents) == Grid(100.0, 1e8, 1, 0.0)


@pytest.mark.real_data
@pytest.mark.parametrize("file", STORED)
@pytest.mark.parametrize(
    ("series", "year"), [("buy_hold", 365.0), ("buy_hold", 252.0), ("sma20_long_flat", 365.0)]
)
def test_metrics_of_a_curve_equal_the_stored_values_of_two_libraries(file, series, year, real_data):
    folder = real_data / "metrics"
    stored = json.loads((folder / file).read_text())["results"][series][f"ppy_{year:g}"]
    with (folder / STORED[file]).open() as table:
        returns = np.array([float(row[series]) for row in csv.DictReader(table)])
    days = np.arange(len(returns) + 1) * MS_PER_DAY
    curve = EquityCurve(days, 10_000 * np.cumprod(np.append(1.0, 1 + returns)))
    metrics = run_metrics(curve, no_trades(), days_per_year=year)
    for library, names in SAME.items():
        for theirs, ours in names.items():
            assert metrics[ours] == pytest.approx(stored[library][theirs], rel=EXACT), theirs
    assert metrics["max_drawdown_ratio"] == pytest.approx(
        -stored["empyrical"]["max_drawdown"], rel=EXACT
    )
