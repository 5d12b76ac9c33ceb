"""The whole catalogue and all patterns of one pair, kept up candle by candle.

`Readings` is opened on history once; then a new candle costs what its change costs, not what the
history costs. Figures are in docs/measurements.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

import msgspec

from tui_trader.engine.analysis.candles import PRICES, Candles
from tui_trader.engine.analysis.catalogue import all_indicators
from tui_trader.engine.analysis.declaration import Indicator
from tui_trader.engine.analysis.pattern_table import PATTERNS, Pattern
from tui_trader.engine.analysis.patterns import PATTERN_BARS, PatternSighting, sighting_of
from tui_trader.engine.analysis.push import Follower
from tui_trader.engine.analysis.recent import UNHEARD, Bar, Flow, RecentCandles, bar_of
from tui_trader.engine.analysis.streams import Values
from tui_trader.engine.analysis.talib_source import Handle, lookback_bars, picker, talib_handle
from tui_trader.engine.values.candles import Candle

Pick = tuple[Indicator, Mapping[str, float]]
"""An indicator and those of its parameters that are not at their defaults."""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """Everything at one candle.

    Args:
        bar: The candle; None before the first.
        count: Candles seen, this one included.
        values: By indicator in the order of the picks, one number an output; NaN is unknown.
        sightings: Patterns that became certain here; their `row` is `count - 1`.
    """

    bar: Bar | None
    count: int
    values: tuple[Values, ...]
    sightings: tuple[PatternSighting, ...]


class Readings:
    """Indicators and patterns of one pair on one interval."""

    def __init__(
        self,
        candles: Candles,
        *,
        picks: Iterable[Pick] | None = None,
        patterns: Sequence[Pattern] = PATTERNS,
    ) -> None:
        """Open on history.

        Args:
            candles: Closed candles, oldest first; may be empty. The more, the fewer are unknown.
            picks: What to follow; the whole catalogue at its defaults if not said.
            patterns: Which patterns to look for.

        Raises:
            ConfigError: a parameter is unknown or out of its bounds.
        """
        chosen = [(entry, {}) for entry in all_indicators()] if picks is None else list(picks)
        self._followers = [
            Follower(indicator, parameters, candles) for indicator, parameters in chosen
        ]
        self._spotters = [_PatternSpotter(pattern, candles) for pattern in patterns]
        keep = max((follower.keep_bars for follower in self._followers), default=0)
        self._recent = RecentCandles(candles, max(keep, PATTERN_BARS))
        self._snapshot = self._taken(
            tuple(follower.values for follower in self._followers),
            [(spotter.pattern, spotter.value) for spotter in self._spotters],
        )

    @property
    def followers(self) -> Sequence[Follower]:
        """The indicators with their parameters, in the order of the picks."""
        return self._followers

    @property
    def snapshot(self) -> Snapshot:
        """Everything at the newest closed candle."""
        return self._snapshot

    def push(self, candle: Candle, flow: Flow = UNHEARD) -> Snapshot:
        """Take a closed candle, each once, oldest first.

        Raises:
            ConfigError: it is no candle, or not after the newest one.
        """
        recent = self._recent
        recent.append(bar_of(candle, flow))
        self._snapshot = self._taken(
            tuple(follower.push(recent) for follower in self._followers),
            [(spotter.pattern, spotter.push(recent)) for spotter in self._spotters],
        )
        return self._snapshot

    def peek(self, candle: Candle, flow: Flow = UNHEARD) -> Snapshot:
        """What `push` would answer; nothing changes, so a forming candle may be shown again."""
        recent = self._recent
        with recent.shown(bar_of(candle, flow)):
            return self._taken(
                tuple(follower.peek(recent) for follower in self._followers),
                [(spotter.pattern, spotter.peek(recent)) for spotter in self._spotters],
            )

    def _taken(self, values: tuple[Values, ...], found: Iterable[tuple[Pattern, int]]) -> Snapshot:
        row = self._recent.count - 1
        sightings = (sighting_of(pattern, row, value) for pattern, value in found if value)
        return Snapshot(
            bar=self._recent.bar,
            count=self._recent.count,
            values=values,
            sightings=tuple(sighting for sighting in sightings if sighting is not None),
        )


class _PatternSpotter:
    """One pattern in motion: TA-Lib's value at the newest candle, 0 before it has enough of them."""

    def __init__(self, pattern: Pattern, candles: Candles) -> None:
        self.pattern = pattern
        self._lookback_bars = lookback_bars(pattern.function)
        self._picked = picker(PRICES)
        self._handle: Handle | None = self._opened(candles)

    @property
    def value(self) -> int:
        """At the newest closed candle."""
        return 0 if self._handle is None else cast("int", self._handle.value)

    def push(self, recent: RecentCandles) -> int:
        """Take the newest candle."""
        if self._handle is not None:
            return cast("int", self._handle.update(*self._picked(recent.newest)))
        self._handle = self._opened(recent.last(recent.count))
        return self.value

    def peek(self, recent: RecentCandles) -> int:
        """What `push` would answer."""
        if self._handle is not None:
            return cast("int", self._handle.peek(*self._picked(recent.newest)))
        handle = self._opened(recent.last(recent.count))
        return 0 if handle is None else cast("int", handle.value)

    def _opened(self, candles: Candles) -> Handle | None:
        if len(candles) <= self._lookback_bars:
            return None
        columns = (candles.column(name) for name in PRICES)
        return talib_handle(self.pattern.function)(*columns)
