"""What a pair is worth at any moment: a function of (seed, pair, time).

Law: no memory. The past can be asked for at once, and a restarted exchange goes on where time is.

How it looks like a market:

- waves from 20 seconds to two months whose amplitude grows with the root of their period (the
  roughness of a random walk), one set shared by all pairs and one of its own: pairs move together,
  not alike (a one-factor market);
- the market's own time runs now fast, now slow, for hours to weeks, and fast waves swell and calm
  down: volatility comes in clusters, at every scale;
- waves of hours to days grow and shrink with a regime of weeks: there are trends, and there are
  ranges;
- news: now and then the price jumps within seconds, and what it jumped fades over days.
"""

import math
import operator
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from tui_trader.engine.exchanges.simulator.listings import PairListing
from tui_trader.engine.exchanges.simulator.noise import Noise, hash_bits, hash_normal, hash_unit

_PERIOD_SHORTEST_S = 20.0
_OCTAVES = 19
"""20 s doubled 18 times is 60 days."""
_CLUSTERED_PERIOD_S_MAX = 2 * 3_600.0
_TREND_PERIOD_S_MAX = 6 * 86_400.0
_CLUSTER_PERIODS_S = (2_400.0, 18_000.0, 130_000.0)
_CLUSTER_STRENGTH = 0.35
_REGIME_PERIOD_S, _REGIME_STRENGTH = 1_300_000.0, 0.45
_WARP_PERIODS_S = (30_000.0, 260_000.0, 1_700_000.0)
_WARP_STRENGTH = 0.28
"""How far market time strays, in periods of the wave; its slope is how wild the market is."""
_WARP_LOOK_S = 120.0
# Amplitude of a wave of one day for which the measured deviation of a day's return is 1.
_DAY_AMPLITUDE = 0.33
_DAY_S = 86_400.0
_SHARED_WEIGHT, _OWN_WEIGHT = 0.75, 0.66
_SHARED_NAME = "market"
_NEWS_CELL_S = 28_800.0
_NEWS_CHANCE = 0.3
_NEWS_LIFE_CELLS = 9
_NEWS_RISE_S = 5.0
_NEWS_SIZE, _NEWS_SIZE_MAX = 0.55, 3.0
"""Of a jump, in deviations of a day's return."""
_UNREST_MIN, _UNREST_MAX = 0.4, 6.0
_JUMP_CACHE_MAX = 4_096


class FairPrice:
    """Fair price of one pair.

    Args:
        seed: Which market.
        moves: Moments in seconds, ascending, at which the price jumped by hand, and the factors.
    """

    def __init__(
        self, pair: PairListing, seed: int, *, moves: Sequence[tuple[float, float]] = ()
    ) -> None:
        self._moments = [moment for moment, _ in moves]
        self._factors = [1.0, *accumulate((factor for _, factor in moves), operator.mul)]
        self._base = math.log(pair.price_typical)
        self._shared_weight = pair.volatility_daily_ratio * _SHARED_WEIGHT
        self._own_weight = pair.volatility_daily_ratio * _OWN_WEIGHT
        self._shared = Walk(_named_seed(seed, _SHARED_NAME))
        self._own = Walk(_named_seed(seed, pair.symbol))

    def at(self, time_s: float) -> float:
        """Quote per base at one moment."""
        return self.path((time_s,))[0]

    def path(self, times_s: Sequence[float]) -> list[float]:
        """The same for many moments, cheaper when they ascend."""
        base, shared_weight, own_weight = self._base, self._shared_weight, self._own_weight
        path = [
            math.exp(base + shared_weight * shared + own_weight * own)
            for shared, own in zip(self._shared.path(times_s), self._own.path(times_s), strict=True)
        ]
        if not self._moments:
            return path
        return [
            price * self._factors[bisect_right(self._moments, time_s)]
            for price, time_s in zip(path, times_s, strict=True)
        ]

    @property
    def shift(self) -> float:
        """What all jumps by hand made of the price."""
        last: float = self._factors[-1]
        return last

    def unrest(self, time_s: float) -> float:
        """How wild the market is at one moment: about 1, calm below, within written bounds."""
        wild = (self._shared.unrest(time_s) + self._own.unrest(time_s)) / 2
        return min(_UNREST_MAX, max(_UNREST_MIN, wild))


