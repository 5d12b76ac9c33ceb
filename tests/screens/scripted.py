"""A scripted engine client: a seeded, plausible account and market, a fixed clock, frames by hand."""

import asyncio
import math
import random
from collections.abc import AsyncIterator, Callable
from decimal import Decimal

import msgspec

from tui_trader.engine.client.frames import (
    PROTOCOL_VERSION,
    EventFrame,
    MarketFrame,
    PulseFrame,
    UpdateFrame,
    Welcome,
)
from tui_trader.engine.core.risk_standing import risk_answer
from tui_trader.engine.messages import events as told
from tui_trader.engine.messages.commands import Command, HaltTrading, PlaceOrder
from tui_trader.engine.messages.events import Event
from tui_trader.engine.messages.queries import (
    Answer,
    AskCandles,
    AskRecentEvents,
    AskTicket,
    CandlesAnswer,
    GateVerdict,
    JournalEntry,
    Query,
    QueryFailed,
    RecentEventsAnswer,
    TicketAnswer,
)
from tui_trader.engine.messages.reports import (
    BookReport,
    CandleReport,
    HeartbeatReport,
    InstrumentsReport,
    TickerReport,
)
from tui_trader.engine.messages.risk_queries import AskRisk, RiskAnswer
from tui_trader.engine.messages.signal_queries import (
    AskModel,
    AskModels,
    AskSignal,
    AskSignals,
    AskWaterfalls,
    ModelsAnswer,
    SignalQuery,
    SignalRow,
    SignalsAnswer,
    WaterfallsAnswer,
)
from tui_trader.engine.settings.model import Settings
from tui_trader.engine.state.market_view import MarketView
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.state.valuation import available
from tui_trader.engine.values.account import ExchangeFill
from tui_trader.engine.values.books import BookLevel, sweep
from tui_trader.engine.values.candles import Candle, Interval
from tui_trader.engine.values.errors import NothingRunning
from tui_trader.engine.values.instruments import Asset, Instrument, Symbol
from tui_trader.engine.values.modes import LinkState, Mode
from tui_trader.engine.values.orders import (
    ClientOrderId,
    ExchangeOrderId,
    ExecutionId,
    OrderType,
    Side,
)

GONE = "no engine answers in this home"
NOW_MS = 1_795_171_503_000  # 2026-11-20 10:45:03 UTC
MINUTE = 60_000
CANDLES_KEPT = 1_200
"""Of each pair and timeframe: the exchange told the newest 300 of them."""
PAIRS = (
    ("BTC/USD", "64130.4", "0.1", "0.00000001", 1.84),
    ("ETH/USD", "3127.55", "0.01", "0.00000001", -0.62),
    ("SOL/USD", "141.27", "0.01", "0.00000001", 3.41),
    ("XRP/USD", "0.57813", "0.00001", "0.00000001", -2.18),
    ("DOGE/USD", "0.1234567", "0.0000001", "0.00000001", 0.0),
)


def instrument(symbol: str = "BTC/USD") -> Instrument:
    name, _, tick, lot, _ = next(row for row in PAIRS if row[0] == symbol)
    base, quote = name.split("/")
    return Instrument(
        symbol=Symbol(name),
        base=Asset(base),
        quote=Asset(quote),
        tick=Decimal(tick),
        lot=Decimal(lot),
        quantity_min=Decimal("0.00005"),
        cost_min=Decimal("0.5"),
        fee_maker_ratio=Decimal("0.0025"),
        fee_taker_ratio=Decimal("0.004"),
    )


def price_of(symbol: str) -> Decimal:
    return next(Decimal(row[1]) for row in PAIRS if row[0] == symbol)


