"""Momentum rotation: holding those pairs that have risen most."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tui_trader.engine.analysis.candles import Candles, FloatArray
from tui_trader.engine.analysis.strategy import Choices, SignalArray, Strategy
from tui_trader.engine.ports.strategy import StrategyParameter


def _signals(candles: Sequence[Candles], choices: Choices) -> list[SignalArray]:
    """At every rebalancing: in the risen pairs of the first ranks, out of all others."""
    times = np.unique(np.concatenate([pair.open_time_ms for pair in candles]))
    momenta = np.full((len(candles), len(times)), -np.inf)
    for number, pair in enumerate(candles):
        rows = np.searchsorted(times, pair.open_time_ms)
        momenta[number, rows] = _momentum(pair, int(choices["lookback"]))
    # Of equals the pair that stands first ranks first.
    ranks = np.argsort(np.argsort(-momenta, axis=0, kind="stable"), axis=0, kind="stable")
    chosen = (ranks < int(choices["hold"])) & (momenta > 0)
    return [
        _said(pair, chosen[number][np.searchsorted(times, pair.open_time_ms)], choices)
        for number, pair in enumerate(candles)
    ]


def _momentum(pair: Candles, lookback: int) -> FloatArray:
    momentum = np.full(len(pair), -np.inf)
    if len(pair) > lookback:
        momentum[lookback:] = pair.close[lookback:] / pair.close[:-lookback] - 1.0
    return momentum


def _said(pair: Candles, chosen: npt.NDArray[np.bool_], choices: Choices) -> SignalArray:
    # Counted by the clock, so that live rebalances at the same candles wherever its memory begins.
    number = pair.open_time_ms // pair.interval.ms
    is_due = number % int(choices["rebalance"]) == 0
    return np.where(is_due, np.where(chosen, 1, -1), 0).astype(np.int8)


ROTATION = Strategy(
    name="rotation",
    title="Momentum rotation",
    says="At each rebalancing holds the pairs that have risen most, and leaves the others.",
    parameters=(
        StrategyParameter(
            name="lookback", default=72, low=2, high=2_000, unit="bars", help="Momentum over these."
        ),
        StrategyParameter(
            name="rebalance", default=24, low=1, high=2_000, unit="bars", help="Every so many."
        ),
        StrategyParameter(
            name="hold", default=2, low=1, high=20, unit="pairs", help="Most pairs at once."
        ),
    ),
    memory=lambda choices: int(choices["lookback"]) + 1,
    signals=_signals,
)
