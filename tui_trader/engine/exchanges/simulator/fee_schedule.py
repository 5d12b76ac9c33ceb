"""Kraken's fees: a maker's and a taker's share of the cost, by the volume of the last 30 days.

Law: what an order may cost is fixed when it is taken in, because money is set aside for it; a tier
reached later makes its fills cheaper, never dearer.
"""

from bisect import bisect_right
from decimal import Decimal

FEE_WINDOW_MS = 30 * 24 * 60 * 60 * 1000

# `(volume in USD, percent)`, from a recorded answer of AssetPairs.
FEES_TAKER = (
    (0, 0.4),
    (10_000, 0.35),
    (50_000, 0.24),
    (100_000, 0.22),
    (250_000, 0.2),
    (500_000, 0.18),
    (1_000_000, 0.16),
    (2_500_000, 0.14),
    (5_000_000, 0.12),
    (10_000_000, 0.1),
)
FEES_MAKER = (
    (0, 0.25),
    (10_000, 0.2),
    (50_000, 0.14),
    (100_000, 0.12),
    (250_000, 0.1),
    (500_000, 0.08),
    (1_000_000, 0.06),
    (2_500_000, 0.04),
    (5_000_000, 0.02),
    (10_000_000, 0.0),
)
_PERCENT = Decimal(100)
_STARTS = [start for start, _ in FEES_TAKER]
_RATIOS = [
    (Decimal(str(maker)) / _PERCENT, Decimal(str(taker)) / _PERCENT)
    for (_, maker), (_, taker) in zip(FEES_MAKER, FEES_TAKER, strict=True)
]


def tier_index(volume_usd: Decimal) -> int:
    """Row of the schedule that a 30-day volume has reached."""
    return bisect_right(_STARTS, volume_usd) - 1


def fee_ratios(volume_usd: Decimal) -> tuple[Decimal, Decimal]:
    """Maker's and taker's fee as a share of the cost."""
    return _RATIOS[tier_index(volume_usd)]


FEE_MAKER_RATIO, FEE_TAKER_RATIO = fee_ratios(Decimal(0))
"""The first tier: what an account without volume pays."""