def candle_walk(symbol: str, interval: Interval, count: int, now_ms: int = NOW_MS):
    """Seeded random walk that ends at the pair's price; the same for the same arguments."""
    chance = random.Random(f"{symbol} {interval.value}")
    last = float(price_of(symbol))
    step = last * 0.0006 * math.sqrt(interval.minutes)
    start = now_ms // interval.ms * interval.ms
    candles, close = [], last
    for index in range(count):
        open_ = close - chance.gauss(0.02, 1) * step
        high = max(open_, close) + abs(chance.gauss(0, 0.6)) * step
        low = min(open_, close) - abs(chance.gauss(0, 0.6)) * step
        volume = chance.expovariate(1) * 8 * (1 + abs(close - open_) / step)
        candles.append(
            Candle(
                open_time_ms=start - index * interval.ms,
                open=open_,
                high=high,
                low=low,
                close=close,
                volume_base=volume,
            )
        )
        close = open_
    return tuple(reversed(candles))


def candles_asked(query: AskCandles) -> CandlesAnswer:
    """The newest 300, and before them as many as were kept."""
    if query.before_ms:
        kept = candle_walk(query.symbol, query.interval, CANDLES_KEPT)
        older = tuple(candle for candle in kept if candle.open_time_ms < query.before_ms)
        candles = older[-query.count :]
    else:
        candles = candle_walk(query.symbol, query.interval, min(query.count, 300))
    return CandlesAnswer(symbol=query.symbol, interval=query.interval, candles=candles)


def book_of(
    symbol: str, *, mid: Decimal | None = None, seed: int = 1, time_ms=NOW_MS
) -> BookReport:
    chance, item = random.Random(f"{symbol} {seed}"), instrument(symbol)
    middle, tick = mid or price_of(symbol), item.tick
    # Levels a ten-thousandth of a percent apart or a tick, whichever is more.
    apart = max(1, int(middle * Decimal("0.000012") / tick))
    bids, asks, bid, ask = [], [], middle, middle + tick
    for _ in range(25):
        size = Decimal(str(round(chance.expovariate(1) * 2000 / float(middle) + 0.001, 8)))
        bids.append(BookLevel(bid, size))
        bid -= tick * chance.randint(1, apart * 2)
        size = Decimal(str(round(chance.expovariate(1) * 2000 / float(middle) + 0.001, 8)))
        asks.append(BookLevel(ask, size))
        ask += tick * chance.randint(1, apart * 2)
    if symbol == "BTC/USD" and mid is None:
        # The level of the account's own resting order.
        bids[4] = BookLevel(Decimal("64128.9"), Decimal("0.03150000"))
        bids[5:] = [level for level in bids[5:] if level.price < Decimal("64128.9")]
    return BookReport(
        time_ms=time_ms, symbol=Symbol(symbol), bids=tuple(bids), asks=tuple(asks), is_verified=True
    )


def ticker_of(symbol: str, *, mid: Decimal | None = None, time_ms=NOW_MS) -> TickerReport:
    change = next(row[4] for row in PAIRS if row[0] == symbol)
    middle = mid or price_of(symbol)
    return TickerReport(
        time_ms=time_ms,
        symbol=Symbol(symbol),
        bid=middle,
        ask=middle + instrument(symbol).tick,
        last=middle,
        volume_24h_base=2531.7,
        change_24h_percent=change,
    )


def market(now_ms: int = NOW_MS) -> MarketView:
    view = MarketView()
    view.apply(
        InstrumentsReport(time_ms=now_ms, instruments=tuple(instrument(p[0]) for p in PAIRS))
    )
    for symbol, *_ in PAIRS:
        view.apply(ticker_of(symbol))
        view.apply(book_of(symbol))
        live = candle_walk(symbol, Interval.M1, 1)[0]
        view.apply(
            CandleReport(time_ms=now_ms, symbol=Symbol(symbol), interval=Interval.M1, candle=live)
        )
    for link in ("market", "account"):
        view.apply(HeartbeatReport(time_ms=now_ms - 400, link=link))
    return view


def order_id(number: int) -> ClientOrderId:
    return ClientOrderId(f"{number:08d}-0000-4000-8000-{number:012d}")


