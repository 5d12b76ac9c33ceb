"""Candles as columns: what every indicator and pattern is computed from."""

from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import ConfigError

FloatArray = npt.NDArray[np.float64]
TimeArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

COLUMNS = ("open", "high", "low", "close", "volume")
PRICES = ("open", "high", "low", "close")


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Candles:
    """Closed candles of one pair, oldest first. Gaps are absent rows; nothing is invented for them.

    Columns are read-only views; what is wrong with them is said on building, with the row.

    Args:
        interval: Length of each candle.
        open_time_ms: Starts, UTC, strictly increasing, shape (T,).
        open: Quote currency, > 0, shape (T,); `high`, `low` and `close` alike, low ≤ all ≤ high.
        volume: Base quantity traded, ≥ 0, shape (T,).

    Raises:
        ConfigError: a column is not what is said here.
    """

    interval: Interval
    open_time_ms: TimeArray
    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "open_time_ms", _column(self.open_time_ms, np.dtype(np.int64)))
        for name in COLUMNS:
            object.__setattr__(self, name, _column(getattr(self, name), np.dtype(np.float64)))
        _check_shapes(self)
        _check_rows(self)

    def __len__(self) -> int:
        return len(self.close)

    def __getitem__(self, rows: slice) -> "Candles":
        """The candles of a slice, in the same order."""
        return replace(
            self, **{name: getattr(self, name)[rows] for name in ("open_time_ms", *COLUMNS)}
        )

    def column(self, name: str) -> FloatArray:
        """One of COLUMNS."""
        assert name in COLUMNS, name
        column: FloatArray = getattr(self, name)
        return column


def _column(values: npt.ArrayLike, kind: np.dtype[np.generic]) -> npt.NDArray[np.generic]:
    column = np.ascontiguousarray(values, dtype=kind).view()
    column.flags.writeable = False
    return column


def _check_shapes(candles: Candles) -> None:
    shapes = {
        field.name: getattr(candles, field.name).shape
        for field in fields(candles)
        if field.name != "interval"
    }
    if len(set(shapes.values())) > 1 or any(len(shape) != 1 for shape in shapes.values()):
        listed = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        message = f"candle columns must be flat and of one length; they are {listed}"
        raise ConfigError(message)


def _check_rows(candles: Candles) -> None:
    for name in COLUMNS:
        column = candles.column(name)
        _refuse(~np.isfinite(column), candles, f"{name} is not a finite number")
    for name in PRICES:
        _refuse(candles.column(name) <= 0, candles, f"{name} is not above 0")
    _refuse(candles.volume < 0, candles, "volume is below 0")
    top = np.maximum(candles.open, candles.close)
    bottom = np.minimum(candles.open, candles.close)
    _refuse(candles.high < top, candles, "high is below open or close")
    _refuse(candles.low > bottom, candles, "low is above open or close")
    is_late = np.zeros(len(candles), dtype=np.bool_)
    is_late[1:] = np.diff(candles.open_time_ms) <= 0
    _refuse(is_late, candles, "open_time_ms is not after that of the row before")


def _refuse(wrong: BoolArray, candles: Candles, fault: str) -> None:
    if wrong.any():
        row = int(np.argmax(wrong))
        message = (
            f"candle {row} (open_time_ms {candles.open_time_ms[row]}): {fault}; "
            f"mend or leave out {int(wrong.sum())} such row(s)"
        )
        raise ConfigError(message)
