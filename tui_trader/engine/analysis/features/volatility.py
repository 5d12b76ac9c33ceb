"""How much the price moves now, against its own past."""

import numpy as np

from tui_trader.engine.analysis.candles import FloatArray
from tui_trader.engine.analysis.features.columns import (
    NOTHING,
    Columns,
    in_paces,
    log_ratio,
    share,
    windowed,
)
from tui_trader.engine.analysis.features.declaration import Feature, FeatureGroup
from tui_trader.engine.analysis.rolling import rolling, rolling_highest

VOLATILITY = FeatureGroup.VOLATILITY
RANK_BARS = 168


def pace_ratio(fast: int, slow: int) -> Feature:
    """Volatility of a short window against a long one."""
    return Feature(
        name=f"pace_{fast}_{slow}",
        says=f"size of the moves of {fast} candles against those of {slow}",
        group=VOLATILITY,
        warm_up_bars=slow,
        values=lambda columns: log_ratio(columns.pace(fast), columns.pace(slow)),
    )


def _pace_rank(columns: Columns, bars: int) -> FloatArray:
    # Paces a rounding apart are the same pace: a straight line has no rank.
    pace = columns.pace(bars)

    def rank(block: FloatArray) -> FloatArray:
        now = block[:, -1:]
        above = (block < now * (1 - NOTHING)).sum(axis=1)
        return np.asarray((above - (block > now * (1 + NOTHING)).sum(axis=1)) / block.shape[1])

    ranks = rolling(pace, RANK_BARS, rank)
    ranks[: bars + RANK_BARS - 1] = np.nan
    return ranks


def _range_now(columns: Columns, bars: int) -> FloatArray:
    return log_ratio(columns.log_range, windowed(columns.log_range, bars))


def _range_over_pace(columns: Columns, bars: int) -> FloatArray:
    width = np.sqrt(windowed(columns.log_range**2, bars))
    return log_ratio(width, columns.pace(bars))


def _falling_share(columns: Columns, bars: int) -> FloatArray:
    falls = windowed(np.minimum(columns.returns, 0.0) ** 2, bars)
    square = columns.mean_square(bars)
    fallen = share(falls, np.where(square > NOTHING**2, square, 0.0))
    is_still = square <= NOTHING**2
    return np.where(np.isnan(square), np.nan, np.where(is_still, 0.0, 2 * fallen - 1))


def _largest(columns: Columns, bars: int, past: int) -> FloatArray:
    return in_paces(rolling_highest(np.abs(columns.returns), bars), columns.pace(past))


PACE_6_48 = pace_ratio(6, 48)
PACE_24_96 = pace_ratio(24, 96)
PACE_48_192 = pace_ratio(48, 192)
PACE_RANK_24 = Feature(
    name="pace_rank_24",
    says=f"rank of the present size of moves among the last {RANK_BARS}",
    group=VOLATILITY,
    warm_up_bars=24 + RANK_BARS - 1,
    values=lambda columns: _pace_rank(columns, 24),
)
RANGE_NOW = Feature(
    name="range_now",
    says="width of this candle against the mean of 48",
    group=VOLATILITY,
    warm_up_bars=48,
    values=lambda columns: _range_now(columns, 48),
)
RANGE_OVER_PACE_24 = Feature(
    name="range_over_pace_24",
    says="width of 24 candles against what their closes moved",
    group=VOLATILITY,
    warm_up_bars=24,
    values=lambda columns: _range_over_pace(columns, 24),
)
FALLING_SHARE_48 = Feature(
    name="falling_share_48",
    says="share of the falls in all that 48 candles moved",
    group=VOLATILITY,
    warm_up_bars=48,
    values=lambda columns: _falling_share(columns, 48),
)
LARGEST_24 = Feature(
    name="largest_24",
    says="largest move of 24 candles",
    group=VOLATILITY,
    warm_up_bars=96,
    values=lambda columns: _largest(columns, 24, 96),
)
