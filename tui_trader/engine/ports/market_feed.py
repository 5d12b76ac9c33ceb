"""Where prices come from."""

from collections.abc import Callable
from typing import Protocol

from tui_trader.engine.messages.reports import Report
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.instruments import Instrument, Symbol

Deliver = Callable[[Report], None]
"""Takes a report in; never blocks, never raises."""


class MarketFeed(Protocol):
    """Live prices of some pairs, and their past."""

    async def instruments(self, symbols: tuple[Symbol, ...]) -> tuple[Instrument, ...]:
        """The pairs as the exchange lists them now.

        Raises:
            TemporaryFault: the exchange could not be asked.
            RejectedByExchange: it does not list one of them; the message names it.
        """
        ...

    async def candle_history(
        self, symbol: Symbol, interval: Interval, count: int
    ) -> tuple[Candle, ...]:
        """The newest `count` candles (at most 720), oldest first, the open one last.

        Raises:
            TemporaryFault: the exchange could not be asked.
        """
        ...

    async def run(self, symbols: tuple[Symbol, ...], deliver: Deliver) -> None:
        """Deliver market and link reports until cancelled; reconnects by itself."""
        ...

    async def close(self) -> None:
        """Release connections."""
        ...
