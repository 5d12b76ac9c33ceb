"""On a walk that nobody can know, every strategy loses its costs and nothing else.

The mean result of many walks must lie within three standard errors of minus its costs: an engine that
looks ahead, fills too well or forgets a fee is far outside.
"""

import numpy as np
import pytest

from tests.engine.backtest.made_runs import KERNELS, SYMBOLS
from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.analysis.strategy_catalogue import strategy_named
from tui_trader.engine.backtest.compiled import run_compiled
from tui_trader.engine.backtest.request import BacktestRequest
from tui_trader.engine.registry import STRATEGIES
from tui_trader.engine.rules.model import SIZING_AMOUNT, Grid, TradeRules
from tui_trader.engine.values.candles import Interval

BY_CANDLES = [name for name in STRATEGIES if name != "ensemble"]
"""Those that trade on candles alone; models on noise are judged in tests/engine/learning."""
CANDLES = 3_000
PAIRS = 3
PACE = 0.005
STEPS = 8
FEES = (0.0026,) * 9
# A fixed amount, so that every trade weighs the same and no compounding leans the mean.
PLAIN = TradeRules(
    sizing=SIZING_AMOUNT,
    amount_quote=1_000.0,
    slippage_bps=2.0,
    spread_bps=2.0,
    fee_makers=FEES,
    fee_takers=FEES,
)
PARAMETERS = {"rotation": {"lookback": 24, "rebalance": 12, "hold": 1}}


def martingale(chance: np.random.Generator) -> Candles:
    """Candles of a walk whose price is expected to stay where it is, with real paths inside them."""
    steps = chance.normal(0.0, PACE / np.sqrt(STEPS), (CANDLES, STEPS))
    logs = np.cumsum(steps.ravel() - steps.var() / 2).reshape(CANDLES, STEPS)
    path = 100.0 * np.exp(logs)
    open_ = np.concatenate([[100.0], path[:-1, -1]])
    return Candles(
        interval=Interval.H1,
        open_time_ms=1_704_067_200_000 + Interval.H1.ms * np.arange(CANDLES),
        open=open_,
        high=np.maximum(path.max(axis=1), open_),
        low=np.minimum(path.min(axis=1), open_),
        close=path[:, -1],
        volume=np.full(CANDLES, 1e6),
    )


def gross_results(name: str, walks: int, rules: TradeRules) -> np.ndarray:
    """Result of each walk with its costs given back."""
    results = []
    strategy = strategy_named(name)
    pairs = SYMBOLS[: PAIRS if name == "rotation" else 1]
    for seed in range(walks):
        chance = np.random.default_rng([seed, 20])
        request = BacktestRequest(
            candles={symbol: martingale(chance) for symbol in pairs},
            strategy=strategy,
            parameters=PARAMETERS.get(name, {}),
            grids=dict.fromkeys(pairs, Grid(1e6, 1e8, 1, 0.0)),
            cash_quote=1e6,
            rules=rules,
            cache_root=KERNELS,
        )
        trades = run_compiled(request).trades
        assert len(trades) > 0
        gross = trades.pnl_quote + trades.fees_quote + trades.slippage_quote
        results.append(gross.sum())
    return np.array(results)


def assert_nothing_but_costs(gross: np.ndarray) -> None:
    error = gross.std(ddof=1) / np.sqrt(len(gross))
    assert abs(gross.mean()) <= 3 * error, (gross.mean(), error)


@pytest.mark.parametrize("name", BY_CANDLES)
def test_mean_of_20_walks_is_the_costs(name):
    assert_nothing_but_costs(gross_results(name, 20, PLAIN))


@pytest.mark.long
@pytest.mark.parametrize("name", BY_CANDLES)
def test_mean_of_200_walks_is_the_costs(name):
    assert_nothing_but_costs(gross_results(name, 200, PLAIN))
