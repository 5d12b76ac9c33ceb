"""What WebSocket clients ask for: subscribe, unsubscribe, ping; orders go to the order entry.

Law: a request is answered once for each pair it names, each with the client's `req_id`; what is
refused is refused in Kraken's form and leaves the rest of the request standing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from aiohttp import web

from tui_trader.engine.exchanges.local_kraken.account_channels import (
    balance_snapshot_rows,
    channel_text,
    newest_trade_rows,
    open_order_rows,
)
from tui_trader.engine.exchanges.local_kraken.connection import Connection, Topic
from tui_trader.engine.exchanges.local_kraken.forms import parse_object
from tui_trader.engine.exchanges.local_kraken.market_channels import (
    BOOK_DEPTHS,
    ohlc_text,
    ticker_text,
    trade_text,
)
from tui_trader.engine.exchanges.local_kraken.sockets import (
    BALANCES,
    EXECUTIONS,
    INSTRUMENT,
    SocketHub,
    texts_of,
)
from tui_trader.engine.exchanges.local_kraken.tokens import TokenDesk
from tui_trader.engine.exchanges.local_kraken.venue import Venue
from tui_trader.engine.exchanges.local_kraken.wire import moment
from tui_trader.engine.exchanges.local_kraken.ws_orders import BAD_TOKEN, ENTRIES, OrderEntry
from tui_trader.engine.exchanges.local_kraken.ws_reply import Params, Reply, say
from tui_trader.engine.exchanges.simulator import rejections
from tui_trader.engine.exchanges.simulator.board import MarketBoard
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.time import MS_PER_SECOND

_OHLC_SNAPSHOT_BARS = 10
_TRADE_SNAPSHOT = 50
_RATE_COUNT_MAX = 125
_SYMBOLS_MAX = 200
_DEFAULT_DEPTH, _DEFAULT_INTERVAL = 10, 1


class SubscribeRefused(Exception):
    """A subscription is refused.

    Args:
        error: Kraken's words.
    """

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One subscription that can be had.

    Args:
        result: What the acknowledgement says about it.
        snapshot: Writes the first message, if one is wanted.
    """

    topic: Topic
    result: Params
    snapshot: Callable[[], str] | None


