"""Drawdowns of an equity curve: how deep, how long, and whether they ended."""

from dataclasses import dataclass

import numpy as np

from tui_trader.engine.analysis.candles import BoolArray, FloatArray, TimeArray
from tui_trader.engine.analysis.statistics.defined import defined, over
from tui_trader.engine.analysis.statistics.equity import EquityCurve
from tui_trader.engine.values.time import MS_PER_DAY


@dataclass(frozen=True, eq=False, slots=True)
class Drawdowns:
    """Every fall below a peak as columns, oldest first, each of shape (N,).

    Args:
        peak_ms: Time of the peak.
        end_ms: When the peak was reached again, or the end of the curve.
        has_ended: Whether it was reached again.
        depth_ratio: Part of the peak lost at the lowest value, above 0.
    """

    peak_ms: TimeArray
    end_ms: TimeArray
    has_ended: BoolArray
    depth_ratio: FloatArray

    def __len__(self) -> int:
        return len(self.depth_ratio)

    @property
    def length_days(self) -> FloatArray:
        """From the peak until it was reached again, or until the end of the curve."""
        return (self.end_ms - self.peak_ms) / MS_PER_DAY


def drawdown_ratios(equity: FloatArray) -> FloatArray:
    """Part below the highest value so far, at each value; shape (T,)."""
    return 1 - equity / np.maximum.accumulate(equity)


def drawdowns_of(curve: EquityCurve) -> Drawdowns:
    """Every fall of the curve."""
    return _falls(curve, drawdown_ratios(curve.equity))


def _falls(curve: EquityCurve, ratios: FloatArray) -> Drawdowns:
    is_below = np.concatenate([[False], ratios > 0, [False]])
    begins = np.flatnonzero(~is_below[:-1] & is_below[1:])
    ends = np.flatnonzero(is_below[:-1] & ~is_below[1:])
    last = len(curve) - 1
    # Between two falls stand zeros, so the deepest from one beginning to the next is that of the fall.
    depths = np.maximum.reduceat(ratios, begins) if len(begins) else np.empty(0)
    return Drawdowns(
        peak_ms=curve.time_ms[begins - 1],
        end_ms=curve.time_ms[np.minimum(ends, last)],
        has_ended=ends <= last,
        depth_ratio=depths,
    )


def drawdown_metrics(curve: EquityCurve) -> dict[str, float | None]:
    """The rows of METRICS that every value of the curve decides, not its days alone."""
    ratios = drawdown_ratios(curve.equity)
    falls = _falls(curve, ratios)
    lengths = falls.length_days
    is_known = len(curve) > 1
    return {
        "max_drawdown_ratio": defined(ratios.max()) if is_known else None,
        "max_drawdown_days": defined(lengths.max(initial=0.0)) if is_known else None,
        "recovery_days": _recovery_days(curve, ratios, falls),
        "average_drawdown_ratio": over(float(falls.depth_ratio.sum()), len(falls)),
        "average_drawdown_days": over(float(lengths.sum()), len(falls)),
        "under_water_ratio": over(float(lengths.sum()) * MS_PER_DAY, curve.span_ms),
    }


def _recovery_days(curve: EquityCurve, ratios: FloatArray, falls: Drawdowns) -> float | None:
    """From the deepest point to its old peak; None without a fall, or while it lasts."""
    if not len(falls):
        return None
    deepest = int(np.argmax(falls.depth_ratio))
    if not falls.has_ended[deepest]:
        return None
    trough_ms = curve.time_ms[int(np.argmax(ratios))]
    return float(falls.end_ms[deepest] - trough_ms) / MS_PER_DAY
