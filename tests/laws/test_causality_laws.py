"""Change the future, and nothing of the registry changes at or before now."""

import numpy as np
import pytest

from tui_trader.engine.analysis.catalogue import indicator_named
from tui_trader.engine.analysis.causality import check_causality, check_pairs, sample_candles
from tui_trader.engine.analysis.compute import compute, stances
from tui_trader.engine.analysis.features.table import feature_matrix, feature_named
from tui_trader.engine.analysis.strategy_catalogue import strategy_named
from tui_trader.engine.registry import FEATURES, INDICATORS, STRATEGIES

SAMPLE = sample_candles(np.random.default_rng(31), count=900)
PAIRS = {
    name: sample_candles(np.random.default_rng(seed), count=700)
    for seed, name in enumerate(("BTC/USD", "ETH/USD", "SOL/USD"), 40)
}
CUTS = 6


def said(faults) -> list[str]:
    return [fault.says for fault in faults]


@pytest.mark.parametrize("name", INDICATORS)
def test_no_indicator_and_no_side_it_takes_knows_the_future(name):
    indicator = indicator_named(name)

    def values_and_side(candles):
        values = compute(candles, indicator)
        return {**values, "side": stances(candles, indicator, values)}

    chance = np.random.default_rng(32)
    assert said(check_causality(values_and_side, SAMPLE, generator=chance, cuts=CUTS)) == []


@pytest.mark.parametrize("name", FEATURES)
def test_no_feature_knows_the_future(name):
    feature = feature_named(name)

    def values(candles):
        return {name: feature_matrix(candles, [feature])[:, 0]}

    chance = np.random.default_rng(33)
    assert said(check_causality(values, SAMPLE, generator=chance, cuts=CUTS)) == []


@pytest.mark.parametrize("name", STRATEGIES)
def test_no_strategy_knows_the_future_of_any_pair(name):
    strategy = strategy_named(name)
    choices = strategy.checked({})

    def signals(pairs):
        return strategy.signals_of(pairs, choices)

    chance = np.random.default_rng(34)
    assert said(check_pairs(signals, PAIRS, generator=chance)) == []
