"""Ichimoku: five lines from the middles of three windows.

Its cloud is drawn to the right and its lagging line to the left. That is drawing: values stand at
the candle that decided them, and `displacement` tells the chart where to put them.
"""

from tui_trader.engine.analysis.candles import Candles, FloatArray
from tui_trader.engine.analysis.declaration import (
    OVERLAY,
    Group,
    Indicator,
    Output,
    Own,
    Parameters,
    Unit,
    period,
)
from tui_trader.engine.analysis.rolling import rolling_highest, rolling_lowest

CLOUD_BARS = 26
"""How far the cloud is drawn ahead and the lagging line behind, as Hosoda did."""


def ichimoku(candles: Candles, parameters: Parameters) -> tuple[FloatArray, ...]:
    """Conversion, base, both edges of the cloud, and the close that is drawn behind."""
    conversion, base, slow = (
        _middle(candles, int(parameters[name])) for name in ("conversion", "base", "slow")
    )
    return conversion, base, (conversion + base) / 2, slow, candles.close.copy()


def _middle(candles: Candles, window: int) -> FloatArray:
    return (rolling_highest(candles.high, window) + rolling_lowest(candles.low, window)) / 2


ICHIMOKU = Indicator(
    name="ichimoku",
    title="Ichimoku",
    group=Group.TREND,
    says="Middles of a short, a medium and a long range, and the cloud between two of them.",
    parameters=(period(9, "conversion"), period(26, "base"), period(52, "slow")),
    increasing=("conversion", "base", "slow"),
    outputs=(
        Output("conversion", Unit.PRICE),
        Output("base", Unit.PRICE),
        Output("span_a", Unit.PRICE, displacement=CLOUD_BARS),
        Output("span_b", Unit.PRICE, displacement=CLOUD_BARS),
        Output("lagging", Unit.PRICE, displacement=-CLOUD_BARS),
    ),
    source=Own(
        ("high", "low", "close"), ichimoku, warm_up=lambda parameters: int(parameters["slow"]) - 1
    ),
    bullish="conversion > base",
    bearish="conversion < base",
    draw=OVERLAY,
)
