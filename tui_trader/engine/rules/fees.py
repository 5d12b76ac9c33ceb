"""Fees by tier of the volume traded in thirty days."""

from tui_trader.engine.rules.grid import ceil_steps

FEE_DAYS = 30
"""Kraken counts 30 days; here the UTC day of the trade and the 29 before it."""


def fee_ratio(volume_quote: float, volumes: tuple[float, ...], ratios: tuple[float, ...]) -> float:
    """Fee of the highest tier that the volume has reached."""
    ratio = ratios[0]
    for tier in range(1, len(volumes)):
        if volume_quote >= volumes[tier]:
            ratio = ratios[tier]
    return ratio


def fee_money(value_money: int, ratio: float) -> int:
    """Fee of a fill in whole money steps, rounded up."""
    return ceil_steps(value_money * ratio)
