"""The public half of Kraken's WebSocket v2: prices, books, candles and takers of some pairs."""

from collections.abc import Awaitable, Callable
from functools import partial
from math import isfinite

import msgspec

from tui_trader.engine.exchanges.ccxt_bridge.translate import MalformedAnswer
from tui_trader.engine.exchanges.kraken.book import Book, BookBroken, BookRow
from tui_trader.engine.exchanges.kraken.conflation import Conflation
from tui_trader.engine.exchanges.kraken.socket import Connection, Envelope, Link, LinkDown, decode
from tui_trader.engine.exchanges.kraken.takers import TakerWindow
from tui_trader.engine.exchanges.kraken.wire import (
    AckResult,
    OhlcRow,
    QuoteRow,
    TickerRow,
    TradeRow,
)
from tui_trader.engine.messages.reports import BookReport, CandleReport, TickerReport
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.ports.market_feed import Deliver
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.instruments import Instrument, Symbol
from tui_trader.engine.values.time import MS_PER_SECOND, parse_rfc3339

LINK_NAME = "kraken public"
# A book that breaks this often on one connection has a cause a new snapshot does not mend: perhaps
# the pair has other decimals now. A new connection asks for them.
BOOK_BREAKS_MAX = 5
PRICE_MIN, PRICE_MAX = 1e-20, 1e20
_SNAPSHOT = "snapshot"

Instruments = Callable[[tuple[Symbol, ...]], Awaitable[tuple[Instrument, ...]]]

_ACK = msgspec.json.Decoder(AckResult)
_TICKERS = msgspec.json.Decoder(tuple[TickerRow, ...])
_QUOTES = msgspec.json.Decoder(tuple[QuoteRow, ...])
_BOOKS = msgspec.json.Decoder(tuple[BookRow, ...])
_TRADES = msgspec.json.Decoder(tuple[TradeRow, ...])
_CANDLES = msgspec.json.Decoder(tuple[OhlcRow, ...])


class PublicFeed:
    """Market reports of some pairs, for as long as it runs.

    Args:
        instruments: Asked before each connection, for the decimals the checksum is made with.
        depth: Levels a side.
    """

    def __init__(self, link: Link, clock: Clock, *, instruments: Instruments, depth: int) -> None:
        self._link = link
        self._clock = clock
        self._instruments = instruments
        self._depth = depth

    async def run(self, symbols: tuple[Symbol, ...], deliver: Deliver) -> None:
        """`MarketFeed.run`."""

        async def converse(connection: Connection) -> None:
            listed = await self._instruments(symbols)
            market = _Market(self._clock, deliver, listed=listed, depth=self._depth)
            try:
                await self._follow(connection, market, deliver)
            finally:
                market.close()

        await self._link.run(converse, deliver)

    async def _follow(self, connection: Connection, market: "_Market", deliver: Deliver) -> None:
        for request in market.subscriptions():
            await connection.send(request)
        is_up = False
        while True:
            envelope = await connection.receive()
            self._link.tell_heartbeat(deliver)
            market.take(envelope)
            if market.has_broken:
                for request in market.repairs():
                    await connection.send(request)
            if not market.is_waiting:
                if not is_up:
                    is_up = True
                    self._link.tell_up(deliver)
            elif market.waited_s() > self._link.timing.subscribe_max_s:
                message = "a subscription was not confirmed, or its book did not come, in time"
                raise LinkDown(message)


