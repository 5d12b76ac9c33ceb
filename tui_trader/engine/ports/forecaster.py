"""Who is asked how likely a trade is to reach its take profit before its stop."""

from typing import Protocol

import msgspec

from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.instruments import Symbol


class ForecastView(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of one pair at the close of one candle; unknown is None.

    Args:
        symbol: Pair.
        interval: Length of the candle.
        open_time_ms: Its start, UTC.
        version: Of the model that speaks.
        confidence: Calibrated probability that the take profit comes first; None is no opinion.
        break_even: Probability above which the trade earns its costs; above 1 none can.
        expected_net_ratio: Net return that the confidence promises.
        votes: Confidence of each model.
        has_edge: Whether the model was worth money beyond chance when it was judged.
        silence: Why there is no opinion, "" where there is one.
    """

    symbol: Symbol
    interval: Interval
    open_time_ms: int
    version: int | None = None
    confidence: float | None = None
    break_even: float | None = None
    expected_net_ratio: float | None = None
    votes: tuple[tuple[str, float], ...] = ()
    has_edge: bool = False
    silence: str = ""


class Forecaster(Protocol):
    """Speaks of closed candles; a model that is missing or broken is silence, never an exception."""

    def history_bars(self, symbol: Symbol, interval: Interval) -> int:
        """Closed candles that a forecast needs; 0 where there is no model."""
        ...

    def forecast(
        self, symbol: Symbol, interval: Interval, candles: tuple[Candle, ...]
    ) -> ForecastView:
        """What the model says at the close of the newest candle.

        Args:
            symbol: Pair.
            interval: Length of the candles.
            candles: Closed ones, oldest first.
        """
        ...
