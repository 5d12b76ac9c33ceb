"""Candles of a recording: exactly the file's, and what its ticks make of every other interval.

Law: an interval in which nothing was recorded has no candle. What users trade is not in here: it
did not happen when the tape was recorded.
"""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable

from tui_trader.engine.exchanges.simulator.candles import CANDLES_MAX, Bar
from tui_trader.engine.exchanges.simulator.tape import Tape, TapeCandle, Tick, tick_path, trades_of

_S_PER_MINUTE = 60
_MS_PER_S = 1_000
_DAY_S = 86_400


class TapeSeries:
    """Candles of one interval, the open one last."""

    def __init__(self, tape: Tape, *, interval_min: int) -> None:
        self.interval_min = interval_min
        self._interval_s = interval_min * _S_PER_MINUTE
        self._bars: deque[Bar] = deque(maxlen=CANDLES_MAX)
        if tape.interval_s and tape.interval_s <= self._interval_s:
            for candle in tape.history[-self._needed(tape) :]:
                self._add_candle(candle)
        else:
            for tick in self._past_ticks(tape):
                self.add(tick)

    @property
    def open_bar(self) -> Bar:
        """The newest candle."""
        return self._bars[-1]

    def is_empty(self) -> bool:
        """Whether nothing was recorded yet."""
        return not self._bars

    def add(self, tick: Tick) -> None:
        """Count one tick."""
        begin = self._begin(tick.time_ms // _MS_PER_S)
        if not self._bars or self._bars[-1].begin_s < begin:
            self._bars.append(Bar(begin, tick.ticks, tick.ticks, tick.ticks, tick.ticks))
        bar = self._bars[-1]
        bar.add(tick.ticks, tick.lots)
        # `add` counts one trade; a tick of a candle file stands for several, or for none.
        bar.trades += tick.trades - 1

    def bars(self, time_s: float, *, since_s: float | None = None) -> list[Bar]:  # noqa: ARG002 - a recording has its own time
        """The newest 721 candles, oldest first, the open one last."""
        bars = list(self._bars)
        if since_s is None:
            return bars
        return bars[bisect_right(bars, since_s, key=lambda bar: bar.begin_s) :]

    def _add_candle(self, candle: TapeCandle) -> None:
        begin = self._begin(candle.begin_s)
        if not self._bars or self._bars[-1].begin_s < begin:
            self._bars.append(Bar(begin, candle.open, candle.high, candle.low, candle.close))
        bar = self._bars[-1]
        bar.high, bar.low = max(bar.high, candle.high), min(bar.low, candle.low)
        bar.close = candle.close
        bar.lots += candle.lots
        bar.value += candle.lots * (candle.high + candle.low + candle.close) // 3
        bar.trades += trades_of(candle)

    def _past_ticks(self, tape: Tape) -> Iterable[Tick]:
        if not tape.interval_s:
            return tape.past_ticks
        return (
            tick
            for candle in tape.history[-self._needed(tape) :]
            for tick in tick_path(candle, tape.interval_s)
        )

    def _needed(self, tape: Tape) -> int:
        """Candles of the tape that fill all of ours, and some that may be cut."""
        return (CANDLES_MAX + 1) * self._interval_s // tape.interval_s + 1

    def _begin(self, time_s: int) -> int:
        return time_s // self._interval_s * self._interval_s


class TapeDay:
    """The last 24 hours of a recording.

    Args:
        quarters: Its 15-minute candles.
    """

    def __init__(self, quarters: TapeSeries) -> None:
        self._quarters = quarters

    @property
    def total(self) -> Bar:
        """Open, high, low, close and volume."""
        bars = self._quarters.bars(0.0)
        first_s = bars[-1].begin_s - _DAY_S
        bars = bars[bisect_right(bars, first_s, key=lambda bar: bar.begin_s) :]
        return Bar(
            begin_s=bars[0].begin_s,
            open=bars[0].open,
            high=max(bar.high for bar in bars),
            low=min(bar.low for bar in bars),
            close=bars[-1].close,
            lots=sum(bar.lots for bar in bars),
            value=sum(bar.value for bar in bars),
            trades=sum(bar.trades for bar in bars),
        )

    def roll(self, time_s: float) -> None:
        """Nothing: the total is counted when it is asked for."""