class _Market:
    """What one connection knows: its subscriptions and its books."""

    def __init__(
        self, clock: Clock, deliver: Deliver, *, listed: tuple[Instrument, ...], depth: int
    ) -> None:
        self._clock = clock
        self._deliver = deliver
        self._depth = depth
        self._instruments = {instrument.symbol: instrument for instrument in listed}
        self._books: dict[Symbol, Book] = {}
        self._breaks: dict[Symbol, int] = {}
        self._broken: list[Symbol] = []
        self._conflation = Conflation(deliver, clock)
        self._takers = {symbol: TakerWindow(clock) for symbol in self._instruments}
        now_ms = clock.monotonic_ms()
        self._awaited_since_ms = {
            (sign, symbol): now_ms
            for sign in ("ticker", "book", "ohlc", _SNAPSHOT)
            for symbol in self._instruments
        }

    @property
    def is_waiting(self) -> bool:
        """Whether a confirmation or a book is missing."""
        return bool(self._awaited_since_ms)

    @property
    def has_broken(self) -> bool:
        """Whether `repairs` has something to say."""
        return bool(self._broken)

    def waited_s(self) -> float:
        """How long the oldest missing confirmation or book is missing."""
        oldest_ms = min(self._awaited_since_ms.values())
        return (self._clock.monotonic_ms() - oldest_ms) / MS_PER_SECOND

    def close(self) -> None:
        """Nothing of this connection is true any more."""
        self._conflation.close()
        for symbol in self._books:
            self._tell_unverified(symbol)

    def subscriptions(self) -> tuple[dict[str, object], ...]:
        """Requests that open a connection."""
        symbols = list(self._instruments)
        # Every change of a best price, not every trade: quotes are what orders are priced from.
        ticker = {"channel": "ticker", "event_trigger": "bbo", "symbol": symbols}
        book = {"channel": "book", "depth": self._depth, "symbol": symbols}
        ohlc = {"channel": "ohlc", "interval": Interval.M1.minutes, "symbol": symbols}
        # Its confirmation is not waited for: nothing is priced from what takers do.
        trade = {"channel": "trade", "snapshot": False, "symbol": symbols}
        each = (ticker, book, ohlc, trade)
        return tuple({"method": "subscribe", "params": params} for params in each)

    def repairs(self) -> tuple[dict[str, object], ...]:
        """Requests that bring new snapshots of the books that broke since the last call."""
        broken, self._broken = self._broken, []
        return tuple(
            {
                "method": method,
                "params": {"channel": "book", "depth": self._depth, "symbol": [symbol]},
            }
            for symbol in broken
            for method in ("unsubscribe", "subscribe")
        )

    def take(self, envelope: Envelope) -> None:
        """Weigh one message.

        Raises:
            LinkDown: the connection is of no more use.
        """
        match envelope.channel:
            case "ticker":
                quotes = decode(_QUOTES, envelope.rows)
                for place, quote in enumerate(quotes):
                    self._take_ticker(quote, envelope.rows, place)
            case "book":
                for book in decode(_BOOKS, envelope.rows):
                    self._take_book(book, is_snapshot=envelope.type == "snapshot")
            case "ohlc":
                self._take_candles(
                    decode(_CANDLES, envelope.rows), is_snapshot=envelope.type == "snapshot"
                )
            case "trade":
                for trade in decode(_TRADES, envelope.rows):
                    self._take_trade(trade)
            case "":
                self._take_acknowledgement(envelope)
            case _:
                # Heartbeats, status, and channels that Kraken adds later.
                pass

    def _take_acknowledgement(self, envelope: Envelope) -> None:
        if envelope.method != "subscribe":
            return
        if not envelope.success:
            message = f"subscription refused: {envelope.error}"
            raise LinkDown(message)
        result = decode(_ACK, envelope.result)
        self._awaited_since_ms.pop((result.channel, Symbol(result.symbol or "")), None)

    def _take_ticker(self, row: QuoteRow, rows: msgspec.Raw, place: int) -> None:
        if row.symbol not in self._instruments:
            return
        prices = (row.bid, row.ask, row.last)
        if not (isfinite(row.volume) and isfinite(row.change_pct)):
            message = f"malformed ticker of {row.symbol}"
            raise LinkDown(message)
        if not PRICE_MIN < min(prices) <= max(prices) < PRICE_MAX:
            if any(price != 0 and not PRICE_MIN < price < PRICE_MAX for price in prices):
                message = f"malformed price of {row.symbol}"
                raise LinkDown(message)
            # A side without orders, or a pair that never traded: there is no price to tell.
            return
        self._conflation.offer(("ticker", row.symbol), partial(self._ticker_report, rows, place))

    def _ticker_report(self, rows: msgspec.Raw, place: int) -> TickerReport:
        row = decode(_TICKERS, rows)[place]
        return TickerReport(
            time_ms=self._clock.now_ms(),
            symbol=Symbol(row.symbol),
            bid=row.bid,
            ask=row.ask,
            last=row.last,
            volume_24h_base=row.volume,
            change_24h_percent=row.change_pct,
        )

    def _take_candles(self, rows: tuple[OhlcRow, ...], *, is_snapshot: bool) -> None:
        # The older rows of a snapshot are history, which REST tells in full.
        newest = {row.symbol: row for row in rows}.values() if is_snapshot else rows
        for row in newest:
            self._take_candle(row)

    def _take_candle(self, row: OhlcRow) -> None:
        if row.symbol not in self._instruments or row.interval != Interval.M1.minutes:
            return
        self._deliver(
            CandleReport(
                time_ms=self._clock.now_ms(),
                symbol=Symbol(row.symbol),
                interval=Interval.M1,
                candle=_candle(row),
            )
        )

    def _take_trade(self, row: TradeRow) -> None:
        symbol = Symbol(row.symbol)
        if symbol not in self._takers:
            return
        value = row.price * row.qty
        if not isfinite(value) or row.price <= 0 or row.qty <= 0 or row.side not in {"buy", "sell"}:
            message = f"malformed trade of {row.symbol}"
            raise LinkDown(message)
        window = self._takers[symbol]
        window.add(value, is_buyer=row.side == "buy", quantity_base=row.qty, moment=row.timestamp)
        self._conflation.offer(("taker", row.symbol), lambda: window.report(symbol))

    def _take_book(self, row: BookRow, *, is_snapshot: bool) -> None:
        symbol = Symbol(row.symbol)
        if symbol not in self._instruments:
            return
        book = self._books.get(symbol)
        if not is_snapshot and book is None:
            # The rest of a subscription that was given up, or the new one's first rows lost their
            # snapshot: nothing to apply them to. `waited_s` ends a wait that is too long.
            return
        try:
            if book is None or is_snapshot:
                self._books[symbol] = Book(self._instruments[symbol], self._depth, row)
            else:
                book.take(row)
        except (BookBroken, MalformedAnswer) as fault:
            self._break(symbol, fault)
            return
        self._awaited_since_ms.pop((_SNAPSHOT, symbol), None)
        self._conflation.offer(("book", symbol), partial(self._book_report, symbol))

    def _break(self, symbol: Symbol, fault: Exception) -> None:
        self._books.pop(symbol, None)
        self._tell_unverified(symbol)
        self._breaks[symbol] = self._breaks.get(symbol, 0) + 1
        if self._breaks[symbol] > BOOK_BREAKS_MAX:
            message = f"{fault}, {self._breaks[symbol]} times"
            raise LinkDown(message)
        self._awaited_since_ms.setdefault((_SNAPSHOT, symbol), self._clock.monotonic_ms())
        self._broken.append(symbol)

    def _tell_unverified(self, symbol: Symbol) -> None:
        self._conflation.drop(("book", symbol))
        now_ms = self._clock.now_ms()
        self._deliver(
            BookReport(time_ms=now_ms, symbol=symbol, bids=(), asks=(), is_verified=False)
        )

    def _book_report(self, symbol: Symbol) -> BookReport:
        book = self._books[symbol]
        return BookReport(
            time_ms=self._clock.now_ms(),
            symbol=symbol,
            bids=book.bids(),
            asks=book.asks(),
            is_verified=True,
        )


def _candle(row: OhlcRow) -> Candle:
    values = (row.open, row.high, row.low, row.close)
    if not all(isfinite(value) and value > 0 for value in values) or not isfinite(row.volume):
        message = f"malformed candle of {row.symbol}"
        raise LinkDown(message)
    if row.high != max(values) or row.low != min(values) or row.volume < 0:
        message = f"impossible candle of {row.symbol}"
        raise LinkDown(message)
    try:
        open_time_ms = parse_rfc3339(row.interval_begin)
    except ValueError:
        message = f"malformed time of a candle of {row.symbol}"
        raise LinkDown(message) from None
    return Candle(
        open_time_ms=open_time_ms,
        open=row.open,
        high=row.high,
        low=row.low,
        close=row.close,
        volume_base=row.volume,
    )
