"""Equity over time, and what it earned on each UTC day."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui_trader.engine.analysis.candles import FloatArray, TimeArray
from tui_trader.engine.values.errors import ConfigError
from tui_trader.engine.values.time import MS_PER_DAY


@dataclass(frozen=True, eq=False, slots=True)
class EquityCurve:
    """What an account was worth, at moments.

    Args:
        time_ms: When each value held, UTC, strictly increasing, shape (T,), T ≥ 1. The first is the
            start; a candle's value holds at its close. 00:00 belongs to the day that ends.
        equity: Cash and positions at their market price, in quote currency, shape (T,), start > 0.

    Raises:
        ConfigError: an array is not what is said here.
    """

    time_ms: TimeArray
    equity: FloatArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "time_ms", np.asarray(self.time_ms, dtype=np.int64))
        object.__setattr__(self, "equity", np.asarray(self.equity, dtype=np.float64))
        if self.time_ms.shape != self.equity.shape or self.equity.ndim != 1 or not len(self):
            message = (
                f"an equity curve needs a time for each value and at least one; it has "
                f"{self.time_ms.shape} times and {self.equity.shape} values"
            )
            raise ConfigError(message)
        if np.any(np.diff(self.time_ms) <= 0):
            row = int(np.argmax(np.diff(self.time_ms) <= 0)) + 1
            message = f"equity value {row} is not later than the one before; order them by time"
            raise ConfigError(message)
        if not np.all(np.isfinite(self.equity)) or self.equity[0] <= 0:
            message = "every equity value must be a number, and the first one above 0"
            raise ConfigError(message)

    def __len__(self) -> int:
        return len(self.equity)

    @property
    def span_ms(self) -> int:
        """From the first value to the last."""
        return int(self.time_ms[-1] - self.time_ms[0])


@dataclass(frozen=True, eq=False, slots=True)
class DailyReturns:
    """One return a UTC day, no day left out.

    Args:
        day: Days since 1970-01-01 UTC, shape (N,).
        returns: Last value of the day over that of the day before, less 1; a day without a value
            changed nothing. None follow from the day on which all was lost.
    """

    day: npt.NDArray[np.int64]
    returns: FloatArray


def daily_returns(curve: EquityCurve) -> DailyReturns:
    """What the curve earned on each UTC day; the first day counts from the start of the curve."""
    days = (curve.time_ms[1:] - 1) // MS_PER_DAY
    if not len(days):
        return DailyReturns(days, np.empty(0))
    every_day = np.arange(days[0], days[-1] + 1)
    last_row = np.searchsorted(days, every_day, side="right")
    closes = np.concatenate([curve.equity[:1], curve.equity[last_row]])
    # From nothing there is no return: the series ends with the day that lost everything.
    ruined = np.flatnonzero(closes <= 0)
    kept = int(ruined[0]) if len(ruined) else len(every_day)
    return DailyReturns(every_day[:kept], closes[1 : kept + 1] / closes[:kept] - 1)
