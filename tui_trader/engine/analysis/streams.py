"""Indicators candle by candle: what a source opens on history and then carries forward.

Law: after any number of pushes the values are those of `compute` over the same candles, to 1e-9 over
the declared memory; looking at a forming candle changes nothing.
"""

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from tui_trader.engine.analysis.candles import Candles, FloatArray
from tui_trader.engine.analysis.recent import Bar, RecentCandles

Values = tuple[float, ...]
"""One number an output; NaN where it is unknown."""
State = TypeVar("State")


class Stream(Protocol):
    """An indicator in motion, out of its warm-up."""

    @property
    def values(self) -> Values:
        """At the newest closed candle."""
        ...

    def push(self, recent: RecentCandles) -> Values:
        """Take the newest candle of `recent`, which has closed."""
        ...

    def peek(self, recent: RecentCandles) -> Values:
        """What `push` would answer; nothing changes."""
        ...


class WindowStream:
    """The whole computation again, over the bars that decide the newest value."""

    def __init__(
        self,
        candles: Candles,
        bars: int,
        function: Callable[[Candles], tuple[FloatArray, ...]],
    ) -> None:
        self._bars = bars
        self._function = function
        self._values = self._newest(candles)

    @property
    def values(self) -> Values:
        """At the newest closed candle."""
        return self._values

    def push(self, recent: RecentCandles) -> Values:
        """Take the newest candle."""
        self._values = self.peek(recent)
        return self._values

    def peek(self, recent: RecentCandles) -> Values:
        """What `push` would answer."""
        return self._newest(recent.last(self._bars))

    def _newest(self, candles: Candles) -> Values:
        return tuple(float(column[-1]) for column in self._function(candles))


class RunningStream(Generic[State]):
    """A state that each candle turns into the next one, with the values there."""

    def __init__(
        self, state: State, values: Values, step: Callable[[State, Bar], tuple[State, Values]]
    ) -> None:
        self._state = state
        self._values = values
        self._step = step

    @property
    def values(self) -> Values:
        """At the newest closed candle."""
        return self._values

    def push(self, recent: RecentCandles) -> Values:
        """Take the newest candle."""
        self._state, self._values = self._step(self._state, recent.newest)
        return self._values

    def peek(self, recent: RecentCandles) -> Values:
        """What `push` would answer."""
        return self._step(self._state, recent.newest)[1]
