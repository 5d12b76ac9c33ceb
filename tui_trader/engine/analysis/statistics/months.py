"""The monthly table: what each calendar month and year earned."""

from dataclasses import dataclass

import numpy as np

from tui_trader.engine.analysis.candles import FloatArray
from tui_trader.engine.analysis.statistics.equity import DailyReturns

MONTHS_PER_YEAR = 12
EPOCH_YEAR = 1970


@dataclass(frozen=True, slots=True)
class YearRow:
    """One row of the table.

    Args:
        year: Calendar year, UTC.
        months: January to December; None where the run has no day.
        total: What the year's days compound to.
    """

    year: int
    months: tuple[float | None, ...]
    total: float


def monthly_returns(days: DailyReturns) -> dict[tuple[int, int], float]:
    """Compounded return by (year, month), oldest first; a month cut short counts its own days."""
    if not len(days.day):
        return {}
    month = days.day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    begins = np.flatnonzero(np.diff(month, prepend=month[0] - 1))
    compounded = np.multiply.reduceat(1 + days.returns, begins) - 1
    return {
        (EPOCH_YEAR + int(number) // MONTHS_PER_YEAR, int(number) % MONTHS_PER_YEAR + 1): float(
            value
        )
        for number, value in zip(month[begins], compounded, strict=True)
    }


def monthly_table(days: DailyReturns) -> tuple[YearRow, ...]:
    """The same as rows of years."""
    by_month = monthly_returns(days)
    rows = []
    for year in sorted({year for year, _ in by_month}):
        months = tuple(by_month.get((year, month)) for month in range(1, MONTHS_PER_YEAR + 1))
        known = [value for value in months if value is not None]
        rows.append(YearRow(year, months, float(np.prod(1 + np.array(known)) - 1)))
    return tuple(rows)


def month_values(days: DailyReturns) -> FloatArray:
    """The monthly returns alone, oldest first."""
    return np.array(list(monthly_returns(days).values()), dtype=np.float64)