class Walk:
    """Something like a random walk with a deviation of 1 a day, held near 0 over months."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._noise = Noise(seed)
        self._jumps: dict[int, tuple[float, float]] = {}

    def path(self, times_s: Sequence[float]) -> list[float]:
        """Where it is at each moment."""
        swell, regime = self.clusters(times_s), self._regimes(times_s)
        moments = self._warped(times_s)
        fast, middle, slow = ([0.0] * len(times_s) for _ in range(3))
        for octave in range(_OCTAVES):
            period = _PERIOD_SHORTEST_S * 2.0**octave
            is_fast, is_middle = period <= _CLUSTERED_PERIOD_S_MAX, period <= _TREND_PERIOD_S_MAX
            self._noise.add_wave(
                fast if is_fast else middle if is_middle else slow,
                moments,
                number=octave,
                period=period,
                amplitude=_DAY_AMPLITUDE * math.sqrt(period / _DAY_S),
            )
        news = [self._news(moment) for moment in times_s]
        return [
            calm + trend * grown + wild * factor + jump
            for calm, trend, grown, wild, factor, jump in zip(
                slow, middle, regime, fast, swell, news, strict=True
            )
        ]

    def clusters(self, times_s: Sequence[float]) -> list[float]:
        """Size of the fast waves relative to their usual one: calm below 1, busy above."""
        sums = [0.0] * len(times_s)
        for number, period in enumerate(_CLUSTER_PERIODS_S, start=_OCTAVES):
            self._noise.add_wave(
                sums, times_s, number=number, period=period, amplitude=_CLUSTER_STRENGTH
            )
        return [math.exp(value) for value in sums]

    def unrest(self, time_s: float) -> float:
        """Speed of market time and size of the fast waves; news in the making counts, too."""
        before, after = self._warped((time_s - _WARP_LOOK_S, time_s))
        speed = abs(after - before) / _WARP_LOOK_S
        news = abs(self._news(time_s) - self._news(time_s - _WARP_LOOK_S))
        return math.sqrt(speed) * self.clusters((time_s,))[0] + 2.0 * news

    def _regimes(self, times_s: Sequence[float]) -> list[float]:
        """Size of the waves of hours to days: small in a range, large in a trend."""
        sums = [0.0] * len(times_s)
        number = _OCTAVES + len(_CLUSTER_PERIODS_S)
        self._noise.add_wave(
            sums, times_s, number=number, period=_REGIME_PERIOD_S, amplitude=_REGIME_STRENGTH
        )
        return [math.exp(value) for value in sums]

    def _warped(self, times_s: Sequence[float]) -> list[float]:
        """Market time: the same on average, but it hurries and dawdles."""
        moments = list(times_s)
        first = _OCTAVES + len(_CLUSTER_PERIODS_S) + 1
        for number, period in enumerate(_WARP_PERIODS_S, start=first):
            self._noise.add_wave(
                moments, times_s, number=number, period=period, amplitude=_WARP_STRENGTH * period
            )
        return moments

    def _news(self, time_s: float) -> float:
        """What the jumps of the last days are still worth."""
        cell = int(time_s // _NEWS_CELL_S)
        life_s = _NEWS_LIFE_CELLS * _NEWS_CELL_S
        total = 0.0
        for number in range(cell - _NEWS_LIFE_CELLS, cell + 1):
            moment, size = self._jump(number)
            age = time_s - moment
            if size and 0.0 < age < life_s:
                total += size * min(1.0, age / _NEWS_RISE_S) * (1.0 - age / life_s)
        return total

    def _jump(self, cell: int) -> tuple[float, float]:
        """Moment and size of the jump of a third of a day; size 0 where there is none."""
        known = self._jumps.get(cell)
        if known is not None:
            return known
        if len(self._jumps) >= _JUMP_CACHE_MAX:
            self._jumps.clear()
        seed, size = hash_bits(self._seed, cell), 0.0
        if hash_unit(seed, 1) < _NEWS_CHANCE:
            normal = hash_normal(seed, 2)
            size = math.copysign(min(_NEWS_SIZE_MAX, normal * normal), normal) * _NEWS_SIZE
        jump = ((cell + hash_unit(seed, 3)) * _NEWS_CELL_S, size)
        self._jumps[cell] = jump
        return jump


def _named_seed(seed: int, name: str) -> int:
    mixed = seed
    for byte in name.encode():
        mixed = hash_bits(mixed, byte)
    return mixed
