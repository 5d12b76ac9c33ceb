"""Candles as columns: what every indicator and pattern is computed from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.errors import ConfigError

FloatArray = npt.NDArray[np.float64]
TimeArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

COLUMNS = ("open", "high", "low", "close", "volume")
PRICES = ("open", "high", "low", "close")
ROWS_AT_ONCE = 16_384
"""Of each column, so that all of them stay in the cache of a core while they are looked at."""
FLOW = ("buy_volume", "book_imbalance")
"""Columns that candles alone cannot tell: somebody listened to trades and to the book meanwhile."""
ROUNDING = 1e-9
PRICE_MIN, VALUE_MAX = 1e-30, 1e30
"""Beyond these no market is, and what is computed of squares and sums would leave what floats can hold."""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Candles:
    """Closed candles of one pair, oldest first. Gaps are absent rows; nothing is invented for them.

    Columns are read-only views; what is wrong with them is said on building, with the row.

    Args:
        interval: Length of each candle.
        open_time_ms: Starts, UTC, strictly increasing, shape (T,).
        open: Quote currency, > 0, shape (T,); `high`, `low` and `close` alike, low ≤ all ≤ high.
        volume: Base quantity traded, ≥ 0, shape (T,).
        buy_volume: The part of `volume` that buyers took from the book; NaN where nobody listened,
            None where nobody ever did.
        book_imbalance: (bid - ask) / (bid + ask) of the quantities in the book when the candle
            closed, -1 … 1; NaN and None alike.

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
    buy_volume: FloatArray | None = None
    book_imbalance: FloatArray | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "open_time_ms", _column(self.open_time_ms, np.dtype(np.int64)))
        for name in (*COLUMNS, *self.flow_columns):
            object.__setattr__(self, name, _column(getattr(self, name), np.dtype(np.float64)))
        _check_shapes(self)
        _check_rows(self)
        _check_flow(self)

    def __len__(self) -> int:
        return len(self.close)

    def __getitem__(self, rows: slice) -> "Candles":
        """The candles of a slice, in the same order."""
        names = ("open_time_ms", *COLUMNS, *self.flow_columns)
        return replace(self, **{name: getattr(self, name)[rows] for name in names})

    @property
    def flow_columns(self) -> tuple[str, ...]:
        """Those of FLOW that somebody listened for."""
        return tuple(name for name in FLOW if getattr(self, name) is not None)

    def column(self, name: str) -> FloatArray:
        """One of COLUMNS or FLOW; a column of FLOW that nobody listened for is all NaN."""
        assert name in COLUMNS or name in FLOW, name
        column: FloatArray | None = getattr(self, name)
        return np.full(len(self), np.nan) if column is None else column


def _column(values: npt.ArrayLike, kind: np.dtype[np.generic]) -> npt.NDArray[np.generic]:
    column = np.ascontiguousarray(values, dtype=kind).view()
    column.flags.writeable = False
    return column


def _check_shapes(candles: Candles) -> None:
    shapes = {
        field.name: getattr(candles, field.name).shape
        for field in fields(candles)
        if field.name != "interval" and getattr(candles, field.name) is not None
    }
    if len(set(shapes.values())) > 1 or any(len(shape) != 1 for shape in shapes.values()):
        listed = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        message = f"candle columns must be flat and of one length; they are {listed}"
        raise ConfigError(message)


def _is_sound(candles: Candles) -> bool:
    """Whether no row is wrong: what `_check_rows` asks, a quarter of its time where all is well."""
    for begin in range(0, len(candles), ROWS_AT_ONCE):
        rows = slice(begin, begin + ROWS_AT_ONCE)
        first, high, low, close = (candles.column(name)[rows] for name in PRICES)
        volume = candles.volume[rows]
        # A NaN makes each comparison false, and so do the minimum and the maximum it lies in.
        if not (
            low.min() >= PRICE_MIN
            and high.max() <= VALUE_MAX
            and (low <= first).all()
            and (low <= close).all()
            and (high >= first).all()
            and (high >= close).all()
            and volume.min() >= 0
            and volume.max() <= VALUE_MAX
        ):
            return False
    return bool((candles.open_time_ms[1:] > candles.open_time_ms[:-1]).all())


def _check_rows(candles: Candles) -> None:
    if _is_sound(candles):
        return
    for name in COLUMNS:
        column = candles.column(name)
        _refuse(~np.isfinite(column), candles, f"{name} is not a finite number")
    for name in PRICES:
        _refuse(candles.column(name) <= 0, candles, f"{name} is not above 0")
        _refuse(candles.column(name) < PRICE_MIN, candles, f"{name} is below {PRICE_MIN:g}")
    _refuse(candles.volume < 0, candles, "volume is below 0")
    for name in COLUMNS:
        _refuse(candles.column(name) > VALUE_MAX, candles, f"{name} is above {VALUE_MAX:g}")
    top = np.maximum(candles.open, candles.close)
    bottom = np.minimum(candles.open, candles.close)
    _refuse(candles.high < top, candles, "high is below open or close")
    _refuse(candles.low > bottom, candles, "low is above open or close")
    is_late = np.zeros(len(candles), dtype=np.bool_)
    is_late[1:] = np.diff(candles.open_time_ms) <= 0
    _refuse(is_late, candles, "open_time_ms is not after that of the row before")


def _check_flow(candles: Candles) -> None:
    # A comparison with NaN is false: what nobody heard is not wrong.
    if candles.buy_volume is not None:
        most = candles.volume * (1 + ROUNDING)
        wrong = (candles.buy_volume < 0) | (candles.buy_volume > most)
        _refuse(wrong, candles, "buy_volume is not from 0 to the volume")
    if candles.book_imbalance is not None:
        wrong = np.abs(candles.book_imbalance) > 1
        _refuse(wrong, candles, "book_imbalance is not from -1 to 1")


def candles_of(rows: Sequence[Candle], interval: Interval) -> Candles:
    """Candles that came one by one, as columns; those of FLOW only where a row knows some.

    Raises:
        ConfigError: a row is no candle, or not after the one before.
    """
    return Candles(
        interval=interval,
        open_time_ms=np.array([row.open_time_ms for row in rows], dtype=np.int64),
        open=np.array([row.open for row in rows], dtype=np.float64),
        high=np.array([row.high for row in rows], dtype=np.float64),
        low=np.array([row.low for row in rows], dtype=np.float64),
        close=np.array([row.close for row in rows], dtype=np.float64),
        volume=np.array([row.volume_base for row in rows], dtype=np.float64),
        buy_volume=_known([row.buy_volume_base for row in rows]),
        book_imbalance=_known([row.book_imbalance for row in rows]),
    )


def _known(values: Sequence[float | None]) -> FloatArray | None:
    """NaN for what is None; None where all are."""
    if all(value is None for value in values):
        return None
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def unchecked(interval: Interval, columns: Mapping[str, npt.NDArray[np.generic]]) -> Candles:
    """Candles over columns that were checked before: for rows that arrive one by one.

    Args:
        interval: Length of each candle.
        columns: Every field of `Candles` but the interval, of one length.
    """
    made = object.__new__(Candles)
    object.__setattr__(made, "interval", interval)
    for name, column in columns.items():
        object.__setattr__(made, name, column)
    return made


def _refuse(wrong: BoolArray, candles: Candles, fault: str) -> None:
    if wrong.any():
        row = int(np.argmax(wrong))
        message = (
            f"candle {row} (open_time_ms {candles.open_time_ms[row]}): {fault}; "
            f"mend or leave out {int(wrong.sum())} such row(s)"
        )
        raise ConfigError(message)
