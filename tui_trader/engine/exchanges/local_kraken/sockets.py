"""The WebSocket face: who is connected, who hears what.

Law: a text is written once and handed to every subscriber of its topic; a book is compared with
what was announced once for each depth that somebody wants.
"""

import asyncio
import contextlib
import itertools
import math
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from aiohttp import WSMsgType, web

from tui_trader.engine.exchanges.local_kraken import fault_table
from tui_trader.engine.exchanges.local_kraken.account_channels import (
    OrderEvent,
    Row,
    channel_text,
    execution_rows,
    ledger_row,
)
from tui_trader.engine.exchanges.local_kraken.connection import Connection, Topic
from tui_trader.engine.exchanges.local_kraken.faults import FaultPlan
from tui_trader.engine.exchanges.local_kraken.flood import Flood
from tui_trader.engine.exchanges.local_kraken.market_channels import (
    book_text,
    ohlc_text,
    status_text,
    ticker_text,
    trade_text,
)
from tui_trader.engine.exchanges.local_kraken.message_faults import MessageFaults
from tui_trader.engine.exchanges.simulator.board import MarketBoard
from tui_trader.engine.exchanges.simulator.book import BookSide
from tui_trader.engine.exchanges.simulator.checksum import CHECKSUM_DEPTH
from tui_trader.engine.exchanges.simulator.depth_view import DepthView, Rows, checksum_of
from tui_trader.engine.exchanges.simulator.events import (
    AccountEvent,
    BalanceChanged,
    MarketMoved,
    OrderFilled,
    RulesChanged,
    SwitchSet,
    TapePrint,
)
from tui_trader.engine.ports.clock import Clock
from tui_trader.engine.values.time import MS_PER_SECOND

if TYPE_CHECKING:
    from tui_trader.engine.exchanges.simulator.account import Account

HEARTBEAT_S = 1.0
_HEARTBEAT = '{"channel":"heartbeat"}'
EXECUTIONS: Topic = ("executions",)
BALANCES: Topic = ("balances",)
INSTRUMENT: Topic = ("instrument",)
# With `order_status: false` a client hears of nothing else.
_OPEN_CLOSE = frozenset({"new", "filled", "canceled", "expired"})


