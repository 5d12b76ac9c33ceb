"""The trial of a strategy on made candles: does it know what it could not have known?"""

from collections.abc import Sequence

import numpy as np

from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.analysis.causality import check_memory, check_pairs
from tui_trader.engine.analysis.futures import sample_candles
from tui_trader.engine.analysis.strategy import SignalArray, Strategy

MEMORY_MAX = 20_000
"""Candles; live keeps this many of each pair."""
SEED = 20_260_101
SAMPLE_PAIRS = 3


def causality_faults(strategy: Strategy) -> list[str]:
    """What is wrong with a strategy at its defaults, each in one sentence; empty when nothing is.

    Raises:
        ConfigError: a default is out of its own bounds.
        PluginError: it does not give one signal for each candle.
    """
    choices = strategy.checked({})
    memory = strategy.memory_bars(choices)
    if not 1 <= memory <= MEMORY_MAX:
        return [f"memory_bars is {memory}; it must be from 1 to {MEMORY_MAX} candles"]

    def signals(candles: Sequence[Candles]) -> tuple[SignalArray, ...]:
        return strategy.signals_of(tuple(candles), choices)

    chance = np.random.default_rng(SEED)
    count = max(1_200, memory + 400)
    pairs = {f"pair {n}": sample_candles(chance, count=count) for n in range(1, SAMPLE_PAIRS + 1)}
    faults = check_pairs(signals, pairs, generator=chance)
    first = pairs["pair 1"]
    faults += check_memory(
        lambda candles: signals([candles])[0], first, memory_bars=memory, generator=chance
    )
    return [fault.says for fault in faults]
