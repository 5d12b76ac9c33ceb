"""Who is asked how likely a trade is to reach its take profit before its stop."""

from typing import Protocol

from tui_trader.engine.messages.forecasts import Question, Reply
from tui_trader.engine.messages.signal_reports import ForecastView as ForecastView
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.instruments import Symbol


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


class ForecastDesk(Protocol):
    """Questions to whoever holds the models, beside the engine's loop."""

    async def ask(self, question: Question) -> Reply:
        """The reply, or why there is none; never raises, never waits longer than its limit."""
        ...

    async def run(self) -> None:
        """Keep whoever answers alive, until cancelled."""
        ...
