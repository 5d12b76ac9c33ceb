"""The same questions asked of longer candles, of closed ones only."""

from collections.abc import Callable

import numpy as np

from tui_trader.engine.analysis.candles import FloatArray
from tui_trader.engine.analysis.features.columns import Columns, in_paces, log_ratio
from tui_trader.engine.analysis.features.declaration import Feature, FeatureGroup
from tui_trader.engine.analysis.features.trend import place_values

Question = Callable[[Columns], FloatArray]


def asked_of_longer(name: str, says: str, factor: int, bars: int, question: Question) -> Feature:  # noqa: PLR0917
    """A feature of candles `factor` times as long.

    Args:
        name: Of the feature.
        says: In plain words.
        factor: How many times as long.
        bars: Longer candles that the answer needs.
        question: From longer columns, at least `bars` of them, to one value each.
    """

    def values(columns: Columns) -> FloatArray:
        longer = columns.longer(factor)
        return longer.spread(question(longer.columns))

    # One perhaps cut at the front, `bars` whole ones, and one still open.
    return Feature(
        name=name,
        says=says,
        group=FeatureGroup.LONGER,
        warm_up_bars=(bars + 2) * factor,
        values=values,
    )


def _move(bars: int, pace_bars: int) -> Question:
    return lambda columns: in_paces(columns.move(bars), columns.pace(pace_bars) * np.sqrt(bars))


def _distance(bars: int, pace_bars: int) -> Question:
    return lambda columns: in_paces(
        columns.log_close - columns.mean_log_close(bars), columns.pace(pace_bars) * np.sqrt(bars)
    )


def _place(bars: int) -> Question:
    return lambda columns: place_values(columns, bars)


def _pace_ratio(fast: int, slow: int) -> Question:
    return lambda columns: log_ratio(columns.pace(fast), columns.pace(slow))


MOVE_1_BY_4 = asked_of_longer(
    "move_1_by_4", "move of the last closed candle 4 times as long", 4, 25, _move(1, 24)
)
MOVE_6_BY_4 = asked_of_longer(
    "move_6_by_4", "move of 6 candles 4 times as long", 4, 25, _move(6, 24)
)
DISTANCE_20_BY_4 = asked_of_longer(
    "distance_20_by_4",
    "price against its mean of 20 candles 4 times as long",
    4,
    25,
    _distance(20, 24),
)
PLACE_20_BY_4 = asked_of_longer(
    "place_20_by_4", "place in the range of 20 candles 4 times as long", 4, 20, _place(20)
)
PACE_6_24_BY_4 = asked_of_longer(
    "pace_6_24_by_4",
    "size of the moves of 6 candles 4 times as long against 24",
    4,
    25,
    _pace_ratio(6, 24),
)
MOVE_1_BY_24 = asked_of_longer(
    "move_1_by_24", "move of the last closed candle 24 times as long", 24, 15, _move(1, 14)
)
MOVE_5_BY_24 = asked_of_longer(
    "move_5_by_24", "move of 5 candles 24 times as long", 24, 15, _move(5, 14)
)
DISTANCE_10_BY_24 = asked_of_longer(
    "distance_10_by_24",
    "price against its mean of 10 candles 24 times as long",
    24,
    15,
    _distance(10, 14),
)
PLACE_14_BY_24 = asked_of_longer(
    "place_14_by_24", "place in the range of 14 candles 24 times as long", 24, 14, _place(14)
)
PACE_4_14_BY_24 = asked_of_longer(
    "pace_4_14_by_24",
    "size of the moves of 4 candles 24 times as long against 14",
    24,
    15,
    _pace_ratio(4, 14),
)
