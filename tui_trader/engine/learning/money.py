"""What forecasts would have earned: trades one after the other, beside holding and random entry."""

from dataclasses import dataclass

import numpy as np

from tui_trader.engine.analysis.candles import BoolArray, FloatArray
from tui_trader.engine.analysis.splits import Rows
from tui_trader.engine.learning.dataset import Dataset

CERTAIN_LOSS = 2.0
"""Break-even probability where even a sure take profit does not earn its costs: read no higher."""


@dataclass(frozen=True, eq=False, slots=True)
class Payoff:
    """What a hit and a miss bring, as lines over the size of the barrier, learned from the past.

    Args:
        hit: Level and slope of the net return of a hit.
        miss: The same of a miss.
    """

    hit: tuple[float, float]
    miss: tuple[float, float]

    def expected(self, probability: FloatArray, range_ratio: FloatArray) -> FloatArray:
        """Expected net return of a trade, ratio."""
        hit, miss = (level + slope * range_ratio for level, slope in (self.hit, self.miss))
        return np.asarray(probability * hit + (1 - probability) * miss)

    def break_even(self, range_ratio: FloatArray) -> FloatArray:
        """Probability above which a trade earns its costs; above 1 none can."""
        hit, miss = (level + slope * range_ratio for level, slope in (self.hit, self.miss))
        between = np.maximum(hit - miss, 1e-12)
        return np.clip(-miss / between, 0.0, CERTAIN_LOSS)


def fit_payoff(dataset: Dataset) -> Payoff:
    """Lines through what hits and misses of the past brought."""
    lines = [
        _line(dataset.range_ratio[rows], dataset.net[rows])
        for rows in (dataset.happened > 0, dataset.happened == 0)
    ]
    return Payoff(*lines)


def _line(size: FloatArray, net: FloatArray) -> tuple[float, float]:
    if not len(net):
        return 0.0, 0.0
    spread = size - size.mean()
    square = float(spread @ spread)
    slope = float(spread @ net) / square if square > 0 else 0.0
    return float(net.mean() - slope * size.mean()), slope


@dataclass(frozen=True, eq=False, slots=True)
class Trades:
    """Trades that never overlap, in order.

    Args:
        place: Sample of each entry.
        net: Net return of each, ratio.
        held_bars: Candles each was held.
        exposure_ratio: Share of the candles in which a position was held.
    """

    place: Rows
    net: FloatArray
    held_bars: Rows
    exposure_ratio: float

    @property
    def net_return_ratio(self) -> float:
        """All of them compounded, each with the whole stake."""
        return float(np.expm1(np.log1p(np.maximum(self.net, -1 + 1e-9)).sum()))

    @property
    def net_per_bar(self) -> float | None:
        """Net return a candle held: what two ways of entering are compared by."""
        held = int(self.held_bars.sum())
        return float(self.net.sum()) / held if held else None


def one_at_a_time(dataset: Dataset, is_wanted: BoolArray) -> Trades:
    """Enter where wanted and nothing is held; the next entry is decided once the last has ended."""
    places, free_from = [], -1
    for place in np.flatnonzero(is_wanted):
        if dataset.candle[place] >= free_from:
            places.append(place)
            free_from = dataset.end[place]
    chosen = np.array(places, dtype=np.int64)
    return _trades(dataset, chosen)


def _trades(dataset: Dataset, chosen: Rows) -> Trades:
    held = dataset.end[chosen] - dataset.candle[chosen]
    bars = int(dataset.candle[-1] - dataset.candle[0]) + 1
    return Trades(chosen, dataset.net[chosen], held, float(held.sum()) / bars)


def random_entries(
    dataset: Dataset, exposure_ratio: float, *, draws: int, chance: np.random.Generator
) -> FloatArray:
    """Net return a candle held of traders who enter by chance and are invested as long.

    Returns:
        One value a draw, shape (draws,); those that never traded are left out.
    """
    hold = float((dataset.end - dataset.candle).mean())
    share = min(max(exposure_ratio, 1e-6), 1 - 1e-6)
    begin = 1 / (1 + hold * (1 - share) / share)
    # The next place at which a position that was entered there is over.
    over = np.searchsorted(dataset.candle, dataset.end)
    count = len(dataset)
    position = chance.geometric(begin, draws) - 1
    net, held = np.zeros(draws), np.zeros(draws)
    bars = (dataset.end - dataset.candle).astype(np.float64)
    for _ in range(count):
        is_in = position < count
        if not is_in.any():
            break
        at = position[is_in]
        net[is_in] += dataset.net[at]
        held[is_in] += bars[at]
        position[is_in] = over[at] + chance.geometric(begin, len(at)) - 1
    traded = held > 0
    return np.asarray(net[traded] / held[traded])


def buy_and_hold(dataset: Dataset, closes: FloatArray) -> float:
    """Return of holding from the first decision to the last outcome, ratio, without costs."""
    return float(closes[dataset.end.max()] / closes[dataset.candle[0]] - 1)
