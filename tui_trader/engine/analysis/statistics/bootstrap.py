"""Block bootstrap: how far a mean of dependent values could lie from the one that was seen.

Returns and trades that overlap depend on their neighbours; drawing them one by one would claim more
certainty than there is. So whole blocks are drawn. Chance is an argument: this room has none.
"""

from dataclasses import dataclass
from enum import Enum
from math import cbrt, ceil

import numpy as np

from tui_trader.engine.analysis.candles import FloatArray, TimeArray
from tui_trader.engine.analysis.statistics.chance import Chance
from tui_trader.engine.values.errors import ConfigError

RESAMPLES = 2_000
CONFIDENCE = 0.95
VALUES_AT_ONCE = 1 << 21
"""Bounds memory: resamples are drawn in portions of this many values."""


class Blocks(Enum):
    """How blocks are drawn; both wrap around the end of the series."""

    STATIONARY = "stationary"
    """Lengths drawn geometrically about their mean (Politis and Romano 1994)."""
    CIRCULAR = "circular"
    """All of one length (Politis and Romano 1992)."""


@dataclass(frozen=True, slots=True)
class Confidence:
    """A mean and where it could lie.

    Args:
        mean: Of the values seen.
        low: Lower end of the interval, both tails alike (percentile method).
        high: Upper end.
        level: Share of resamples inside.
        not_above_zero: Chance of a mean of 0 or less: (resamples ≤ 0, plus 1) / (resamples plus 1).
    """

    mean: float
    low: float
    high: float
    level: float
    not_above_zero: float


def block_bars(count: int) -> int:
    """A block length for `count` values of unknown dependence: their cube root."""
    return max(1, ceil(cbrt(count)))


def bootstrap_mean(
    values: FloatArray,
    *,
    generator: Chance,
    block: int | None = None,
    blocks: Blocks = Blocks.STATIONARY,
    resamples: int = RESAMPLES,
    level: float = CONFIDENCE,
) -> Confidence | None:
    """Confidence interval of the mean.

    Args:
        values: Oldest first, shape (N,).
        generator: Seeded by the caller; the same seed gives the same interval.
        block: Values a block, on average; labels that span h candles need at least h.
        blocks: How they are drawn.
        resamples: How many series are drawn.
        level: Share of them inside the interval, 0 to 1.

    Returns:
        None below two values.

    Raises:
        ConfigError: a bound is broken.
    """
    count = len(values)
    length = block_bars(count) if block is None else block
    if not (length >= 1 and resamples >= 1 and 0 < level < 1 and np.all(np.isfinite(values))):
        message = (
            f"a bootstrap needs finite values, blocks and resamples of at least 1 and a level between "
            f"0 and 1; it got blocks of {length}, {resamples} resamples, level {level}"
        )
        raise ConfigError(message)
    if count < 2:  # noqa: PLR2004 — one value says nothing of its spread
        return None
    means = _means(values, generator=generator, block=length, blocks=blocks, resamples=resamples)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Confidence(
        mean=float(values.mean()),
        low=float(low),
        high=float(high),
        level=level,
        not_above_zero=(int((means <= 0).sum()) + 1) / (resamples + 1),
    )


def _means(
    values: FloatArray, *, generator: Chance, block: int, blocks: Blocks, resamples: int
) -> FloatArray:
    count, draw = len(values), _stationary if blocks is Blocks.STATIONARY else _circular
    portion = max(1, VALUES_AT_ONCE // count)
    means = np.empty(resamples)
    for begin in range(0, resamples, portion):
        rows = min(portion, resamples - begin)
        means[begin : begin + rows] = values[draw(generator, (rows, count), block)].mean(axis=1)
    return means


def _stationary(generator: Chance, shape: tuple[int, int], block: int) -> TimeArray:
    """Positions: each follows the one before, or with chance 1 / block begins anew anywhere."""
    count = shape[1]
    begins = generator.random(shape) < 1 / block
    begins[:, 0] = True
    column = np.arange(count)
    began_at = np.maximum.accumulate(np.where(begins, column, 0), axis=1)
    anywhere = generator.integers(0, count, shape)
    positions: TimeArray = (
        np.take_along_axis(anywhere, began_at, axis=1) + column - began_at
    ) % count
    return positions


def _circular(generator: Chance, shape: tuple[int, int], block: int) -> TimeArray:
    """Positions in blocks of one length, the last one cut."""
    rows, count = shape
    starts = generator.integers(0, count, (rows, ceil(count / block)))
    whole = starts[:, :, None] + np.arange(block)
    positions: TimeArray = whole.reshape(rows, -1)[:, :count] % count
    return positions
