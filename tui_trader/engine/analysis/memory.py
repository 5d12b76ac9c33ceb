"""How long smoothings remember.

An exponential smoothing never forgets, but its oldest bars weigh ever less. It is said to remember
the bars after which all older ones together weigh less than REST. That is below the promise of
1e-9 by a factor of a thousand, because indicators divide smoothings by one another (an RSI near its
ends, an ADX) and that makes the rest larger; the law test on every entry measures the promise.
"""

from collections.abc import Callable
from math import ceil, log

from tui_trader.engine.analysis.declaration import Parameters

REST = 1e-12
STAGE_SHARE = 0.4
"""A smoothing of a smoothing remembers longer: n·rⁿ instead of rⁿ. Measured on four stages."""

Memory = Callable[[Parameters], int]


def decay_bars(weight: float) -> int:
    """Bars until a smoothing that gives the newest bar `weight` has forgotten all others."""
    return 1 if weight >= 1 else ceil(log(REST) / log(1 - weight))


def ema_bars(period: float, stages: int = 1) -> int:
    """Bars that `stages` exponential averages, one over the other, remember."""
    return ceil(decay_bars(2 / (period + 1)) * (1 + STAGE_SHARE * (stages - 1)))


def wilder_bars(period: float, stages: int = 1) -> int:
    """The same for Wilder's average, which gives the newest bar 1 / period."""
    return ceil(decay_bars(1 / period) * (1 + STAGE_SHARE * (stages - 1)))


def ema(*names: str, stages: int = 1) -> Memory:
    """Memory of exponential averages one after the other, by the names of their periods."""
    return lambda parameters: sum(ema_bars(parameters[name], stages) for name in names)


def wilder(*names: str, stages: int = 1) -> Memory:
    """Memory of Wilder's averages one after the other, by the names of their periods."""
    return lambda parameters: sum(wilder_bars(parameters[name], stages) for name in names)


def bars(count: int) -> Memory:
    """The same count whatever the parameters."""
    return lambda _: count


def longest(*memories: Memory) -> Memory:
    """The longest of several that run side by side."""
    return lambda parameters: max(memory(parameters) for memory in memories)