class SocketHub:
    """All connections, and the topics they subscribed to."""

    def __init__(self, clock: Clock, plan: FaultPlan) -> None:
        self._clock, self._plan = clock, plan
        self._connections: set[Connection] = set()
        self._topics: dict[Topic, set[Connection]] = {}
        self._views: dict[Topic, tuple[MarketBoard, DepthView]] = {}
        self._bbos: dict[str, tuple[int, int, int, int]] = {}
        self._tickers: dict[str, MarketBoard] = {}
        self._flood = Flood(self._flood_once)
        self._refused_until_ms = 0
        self._ids = itertools.count(1)
        self.account: Account | None = None
        self.rate_level: Callable[[str], float] = lambda _: 0.0
        """Where the order counter of a pair stands."""
        self.instruments: Callable[[str], str] = lambda _: ""
        """Text of everything listed: a snapshot, or an update."""
        self._instruments_told = ""

    # Coming and going

    @contextlib.asynccontextmanager
    async def connected(
        self, request: web.Request
    ) -> AsyncIterator[tuple[Connection, web.WebSocketResponse]]:
        """One client, from the handshake until it is gone.

        Raises:
            web.HTTPServiceUnavailable: connections are refused at this time.
        """
        if self._clock.monotonic_ms() < self._refused_until_ms:
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse(compress=False, autoping=False)
        await socket.prepare(request)
        connection = Connection(socket, request.transport, MessageFaults(self._plan))
        self._connections.add(connection)
        writer = asyncio.create_task(connection.write())
        try:
            yield connection, socket
        finally:
            self._connections.discard(connection)
            for topic in list(connection.topics):
                self.leave(connection, topic)
            writer.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await writer

    def join(self, connection: Connection, topic: Topic) -> None:
        """Subscribe."""
        connection.topics.add(topic)
        self._topics.setdefault(topic, set()).add(connection)

    def leave(self, connection: Connection, topic: Topic) -> None:
        """Unsubscribe."""
        connection.topics.discard(topic)
        listeners = self._topics.get(topic, set())
        listeners.discard(connection)
        if not listeners:
            self._topics.pop(topic, None)
            self._views.pop(topic, None)

    def book_snapshot(self, topic: Topic, market: MarketBoard, depth: int) -> str:
        """Text of the book as the subscribers of that depth know it."""
        _, view = self._views.setdefault(topic, (market, DepthView(market.book, depth)))
        checksum = checksum_of(market.book)
        now_ms = self._clock.now_ms()
        return book_text(market.pair, "snapshot", view.snapshot(), checksum=checksum, now_ms=now_ms)

    # What happens

    def market_changed(self, market: MarketBoard, prints: Sequence[TapePrint]) -> None:
        """Tell the subscribers of a pair."""
        if not self._topics:
            return
        symbol = market.pair.symbol
        self._tickers[symbol] = market
        now_ms = self._clock.now_ms()
        self._tell_books(market, now_ms)
        if prints:
            self._tell_trades(market, prints, now_ms)
        bbo = market.bbo()
        moved = self._bbos.get(symbol) != bbo
        self._bbos[symbol] = bbo
        if moved or prints:
            by_trade = self._topics.get(("ticker", symbol, "trades"), set()) if prints else set()
            listeners = by_trade | self._topics.get(("ticker", symbol, "bbo"), set())
            if listeners:
                _broadcast(listeners, ticker_text(market, "update", now_ms=now_ms))

    def account_changed(self, events: Sequence[AccountEvent]) -> None:
        """Tell the subscribers of the account."""
        assert self.account is not None
        untold = {event.trade_id for event in events if isinstance(event, OrderFilled)}
        for event in events:
            if isinstance(event, OrderFilled):
                untold.discard(event.trade_id)
            if isinstance(event, BalanceChanged):
                for connection in self._topics.get(BALANCES, ()):
                    sequence = connection.next_sequence("balances")
                    connection.send(
                        channel_text("balances", "update", [ledger_row(event)], sequence)
                    )
                continue
            if isinstance(event, SwitchSet | RulesChanged | MarketMoved):
                continue
            for row in self._told_rows(event, untold):
                self._tell_execution(row, str(self.account.orders[event.txid].accepted.pair))

    def _tell_execution(self, row: Row, symbol: str) -> None:
        for connection in self._topics.get(EXECUTIONS, ()):
            wants_all = connection.options.get("order_status", True)
            if not wants_all and row["exec_type"] not in _OPEN_CLOSE:
                continue
            counted = connection.options.get("ratecounter", False)
            told = {**row, "ratecount": math.ceil(self.rate_level(symbol))} if counted else row
            sequence = connection.next_sequence("executions")
            connection.send(channel_text("executions", "update", [told], sequence))

    def _told_rows(self, event: OrderEvent, untold: Collection[str]) -> Iterable[Row]:
        assert self.account is not None
        for row in execution_rows(self.account, event, untold):
            yield row
            if row["exec_type"] == "trade" and self._plan.take(fault_table.DUPLICATE_FILL):
                yield row

    async def beat(self) -> None:
        """Send heartbeats until cancelled."""
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            _broadcast((one for one in self._connections if one.topics), _HEARTBEAT)
            self._tell_instruments()

    def _tell_instruments(self) -> None:
        """Rules change rarely and by nobody's leave: they are looked at with every heartbeat."""
        listed = self.instruments("update")
        if self._instruments_told and listed != self._instruments_told:
            _broadcast(self._topics.get(INSTRUMENT, ()), listed)
        self._instruments_told = listed

    # Faults

    def drop_all(self) -> None:
        """Cut every connection without a close."""
        for connection in list(self._connections):
            connection.abort()

    def close_all(self, code: int) -> None:
        """Close every connection with a code."""
        for connection in list(self._connections):
            connection.close(code)

    def refuse(self, seconds: float) -> None:
        """Take no new connection for that long; 0 ends it."""
        self._refused_until_ms = self._clock.monotonic_ms() + int(seconds * MS_PER_SECOND)

    def flood(self, seconds: float, per_second: int) -> None:
        """Send ticker updates as fast as that; 0 seconds end it."""
        self._flood.begin(seconds, per_second)

    def forget_tokens(self) -> None:
        """No connection is known by its token any more."""
        for connection in self._connections:
            connection.tokens.clear()

    def say_status(self, system: str) -> None:
        """Tell every connection the state of the exchange."""
        text = status_text(system, next(self._ids))
        for connection in list(self._connections):
            connection.send(text)

    def greet(self, connection: Connection, system: str) -> None:
        """Tell a new connection the state of the exchange."""
        connection.send(status_text(system, next(self._ids)))

    def silence(self, seconds: float) -> None:
        """Lose everything meant for the present connections for that long; 0 ends it."""
        for connection in list(self._connections):
            connection.is_silent = seconds > 0
            if seconds > 0:
                asyncio.get_running_loop().call_later(seconds, connection.resume)

    def _flood_once(self, copies: int) -> int:
        """Send so many ticker updates to everybody who subscribed to a ticker."""
        now_ms, sent = self._clock.now_ms(), 0
        for topic, listeners in list(self._topics.items()):
            market = self._tickers.get(topic[1]) if topic[0] == "ticker" else None
            if market is None:
                continue
            text = ticker_text(market, "update", now_ms=now_ms)
            for connection in list(listeners):
                for _ in range(copies):
                    connection.send(text)
                sent += copies
        return sent

    def _tell_books(self, market: MarketBoard, now_ms: int) -> None:
        checksum: int | None = None
        for topic, (viewed, view) in self._views.items():
            if viewed is not market:
                continue
            bids, asks = view.changes()
            if not bids and not asks:
                continue
            if checksum is None:
                checksum = checksum_of(market.book)
            sides = self._flipped(market.book.bids, bids), self._flipped(market.book.asks, asks)
            text = book_text(market.pair, "update", sides, checksum=checksum, now_ms=now_ms)
            _broadcast(self._topics[topic], text)

    def _flipped(self, book_side: BookSide, rows: Rows) -> Rows:
        """The rows, one of them falsified when that fault is armed and a checked level is there."""
        if self._plan.is_empty:
            return rows
        checked = set(book_side.top(CHECKSUM_DEPTH))
        for index, (ticks, lots) in enumerate(rows):
            if ticks in checked and self._plan.take(fault_table.BOOK_FLIP):
                return [*rows[:index], (ticks, lots ^ 1), *rows[index + 1 :]]
        return rows

    def _tell_trades(self, market: MarketBoard, prints: Sequence[TapePrint], now_ms: int) -> None:
        symbol = market.pair.symbol
        listeners = self._topics.get(("trade", symbol))
        if listeners:
            _broadcast(listeners, trade_text(market.pair, "update", prints))
        for minutes, series in market.candles.items():
            listeners = self._topics.get(("ohlc", symbol, str(minutes)))
            if listeners:
                bars = (series.open_bar,)
                text = ohlc_text(market.pair, "update", bars, interval_min=minutes, now_ms=now_ms)
                _broadcast(listeners, text)


def _broadcast(connections: Iterable[Connection], text: str) -> None:
    for connection in list(connections):
        connection.send(text)


async def texts_of(socket: web.WebSocketResponse, connection: Connection) -> AsyncIterator[str]:
    """What a client says, until it leaves; protocol pings are answered unless silent."""
    async for message in socket:
        if message.type is WSMsgType.TEXT:
            yield message.data
        elif message.type is WSMsgType.PING and not connection.is_silent:
            await socket.pong(message.data)
