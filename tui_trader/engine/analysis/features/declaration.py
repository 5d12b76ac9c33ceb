"""What a feature says about itself."""

from collections.abc import Callable
from enum import Enum

import msgspec

from tui_trader.engine.analysis.candles import FloatArray
from tui_trader.engine.analysis.features.columns import Columns


class FeatureGroup(Enum):
    """What a feature is about."""

    MOVE = "move"
    TREND = "trend"
    VOLATILITY = "volatility"
    SHAPE = "shape of candles"
    VOLUME = "volume"
    CALENDAR = "calendar"
    LONGER = "longer timeframes"


class Feature(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the registry.

    Args:
        name: As settings name it.
        says: What it measures, in plain words, for the reasons beside a signal.
        warm_up_bars: Leading candles that have no value; every later one has.
        memory_bars: Candles, its own included, that decide a value to 1e-9; 0 means the warm-up and
            the candle itself.
        values: From the columns to one value a candle, shape (T,), T > warm-up. Pure.
    """

    name: str
    says: str
    group: FeatureGroup
    warm_up_bars: int
    values: Callable[[Columns], FloatArray]
    memory_bars: int = 0

    @property
    def history_bars(self) -> int:
        """Candles, its own included, that a value needs."""
        return max(self.memory_bars, self.warm_up_bars + 1)
