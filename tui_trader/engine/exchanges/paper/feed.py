"""`MarketFeed` of paper mode: the real one, with the paper floor listening."""

from tui_trader.engine.exchanges.paper.floor import PaperFloor
from tui_trader.engine.messages.reports import BookReport, Report, TickerReport
from tui_trader.engine.ports.market_feed import Deliver, MarketFeed
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.instruments import Instrument, Symbol


class PaperFeed:
    """Prices of a real venue; orders on paper meet them before anybody else hears."""

    def __init__(self, feed: MarketFeed, floor: PaperFloor) -> None:
        self._feed = feed
        self._floor = floor

    async def instruments(self, symbols: tuple[Symbol, ...]) -> tuple[Instrument, ...]:
        """`MarketFeed.instruments`."""
        return await self._feed.instruments(symbols)

    async def candle_history(
        self, symbol: Symbol, interval: Interval, count: int
    ) -> tuple[Candle, ...]:
        """`MarketFeed.candle_history`."""
        return await self._feed.candle_history(symbol, interval, count)

    async def run(self, symbols: tuple[Symbol, ...], deliver: Deliver) -> None:
        """`MarketFeed.run`."""

        def meet(report: Report) -> None:
            if isinstance(report, BookReport):
                self._floor.see_book(report)
            elif isinstance(report, TickerReport):
                self._floor.see_ticker(report)
            deliver(report)

        await self._feed.run(symbols, meet)

    async def close(self) -> None:
        """`MarketFeed.close`."""
        await self._feed.close()
