"""A market feed that is listened to on its way through: for the store, and for what candles cannot tell."""

import asyncio

from tui_trader.engine.messages.reports import Report
from tui_trader.engine.ports.candle_store import CandleStore
from tui_trader.engine.ports.market_feed import Deliver, MarketFeed
from tui_trader.engine.session.candle_flow import CandleFlows
from tui_trader.engine.session.candle_keeper import CandleKeeper, StartWriter, Tell
from tui_trader.engine.session.candle_writer import CandleWriter
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.instruments import Instrument, Symbol


class KeptFeed:
    """`MarketFeed` that hands every report on, and lets a `CandleKeeper` hear it first.

    The history it gives carries what takers did and what waited in the book, where that was heard. It listens here and not behind the session's inbox: there only the newest report of a kind is kept,
    and the last word on a minute may be replaced by the first on the next.

    Args:
        feed: The feed itself.
        store: Where its candles go.
        tell: Is given sentences for the log.
        start_writer: Starts the thread that writes.
    """

    def __init__(
        self,
        feed: MarketFeed,
        store: CandleStore,
        tell: Tell,
        *,
        start_writer: StartWriter = CandleWriter,
    ) -> None:
        self._feed = feed
        self._keeper = CandleKeeper(feed, store, tell, start_writer=start_writer)
        self._flows = CandleFlows()

    async def instruments(self, symbols: tuple[Symbol, ...]) -> tuple[Instrument, ...]:
        """`MarketFeed.instruments`."""
        return await self._feed.instruments(symbols)

    async def candle_history(
        self, symbol: Symbol, interval: Interval, count: int
    ) -> tuple[Candle, ...]:
        """`MarketFeed.candle_history`."""
        candles = await self._feed.candle_history(symbol, interval, count)
        return self._flows.told(symbol, interval, candles)

    async def run(self, symbols: tuple[Symbol, ...], deliver: Deliver) -> None:
        """`MarketFeed.run`."""

        def hear(report: Report) -> None:
            self._keeper.hear(report)
            self._flows.hear(report)
            deliver(report)

        async with asyncio.TaskGroup() as group:
            keeping = group.create_task(self._keeper.run(symbols))
            await self._feed.run(symbols, hear)
            keeping.cancel()

    async def close(self) -> None:
        """`MarketFeed.close`."""
        await self._feed.close()
