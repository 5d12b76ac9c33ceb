"""Sequential test of a promised rate: does what happens refute the probabilities that were given?

A forecast that says 0.65 promises a rate. After each outcome the evidence against the promise is
multiplied by how much likelier the outcome was under a worse forecaster. If the promise holds, the
evidence stays below 1 / alpha for ever with chance 1 - alpha at least (Ville 1939), so one may look after
every outcome and stop when one likes; a test for a fixed count would cry wolf.

Source: Shafer, "Testing by betting" (2021); the mixture over several alternatives is his too.
"""

from dataclasses import dataclass

import numpy as np

from tui_trader.engine.analysis.candles import FloatArray
from tui_trader.engine.values.errors import ConfigError

WORSE_ODDS = (0.4, 0.55, 0.7, 0.85)
"""Worse forecasters to test against: the true odds are these times the promised ones."""
ALPHA = 0.01
CERTAIN = 1e-6
"""Promises are read no nearer to 0 and 1 than this: no single outcome refutes by itself for ever."""


@dataclass(frozen=True, eq=False, slots=True)
class PromiseTest:
    """What outcomes say of the promise.

    Args:
        evidence: After each outcome, how many times likelier a worse forecaster made all so far;
            shape (N,).
        alpha: Chance of refuting a promise that holds, at any time.
    """

    evidence: FloatArray
    alpha: float

    @property
    def refuted_at(self) -> int | None:
        """Row of the outcome that refuted the promise; None while none did."""
        above = np.flatnonzero(self.evidence >= 1 / self.alpha)
        return int(above[0]) if len(above) else None


def promise_test(
    promised: FloatArray,
    happened: FloatArray,
    *,
    weights: FloatArray | None = None,
    alpha: float = ALPHA,
) -> PromiseTest:
    """Evidence that things happen less often than promised.

    Args:
        promised: Probabilities, in the order in which their outcomes became known, shape (N,).
        happened: 1 where it happened, 0 where not, shape (N,).
        weights: How much of an outcome each is, 0 to 1: the uniqueness of labels that overlap. The
            same outcome told k times at 1 / k counts once. None: each is its own.
        alpha: Chance of refuting a promise that holds.

    Raises:
        ConfigError: lengths differ, or a value is outside its bounds.
    """
    weight = np.ones(len(promised)) if weights is None else weights
    _check(promised, happened, weight)
    chance = np.clip(promised, CERTAIN, 1 - CERTAIN)
    odds = chance / (1 - chance)
    logs = []
    for factor in WORSE_ODDS:
        worse = odds * factor / (1 + odds * factor)
        step = np.where(happened > 0, np.log(worse / chance), np.log((1 - worse) / (1 - chance)))
        logs.append(np.cumsum(weight * step))
    # Far beyond any alpha the exact figure says nothing, and exp would overflow.
    evidence = np.exp(np.minimum(np.array(logs), 300.0)).mean(axis=0)
    return PromiseTest(np.asarray(evidence, dtype=np.float64), alpha)


def _check(promised: FloatArray, happened: FloatArray, weights: FloatArray) -> None:
    if not len(promised) == len(happened) == len(weights):
        message = (
            f"{len(promised)} promises, {len(happened)} outcomes and {len(weights)} weights do not "
            "belong together; give one of each"
        )
        raise ConfigError(message)
    for name, column in (("promise", promised), ("outcome", happened), ("weight", weights)):
        if not np.all((column >= 0) & (column <= 1)):
            message = f"every {name} must lie between 0 and 1"
            raise ConfigError(message)
