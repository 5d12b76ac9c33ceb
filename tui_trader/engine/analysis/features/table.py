"""Features by name, each loaded when it is asked for, and the matrix that models see."""

from collections.abc import Sequence
from difflib import get_close_matches

import numpy as np

from tui_trader.engine.analysis.candles import Candles, FloatArray
from tui_trader.engine.analysis.features.columns import Columns
from tui_trader.engine.analysis.features.declaration import Feature
from tui_trader.engine.registry import FEATURES, load
from tui_trader.engine.values.errors import ConfigError, PluginError


def feature_named(name: str) -> Feature:
    """The feature of that name.

    Raises:
        ConfigError: there is none.
        PluginError: what the registry names is no feature of that name.
    """
    place = FEATURES.get(name)
    if place is None:
        close = get_close_matches(name.lower(), FEATURES, n=1)
        hint = f" (did you mean `{close[0]}`?)" if close else ""
        message = f"there is no feature `{name}`{hint}; docs/learning.md lists them"
        raise ConfigError(message, key="learning.features")
    found = load(place)
    if not isinstance(found, Feature) or found.name != name:
        message = f"the registry calls {place} the feature `{name}`; it is not"
        raise PluginError(message)
    return found


def chosen_features(names: Sequence[str]) -> tuple[Feature, ...]:
    """The features named, in that order; every one of the registry where none is named.

    Raises:
        ConfigError: a name is unknown, or named twice.
    """
    if len(set(names)) < len(names):
        twice = next(name for name in names if list(names).count(name) > 1)
        message = f"feature `{twice}` is named twice; once is enough"
        raise ConfigError(message, key="learning.features")
    return tuple(feature_named(name) for name in names or FEATURES)


def feature_matrix(candles: Candles, features: Sequence[Feature]) -> FloatArray:
    """Values of the features at every candle.

    Args:
        candles: T closed candles.
        features: F of them.

    Returns:
        Shape (T, F), rows in memory one after the other, NaN in the warm-up of each feature.
    """
    matrix = np.full((len(candles), len(features)), np.nan)
    columns = Columns(candles)
    for place, feature in enumerate(features):
        if len(candles) > feature.warm_up_bars:
            matrix[:, place] = feature.values(columns)
            matrix[: feature.warm_up_bars, place] = np.nan
    return matrix


def history_bars(features: Sequence[Feature]) -> int:
    """Closed candles that a row of the matrix needs."""
    return max(feature.history_bars for feature in features)


def newest_row(candles: Candles, features: Sequence[Feature]) -> FloatArray:
    """The row of the newest candle, from no more history than it needs.

    Returns:
        Shape (F,); NaN where the history is too short.
    """
    assert len(candles), "no candle has no features"
    return np.asarray(feature_matrix(candles[-history_bars(features) :], features)[-1])
