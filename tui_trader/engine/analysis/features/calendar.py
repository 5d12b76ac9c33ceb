"""Time of day and of week at which the candle closes, on circles without a seam."""

from math import tau

import numpy as np

from tui_trader.engine.analysis.candles import FloatArray
from tui_trader.engine.analysis.features.columns import Columns
from tui_trader.engine.analysis.features.declaration import Feature, FeatureGroup
from tui_trader.engine.values.time import MS_PER_DAY

DAYS_PER_WEEK = 7


def _angle(columns: Columns, days: int) -> FloatArray:
    closes_ms = columns.candles.open_time_ms + columns.candles.interval.ms
    span_ms = days * MS_PER_DAY
    return np.asarray(tau * (closes_ms % span_ms) / span_ms)


HOUR_SINE = Feature(
    name="hour_sine",
    says="time of day, morning against evening (UTC)",
    group=FeatureGroup.CALENDAR,
    warm_up_bars=0,
    values=lambda columns: np.sin(_angle(columns, 1)),
)
HOUR_COSINE = Feature(
    name="hour_cosine",
    says="time of day, night against noon (UTC)",
    group=FeatureGroup.CALENDAR,
    warm_up_bars=0,
    values=lambda columns: np.cos(_angle(columns, 1)),
)
WEEK_SINE = Feature(
    name="week_sine",
    says="time of week, first half against second",
    group=FeatureGroup.CALENDAR,
    warm_up_bars=0,
    values=lambda columns: np.sin(_angle(columns, DAYS_PER_WEEK)),
)
WEEK_COSINE = Feature(
    name="week_cosine",
    says="time of week, around Thursday against around Sunday and Monday",
    group=FeatureGroup.CALENDAR,
    warm_up_bars=0,
    values=lambda columns: np.cos(_angle(columns, DAYS_PER_WEEK)),
)
