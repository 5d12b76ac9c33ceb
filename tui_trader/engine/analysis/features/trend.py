"""Where the price stands: against its averages, its range and the way it came."""

import numpy as np

from tui_trader.engine.analysis.candles import FloatArray
from tui_trader.engine.analysis.features.columns import (
    NOTHING,
    Columns,
    in_paces,
    places_of_extreme,
    share,
    windowed_sum,
)
from tui_trader.engine.analysis.features.declaration import Feature, FeatureGroup
from tui_trader.engine.analysis.rolling import quotient, rolling

PACE_BARS = 96
TREND = FeatureGroup.TREND


def distance(bars: int) -> Feature:
    """Close against its mean."""
    return Feature(
        name=f"distance_{bars}",
        says=f"price above or below its mean of {bars} candles",
        group=TREND,
        warm_up_bars=max(PACE_BARS, bars - 1),
        values=lambda columns: in_paces(
            columns.log_close - columns.mean_log_close(bars),
            columns.pace(PACE_BARS) * np.sqrt(bars),
        ),
    )


def slope(bars: int) -> Feature:
    """Slope of a straight line through the closes."""
    weights = np.arange(bars) - (bars - 1) / 2
    weights = weights / (weights**2).sum() * (bars - 1)

    def rise(block: FloatArray) -> FloatArray:
        # Not `@`: how BLAS sums depends on how many rows it is given.
        return np.asarray(((block - block[:, :1]) * weights).sum(axis=1))

    return Feature(
        name=f"slope_{bars}",
        says=f"slope of a straight line through {bars} closes",
        group=TREND,
        warm_up_bars=max(PACE_BARS, bars - 1),
        values=lambda columns: in_paces(
            rolling(columns.log_close, bars, rise),
            columns.pace(PACE_BARS) * np.sqrt(bars),
        ),
    )


def place(bars: int) -> Feature:
    """Where in its range."""
    return Feature(
        name=f"place_{bars}",
        says=f"place of the price in the range of {bars} candles",
        group=TREND,
        warm_up_bars=bars - 1,
        values=lambda columns: place_values(columns, bars),
    )


def place_values(columns: Columns, bars: int) -> FloatArray:
    """-1 at the lowest low of the last candles, 1 at the highest high, 0 where they are one."""
    low, high = columns.lowest(bars), columns.highest(bars)
    width = high - low
    is_wide = width > NOTHING * high
    middle = quotient(columns.candles.close - low, np.where(is_wide, width, 0.0), undefined=0.5)
    return np.where(np.isnan(width), np.nan, 2 * middle - 1)


def straightness(bars: int) -> Feature:
    """Net move over the way gone."""
    return Feature(
        name=f"straightness_{bars}",
        says=f"how straight the way of {bars} candles was, and which way it went",
        group=TREND,
        warm_up_bars=bars,
        values=lambda columns: _straightness(columns, bars),
    )


def _straightness(columns: Columns, bars: int) -> FloatArray:
    way = windowed_sum(np.abs(columns.returns), bars)
    is_moving = way > NOTHING
    return np.where(np.isnan(way), np.nan, share(columns.move(bars), np.where(is_moving, way, 0.0)))


def _average_gap(columns: Columns, fast: int, slow: int) -> FloatArray:
    gap = columns.mean_log_close(fast) - columns.mean_log_close(slow)
    return in_paces(gap, columns.pace(PACE_BARS) * np.sqrt(slow))


def _since(columns: Columns, bars: int, *, is_high: bool) -> FloatArray:
    values = columns.candles.high if is_high else columns.candles.low
    return 1 - 2 * places_of_extreme(values, bars, is_high=is_high) / (bars - 1)


def _below_high(columns: Columns, bars: int) -> FloatArray:
    fall = columns.log_close - np.log(columns.highest(bars))
    return in_paces(fall, columns.pace(PACE_BARS) * np.sqrt(bars))


DISTANCE_20 = distance(20)
DISTANCE_50 = distance(50)
DISTANCE_100 = distance(100)
DISTANCE_200 = distance(200)
SLOPE_24 = slope(24)
PLACE_20 = place(20)
PLACE_55 = place(55)
STRAIGHTNESS_24 = straightness(24)
AVERAGE_GAP_12_48 = Feature(
    name="average_gap_12_48",
    says="mean of 12 closes above or below the mean of 48",
    group=TREND,
    warm_up_bars=PACE_BARS,
    values=lambda columns: _average_gap(columns, 12, 48),
)
SINCE_HIGH_48 = Feature(
    name="since_high_48",
    says="how recent the highest high of 48 candles is",
    group=TREND,
    warm_up_bars=47,
    values=lambda columns: _since(columns, 48, is_high=True),
)
SINCE_LOW_48 = Feature(
    name="since_low_48",
    says="how recent the lowest low of 48 candles is",
    group=TREND,
    warm_up_bars=47,
    values=lambda columns: _since(columns, 48, is_high=False),
)
BELOW_HIGH_192 = Feature(
    name="below_high_192",
    says="fall from the highest high of 192 candles",
    group=TREND,
    warm_up_bars=191,
    values=lambda columns: _below_high(columns, 192),
)
