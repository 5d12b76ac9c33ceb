"""Prices of any exchange through ccxt.pro's watchers.

Law: whatever a watcher raises, and any silence, ends all sockets of the connection, and a new one is
made. ccxt.pro hangs for ever on some refusals, so silence is the only sign that is sure to come.
"""

import asyncio
from collections.abc import Callable
from math import isfinite
from typing import Any

from tui_trader.engine.exchanges.ccxt_bridge.translate import MalformedAnswer
from tui_trader.engine.exchanges.ccxt_pro import translate
from tui_trader.engine.exchanges.ccxt_pro.connection import CcxtConfig, CcxtConnection
from tui_trader.engine.exchanges.ccxt_pro.watching import LinkTiming, Watching
from tui_trader.engine.exchanges.kraken.conflation import Conflation
from tui_trader.engine.messages.reports import BookReport, CandleReport, Report, TickerReport
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.ports.market_feed import Deliver
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.errors import RejectedByExchange
from tui_trader.engine.values.instruments import Instrument, Symbol

CANDLES_MAX = 720
QUIET_MAX_S = 30.0
"""ccxt.pro keeps heartbeats to itself: a quiet pair and a dead link look alike until then."""

_Offer = Callable[[str, Symbol, Report | None], None]


class CcxtFeed:
    """`MarketFeed` of any exchange that ccxt.pro knows.

    Args:
        chance: Numbers in [0, 1); spreads reconnections.
    """

    def __init__(
        self,
        config: CcxtConfig,
        clock: Clock,
        *,
        chance: Callable[[], float],
        timing: LinkTiming | None = None,
    ) -> None:
        self._config = config
        self._clock = clock
        self._rest = CcxtConnection(config, has_text_numbers=True)
        self._link = f"{config.exchange} public"
        self._watching = Watching(self._link, clock, chance=chance, timing=timing or LinkTiming())

    async def instruments(self, symbols: tuple[Symbol, ...]) -> tuple[Instrument, ...]:
        """`MarketFeed.instruments`."""
        markets = await self._rest.markets(anew=True)
        for symbol in symbols:
            if symbol not in markets:
                message = f"{symbol}: {self._rest.name} does not list this pair; see [market] pairs"
                raise RejectedByExchange(message)
        mode = self._rest.exchange.precisionMode
        return tuple(translate.instrument_from(markets[symbol], mode) for symbol in symbols)

    async def candle_history(
        self, symbol: Symbol, interval: Interval, count: int
    ) -> tuple[Candle, ...]:
        """`MarketFeed.candle_history`."""
        count = max(1, min(count, CANDLES_MAX))
        rows = await self._rest.ask(
            self._rest.exchange.fetch_ohlcv(symbol, interval.value, None, CANDLES_MAX)
        )
        return tuple(candle_from(row) for row in rows[-count:])

    async def server_skew_ms(self) -> int:
        """How far the exchange's clock is ahead of ours, ± 1 s.

        Raises:
            TemporaryFault: it could not be asked.
        """
        sent_ms = self._clock.now_ms()
        told_ms = int(await self._rest.ask(self._rest.exchange.fetch_time()))
        return told_ms - (sent_ms + self._clock.now_ms()) // 2

    async def run(self, symbols: tuple[Symbol, ...], deliver: Deliver) -> None:
        """`MarketFeed.run`."""
        conflation = Conflation(deliver, self._clock)

        async def watch(is_heard: Callable[[str], None]) -> None:
            connection = CcxtConnection(self._config, has_text_numbers=False)
            try:
                await connection.markets()
                offer = self._offering(conflation, is_heard)
                await self._watch_all(connection, symbols, offer)
            finally:
                conflation.close()
                for symbol in symbols:
                    deliver(self._no_book(symbol))
                await connection.close()

        awaited = {f"{kind} {symbol}" for symbol in symbols for kind in ("ticker", "book")}
        await self._watching.run(watch, deliver, awaited=awaited)

    async def close(self) -> None:
        """`MarketFeed.close`."""
        await self._rest.close()

    def _offering(self, conflation: Conflation, is_heard: Callable[[str], None]) -> _Offer:
        def offer(kind: str, symbol: Symbol, report: Report | None) -> None:
            is_heard(f"{kind} {symbol}")
            if report is not None:
                conflation.offer((kind, symbol), lambda: report)

        return offer

    async def _watch_all(
        self, connection: CcxtConnection, symbols: tuple[Symbol, ...], offer: _Offer
    ) -> None:
        exchange, depth = connection.exchange, self._config.book_depth

        async def tickers(symbol: Symbol) -> None:
            while True:
                row = await connection.ask(exchange.watch_ticker(symbol))
                offer("ticker", symbol, self._ticker(symbol, row))

        async def books(symbol: Symbol) -> None:
            while True:
                book = await connection.ask(exchange.watch_order_book(symbol, depth))
                offer("book", symbol, self._book(symbol, book))

        async def candles(symbol: Symbol) -> None:
            while True:
                rows = await connection.ask(exchange.watch_ohlcv(symbol, Interval.M1.value))
                offer("candle", symbol, self._candle(symbol, rows))

        async with asyncio.TaskGroup() as group:
            for symbol in symbols:
                for follow in (tickers, books, candles):
                    group.create_task(follow(symbol))

    def _ticker(self, symbol: Symbol, row: dict[str, Any]) -> TickerReport | None:
        prices = [row.get(name) for name in ("bid", "ask", "last")]
        if not all(prices):
            # A side without orders, or a pair that never traded: there is no price to tell.
            return None
        bid, ask, last = (translate.number(price, f"a price of {symbol}") for price in prices)
        return TickerReport(
            time_ms=self._clock.now_ms(),
            symbol=symbol,
            bid=bid,
            ask=ask,
            last=last,
            volume_24h_base=_statistic(row.get("baseVolume")),
            change_24h_percent=_statistic(row.get("percentage")),
        )

    def _book(self, symbol: Symbol, book: dict[str, Any]) -> BookReport:
        depth = self._config.book_depth
        bids = translate.levels_from(book["bids"], depth)
        asks = translate.levels_from(book["asks"], depth)
        if not bids or not asks or bids[0].price >= asks[0].price:
            return self._no_book(symbol)
        # In step as far as ccxt knows: nobody here can check it (`has_verified_books`).
        return BookReport(
            time_ms=self._clock.now_ms(), symbol=symbol, bids=bids, asks=asks, is_verified=True
        )

    def _no_book(self, symbol: Symbol) -> BookReport:
        now_ms = self._clock.now_ms()
        return BookReport(time_ms=now_ms, symbol=symbol, bids=(), asks=(), is_verified=False)

    def _candle(self, symbol: Symbol, rows: list[list[Any]]) -> CandleReport:
        return CandleReport(
            time_ms=self._clock.now_ms(),
            symbol=symbol,
            interval=Interval.M1,
            candle=candle_from(rows[-1]),
        )


def candle_from(row: list[Any]) -> Candle:
    """One candle of ccxt.

    Raises:
        MalformedAnswer: it cannot be true.
    """
    prices = [float(price) for price in row[1:5]]
    volume = float(row[5] or 0)
    if not all(isfinite(price) and price > 0 for price in prices) or not isfinite(volume):
        message = "a candle has impossible numbers"
        raise MalformedAnswer(message)
    if prices[1] != max(prices) or prices[2] != min(prices) or volume < 0:
        message = "a candle closes outside its own range"
        raise MalformedAnswer(message)
    return Candle(
        open_time_ms=int(row[0]),
        open=prices[0],
        high=prices[1],
        low=prices[2],
        close=prices[3],
        volume_base=volume,
    )


def _statistic(value: object) -> float:
    told = float(str(value)) if value is not None else 0.0
    return told if isfinite(told) else 0.0
