"""Volume against its own past, and with the direction of the price."""

import numpy as np

from tui_trader.engine.analysis.candles import FloatArray
from tui_trader.engine.analysis.features.columns import (
    NOTHING,
    Columns,
    in_paces,
    share,
    windowed,
    windowed_sum,
)
from tui_trader.engine.analysis.features.declaration import Feature, FeatureGroup
from tui_trader.engine.analysis.rolling import quotient

VOLUME = FeatureGroup.VOLUME
EVEN = 0.5


def _volume_now(columns: Columns, bars: int) -> FloatArray:
    return np.asarray(np.log1p(share(columns.candles.volume, columns.mean_volume(bars))))


def _volume_ratio(columns: Columns, fast: int, slow: int) -> FloatArray:
    part = share(columns.mean_volume(fast), columns.mean_volume(fast) + columns.mean_volume(slow))
    is_quiet = columns.mean_volume(slow) == 0
    return np.where(is_quiet, 0.0, 2 * (part - EVEN))


def _signed_volume(columns: Columns, bars: int) -> FloatArray:
    signed = np.sign(columns.returns) * columns.candles.volume
    return share(windowed_sum(signed, bars), windowed_sum(columns.candles.volume, bars))


def _volume_with_size(columns: Columns, bars: int) -> FloatArray:
    size = np.abs(columns.returns)
    # Volume in units of its own mean, so that what counts as nothing does not depend on the asset.
    volume = share(columns.candles.volume, columns.mean_volume(bars))
    volume = np.minimum(volume, bars)
    size_mean, volume_mean = windowed(size, bars), windowed(volume, bars)
    together = windowed(size * volume, bars) - size_mean * volume_mean
    size_spread = windowed(size**2, bars) - size_mean**2
    volume_spread = windowed(volume**2, bars) - volume_mean**2
    is_still = (size_spread <= NOTHING * size_mean**2) | (volume_spread <= NOTHING)
    spread = np.sqrt(np.where(is_still, 0.0, size_spread) * np.where(is_still, 0.0, volume_spread))
    correlation = np.clip(quotient(together, spread, undefined=0.0), -1.0, 1.0)
    return np.where(np.isnan(together), np.nan, correlation)


def _from_paid(columns: Columns, bars: int) -> FloatArray:
    paid = windowed_sum(columns.log_close * columns.candles.volume, bars)
    volume = windowed_sum(columns.candles.volume, bars)
    mean_paid = quotient(paid, volume, undefined=columns.log_close)
    return in_paces(columns.log_close - mean_paid, columns.pace(96) * np.sqrt(bars))


VOLUME_NOW = Feature(
    name="volume_now",
    says="volume of this candle against the mean of 48",
    group=VOLUME,
    warm_up_bars=47,
    values=lambda columns: _volume_now(columns, 48),
)
VOLUME_6_48 = Feature(
    name="volume_6_48",
    says="volume of 6 candles against 48",
    group=VOLUME,
    warm_up_bars=47,
    values=lambda columns: _volume_ratio(columns, 6, 48),
)
VOLUME_24_192 = Feature(
    name="volume_24_192",
    says="volume of 24 candles against 192",
    group=VOLUME,
    warm_up_bars=191,
    values=lambda columns: _volume_ratio(columns, 24, 192),
)
SIGNED_VOLUME_12 = Feature(
    name="signed_volume_12",
    says="volume of rising less falling candles among 12",
    group=VOLUME,
    warm_up_bars=12,
    values=lambda columns: _signed_volume(columns, 12),
)
SIGNED_VOLUME_48 = Feature(
    name="signed_volume_48",
    says="volume of rising less falling candles among 48",
    group=VOLUME,
    warm_up_bars=48,
    values=lambda columns: _signed_volume(columns, 48),
)
VOLUME_WITH_SIZE_48 = Feature(
    name="volume_with_size_48",
    says="whether large moves came with large volume in 48 candles",
    group=VOLUME,
    warm_up_bars=95,
    values=lambda columns: _volume_with_size(columns, 48),
)
FROM_PAID_48 = Feature(
    name="from_paid_48",
    says="price above or below what was paid on average in 48 candles",
    group=VOLUME,
    warm_up_bars=96,
    values=lambda columns: _from_paid(columns, 48),
)