def submitted(number: int, symbol: str, side: Side, quantity: str, price: str | None, **more):
    ago_ms = more.pop("ago_ms", 60_000)
    return told.OrderSubmitted(
        time_ms=NOW_MS - ago_ms,
        actor=more.pop("actor", "console"),
        client_order_id=order_id(number),
        symbol=Symbol(symbol),
        side=side,
        order_type=OrderType.MARKET if price is None else OrderType.LIMIT,
        quantity_base=Decimal(quantity),
        price=None if price is None else Decimal(price),
        post_only=more.pop("post_only", False),
        hold_quote=Decimal(quantity) * Decimal(price or 0) if side is Side.BUY else Decimal(0),
        deadline_ms=NOW_MS - ago_ms + 5_000,
        **more,
    )


def accepted(number: int, ago_ms: int = 59_000) -> told.OrderAccepted:
    return told.OrderAccepted(
        time_ms=NOW_MS - ago_ms,
        client_order_id=order_id(number),
        exchange_order_id=ExchangeOrderId(f"OTX{number:05d}"),
    )


def filled(number: int, symbol: str, side: Side, quantity: str, price: str, ago_ms: int = 58_000):
    return told.OrderFilled(
        time_ms=NOW_MS - ago_ms,
        client_order_id=order_id(number),
        fill=ExchangeFill(
            execution_id=ExecutionId(f"TE{number}-{ago_ms}"),
            exchange_order_id=ExchangeOrderId(f"OTX{number:05d}"),
            client_order_id=order_id(number),
            symbol=Symbol(symbol),
            side=side,
            price=Decimal(price),
            quantity_base=Decimal(quantity),
            fee=(Decimal(quantity) * Decimal(price) * Decimal("0.0025")).quantize(
                Decimal("0.0001")
            ),
            fee_asset=Asset("USD"),
            is_maker=True,
            filled_ms=NOW_MS - ago_ms,
        ),
    )


def started(mode: Mode = Mode.DEMO) -> list[Event]:
    hour = 3_600_000
    return [
        told.EngineStarted(
            time_ms=NOW_MS - hour, mode=mode, venue="local Kraken 127.0.0.1", version="0.1.0"
        ),
        told.LinkChanged(time_ms=NOW_MS - hour + 300, link="market", state=LinkState.UP),
        told.LinkChanged(time_ms=NOW_MS - hour + 400, link="account", state=LinkState.UP),
        told.ReconcileStarted(time_ms=NOW_MS - hour + 500, reason="start"),
        told.BalanceChanged(time_ms=NOW_MS - hour + 600, asset=Asset("USD"), total=Decimal(10_000)),
        told.ReconcileCompleted(
            time_ms=NOW_MS - hour + 700, fills_found=0, orders_found=0, checked_ms=NOW_MS - hour
        ),
        told.EquityMarked(time_ms=NOW_MS - hour + 800, equity_quote=Decimal(10_000)),
    ]


def traded() -> list[Event]:
    """An account with two positions and three orders, one of them UNKNOWN."""
    btc, eth, buy, sell = "BTC/USD", "ETH/USD", Side.BUY, Side.SELL
    return [
        *started(),
        submitted(1, btc, buy, "0.05", "63800.0", ago_ms=3_000_000),
        accepted(1, 2_999_900),
        filled(1, btc, buy, "0.05", "63800.0", 2_400_000),
        submitted(2, eth, buy, "0.8", "3151.20", ago_ms=2_300_000),
        accepted(2, 2_299_900),
        filled(2, eth, buy, "0.8", "3151.20", 2_200_000),
        submitted(3, btc, sell, "0.02", "64410.0", ago_ms=1_500_000, post_only=True),
        accepted(3, 1_499_900),
        filled(3, btc, sell, "0.01", "64410.0", 1_200_000),
        told.BalanceChanged(
            time_ms=NOW_MS - 1_199_000, asset=Asset("USD"), total=Decimal("4921.7712")
        ),
        told.BalanceChanged(time_ms=NOW_MS - 1_199_000, asset=Asset("BTC"), total=Decimal("0.04")),
        told.BalanceChanged(time_ms=NOW_MS - 1_199_000, asset=Asset("ETH"), total=Decimal("0.8")),
        submitted(4, btc, buy, "0.01", "64128.9", ago_ms=185_000),
        accepted(4, 184_900),
        submitted(5, "SOL/USD", buy, "3", "140.10", ago_ms=42_000),
        told.OrderOutcomeUnknown(
            time_ms=NOW_MS - 32_000, client_order_id=order_id(5), reason="no answer in 10 s"
        ),
        told.CommandRefused(
            time_ms=NOW_MS - 21_000,
            actor="console",
            gate="order value",
            reason="BTC/USD: 3,206.52 USD is above 2,500 of [limits] order_value_max_quote",
        ),
        told.ReconcileStarted(time_ms=NOW_MS - 11_000, reason="every minute"),
        told.ReconcileCompleted(
            time_ms=NOW_MS - 10_800, fills_found=0, orders_found=0, checked_ms=NOW_MS - 11_000
        ),
    ]


