"""How far the market of today lies from the one that was learned from, and how far models disagree."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from tui_trader.engine.analysis.candles import FloatArray
from tui_trader.engine.analysis.statistics.drift import LARGE, NOTABLE, population_stability


class FeatureDrift(NamedTuple):
    """One feature's stability index, None where it cannot be told."""

    name: str
    stability: float | None

    @property
    def says(self) -> str:
        """In one word."""
        if self.stability is None:
            return "unknown"
        if self.stability < NOTABLE:
            return "steady"
        return "moved" if self.stability < LARGE else "another market"


def drift(names: Sequence[str], reference: FloatArray, now: FloatArray) -> tuple[FeatureDrift, ...]:
    """Each feature, the farthest first.

    Args:
        names: Of the features, F of them.
        reference: What was learned from, shape (N, F).
        now: The newest rows, shape (M, F).
    """
    found = [
        FeatureDrift(name, population_stability(reference[:, place], now[:, place]))
        for place, name in enumerate(names)
    ]
    return tuple(sorted(found, key=lambda row: -(row.stability or 0.0)))


def disagreement(votes: Mapping[str, float]) -> float:
    """Distance between the highest and the lowest vote of the models, 0 to 1."""
    values = list(votes.values())
    return float(np.ptp(values)) if values else 0.0
