"""Whether forecasts are worth money, by a rule that does not fire on noise, and in plain words.

Better log-loss alone fired on 6 % of random walks, a net return beyond chance alone on 32 % of those
that drift; together, and with random entry at the same exposure beaten, on none of 229.
"""

from dataclasses import dataclass
from math import ceil

import numpy as np

from tui_trader.engine.analysis.candles import FloatArray
from tui_trader.engine.analysis.statistics.bootstrap import Confidence, bootstrap_mean
from tui_trader.engine.learning.dataset import Dataset
from tui_trader.engine.learning.money import Trades, random_entries

TRADES_MIN = 30
RESAMPLES = 2_000
DRAWS = 2_000
PARTS_A_BLOCK = 4
"""A block of the log-loss spans four stretches as long as a label: labels overlap, regimes last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Each condition with its chance of being met by luck; None where it could not be judged.

    Args:
        edge: Whether all three hold at the level, divided by the variants that were tried.
        level: That level.
        log_loss_chance: Of a log-loss no better than the base rate's.
        net_chance: Of a mean net return of 0 or less.
        random_chance: Of a random entry at the same exposure that earned as much.
        net_a_trade: Mean net return with its interval.
        words: In one sentence.
    """

    edge: bool
    level: float
    log_loss_chance: float | None
    net_chance: float | None
    random_chance: float | None
    net_a_trade: Confidence | None
    words: str


def judge(
    dataset: Dataset,
    *,
    loss_gains: FloatArray,
    trades: Trades,
    variants: int,
    alpha: float,
    seed: int,
) -> Verdict:
    """Apply the rule.

    Args:
        dataset: The samples judged, in order.
        loss_gains: Log-loss of the base rate less that of the forecast, shape (N,).
        trades: What the forecasts led to.
        variants: Models and settings tried, this one counted.
        alpha: Chance of calling an edge what is none, over all variants.
        seed: Of the chance that resamples.
    """
    level = alpha / max(variants, 1)
    chance = np.random.default_rng(seed)
    better = _loss_chance(dataset, loss_gains, level, chance=chance)
    if len(trades.net) < TRADES_MIN:
        return Verdict(
            edge=False,
            level=level,
            log_loss_chance=better,
            net_chance=None,
            random_chance=None,
            net_a_trade=_interval(trades, chance),
            words=_few(len(trades.net)),
        )
    earned = bootstrap_mean(
        trades.net, generator=chance, resamples=_enough(RESAMPLES, level), level=0.95
    )
    assert earned is not None
    drawn = random_entries(
        dataset, trades.exposure_ratio, draws=_enough(DRAWS, level), chance=chance
    )
    mine = trades.net_per_bar
    assert mine is not None
    luck = (int((drawn >= mine).sum()) + 1) / (len(drawn) + 1)
    is_edge = (
        better is not None and better <= level and earned.not_above_zero <= level and luck <= level
    )
    return Verdict(
        edge=is_edge,
        level=level,
        log_loss_chance=better,
        net_chance=earned.not_above_zero,
        random_chance=luck,
        net_a_trade=earned,
        words=_words(better, earned, luck, level=level),
    )


def _enough(least: int, level: float) -> int:
    """Resamples that can tell a chance of `level` at all."""
    return max(least, ceil(4 / level))


def _loss_chance(
    dataset: Dataset, gains: FloatArray, level: float, *, chance: np.random.Generator
) -> float | None:
    if not np.any(gains != 0):
        return None
    hold = max(1, int(np.median(dataset.end - dataset.candle)))
    # Summed over stretches as long as a label first: the same blocks, drawn much faster.
    stretches = np.add.reduceat(gains, np.arange(0, len(gains), hold))
    found = bootstrap_mean(
        stretches, generator=chance, block=PARTS_A_BLOCK, resamples=_enough(RESAMPLES, level)
    )
    return None if found is None else found.not_above_zero


def _interval(trades: Trades, chance: np.random.Generator) -> Confidence | None:
    return bootstrap_mean(trades.net, generator=chance) if len(trades.net) else None


def _few(count: int) -> str:
    if not count:
        return "No edge after costs: no forecast ever reached its break-even probability."
    return (
        f"No edge after costs: {count} trade(s) would have been made, fewer than the {TRADES_MIN} "
        "from which anything can be concluded."
    )


def _words(better: float | None, earned: Confidence, luck: float, *, level: float) -> str:
    """What holds and what does not, in one sentence."""
    doubts = []
    if better is None or better > level:
        doubts.append("its forecasts are not better than the base rate beyond chance")
    if earned.not_above_zero > level:
        doubts.append(
            f"its trades brought {earned.mean:+.2%} each after costs ({earned.low:+.2%} to "
            f"{earned.high:+.2%})"
        )
    if luck > level:
        doubts.append(f"random entry as often invested earned as much in {luck:.1%} of tries")
    if not doubts:
        return (
            f"Edge: trades brought {earned.mean:+.2%} each after costs ({earned.low:+.2%} to "
            f"{earned.high:+.2%}), beyond chance and beyond random entry."
        )
    return f"No edge after costs: {'; '.join(doubts)}."