def halted() -> list[Event]:
    return [
        *traded(),
        told.TradingHalted(
            time_ms=NOW_MS - 9_000,
            actor="console",
            reason="emergency stop key",
            open_order_count=3,
        ),
        told.CancelAllRequested(time_ms=NOW_MS - 8_990, actor="console"),
        told.OrderCancelled(time_ms=NOW_MS - 8_500, client_order_id=order_id(3)),
        told.OrderCancelled(time_ms=NOW_MS - 8_500, client_order_id=order_id(4)),
        told.OrderNotPlaced(time_ms=NOW_MS - 8_400, client_order_id=order_id(5)),
        told.CancelAllConfirmed(time_ms=NOW_MS - 8_300, count=2),
    ]


def cut_off() -> list[Event]:
    """The exchange went away seven seconds ago."""
    return [
        *traded(),
        told.LinkChanged(
            time_ms=NOW_MS - 6_000, link="market", state=LinkState.DOWN, detail="connection reset"
        ),
        told.LinkChanged(
            time_ms=NOW_MS - 6_000, link="account", state=LinkState.DOWN, detail="connection reset"
        ),
    ]


def _nothing(_: Query) -> Answer:
    return QueryFailed(reason="not scripted")


def _no_model(query: SignalQuery) -> Answer:
    """An engine whose home has no model; `scripted_signals` has others."""
    match query:
        case AskSignals():
            rows = [
                SignalRow(symbol=Symbol(name), interval=Interval.H1, state="no_model")
                for name, *_ in PAIRS
            ]
            return SignalsAnswer(rows=tuple(rows))
        case AskWaterfalls():
            return WaterfallsAnswer(rows=())
        case _:
            return ModelsAnswer(rows=())


