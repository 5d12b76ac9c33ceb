"""Returns in units of the usual move, their order and their lopsidedness."""

import numpy as np

from tui_trader.engine.analysis.candles import FloatArray
from tui_trader.engine.analysis.features.columns import (
    NOTHING,
    Columns,
    in_paces,
    lagged,
    share,
    windowed,
)
from tui_trader.engine.analysis.features.declaration import Feature, FeatureGroup

PACE_BARS = 96


def move_over(bars: int) -> Feature:
    """Return over some candles."""
    return Feature(
        name=f"move_{bars}",
        says=f"move of the last {bars} candles" if bars > 1 else "move of the last candle",
        group=FeatureGroup.MOVE,
        warm_up_bars=PACE_BARS,
        values=lambda columns: in_paces(
            columns.move(bars), columns.pace(PACE_BARS) * np.sqrt(bars)
        ),
    )


def earlier_move(bars: int) -> Feature:
    """Return of one candle some candles ago."""
    return Feature(
        name=f"move_1_lag_{bars}",
        says=f"move of the candle {bars} before" if bars > 1 else "move of the candle before",
        group=FeatureGroup.MOVE,
        warm_up_bars=PACE_BARS,
        values=lambda columns: in_paces(lagged(columns.returns, bars), columns.pace(PACE_BARS)),
    )


def _acceleration(columns: Columns, bars: int) -> FloatArray:
    now = columns.move(bars)
    return in_paces(now - lagged(now, bars), columns.pace(PACE_BARS) * np.sqrt(2 * bars))


def _skew(columns: Columns, bars: int) -> FloatArray:
    pace = columns.pace(bars)
    return in_paces(np.cbrt(windowed(columns.returns**3, bars)), pace)


def _succession(columns: Columns, bars: int) -> FloatArray:
    products = columns.returns * lagged(columns.returns, 1)
    is_moving = columns.mean_square(bars) > NOTHING**2
    square = np.where(is_moving, columns.mean_square(bars), 0.0)
    followed = share(windowed(products, bars), square)
    return np.where(np.isnan(columns.mean_square(bars)), np.nan, followed)


def _rising_share(columns: Columns, bars: int) -> FloatArray:
    return windowed(np.sign(columns.returns), bars)


MOVE_1 = move_over(1)
MOVE_3 = move_over(3)
MOVE_6 = move_over(6)
MOVE_12 = move_over(12)
MOVE_24 = move_over(24)
MOVE_48 = move_over(48)
MOVE_1_LAG_1 = earlier_move(1)
MOVE_1_LAG_2 = earlier_move(2)
ACCELERATION_12 = Feature(
    name="acceleration_12",
    says="move of the last 12 candles against the 12 before",
    group=FeatureGroup.MOVE,
    warm_up_bars=PACE_BARS,
    values=lambda columns: _acceleration(columns, 12),
)
SKEW_48 = Feature(
    name="skew_48",
    says="whether the large moves of 48 candles went up or down",
    group=FeatureGroup.MOVE,
    warm_up_bars=48,
    values=lambda columns: _skew(columns, 48),
)
SUCCESSION_48 = Feature(
    name="succession_48",
    says="whether moves of 48 candles were followed by more of the same",
    group=FeatureGroup.MOVE,
    warm_up_bars=49,
    values=lambda columns: _succession(columns, 48),
)
RISING_SHARE_24 = Feature(
    name="rising_share_24",
    says="rising less falling candles among 24",
    group=FeatureGroup.MOVE,
    warm_up_bars=24,
    values=lambda columns: _rising_share(columns, 24),
)
