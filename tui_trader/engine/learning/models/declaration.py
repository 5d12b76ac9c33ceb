"""What a model says about itself, and the form in which it is served."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

import msgspec
import numpy as np

from tui_trader.engine.analysis.candles import FloatArray
from tui_trader.engine.analysis.splits import Rows
from tui_trader.engine.kernels.trees import FlatTrees, tree_sums

Knobs = Mapping[str, float]
LOGIT_MAX = 8.0
"""Raw forecasts are read no surer than this (1 in 3,000): calibration decides what they are worth."""


class Knob(msgspec.Struct, frozen=True):
    """One setting of a model: its default, and where a search may look for a better one."""

    name: str
    default: float
    low: float
    high: float
    is_whole: bool = True
    is_logarithmic: bool = False


class Sample(NamedTuple):
    """What a model learns from.

    Args:
        rows: Shape (N, F), finite.
        happened: 1 where the take profit came first, else 0; shape (N,).
        weights: How much of an outcome of its own each label is; shape (N,).
    """

    rows: FloatArray
    happened: FloatArray
    weights: FloatArray

    def at(self, places: Rows) -> "Sample":
        """The rows at some places."""
        return Sample(self.rows[places], self.happened[places], self.weights[places])


class Served(Protocol):
    """A fitted model as arrays: the same numbers as its library gives, without it."""

    def logits(self, rows: FloatArray) -> FloatArray:
        """Raw log odds of each row, within ±LOGIT_MAX; shape (N,)."""
        ...

    def probabilities(self, rows: FloatArray) -> FloatArray:
        """Raw probabilities of each row, exactly as the library computes them."""
        ...


class Kind(Protocol):
    """A kind of model. Fitting keeps to one thread: training must leave the engine its core."""

    @property
    def name(self) -> str:
        """As users type it."""
        ...

    @property
    def title(self) -> str:
        """Its usual name."""
        ...

    @property
    def says(self) -> str:
        """One sentence: how it learns."""
        ...

    @property
    def knobs(self) -> tuple[Knob, ...]:
        """Its settings."""
        ...

    def fitted(self, sample: Sample, knobs: Knobs, *, seed: int) -> object:
        """What skops can store: an object of the library, or plain text."""
        ...

    def served(self, fitted: object) -> Served:
        """The same as arrays."""
        ...


def defaults(kind: Kind) -> dict[str, float]:
    """Every setting of a model at its default."""
    return {knob.name: knob.default for knob in kind.knobs}


class ServedLine(NamedTuple):
    """A weighted sum."""

    weights: FloatArray
    intercept: float

    def logits(self, rows: FloatArray) -> FloatArray:
        """Raw log odds."""
        return np.clip(self._sums(rows), -LOGIT_MAX, LOGIT_MAX)

    def probabilities(self, rows: FloatArray) -> FloatArray:
        """Raw probabilities."""
        return sigmoid(self._sums(rows))

    def _sums(self, rows: FloatArray) -> FloatArray:
        return np.asarray(rows @ self.weights + self.intercept)


class ServedTrees(NamedTuple):
    """Trees whose leaves add up to log odds, or to a mean of probabilities.

    Args:
        trees: Flat.
        base: Log odds before the first tree; not read where leaves are probabilities.
        is_mean: Whether leaves are probabilities to take the mean of.
        is_single: Whether values are rounded to 32 bits before they are compared.
    """

    trees: FlatTrees
    base: float = 0.0
    is_mean: bool = False
    is_single: bool = False

    def logits(self, rows: FloatArray) -> FloatArray:
        """Raw log odds."""
        raw = logit(self._sums(rows)) if self.is_mean else self._sums(rows)
        return np.clip(raw, -LOGIT_MAX, LOGIT_MAX)

    def probabilities(self, rows: FloatArray) -> FloatArray:
        """Raw probabilities."""
        return self._sums(rows) if self.is_mean else sigmoid(self._sums(rows))

    def _sums(self, rows: FloatArray) -> FloatArray:
        seen = rows.astype(np.float32).astype(np.float64) if self.is_single else rows
        sums = tree_sums(seen, self.trees)
        return sums / len(self.trees.roots) if self.is_mean else sums + self.base


def sigmoid(log_odds: FloatArray) -> FloatArray:
    """Probabilities of log odds."""
    return np.asarray(1 / (1 + np.exp(-log_odds)))


def logit(probability: FloatArray) -> FloatArray:
    """Log odds of probabilities, within ±LOGIT_MAX."""
    edge = 1 / (1 + np.exp(LOGIT_MAX))
    inside = np.clip(probability, edge, 1 - edge)
    return np.asarray(np.log(inside / (1 - inside)))
