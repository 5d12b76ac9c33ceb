"""One indicator that follows a market: opened on history, told of each closed candle.

stream = open_stream(candles, indicator_named("rsi"), period=14)
stream.push(closed)     # what `compute` would say at that candle
stream.peek(forming)    # the same for a candle that may still change; nothing is remembered
"""

from collections.abc import Mapping
from math import nan

from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.analysis.declaration import Indicator
from tui_trader.engine.analysis.recent import UNHEARD, Flow, RecentCandles, bar_of
from tui_trader.engine.analysis.streams import Stream, Values
from tui_trader.engine.values.candles import Candle


class Follower:
    """One indicator over candles that somebody else keeps; says nothing until its warm-up is over."""

    def __init__(
        self, indicator: Indicator, parameters: Mapping[str, object], candles: Candles
    ) -> None:
        """Open on history.

        Raises:
            ConfigError: a parameter is unknown or out of its bounds.
        """
        self.indicator = indicator
        self.parameters = indicator.checked(parameters)
        self.warm_up_bars = indicator.warm_up_bars(self.parameters)
        self._memory_bars = indicator.memory_bars(self.parameters)
        self._unknown: Values = (nan,) * len(indicator.outputs)
        self._stream: Stream | None = self._opened(candles)

    @property
    def keep_bars(self) -> int:
        """Candles that must be kept for it: those of its memory where it computes them again."""
        return max(self._memory_bars or 0, self.warm_up_bars) + 1

    @property
    def values(self) -> Values:
        """At the newest closed candle, one an output; NaN in the warm-up."""
        return self._unknown if self._stream is None else self._stream.values

    def push(self, recent: RecentCandles) -> Values:
        """Take the newest candle of `recent`."""
        if self._stream is not None:
            return self._stream.push(recent)
        self._stream = self._opened(recent.last(recent.count))
        return self.values

    def peek(self, recent: RecentCandles) -> Values:
        """What `push` would answer."""
        if self._stream is not None:
            return self._stream.peek(recent)
        stream = self._opened(recent.last(recent.count))
        return self._unknown if stream is None else stream.values

    def _opened(self, candles: Candles) -> Stream | None:
        if len(candles) <= self.warm_up_bars:
            return None
        return self.indicator.source.opened(candles, self.parameters, memory_bars=self._memory_bars)


class IndicatorStream:
    """One indicator with candles of its own."""

    def __init__(self, follower: Follower, candles: Candles) -> None:
        self._follower = follower
        self._recent = RecentCandles(candles, follower.keep_bars)

    @property
    def values(self) -> dict[str, float]:
        """At the newest closed candle, by output; NaN where `compute` has NaN."""
        return self._named(self._follower.values)

    def push(self, candle: Candle, flow: Flow = UNHEARD) -> dict[str, float]:
        """Take a closed candle.

        Raises:
            ConfigError: it is no candle, or not after the newest one.
        """
        self._recent.append(bar_of(candle, flow))
        return self._named(self._follower.push(self._recent))

    def peek(self, candle: Candle, flow: Flow = UNHEARD) -> dict[str, float]:
        """What `push` would answer; nothing changes, so a forming candle may be shown again."""
        with self._recent.shown(bar_of(candle, flow)):
            return self._named(self._follower.peek(self._recent))

    def _named(self, values: Values) -> dict[str, float]:
        names = (output.name for output in self._follower.indicator.outputs)
        return dict(zip(names, values, strict=True))


def open_stream(candles: Candles, indicator: Indicator, /, **parameters: float) -> IndicatorStream:
    """An indicator in motion.

    Args:
        candles: History, oldest first; may be empty or shorter than the warm-up. Give at least
            `memory_bars` for values that no longer history would change, and for an anchored
            indicator everything since its anchor.
        indicator: An entry of the catalogue.
        parameters: By name; the others are at their defaults.

    Raises:
        ConfigError: a parameter is unknown or out of its bounds.
    """
    return IndicatorStream(Follower(indicator, parameters, candles), candles)