class SubscriptionDesk:
    """Answers what clients ask for."""

    def __init__(
        self, venue: Venue, hub: SocketHub, *, tokens: TokenDesk, entry: OrderEntry
    ) -> None:
        self._venue, self._hub, self._tokens, self._entry = venue, hub, tokens, entry

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Handle one connection from its beginning to its end."""
        async with self._hub.connected(request) as (connection, socket):
            self._hub.greet(connection, self._venue.status.now.value)
            async for text in texts_of(socket, connection):
                self._answer(connection, text)
        return socket

    def _answer(self, connection: Connection, text: str) -> None:
        request = _parsed(text)
        if request is None:
            time_in = moment(self._venue.clock.now_ms())
            say(connection, {"error": "Malformed request", "success": False, "time_in": time_in})
            return
        params = request.get("params")
        reply = Reply(connection, request, self._venue.clock)
        method = reply.method
        if not connection.may_speak(self._venue.clock.monotonic_ms()):
            reply.refuse(_TOO_FAST)
        elif method == "ping":
            reply.send({})
        elif method in {"subscribe", "unsubscribe"} and isinstance(params, dict):
            self._subscribe(connection, reply, params)
        elif method in ENTRIES and isinstance(params, dict):
            self._entry.answer(reply, params, living=connection.tokens)
        else:
            reply.refuse(rejections.UNKNOWN_METHOD)

    def _subscribe(self, connection: Connection, reply: Reply, params: Params) -> None:
        channel = str(params.get("channel", ""))
        try:
            if channel in _PAIR_CHANNELS:
                for symbol in _symbols(params):
                    self._subscribe_pair(connection, reply, params, symbol)
            else:
                self._change(connection, reply, self._account_offer(channel, connection, params))
        except SubscribeRefused as refusal:
            reply.refuse(refusal.error)

    def _subscribe_pair(  # noqa: PLR0917 - who asks, how to answer, for what
        self, connection: Connection, reply: Reply, params: Params, symbol: str
    ) -> None:
        market = self._venue.markets.get(Symbol(symbol))
        if market is None:
            reply.refuse(_unknown_symbol(symbol), symbol=symbol)
            return
        try:
            offer = _PAIR_CHANNELS[str(params["channel"])](self, market, params)
            self._change(connection, reply, offer)
        except SubscribeRefused as refusal:
            reply.refuse(refusal.error, symbol=symbol)

    def _change(self, connection: Connection, reply: Reply, offer: Offer) -> None:
        if reply.method == "unsubscribe":
            if offer.topic not in connection.topics:
                raise SubscribeRefused(_NOT_SUBSCRIBED)
            self._hub.leave(connection, offer.topic)
            reply.send({"result": offer.result, "success": True})
            return
        if offer.topic in connection.topics:
            raise SubscribeRefused(_ALREADY_SUBSCRIBED)
        reply.send({"result": offer.result, "success": True})
        if offer.snapshot is not None:
            connection.send(offer.snapshot())
        self._hub.join(connection, offer.topic)

    def _account_offer(self, channel: str, connection: Connection, params: Params) -> Offer:
        if channel == "instrument":
            wanted = _flag(params, "snapshot", default=True)
            result = {"channel": channel, "snapshot": wanted}
            return Offer(
                topic=INSTRUMENT,
                result=result,
                snapshot=(lambda: self._hub.instruments("snapshot")) if wanted else None,
            )
        if channel not in {"executions", "balances"}:
            raise SubscribeRefused(_UNKNOWN_CHANNEL)
        if not self._tokens.is_valid(params.get("token"), self._venue.clock.now_ms()):
            raise SubscribeRefused(BAD_TOKEN)
        connection.tokens.add(str(params["token"]))
        if channel == "balances":
            return self._balances(connection, params)
        return self._executions(connection, params)

    def _executions(self, connection: Connection, params: Params) -> Offer:
        orders = _flag(params, "snap_orders", default=True)
        trades = _flag(params, "snap_trades", default=False)
        connection.options["order_status"] = _flag(params, "order_status", default=True)
        connection.options["ratecounter"] = _flag(params, "ratecounter", default=False)

        def snapshot() -> str:
            account = self._venue.account
            rows = newest_trade_rows(account) if trades else []
            rows += open_order_rows(account) if orders else []
            sequence = connection.next_sequence("executions")
            return channel_text("executions", "snapshot", rows, sequence)

        result = {
            "channel": "executions",
            "maxratecount": _RATE_COUNT_MAX,
            "ratecounter": connection.options["ratecounter"],
            "snap_orders": orders,
            "snap_trades": trades,
        }
        return Offer(topic=EXECUTIONS, result=result, snapshot=snapshot)

    def _balances(self, connection: Connection, params: Params) -> Offer:
        wanted = _flag(params, "snapshot", default=True)

        def snapshot() -> str:
            rows = balance_snapshot_rows(self._venue.account)
            sequence = connection.next_sequence("balances")
            return channel_text("balances", "snapshot", rows, sequence)

        result = {"channel": "balances", "snapshot": wanted}
        return Offer(topic=BALANCES, result=result, snapshot=snapshot if wanted else None)

    def offer_ticker(self, market: MarketBoard, params: Params) -> Offer:
        """Channel `ticker`: on trades, or on every change of the best prices."""
        trigger = params.get("event_trigger", "trades")
        if trigger not in {"trades", "bbo"}:
            raise SubscribeRefused(_BAD_TRIGGER)
        return self._pair_offer(
            market,
            params,
            ("ticker", market.pair.symbol, str(trigger)),
            extra={"event_trigger": trigger},
            snapshot=lambda: ticker_text(market, "snapshot", now_ms=self._venue.clock.now_ms()),
        )

    def offer_book(self, market: MarketBoard, params: Params) -> Offer:
        """Channel `book`."""
        depth = params.get("depth", _DEFAULT_DEPTH)
        if type(depth) is not int or depth not in BOOK_DEPTHS:
            raise SubscribeRefused(_BAD_DEPTH)
        topic = ("book", market.pair.symbol, str(depth))
        return self._pair_offer(
            market,
            {**params, "snapshot": True},
            topic,
            extra={"depth": depth},
            snapshot=lambda: self._hub.book_snapshot(topic, market, depth),
        )

    def offer_trade(self, market: MarketBoard, params: Params) -> Offer:
        """Channel `trade`."""
        return self._pair_offer(
            market,
            {"snapshot": False, **params},
            ("trade", market.pair.symbol),
            extra={},
            snapshot=lambda: trade_text(
                market.pair, "snapshot", list(market.tape)[-_TRADE_SNAPSHOT:]
            ),
        )

    def offer_ohlc(self, market: MarketBoard, params: Params) -> Offer:
        """Channel `ohlc`."""
        interval = params.get("interval", _DEFAULT_INTERVAL)
        if type(interval) is not int or interval not in market.candles:
            raise SubscribeRefused(_BAD_INTERVAL)

        def snapshot() -> str:
            now_ms = self._venue.clock.now_ms()
            bars = market.candles[interval].bars(now_ms / MS_PER_SECOND)[-_OHLC_SNAPSHOT_BARS:]
            return ohlc_text(market.pair, "snapshot", bars, interval_min=interval, now_ms=now_ms)

        topic = ("ohlc", market.pair.symbol, str(interval))
        return self._pair_offer(
            market, params, topic, extra={"interval": interval}, snapshot=snapshot
        )

    @staticmethod
    def _pair_offer(
        market: MarketBoard,
        params: Params,
        topic: Topic,
        *,
        extra: Params,
        snapshot: Callable[[], str],
    ) -> Offer:
        wanted = _flag(params, "snapshot", default=True)
        result = {
            "channel": topic[0],
            **extra,
            "snapshot": wanted,
            "symbol": market.pair.symbol,
        }
        return Offer(topic=topic, result=result, snapshot=snapshot if wanted else None)


_PAIR_CHANNELS: Mapping[str, Callable[[SubscriptionDesk, MarketBoard, Params], Offer]] = {
    "ticker": SubscriptionDesk.offer_ticker,
    "book": SubscriptionDesk.offer_book,
    "trade": SubscriptionDesk.offer_trade,
    "ohlc": SubscriptionDesk.offer_ohlc,
}
_NOT_SUBSCRIBED = "Subscription Not Found"
_ALREADY_SUBSCRIBED = "Already subscribed"
_UNKNOWN_CHANNEL = "Subscription name invalid"
_TOO_FAST = "Exceeded msg rate"
_BAD_TRIGGER = "Event trigger not supported"
_BAD_DEPTH = "Subscription depth not supported"
_BAD_INTERVAL = "Subscription ohlc interval not supported"
_NO_SYMBOL = "Currency pair not provided"


def _parsed(text: str) -> dict[str, object] | None:
    try:
        return parse_object(text)
    except ValueError:
        return None


def _symbols(params: Params) -> Iterable[str]:
    symbols = params.get("symbol")
    if not isinstance(symbols, list) or not 0 < len(symbols) <= _SYMBOLS_MAX:
        raise SubscribeRefused(_NO_SYMBOL)
    return [str(symbol) for symbol in symbols]


def _unknown_symbol(symbol: str) -> str:
    if "/" not in symbol:
        return f"Currency pair not in ISO 4217-A3 format {symbol}"
    return f"Currency pair not supported {symbol}"


def _flag(params: Params, name: str, *, default: bool) -> bool:
    value = params.get(name, default)
    return value if isinstance(value, bool) else default
