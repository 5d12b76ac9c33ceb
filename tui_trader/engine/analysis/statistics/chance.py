"""Chance, handed in: the part of a numpy generator that this room uses."""

from typing import Any, Protocol


class Chance(Protocol):
    """A seeded generator as `numpy.random.default_rng` makes it; whoever calls owns the seed.

    Its arrays are Any: numpy types them by overloads that a protocol cannot repeat.
    """

    def random(self, size: Any = ...) -> Any:  # noqa: ANN401 — see the class
        """Numbers from 0 to below 1."""
        ...

    def integers(self, low: Any, high: Any = ..., size: Any = ...) -> Any:  # noqa: ANN401
        """Whole numbers from `low` to below `high`."""
        ...
