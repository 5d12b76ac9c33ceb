"""A label is the trade that a backtest makes: same entry, same exit, same money.

Both ask the same rulebook; this holds the order in which they ask it to one another.
"""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.backtest.made_runs import KERNELS, said
from tests.engine.learning.made_markets import garch
from tui_trader.engine.backtest.compiled import run_compiled
from tui_trader.engine.backtest.request import BacktestRequest
from tui_trader.engine.learning.labels import triple_barrier
from tui_trader.engine.rules.from_settings import flat_fees
from tui_trader.engine.rules.model import Grid, RiskRules, TradeRules
from tui_trader.engine.values.instruments import Symbol

SYMBOL = Symbol("BTC/USD")
GRID = Grid(10.0, 1e8, 1, 0.0)
CANDLES = garch(700, seed=12)
SOMETIMES = st.sampled_from([0.0, 1.0, 2.0])


@st.composite
def rules(draw):
    chosen = TradeRules(
        fraction_ratio=0.1,
        stop_atr=draw(st.sampled_from([0.0, 1.5, 2.0])),
        stop_ratio=draw(st.sampled_from([0.01, 0.02])),
        take_atr=draw(st.sampled_from([0.0, 1.0, 3.0])),
        take_ratio=draw(st.sampled_from([0.01, 0.03])),
        take_r=draw(SOMETIMES),
        chandelier_atr=draw(st.sampled_from([0.0, 2.5])),
        trail_ratio=draw(st.sampled_from([0.0, 0.015])),
        break_even_r=draw(SOMETIMES),
        time_stop_bars=draw(st.integers(1, 30)),
        slippage_bps=draw(st.sampled_from([0.0, 7.0])),
        spread_bps=draw(st.sampled_from([0.0, 4.0])),
    )
    return chosen, draw(st.sampled_from([0.0, 0.0026]))


@given(chosen=rules(), first=st.integers(20, 60))
def test_a_label_is_the_trade_of_a_backtest(chosen, first):
    trade_rules, fee = chosen
    labels = triple_barrier(CANDLES, trade_rules, fee_ratio=fee, grid=GRID)
    rows, row = [], first
    while row < len(CANDLES) - 1 and labels.end[row] >= 0:
        rows.append(row)
        # A sale at an open leaves that candle free to decide again; one inside it does not.
        row = int(labels.end[row]) + 1
    signal = np.zeros(len(CANDLES), dtype=np.int8)
    signal[rows] = 1
    outcome = run_compiled(
        BacktestRequest(
            candles={SYMBOL: CANDLES},
            strategy=said(signal),
            grids={SYMBOL: GRID},
            cash_quote=1e6,
            rules=flat_fees(trade_rules, fee),
            risk=RiskRules(),
            is_sold_at_end=False,
            cache_root=KERNELS,
        )
    )
    trades = outcome.trades
    times = CANDLES.open_time_ms
    assert list(trades.entry_time_ms) == [times[row + 1] for row in rows]
    assert list(trades.exit_time_ms) == [times[labels.end[row]] for row in rows]
    assert np.allclose(trades.return_ratio, labels.net[rows], rtol=0, atol=1e-6)


def test_the_trades_of_the_law_are_many_and_of_every_kind():
    trade_rules = TradeRules(stop_atr=2.0, take_atr=3.0, time_stop_bars=10)
    labels = triple_barrier(CANDLES, trade_rules, fee_ratio=0.0, grid=GRID)
    assert labels.happened.mean() > 0.1
    assert labels.is_timed_out.mean() > 0.1
    assert ((labels.happened == 0) & (labels.is_timed_out == 0)).mean() > 0.1