class ScriptedClient:
    """An EngineClient without an engine.

    Args:
        history: Events before the snapshot.
        reply: Turns a command into the events that answer it.
    """

    def __init__(self, history: list[Event] | None = None, *, reply=None, view=None) -> None:
        state = TradingState()
        self.history = [JournalEntry(sequence=i, event=e) for i, e in enumerate(history or [], 1)]
        for entry in self.history:
            state.apply(entry.event)
        self.sequence = len(self.history)
        # As over the socket: what client and test hold are different objects.
        self._welcome = msgspec.json.decode(
            msgspec.json.encode(
                Welcome(
                    protocol=PROTOCOL_VERSION,
                    sequence=self.sequence,
                    time_ms=NOW_MS,
                    pid=4711,
                    state=state,
                    market=view if view is not None else market(),
                )
            ),
            type=Welcome,
        )
        self.sent: list[Command] = []
        self.asked: list[Query] = []
        self.verdict: GateVerdict | None = None
        self.risk: RiskAnswer | None = None
        self.is_gone = False
        self.is_closed = False
        self.about_candles: Callable[[Query], Answer] = _nothing
        self.about_signals: Callable[[SignalQuery], Answer] = _no_model
        self._reply = reply
        self._frames: asyncio.Queue[UpdateFrame | None] = asyncio.Queue()

    @property
    def welcome(self) -> Welcome:
        return self._welcome

    def push(self, *frames: UpdateFrame) -> None:
        for frame in frames:
            self._frames.put_nowait(frame)

    def happen(self, *events: Event) -> None:
        for event in events:
            self.sequence += 1
            self.push(EventFrame(sequence=self.sequence, event=event))

    def report(self, *reports) -> None:
        self.push(MarketFrame(reports=reports))

    def pulse(self, time_ms: int) -> None:
        self.push(PulseFrame(time_ms=time_ms))

    def vanish(self) -> None:
        """The engine is gone."""
        self.is_gone = True
        self._frames.put_nowait(None)

    async def send(self, command: Command) -> None:
        if self.is_gone:
            raise NothingRunning(GONE)
        self.sent.append(command)
        if self._reply is not None:
            self.happen(*self._reply(command))

    async def ask(self, query: Query) -> Answer:
        if self.is_gone:
            raise NothingRunning(GONE)
        self.asked.append(query)
        match query:
            case AskCandles():
                return candles_asked(query)
            case AskRisk():
                return self.risk or risk_answer(
                    Settings(), self._welcome.state, self._welcome.market, now_ms=NOW_MS
                )
            case AskRecentEvents():
                return RecentEventsAnswer(entries=tuple(self.history[-query.limit :]))
            case AskTicket():
                return self._ticket(query)
            case AskSignals() | AskSignal() | AskWaterfalls() | AskModels() | AskModel():
                return self.about_signals(query)
            case _:
                return self.about_candles(query)

    def _ticket(self, query: AskTicket) -> TicketAnswer:
        book, item = book_of(query.symbol), instrument(query.symbol)
        levels = book.asks if query.side is Side.BUY else book.bids
        swept = sweep(levels, query.quantity_base)
        average = query.price or swept.price_average or levels[0].price
        value = average * query.quantity_base
        fee = value * item.fee_taker_ratio
        mid = (book.asks[0].price + book.bids[0].price) / 2
        asset = item.quote if query.side is Side.BUY else item.base
        passed = [
            GateVerdict(gate=gate, is_passed=True, text="ok")
            for gate in ("halt", "reconciled", "feed", "lot", "funds", "order value", "position")
        ]
        return TicketAnswer(
            cost_quote=value + query.side.sign * fee,
            fee_quote=fee,
            price_average=average,
            slippage_bps=float((average / mid - 1) * 10_000 * query.side.sign),
            available=available(self._welcome.state, asset, item.quote),
            verdicts=(*passed, self.verdict) if self.verdict is not None else tuple(passed),
        )

    async def updates(self) -> AsyncIterator[UpdateFrame]:
        while (frame := await self._frames.get()) is not None:
            yield frame

    async def close(self) -> None:
        self.is_closed = True


def agreeable(command: Command) -> list[Event]:
    """An engine to whom everything is fine."""
    match command:
        case PlaceOrder():
            order = told.OrderSubmitted(
                time_ms=NOW_MS,
                command_id=command.command_id,
                actor=command.actor,
                client_order_id=command.client_order_id,
                symbol=command.symbol,
                side=command.side,
                order_type=command.order_type,
                quantity_base=command.quantity_base,
                price=command.price,
                post_only=command.post_only,
                hold_quote=Decimal(0),
                deadline_ms=NOW_MS + 5_000,
            )
            return [
                order,
                told.OrderAccepted(
                    time_ms=NOW_MS,
                    client_order_id=command.client_order_id,
                    exchange_order_id=ExchangeOrderId("OTXNEW"),
                ),
            ]
        case HaltTrading():
            return [
                told.TradingHalted(
                    time_ms=NOW_MS,
                    command_id=command.command_id,
                    actor=command.actor,
                    reason=command.reason,
                    open_order_count=3,
                )
            ]
        case _:
            return []


def refusing(command: Command) -> list[Event]:
    """An engine whose gate says no."""
    return [
        told.CommandRefused(
            time_ms=NOW_MS,
            command_id=command.command_id,
            actor=command.actor,
            gate="order value",
            reason="6,413.04 USD is above the 2,500 of [limits] order_value_max_quote",
        )
    ]
