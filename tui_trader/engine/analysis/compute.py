"""From candles to the values of one indicator, and to the side it takes."""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tui_trader.engine.analysis.candles import COLUMNS, Candles, FloatArray
from tui_trader.engine.analysis.declaration import Indicator

StanceArray = npt.NDArray[np.int8]


def compute(
    candles: Candles, indicator: Indicator, /, **parameters: float
) -> dict[str, FloatArray]:
    """Values of an indicator at every candle.

    Args:
        candles: T candles.
        indicator: An entry of the catalogue.
        parameters: By name; the others are at their defaults.

    Returns:
        One array an output, shape (T,), with NaN in the warm-up and nowhere else. Two exceptions:
        an anchored VWAP has none before its anchor, and an indicator that `needs` what only a live
        feed tells has none where nobody listened. With T ≤ the warm-up every value is NaN.

    Raises:
        ConfigError: a parameter is unknown or out of its bounds.
    """
    chosen = indicator.checked(parameters)
    warm_up = indicator.warm_up_bars(chosen)
    names = [output.name for output in indicator.outputs]
    if len(candles) <= warm_up:
        return {name: np.full(len(candles), np.nan) for name in names}
    values = indicator.source.values(candles, chosen)
    for column in values:
        column[:warm_up] = np.nan
    return dict(zip(names, values, strict=True))


def stances(
    candles: Candles, indicator: Indicator, values: Mapping[str, FloatArray]
) -> StanceArray:
    """The side the indicator takes at every candle: 1 bullish, -1 bearish, 0 neither or unknown.

    Args:
        candles: T candles.
        indicator: Whose claims are read.
        values: What `compute` gave for these candles.
    """
    bullish, bearish = (
        _is_true(claim, candles, values) for claim in (indicator.bullish, indicator.bearish)
    )
    return bullish.astype(np.int8) - bearish.astype(np.int8)


class Claim(NamedTuple):
    """`LEFT < RIGHT` or `LEFT > RIGHT`, taken apart."""

    left: str
    is_below: bool
    right: str


@cache
def parsed_claim(claim: str) -> Claim:
    """A claim of a declaration, which is never empty."""
    left, relation, right = claim.split()
    assert relation in {"<", ">"}, claim
    return Claim(left, relation == "<", right)


def _is_true(
    claim: str, candles: Candles, values: Mapping[str, FloatArray]
) -> npt.NDArray[np.bool_]:
    if not claim:
        return np.zeros(len(candles), dtype=np.bool_)
    left, is_below, right = parsed_claim(claim)
    first, second = (_side(word, candles, values) for word in (left, right))
    # A comparison with NaN is false: in the warm-up nobody takes a side.
    return np.asarray(first < second if is_below else first > second) & np.ones(
        len(candles), dtype=np.bool_
    )


def _side(word: str, candles: Candles, values: Mapping[str, FloatArray]) -> FloatArray | np.float64:
    if word in values:
        return values[word]
    return candles.column(word) if word in COLUMNS else np.float64(word)
