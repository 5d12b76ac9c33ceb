"""What a pair is worth at any moment: a function of (seed, pair, time).

Law: no memory. The past can be asked for at once, and a restarted exchange goes on where time is.

How it looks like a market: waves from 20 seconds to two months whose amplitude grows with the
root of their period (the roughness of a random walk), one set shared by all pairs and one of
its own (pairs move together, not alike), and fast waves that swell and calm down over hours
(volatility comes in clusters).
"""

import math
from collections.abc import Sequence

from tui_trader.engine.exchanges.simulator.listings import PairListing
from tui_trader.engine.exchanges.simulator.noise import Noise, hash_bits

_PERIOD_SHORTEST_S = 20.0
_OCTAVES = 19
"""20 s doubled 18 times is 60 days."""
_CLUSTERED_PERIOD_S_MAX = 2 * 3_600.0
_CLUSTER_PERIODS_S = (2_400.0, 18_000.0, 130_000.0)
_CLUSTER_STRENGTH = 0.35
# Amplitude of a wave of one day for which the measured deviation of a day's return is 1.
_DAY_AMPLITUDE = 0.43
_DAY_S = 86_400.0
_SHARED_WEIGHT, _OWN_WEIGHT = 0.75, 0.66
_SHARED_NAME = "market"


class FairPrice:
    """Fair price of one pair.

    Args:
        seed: Which market.
    """

    def __init__(self, pair: PairListing, seed: int) -> None:
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
        return [
            math.exp(base + shared_weight * shared + own_weight * own)
            for shared, own in zip(self._shared.path(times_s), self._own.path(times_s), strict=True)
        ]


class Walk:
    """Something like a random walk with a deviation of 1 a day, held near 0 over months."""

    def __init__(self, seed: int) -> None:
        self._noise = Noise(seed)

    def path(self, times_s: Sequence[float]) -> list[float]:
        """Where it is at each moment."""
        swell = self.clusters(times_s)
        fast, slow = [0.0] * len(times_s), [0.0] * len(times_s)
        for octave in range(_OCTAVES):
            period = _PERIOD_SHORTEST_S * 2.0**octave
            self._noise.add_wave(
                fast if period <= _CLUSTERED_PERIOD_S_MAX else slow,
                times_s,
                number=octave,
                period=period,
                amplitude=_DAY_AMPLITUDE * math.sqrt(period / _DAY_S),
            )
        return [calm + wild * factor for calm, wild, factor in zip(slow, fast, swell, strict=True)]

    def clusters(self, times_s: Sequence[float]) -> list[float]:
        """Volatility relative to its usual level: calm below 1, busy above."""
        sums = [0.0] * len(times_s)
        for number, period in enumerate(_CLUSTER_PERIODS_S, start=_OCTAVES):
            self._noise.add_wave(
                sums, times_s, number=number, period=period, amplitude=_CLUSTER_STRENGTH
            )
        return [math.exp(value) for value in sums]


def _named_seed(seed: int, name: str) -> int:
    mixed = seed
    for byte in name.encode():
        mixed = hash_bits(mixed, byte)
    return mixed
