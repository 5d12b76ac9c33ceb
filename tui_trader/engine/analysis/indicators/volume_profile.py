"""Volume profile: at which prices the volume of the last bars was traded.

The range of typical prices is cut into rows; the volume of each bar goes to the two rows nearest to
its typical price, to each the more the nearer it is. So no rounding of a price moves a whole bar.
"""

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from tui_trader.engine.analysis.candles import Candles, FloatArray
from tui_trader.engine.analysis.declaration import (
    OVERLAY,
    Group,
    Indicator,
    Output,
    Own,
    Parameter,
    Parameters,
    Unit,
    period,
)
from tui_trader.engine.analysis.rolling import BLOCK_VALUES, quotient

VALUE_AREA_SHARE = 0.7
"""Steidlmayer's share of the volume that makes the value area."""
LIKE = 1e-9
"""Rows whose volumes differ by less than this part of all volume have the same."""
RowArray = npt.NDArray[np.int64]


def volume_profile(candles: Candles, parameters: Parameters) -> tuple[FloatArray, ...]:
    """Point of control, and both ends of the value area around it.

    Of rows with the same volume the lowest is the point of control. The area grows by the larger of
    the rows next to it, upwards if they are alike, until it holds VALUE_AREA_SHARE of the volume.

    Source: Steidlmayer, Markets and Market Logic.
    """
    window, rows = int(parameters["period"]), int(parameters["rows"])
    prices = sliding_window_view((candles.high + candles.low + candles.close) / 3, window)
    volumes = sliding_window_view(candles.volume, window)
    outputs = np.full((3, len(candles)), np.nan)
    step = max(1, BLOCK_VALUES // window)
    for begin in range(0, len(prices), step):
        block = slice(begin, begin + step)
        found = _levels(prices[block], volumes[block], rows)
        outputs[:, window - 1 + begin : window - 1 + begin + found.shape[1]] = found
    return outputs[0], outputs[1], outputs[2]


def _levels(prices: FloatArray, volumes: FloatArray, rows: int) -> FloatArray:
    bottom = prices.min(axis=1)
    height = (prices.max(axis=1) - bottom) / (rows - 1)
    profile = _profile(prices, volumes, rows)
    total = profile.sum(axis=1)
    control = np.argmax(profile >= (profile.max(axis=1) - LIKE * total)[:, np.newaxis], axis=1)
    low, high = _value_area(profile, control, total)
    places: FloatArray = np.stack([control, high, low]).astype(np.float64)
    levels: FloatArray = bottom + places * height
    return levels


def _profile(prices: FloatArray, volumes: FloatArray, rows: int) -> FloatArray:
    """Volume by row, shape (windows, rows)."""
    bottom = prices.min(axis=1, keepdims=True)
    spread = prices.max(axis=1, keepdims=True) - bottom
    rows_per_price = quotient(np.full_like(spread, rows - 1), spread, undefined=0.0)
    place = (prices - bottom) * rows_per_price
    below = np.minimum(place.astype(np.int64), rows - 2)
    # Where nothing was traded, the row counts in which the price stood the longest.
    is_traded = volumes.max(axis=1, keepdims=True) > 0
    weight = volumes if is_traded.all() else np.where(is_traded, volumes, 1.0)
    upper = (place - below) * weight
    below += rows * np.arange(len(prices))[:, np.newaxis]
    size = rows * len(prices)
    flat = below.ravel()
    profile = np.bincount(flat, (weight - upper).ravel(), size).astype(np.float64)
    profile += np.bincount(flat + 1, upper.ravel(), size)
    return profile.reshape(len(prices), rows)


def _value_area(
    profile: FloatArray, control: RowArray, total: FloatArray
) -> tuple[RowArray, RowArray]:
    windows, rows = profile.shape
    # A row without an end beside each outer one: nothing is larger than it is small.
    padded = np.full((windows, rows + 2), -np.inf)
    padded[:, 1:-1] = profile
    every = np.arange(windows)
    low, high = control + 1, control + 1
    held = padded[every, low]
    for _ in range(rows - 1):
        growing = held < (VALUE_AREA_SHARE - LIKE) * total
        if not growing.any():
            break
        above, below = padded[every, high + 1], padded[every, low - 1]
        goes_up = growing & (above >= below - LIKE * total)
        goes_down = growing & ~goes_up
        held = held + np.where(goes_up, above, 0.0) + np.where(goes_down, below, 0.0)
        high = high + goes_up
        low = low - goes_down
    return (low - 1).astype(np.int64), (high - 1).astype(np.int64)


VOLUME_PROFILE = Indicator(
    name="volume_profile",
    title="Volume Profile",
    group=Group.VOLUME,
    says="The price at which most was traded, and the range that holds 70 % of the volume.",
    parameters=(period(100), Parameter("rows", 24, 4, 200, "rows of the profile")),
    outputs=(
        Output("point_of_control", Unit.PRICE),
        Output("value_area_high", Unit.PRICE),
        Output("value_area_low", Unit.PRICE),
    ),
    source=Own(
        ("high", "low", "close", "volume"),
        volume_profile,
        warm_up=lambda parameters: int(parameters["period"]) - 1,
    ),
    bullish="close > value_area_high",
    bearish="close < value_area_low",
    draw=OVERLAY,
)
