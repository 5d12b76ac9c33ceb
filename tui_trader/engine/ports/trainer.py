"""Who trains a model beside the engine."""

from collections.abc import Callable
from typing import Protocol

import msgspec

from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.instruments import Symbol


class TrainingStep(msgspec.Struct, frozen=True, kw_only=True):
    """How far a training is.

    Args:
        step: What was done last, in words.
        left_s: Seconds that it may still take.
    """

    done: int
    planned: int
    step: str
    left_s: float


class Trainer(Protocol):
    """Trains in a process of its own, with low priority."""

    async def train(
        self, symbol: Symbol, interval: Interval, tell: Callable[[TrainingStep], None]
    ) -> str:
        """Train and store a version; why it could not be, "" where it was. Ends with its task."""
        ...
