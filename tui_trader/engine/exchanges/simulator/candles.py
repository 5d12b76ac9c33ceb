"""Candles: computed for the past the exchange did not live, counted for the one it did.

Law: a candle of trades counts every trade printed in its interval; the first one of a run begins
with what the fair price did in that interval before the run.
"""

from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from tui_trader.engine.exchanges.simulator.fair_price import FairPrice
from tui_trader.engine.exchanges.simulator.listings import LOT_DECIMALS, PairListing
from tui_trader.engine.exchanges.simulator.noise import hash_unit

INTERVALS_MIN = (1, 5, 15, 30, 60, 240, 1_440, 10_080, 21_600)
CANDLES_MAX = 721
"""720 closed ones and the open one, as Kraken answers."""
_SAMPLES = 8
_S_PER_MINUTE = 60
_QUOTE_PER_SECOND = 240.0
_TRADES_PER_SECOND = 0.6
_LOTS_PER_UNIT = 10**LOT_DECIMALS


@dataclass(slots=True)
class Bar:
    """One candle in ticks and lots; `value` is the sum of ticks times lots."""

    begin_s: int
    open: int
    high: int
    low: int
    close: int
    lots: int = 0
    value: int = 0
    trades: int = 0

    def add(self, ticks: int, lots: int) -> None:
        """Count one trade."""
        self.high = max(self.high, ticks)
        self.low = min(self.low, ticks)
        self.close = ticks
        self.lots += lots
        self.value += ticks * lots
        self.trades += 1

    @property
    def vwap(self) -> int:
        """Mean price in ticks, 0 without a trade."""
        return round(self.value / self.lots) if self.lots else 0


def past_bars(
    pair: PairListing, fair: FairPrice, *, interval_s: int, begins: Sequence[int], end_s: float
) -> list[Bar]:
    """Candles of the fair price; the last one may be cut at `end_s`."""
    if not begins:
        return []
    times: list[float] = []
    for begin in begins:
        span = min(interval_s, end_s - begin)
        times += [begin + span * part / _SAMPLES for part in range(_SAMPLES)]
    times.append(min(begins[-1] + interval_s, end_s))
    ticks = [max(1, round(price * pair.ticks_per_unit)) for price in fair.path(times)]
    bars = []
    for number, begin in enumerate(begins):
        inside = ticks[number * _SAMPLES : (number + 1) * _SAMPLES + 1]
        seconds = min(float(interval_s), end_s - begin)
        bars.append(_past_bar(pair, inside, begin_s=begin, seconds=seconds))
    return bars


def _past_bar(pair: PairListing, ticks: Sequence[int], *, begin_s: int, seconds: float) -> Bar:
    """One candle through sampled prices; what happened between samples is guessed from the begin."""
    high, low = max(ticks), min(ticks)
    reach = (high - low) * 0.25
    wild = hash_unit(begin_s, 3) ** 2
    mean = sum(ticks) / len(ticks)
    activity = (0.4 + 1.6 * wild) * (0.5 + 400.0 * (high - low) / mean / (seconds + 1.0) ** 0.5)
    lots = int(_QUOTE_PER_SECOND * seconds * activity / mean * pair.ticks_per_unit * _LOTS_PER_UNIT)
    return Bar(
        begin_s=begin_s,
        open=ticks[0],
        high=high + int(reach * hash_unit(begin_s, 1)),
        low=max(1, low - int(reach * hash_unit(begin_s, 2))),
        close=ticks[-1],
        lots=max(1, lots),
        value=round(max(1, lots) * mean),
        trades=max(1, int(_TRADES_PER_SECOND * seconds * activity)),
    )


class CandleSeries:
    """Candles of one pair and interval: a computed past and a counted present.

    Args:
        interval_min: Length in minutes.
        started_s: When this run of the exchange began; the computed past ends there.
    """

    def __init__(
        self, pair: PairListing, fair: FairPrice, *, interval_min: int, started_s: float
    ) -> None:
        self.interval_min = interval_min
        self._interval_s = interval_min * _S_PER_MINUTE
        self._pair, self._fair, self._started_s = pair, fair, started_s
        self._past: list[Bar] | None = None
        first = self._begin(started_s)
        self._first_s = first
        self._lived: deque[Bar] = deque(maxlen=CANDLES_MAX)
        self._lived += past_bars(
            pair,
            fair,
            interval_s=self._interval_s,
            begins=(first,),
            end_s=max(started_s, first + 1),
        )

    @property
    def open_bar(self) -> Bar:
        """The newest candle."""
        return self._lived[-1]

    def add(self, time_s: float, ticks: int, lots: int) -> Bar:
        """Count one trade; the candle it went into."""
        self.roll(time_s)
        bar = self._lived[-1]
        if bar.trades == 0:
            bar.open = bar.high = bar.low = ticks
        bar.add(ticks, lots)
        return bar

    def roll(self, time_s: float) -> None:
        """Begin the candle of a moment; intervals without a trade stay flat."""
        begin = self._begin(time_s)
        last = self._lived[-1]
        missing = (begin - last.begin_s) // self._interval_s
        for number in range(max(1, missing - CANDLES_MAX + 1), missing + 1):
            at = last.begin_s + number * self._interval_s
            self._lived.append(Bar(at, last.close, last.close, last.close, last.close))

    def bars(self, time_s: float, *, since_s: float | None = None) -> list[Bar]:
        """The newest 721 candles, oldest first, the open one last."""
        self.roll(time_s)
        if self._past is None:
            count = CANDLES_MAX - 1
            begins = [self._first_s - self._interval_s * back for back in range(count, 0, -1)]
            self._past = past_bars(
                self._pair,
                self._fair,
                interval_s=self._interval_s,
                begins=begins,
                end_s=float(self._first_s),
            )
        bars = [*self._past, *self._lived][-CANDLES_MAX:]
        if since_s is None:
            return bars
        return bars[bisect_right(bars, since_s, key=lambda bar: bar.begin_s) :]

    def _begin(self, time_s: float) -> int:
        return int(time_s // self._interval_s) * self._interval_s
