"""Runs small enough to work out by hand, on both engines."""

from dataclasses import replace

import numpy as np
import pytest

from tests.engine.backtest.made_runs import (
    HOUR_MS,
    KERNELS,
    PLAIN,
    START_MS,
    SYMBOLS,
    bars,
    run_of,
    said,
)
from tui_trader.engine.analysis.strategy_catalogue import strategy_named
from tui_trader.engine.backtest.compiled import run_compiled
from tui_trader.engine.backtest.core_engine import run_on_core
from tui_trader.engine.backtest.request import BacktestRequest, grid_from_candles
from tui_trader.engine.rules.model import Grid, RiskRules
from tui_trader.engine.values.errors import ConfigError

FLAT = (100.0, 101.0, 99.0, 100.0)
ENGINES = pytest.mark.parametrize("run", [run_compiled, run_on_core])
HALF = PLAIN._replace(fraction_ratio=0.5)


def only_trade(outcome):
    trades = outcome.trades
    assert len(trades) == 1, trades
    return {
        "entry": trades.entry_price[0],
        "exit": trades.exit_price[0],
        "row": int((trades.exit_time_ms[0] - START_MS) // HOUR_MS),
        "reason": str(trades.exit_reason[0]),
    }


@ENGINES
def test_signal_fills_at_the_next_open(run):
    candles = bars(FLAT, (102, 103, 101, 102), (104, 105, 103, 104), (106, 107, 105, 106))
    outcome = run(run_of(candles, said([1, 0, -1, 0]), is_sold_at_end=False))
    assert only_trade(outcome) == {"entry": 102.0, "exit": 106.0, "row": 3, "reason": "signal"}
    assert outcome.trades.quantity_base[0] == 49.01  # half of 10,000 at 102, in hundredths
    assert outcome.trades.pnl_quote[0] == pytest.approx(49.01 * 4)
    assert outcome.equity_quote.tolist() == pytest.approx([10_000, 10_000, 10_098.02, 10_196.04])


@ENGINES
@pytest.mark.parametrize(
    ("candle", "rules", "exit_price", "reason"),
    [
        ((100, 103, 95.5, 102), {"stop_ratio": 0.05}, None, None),
        ((100, 103, 95, 102), {"stop_ratio": 0.05}, 95.0, "stop"),
        ((92, 103, 90, 102), {"stop_ratio": 0.05}, 92.0, "stop"),
        ((100, 104, 99, 102), {"take_ratio": 0.04}, 104.0, "take_profit"),
        ((107, 109, 99, 102), {"take_ratio": 0.04}, 107.0, "take_profit"),
        ((100, 104, 95, 102), {"stop_ratio": 0.05, "take_ratio": 0.04}, 95.0, "stop"),
        ((107, 109, 90, 102), {"stop_ratio": 0.05, "take_ratio": 0.04}, 107.0, "take_profit"),
    ],
)
def test_where_in_a_candle_a_position_ends(run, candle, rules, exit_price, reason):
    candles = bars(FLAT, FLAT, candle, (102, 103, 101, 102), (102, 103, 101, 102))
    request = run_of(
        candles, said([1, 0, 0, 0, 0]), rules=HALF._replace(**rules), is_sold_at_end=False
    )
    outcome = run(request)
    if exit_price is None:
        assert len(outcome.trades) == 0
        assert outcome.positions[0].entry_price == 100.0
    else:
        expected = {"entry": 100.0, "exit": exit_price, "row": 2, "reason": reason}
        assert only_trade(outcome) == expected


@ENGINES
def test_a_stop_counts_from_the_candle_of_the_entry(run):
    candles = bars(FLAT, (100, 101, 90, 95), FLAT)
    outcome = run(run_of(candles, said([1, 0, 0]), rules=HALF._replace(stop_ratio=0.05)))
    assert only_trade(outcome) == {"entry": 100.0, "exit": 95.0, "row": 1, "reason": "stop"}


@ENGINES
def test_a_trailing_stop_follows_only_candles_that_have_closed(run):
    """High 120 in candle 2 puts the stop at 108 from candle 3 on; its own low of 105 is no exit."""
    candles = bars(FLAT, FLAT, (106, 120, 105, 115), (115, 116, 107, 110), FLAT)
    rules = HALF._replace(trail_ratio=0.1)
    outcome = run(run_of(candles, said([1, 0, 0, 0, 0]), rules=rules))
    assert only_trade(outcome) == {"entry": 100.0, "exit": 108.0, "row": 3, "reason": "stop"}


@ENGINES
def test_profit_is_taken_in_parts_and_the_rest_by_the_signal(run):
    candles = bars(FLAT, FLAT, (100, 103, 99, 103), (103, 103.5, 102, 103), (103, 104, 102, 103))
    rules = HALF._replace(take_ratio=0.04, take_parts=2)
    outcome = run(run_of(candles, said([1, 0, 0, -1, 0]), rules=rules, is_sold_at_end=False))
    assert outcome.fills.lots.tolist() == [5_000, 2_500, 2_500]
    assert (outcome.fills.ticks / 100).tolist() == [100.0, 102.0, 103.0]
    assert only_trade(outcome)["exit"] == pytest.approx(102.5)


@ENGINES
def test_time_stop_sells_at_the_open_after_its_last_candle(run):
    candles = bars(FLAT, FLAT, FLAT, FLAT, (101, 102, 100, 101), FLAT)
    outcome = run(run_of(candles, said([1, 0, 0, 0, 0, 0]), rules=HALF._replace(time_stop_bars=3)))
    assert only_trade(outcome) == {"entry": 100.0, "exit": 101.0, "row": 4, "reason": "time"}
    assert outcome.trades.bars[0] == 3


@ENGINES
def test_the_last_candle_sells_what_is_held_and_says_so(run):
    outcome = run(run_of(bars(FLAT, FLAT, FLAT, (103, 104, 102, 103)), said([1, 0, 0, 0])))
    expected = {"entry": 100.0, "exit": 103.0, "row": 3, "reason": "end_of_candles"}
    assert only_trade(outcome) == expected
    assert outcome.positions == ()


@ENGINES
def test_fees_and_slippage_are_paid_and_told(run):
    rules = HALF._replace(slippage_bps=10.0, spread_bps=20.0, fee_takers=(0.01,) * 9)
    candles = bars(FLAT, FLAT, FLAT, FLAT)
    trades = run(run_of(candles, said([1, -1, 0, 0]), rules=rules)).trades
    quantity = trades.quantity_base[0]
    assert (trades.entry_price[0], trades.exit_price[0]) == (100.2, 99.8)
    assert trades.fees_quote[0] == pytest.approx(quantity * (100.2 + 99.8) * 0.01)
    assert trades.slippage_quote[0] == pytest.approx(quantity * 0.4)
    assert trades.pnl_quote[0] == pytest.approx(-quantity * 0.4 - trades.fees_quote[0])


@ENGINES
def test_worst_and_best_prices_are_measured(run):
    candles = bars(FLAT, (100, 104, 98, 103), (103, 110, 101, 108), (108, 112, 90, 100), FLAT)
    trades = run(run_of(candles, said([1, 0, -1, 0, 0]))).trades
    assert trades.mae_ratio[0] == pytest.approx(-0.02)
    assert trades.mfe_ratio[0] == pytest.approx(0.10)


@ENGINES
@pytest.mark.parametrize(
    ("risk", "name", "entries"),
    [
        (RiskRules(trades_per_day_max=2), "trades_per_day", 2),
        (RiskRules(cool_down_ms=3 * HOUR_MS), "cool_down", 2),
        (RiskRules(losing_streak_max=2, losing_streak_pause_ms=99 * HOUR_MS), "losing_streak", 2),
        (RiskRules(drawdown_max_ratio=0.01), "drawdown", 1),
        (RiskRules(daily_loss_max_ratio=0.01), "daily_loss", 1),
    ],
)
def test_a_limit_blocks_and_is_counted(run, risk, name, entries):
    # Bought at 100 and sold at 96, again and again: each costs two percent of the wallet.
    rows = [(96.0 if row % 2 == 0 else 100.0,) for row in range(9)]
    candles = bars(*((open_, 101.0, 95.0, open_) for (open_,) in rows))
    signal = [1, -1] * 4 + [0]
    outcome = run(run_of(candles, said(signal), rules=HALF, risk=risk))
    assert (outcome.fills.side == 1).sum() == entries
    assert outcome.blocks[name] == 4 - entries


@ENGINES
def test_one_wallet_serves_the_pair_that_stands_first(run):
    candles = bars(FLAT, FLAT, FLAT, FLAT)
    pairs = dict.fromkeys(SYMBOLS[:2], candles)
    request = BacktestRequest(
        candles=pairs,
        strategy=said([1, 0, 0, 0], [1, 0, 0, 0]),
        grids=dict.fromkeys(pairs, Grid(100.0, 100.0, 1, 0.0)),
        rules=PLAIN._replace(fraction_ratio=0.8),
        risk=RiskRules(positions_max=2),
        cache_root=KERNELS,
    )
    fills = run(request).fills
    assert fills.pair[:2].tolist() == [0, 1]
    assert fills.lots[0] == 8_000
    assert fills.lots[1] == pytest.approx(2_000 / 100 / 1.005 * 100, abs=1)
    alone = run(replace(request, risk=RiskRules(positions_max=1)))
    assert set(alone.fills.pair.tolist()) == {0}
    assert alone.blocks == {"positions": 1}


@ENGINES
def test_nothing_is_invented_for_a_candle_that_is_missing(run):
    """A hole of ten hours: the order waits for the next candle of its pair, which opens lower."""
    candles = bars(FLAT, FLAT, (90, 91, 89, 90), (90, 91, 89, 90))
    late = replace(candles, open_time_ms=candles.open_time_ms + np.array([0, 0, 10, 10]) * HOUR_MS)
    outcome = run(run_of(late, said([0, 1, 0, 0]), is_sold_at_end=False))
    assert outcome.positions[0].entry_price == 90.0
    assert outcome.positions[0].entry_time_ms == late.open_time_ms[2]


def test_exposure_counts_the_closes_at_which_something_was_held():
    outcome = run_compiled(run_of(bars(*[FLAT] * 10), said([0, 1, 0, -1, 0, 0, 0, 0, 0, 0])))
    assert outcome.exposure_ratio == pytest.approx(0.2)


@ENGINES
def test_money_that_outgrows_its_counter_is_refused(run):
    rise = [(10.0**k,) * 4 for k in range(12)]
    request = run_of(bars(*rise), said([1] + [0] * 11), cash=1e9, grid=Grid(1.0, 1.0, 1, 0.0))
    with pytest.raises(ConfigError, match="50 billion"):
        run(request)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"candles": {}}, "one pair at least"),
        ({"grids": {}}, "tick and lot"),
        ({"candles": dict.fromkeys(("BTC/USD", "ETH/EUR"), bars(FLAT))}, "tick and lot"),
        ({"cash_quote": 0.0}, "cash must be above 0"),
        ({"cash_quote": 1e11}, "cash must be above 0"),
        ({"candles": {SYMBOLS[0]: bars(FLAT)[:0]}}, "no candles"),
    ],
)
def test_what_no_engine_could_run_is_refused(change, words):
    request = run_of(bars(FLAT), said([0]))
    with pytest.raises(ConfigError, match=words):
        replace(request, **change)


@pytest.mark.parametrize("symbols", [("BTC/USD", "ETH/EUR"), ("BTCUSD",)])
def test_one_wallet_has_one_quote_asset(symbols):
    pairs = dict.fromkeys(symbols, bars(FLAT))
    with pytest.raises(ConfigError, match="one quote asset"):
        BacktestRequest(
            candles=pairs, strategy=said([0]), grids=dict.fromkeys(pairs, Grid(1.0, 1.0, 1, 0.0))
        )


def test_grid_of_a_pair_that_nobody_describes_is_that_of_its_prices():
    assert grid_from_candles(bars((7_195.24, 7_196.25, 7_175.4, 7_177.0))).ticks_per_unit == 100.0
    assert grid_from_candles(bars(FLAT)).ticks_per_unit == 1.0


def test_steady_strategy_runs_on_both_engines_alike():
    close = 100 + 10 * np.sin(np.arange(300) / 10)
    candles = bars(*((c, c + 1, c - 1, c) for c in close))
    request = run_of(candles, strategy_named("sma_cross"), parameters={"fast": 5, "slow": 20})
    assert np.array_equal(run_compiled(request).equity_quote, run_on_core(request).equity_quote)
