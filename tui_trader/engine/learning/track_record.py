"""How a model's word has held: promises by band beside what happened, and when it is no longer heard.

Live forecasts are scored as their trades end. A sequential test asks after each outcome whether things
happen less often than promised; once it says so, the model has no opinion until it is trained again.
"""

from dataclasses import dataclass
from math import floor

import numpy as np

from tui_trader.engine.analysis.candles import FloatArray
from tui_trader.engine.analysis.statistics.promise import ALPHA, promise_test

BAND_PERCENT = 5
OUTCOMES_MAX = 5_000
"""Newest outcomes that are kept: years of one pair."""


@dataclass(frozen=True, slots=True)
class Band:
    """Promises of one band, and what became of them."""

    low_percent: int
    count: int
    right: int

    @property
    def says(self) -> str:
        """`said 65-70 %: right 68 % of 212`."""
        share = f"{self.right / self.count:.0%}".replace("%", " %")
        return f"said {self.low_percent}-{self.low_percent + BAND_PERCENT} %: right {share} of {self.count:,}"


@dataclass(frozen=True, eq=False, slots=True)
class TrackRecord:
    """Promises whose outcomes are known, in the order in which they became known.

    Args:
        promised: Probabilities, shape (N,).
        happened: 1 where the take profit came first, shape (N,).
        weights: Uniqueness of each, shape (N,): forecasts of overlapping trades tell one outcome.
    """

    promised: FloatArray
    happened: FloatArray
    weights: FloatArray

    def and_then(self, promised: float, happened: float, *, weight: float) -> "TrackRecord":
        """The record with one outcome more; beyond OUTCOMES_MAX the oldest is forgotten."""
        return TrackRecord(
            np.append(self.promised, promised)[-OUTCOMES_MAX:],
            np.append(self.happened, happened)[-OUTCOMES_MAX:],
            np.append(self.weights, weight)[-OUTCOMES_MAX:],
        )

    @property
    def bands(self) -> tuple[Band, ...]:
        """Every band that was promised, lowest first."""
        lows = np.array(
            [floor(100 * promise / BAND_PERCENT) * BAND_PERCENT for promise in self.promised],
            dtype=np.int64,
        )
        return tuple(
            Band(int(low), int((lows == low).sum()), int(self.happened[lows == low].sum()))
            for low in np.unique(lows)
        )

    def broken_at(self, *, alpha: float = ALPHA) -> int | None:
        """Number of the outcome that refuted the promises; None while none did."""
        if not len(self.promised):
            return None
        return promise_test(
            self.promised, self.happened, weights=self.weights, alpha=alpha
        ).refuted_at


EMPTY = TrackRecord(np.empty(0), np.empty(0), np.empty(0))
