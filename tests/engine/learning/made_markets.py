"""Markets made from a seed, with a signal that is known, or with none."""

from typing import NamedTuple

import numpy as np

from tests.engine.analysis.made_candles import START_MS
from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.analysis.features.table import chosen_features
from tui_trader.engine.learning.dataset import Dataset, build_dataset, join
from tui_trader.engine.learning.labels import mirrored, triple_barrier
from tui_trader.engine.rules.model import TradeRules
from tui_trader.engine.values.candles import Interval

HOURS_A_YEAR = 8_760
STEPS = 6
PACE = 0.006
RULES = TradeRules(stop_atr=2.0, take_atr=3.0, time_stop_bars=24, slippage_bps=0.0, spread_bps=0.0)
COLUMNS = 24
STAYS = 0.9
STRENGTHS = {
    ("linear", 62): 0.128,
    ("linear", 70): 0.242,
    ("product", 62): 0.21,
    ("product", 70): 0.515,
}
"""Drift at a signal of 1, in usual moves of a candle: gives the best possible AUC in hundredths."""


class Planted(NamedTuple):
    """A dataset, and the score that nobody can beat."""

    dataset: Dataset
    best: np.ndarray
    candles: Candles


def from_returns(returns: np.ndarray, chance, pace: np.ndarray | float) -> Candles:
    """Candles whose closes make these log returns, each a path of a few steps."""
    count = len(returns)
    shocks = chance.normal(size=(count, STEPS)) * np.broadcast_to(
        np.asarray(pace)[..., None] / np.sqrt(STEPS), (count, STEPS)
    )
    # A bridge: the path strays as it likes and ends where the return says.
    path = np.cumsum(shocks, axis=1)
    path += (returns - path[:, -1])[:, None] * (np.arange(1, STEPS + 1) / STEPS)
    begin = np.concatenate([[0.0], np.cumsum(returns)[:-1]])
    prices = 30_000 * np.exp(begin[:, None] + np.column_stack([np.zeros(count), path]))
    return Candles(
        interval=Interval.H1,
        open_time_ms=START_MS + Interval.H1.ms * np.arange(count),
        open=prices[:, 0],
        high=prices.max(axis=1),
        low=prices.min(axis=1),
        close=prices[:, -1],
        volume=chance.exponential(10.0, count),
    )


def lasting(chance, shape: tuple[int, int], stays: float) -> np.ndarray:
    """Columns of spread 1 that forget slowly."""
    noise = chance.normal(size=shape) * np.sqrt(1 - stays**2)
    noise[0] /= np.sqrt(1 - stays**2)
    for row in range(1, shape[0]):
        noise[row] += stays * noise[row - 1]
    return noise


def planted(count: int, *, seed: int, form: str, best: int, fee_ratio: float = 0.0) -> Planted:
    """A market whose drift follows some of the columns that models see."""
    return planted_by(
        count, seed=seed, form=form, strength=STRENGTHS[form, best], fee_ratio=fee_ratio
    )


def planted_by(
    count: int, *, seed: int, form: str, strength: float, fee_ratio: float = 0.0
) -> Planted:
    chance = np.random.default_rng(seed)
    columns = lasting(chance, (count, COLUMNS), STAYS)
    if form == "linear":
        signal = columns[:, :4] @ np.array([0.7, -0.5, 0.4, 0.3]) / np.sqrt(0.99)
    else:
        signal = columns[:, 0] * columns[:, 1]
    drift = np.concatenate([[0.0], signal[:-1]]) * strength * PACE
    candles = from_returns(drift + chance.normal(0, PACE, count), chance, PACE)
    labels = triple_barrier(candles, RULES, fee_ratio=fee_ratio)
    turned = triple_barrier(mirrored(candles), RULES, fee_ratio=fee_ratio)
    names = tuple(f"column_{place}" for place in range(COLUMNS))
    dataset = join(candles, names, columns, labels=labels, upside_down=turned)
    return Planted(dataset, signal[dataset.candle], candles)


def garch(count: int, *, seed: int, drift_a_year: float = 0.0) -> Candles:
    """A walk without any signal: volatility clusters, and the price drifts."""
    chance = np.random.default_rng(seed)
    shocks = chance.standard_t(6, count) / np.sqrt(1.5)
    variance, returns, pace = 1.0, np.empty(count), np.empty(count)
    for row in range(count):
        pace[row] = np.sqrt(variance) * PACE
        returns[row] = pace[row] * shocks[row]
        variance = 0.02 + 0.08 * (returns[row] / PACE) ** 2 + 0.90 * variance
    return from_returns(returns + np.log1p(drift_a_year) / HOURS_A_YEAR, chance, pace)


def noise_dataset(count: int, *, seed: int, drift_a_year: float = 0.8, fee_ratio=0.0) -> Dataset:
    """The real features over a walk that has no signal."""
    candles = garch(count, seed=seed, drift_a_year=drift_a_year)
    return build_dataset(candles, chosen_features(()), rules=RULES, fee_ratio=fee_ratio)
