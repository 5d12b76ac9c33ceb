"""Smooth chance: numbers that are a function of (seed, time) and nothing else.

Value noise: random values on a lattice of moments, blended in between. The same seed and moment
always give the same number, so a market made of it has a past without having lived.
"""

from collections.abc import Sequence
from functools import lru_cache

_MASK = (1 << 64) - 1
_GAMMA, _MIX_A, _MIX_B = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_SHORTS = (0, 16, 32, 48)
_SHORT_MASK = 0xFFFF
# Four uniform numbers, summed: mean 2, standard deviation sqrt(4 / 12).
_SUM_MEAN, _SUM_DEVIATION = 2.0, 0.57735
_TABLE_SIZE, _TABLE_SHIFT = 2_048, 53
"""The top 11 bits choose one of 2,048 values."""
_TABLES_MAX = 32
_WAVE_STRIDE = 7_919_000_003
_PHASE = 0.618034


def hash_bits(seed: int, index: int) -> int:
    """64 well mixed bits (splitmix64). Source: Steele, Lea, Flood, OOPSLA 2014."""
    bits = (seed + index * _GAMMA) & _MASK
    bits = ((bits ^ (bits >> 30)) * _MIX_A) & _MASK
    bits = ((bits ^ (bits >> 27)) * _MIX_B) & _MASK
    return bits ^ (bits >> 31)


def hash_unit(seed: int, index: int) -> float:
    """Uniform in [0, 1)."""
    return (hash_bits(seed, index) >> 11) * 2.0**-53


def hash_normal(seed: int, index: int) -> float:
    """About normal, mean 0, deviation 1, never beyond 3.5."""
    bits = hash_bits(seed, index)
    total = sum((bits >> shift) & _SHORT_MASK for shift in _SHORTS) / _SHORT_MASK
    return (total - _SUM_MEAN) / _SUM_DEVIATION


@lru_cache(maxsize=_TABLES_MAX)
def _lattice(seed: int) -> tuple[float, ...]:
    return tuple(hash_normal(seed, index) for index in range(_TABLE_SIZE))


class Noise:
    """Waves of value noise of one seed.

    Lattice values come from a table, found by multiplicative hashing: ten times cheaper than
    mixing bits for each, and 700 candles need a quarter of a million of them.
    """

    def __init__(self, seed: int) -> None:
        self._table = _lattice(seed)

    def add_wave(
        self,
        sums: list[float],
        times: Sequence[float],
        *,
        number: int,
        period: float,
        amplitude: float,
    ) -> None:
        """Add one wave to `sums`, in place.

        Args:
            sums: One running sum for each moment.
            times: Moments in seconds, any order (ascending is fastest).
            number: Which wave; waves of different numbers have nothing in common.
            period: Seconds between two lattice values.
            amplitude: Deviation of the lattice values.
        """
        table, shift = self._table, number * _WAVE_STRIDE
        rate, offset = 1.0 / period, number * _PHASE
        cell, left, rise = None, 0.0, 0.0
        for index, moment in enumerate(times):
            position = moment * rate + offset
            floor = int(position)
            if floor != cell:
                cell = floor
                left = table[((floor + shift) * _GAMMA & _MASK) >> _TABLE_SHIFT] * amplitude
                right = table[((floor + shift + 1) * _GAMMA & _MASK) >> _TABLE_SHIFT] * amplitude
                rise = right - left
            part = position - floor
            sums[index] += left + rise * part * part * (3.0 - 2.0 * part)
