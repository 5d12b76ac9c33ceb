"""Bodies, shadows and gaps of candles."""

import numpy as np

from tui_trader.engine.analysis.candles import FloatArray
from tui_trader.engine.analysis.features.columns import (
    NOTHING,
    Columns,
    windowed,
)
from tui_trader.engine.analysis.features.declaration import Feature, FeatureGroup
from tui_trader.engine.analysis.rolling import quotient

SHAPE = FeatureGroup.SHAPE


def _of_width(columns: Columns, part: FloatArray) -> FloatArray:
    width = columns.candles.high - columns.candles.low
    is_wide = width > NOTHING * columns.candles.high
    return quotient(part, np.where(is_wide, width, 0.0), undefined=0.0)


def _body(columns: Columns) -> FloatArray:
    return _of_width(columns, columns.candles.close - columns.candles.open)


def _shadow_balance(columns: Columns) -> FloatArray:
    candles = columns.candles
    upper = candles.high - np.maximum(candles.open, candles.close)
    lower = np.minimum(candles.open, candles.close) - candles.low
    return _of_width(columns, lower - upper)


BODY = Feature(
    name="body",
    says="body of the candle over its width: buyers or sellers",
    group=SHAPE,
    warm_up_bars=0,
    values=_body,
)
BODY_MEAN_6 = Feature(
    name="body_mean_6",
    says="mean body of 6 candles",
    group=SHAPE,
    warm_up_bars=5,
    values=lambda columns: windowed(_body(columns), 6),
)
SHADOW_BALANCE_12 = Feature(
    name="shadow_balance_12",
    says="lower less upper shadows of 12 candles",
    group=SHAPE,
    warm_up_bars=11,
    values=lambda columns: windowed(_shadow_balance(columns), 12),
)
