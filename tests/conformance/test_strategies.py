"""Every strategy of the registry: causal, the same live as in a backtest, sound at its bounds."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.architecture.source_tree import ROOT
from tests.engine.analysis.made_candles import columns, constant, gaps, walk
from tests.engine.backtest.made_runs import KERNELS, run_of
from tui_trader.engine.analysis.strategy_catalogue import all_strategies, strategy_named
from tui_trader.engine.backtest.assembly import signals_of
from tui_trader.engine.backtest.strategy_trial import causality_faults
from tui_trader.engine.registry import STRATEGIES
from tui_trader.engine.values.errors import ConfigError

EVERY = [pytest.param(strategy_named(name), id=name) for name in STRATEGIES]
LENGTH = 1_000
SERIES = {
    "walk": walk(LENGTH),
    "gaps": gaps(LENGTH),
    "nothing happens": constant(LENGTH),
    "straight up": columns(100 * 1.001 ** np.arange(LENGTH)),
    "tiny price": walk(LENGTH, price=1e-7),
    "one jump": columns(np.repeat([100.0, 250.0], LENGTH // 2)),
}
PAIRS = (walk(LENGTH, seed=1), walk(LENGTH, seed=2), gaps(LENGTH, seed=3))


@pytest.mark.parametrize("strategy", EVERY)
def test_signals_of_a_candle_do_not_change_when_later_candles_come(strategy):
    choices = strategy.checked({})
    for candles in SERIES.values():
        whole = strategy.signals_of([candles], choices)[0]
        for cut in (1, 30, LENGTH // 2, LENGTH - 1):
            assert np.array_equal(strategy.signals_of([candles[:cut]], choices)[0], whole[:cut])


@pytest.mark.parametrize("strategy", EVERY)
def test_live_window_says_what_the_backtest_said(strategy):
    choices = strategy.checked({})
    memory = strategy.memory_bars(choices)
    for name, candles in SERIES.items():
        whole = strategy.signals_of([candles], choices)[0]
        rows = np.flatnonzero(whole)
        rows = np.union1d(rows[:: max(1, len(rows) // 20)], np.arange(memory, LENGTH, 97))
        for row in rows:
            window = candles[max(0, row - memory + 1) : row + 1]
            assert strategy.signals_of([window], choices)[0][-1] == whole[row], (name, row)


@pytest.mark.parametrize("strategy", EVERY)
def test_live_window_of_many_pairs_says_what_the_backtest_said(strategy):
    choices = strategy.checked({})
    memory = strategy.memory_bars(choices)
    whole = strategy.signals_of(PAIRS, choices)
    for row in range(memory, LENGTH, 97):
        moment = PAIRS[0].open_time_ms[row]
        ends = [int(np.searchsorted(pair.open_time_ms, moment, side="right")) for pair in PAIRS]
        windows = [pair[max(0, end - memory) : end] for pair, end in zip(PAIRS, ends, strict=True)]
        said = strategy.signals_of(windows, choices)
        assert said[0][-1] == whole[0][row]


@pytest.mark.parametrize("strategy", EVERY)
def test_no_leak_is_found(strategy):
    assert causality_faults(strategy) == []


@pytest.mark.parametrize("strategy", EVERY)
def test_runs_at_both_ends_of_every_parameter(strategy):
    candles = walk(300)
    for parameter in strategy.parameters:
        for value in (parameter.low, parameter.high):
            kind = int if parameter.is_whole else float
            try:
                choices = strategy.checked({parameter.name: kind(value)})
            except ConfigError as fault:
                assert "must be below" in str(fault)  # noqa: PT017 — some bounds cross others
                continue
            assert strategy.signals_of([candles], choices)[0].shape == (300,)
        with pytest.raises(ConfigError, match=parameter.name):
            strategy.checked({parameter.name: parameter.high * 2 + 1})
        assert parameter.help
        assert parameter.low <= parameter.default <= parameter.high


@pytest.mark.parametrize("strategy", EVERY)
def test_few_candles_give_few_signals_and_no_fault(strategy):
    for count in (0, 1, 2):
        assert len(strategy.signals_of([walk(50)[:count]], strategy.checked({}))[0]) == count


@pytest.mark.parametrize("strategy", EVERY)
def test_unknown_parameter_is_refused_by_name(strategy):
    with pytest.raises(ConfigError, match="zebra"):
        strategy.checked({"zebra": 1})


@pytest.mark.parametrize("strategy", EVERY)
def test_the_page_of_strategies_has_it_with_its_defaults(strategy):
    page = (ROOT / "docs" / "strategies.md").read_text()
    (row,) = [line for line in page.splitlines() if line.startswith(f"| `{strategy.name}`")]
    for parameter in strategy.parameters:
        assert f"`{parameter.name}` {parameter.default:g}" in row


def test_every_strategy_trades_on_a_walk():
    choices = {"rotation": {"lookback": 10, "rebalance": 5}}
    for strategy in all_strategies():
        if strategy.hears_forecasts:
            continue  # Candles alone tell it nothing; tests/engine/backtest/test_ensemble.py trades it.
        chosen = strategy.checked(choices.get(strategy.name, {}))
        signal = strategy.signals_of([walk(5_000)], chosen)[0]
        assert (signal == 1).any(), strategy.name


@given(
    st.integers(0, 2**32),
    st.integers(1, 400),
    st.sampled_from([0.0, 1e-4, 0.02]),
    st.integers(2, 30),
    st.integers(1, 30),
)
def test_compiled_signals_are_those_of_the_strategy(seed, count, pace, fast, more):
    chance = np.random.default_rng(seed)
    candles = columns(100 * np.exp(np.cumsum(chance.normal(0, pace, count))))
    parameters = {"fast": fast, "slow": fast + more}
    request = run_of(candles, strategy_named("sma_cross"), parameters=parameters)
    compiled = signals_of(request, use_kernel=True)[0]
    assert np.array_equal(compiled, signals_of(request, use_kernel=False)[0])


def test_compiled_signals_stay_right_over_many_anchors():
    request = run_of(walk(30_000), strategy_named("sma_cross"))
    compiled = signals_of(replace(request, cache_root=KERNELS), use_kernel=True)[0]
    assert np.array_equal(compiled, signals_of(request, use_kernel=False)[0])
