"""Growth of a model's out-of-fold signals beside holding, on one clock.

Both are told at candles of their own: what was worth 1.04 at one moment is worth it until the next is told.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from tui_trader.widgets.drawing.equity_chart import EquityPicture

POINTS = 400
"""More than any chart has half columns."""

Points = Sequence[tuple[int, float]]
"""Start of a candle and the factor by then, oldest first."""


def equity_picture(equity: Points, held: Points) -> EquityPicture:
    """Both as curves over the same times; neither may be empty."""
    first = min(equity[0][0], held[0][0])
    last = max(equity[-1][0], held[-1][0])
    times = [first + (last - first) * place // (POINTS - 1) for place in range(POINTS)]
    own = _at(equity, times)
    peaks = accumulate(own, max)
    return EquityPicture(
        time_ms=times,
        equity=own,
        holding=_at(held, times),
        low=(),
        median=(),
        high=(),
        drawdown=[1 - now / peak for now, peak in zip(own, peaks, strict=True)],
        name="signals, net of costs",
    )


def _at(points: Points, times: Sequence[int]) -> list[float]:
    """The newest factor by each time; the first one before there is any."""
    moments = [time_ms for time_ms, _ in points]
    return [points[max(0, bisect_right(moments, time_ms) - 1)][1] for time_ms in times]
