"""The core on a tape: `Trader.step` in a for loop, with the host, the gate and the ledger of live.

Law: the core is told what a live engine would be told, in the order in which a path through the candle
tells it: open, low, high, close. Ticks at which nobody could act are left out.
"""

from collections import deque
from collections.abc import Callable
from math import isnan
from time import perf_counter

import msgspec
import numpy as np

from tui_trader.engine.backtest.assembly import Assembly, assemble, signals_of
from tui_trader.engine.backtest.columns import TOO_RICH, outcome_of
from tui_trader.engine.backtest.outcome import BacktestOutcome, OpenPosition
from tui_trader.engine.backtest.request import BacktestRequest
from tui_trader.engine.backtest.tape_exchange import TapeExchange
from tui_trader.engine.core.host_book import CompletedTrade, HeldTrade, HostBook, PairBook
from tui_trader.engine.core.strategy_host import StrategyHost
from tui_trader.engine.core.trader import Trader
from tui_trader.engine.kernels.walk_arrays import (
    FILL_COLUMNS,
    TRADE_COLUMNS,
    TRADE_FLOATS,
    Sheets,
)
from tui_trader.engine.messages.commands import Command
from tui_trader.engine.messages.reports import (
    HeartbeatReport,
    InstrumentsReport,
    LinkReport,
    Report,
    TimerReport,
)
from tui_trader.engine.messages.requests import FetchAccount, SubmitOrder
from tui_trader.engine.messages.strategy_reports import (
    CandlesBeganReport,
    CandlesClosedReport,
    CandlesOpenedReport,
    ClosedCandle,
    StrategyReport,
)
from tui_trader.engine.rules.checks import refuse_impossible
from tui_trader.engine.rules.fills import UNTOUCHED, stop_price, take_price
from tui_trader.engine.rules.grid import EQUITY_MAX_QUOTE, MONEY_PER_QUOTE, quantity_of
from tui_trader.engine.rules.limits import BLOCKS
from tui_trader.engine.rules.model import SIZING_VOLATILITY
from tui_trader.engine.rules.stops import needs_atr
from tui_trader.engine.settings.model import Settings
from tui_trader.engine.settings.rulebook import WITHOUT_LIMITS
from tui_trader.engine.state.market_view import MarketView
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.values.candles import Candle
from tui_trader.engine.values.errors import OutgrownError
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.modes import LinkState, Mode
from tui_trader.engine.values.orders import Side

LINK = "tape"
WATCH_EVERY = 4_096
"""Moments, a twentieth of a second."""
Watch = Callable[[int, int], None]


def run_on_core(request: BacktestRequest, *, watch: Watch | None = None) -> BacktestOutcome:
    """Run a backtest on the core itself.

    Args:
        request: What to run.
        watch: Told now and then how many moments of how many are done.

    Raises:
        ConfigError: the rules contradict each other, or a parameter is wrong.
        PluginError: the strategy does not keep its word.
    """
    refuse_impossible(request.rules)
    begin = perf_counter()
    assembly = assemble(request, signals_of(request, use_kernel=False))
    signalled = perf_counter()
    run = TapeRun(request, assembly)
    run.live_through(watch)
    seconds = {"signals": signalled - begin, "run": perf_counter() - signalled}
    return outcome_of(
        request,
        assembly,
        run.sheets(),
        engine="core",
        positions=run.positions(),
        seconds=seconds,
    )


class TapeRun:
    """One trader, one tape, one exchange.

    Args:
        request: What to run.
        assembly: Its tape.
    """

    def __init__(self, request: BacktestRequest, assembly: Assembly) -> None:
        self.tape = assembly.tape
        self.symbols = tuple(request.candles)
        self.rules = request.rules
        self.exchange = TapeExchange(
            self.symbols, self.tape, rules=request.rules, cash_quote=request.cash_quote
        )
        pairs = {symbol: PairBook(grid=grid) for symbol, grid in self.exchange.grids.items()}
        self.host = StrategyHost(
            request.strategy.name, HostBook(pairs=pairs), rules=request.rules, risk=request.risk
        )
        self.trader = Trader(
            _settings(self.symbols, self.exchange.quote),
            TradingState(),
            MarketView(),
            mode=Mode.PAPER,
            venue="tape",
            host=self.host,
        )
        self.equity = np.empty(len(self.tape.time_ms))
        self._interval = next(iter(request.candles.values())).interval
        self._row = 0
        self._known = dict.fromkeys(self.symbols, 0)
        self._answers: deque[Report] = deque()
        self._completed: list[CompletedTrade] = []
        # Rows as Python numbers: a numpy scalar costs three times as much, and no message takes one.
        self._bars = [
            list(zip(*(column[pair].tolist() for column in self.tape[1:9]), strict=True))
            for pair in range(len(self.symbols))
        ]
        self._needs_atr = needs_atr(request.rules)
        self._needs_volatility = request.rules.sizing == SIZING_VOLATILITY

    def live_through(self, watch: Watch | None = None) -> None:
        """Every moment of the tape; `watch` is told how many of how many."""
        times = self.tape.time_ms.tolist()
        self._connect(times[0])
        for row, now_ms in enumerate(times):
            self._row = row
            if watch is not None and row % WATCH_EVERY == 0:
                watch(row, len(times))
            there = [
                (pair, symbol)
                for pair, symbol in enumerate(self.symbols)
                if not isnan(self._bars[pair][row][3])
            ]
            if not all(self._is_quiet(pair, symbol) for pair, symbol in there):
                self._trade(there, now_ms)
            self._close(there, now_ms)
            self.equity[row] = self.host.book.equity
            if self.equity[row] > EQUITY_MAX_QUOTE:
                raise OutgrownError(TOO_RICH)
            self._completed += self.host.book.completed
            self.host.book.completed.clear()

    def _connect(self, now_ms: int) -> None:
        self._act(self.trader.start(now_ms, "tape").requests)
        self._tell(
            InstrumentsReport(
                time_ms=now_ms, instruments=tuple(self.exchange.instruments.values())
            ),
            LinkReport(time_ms=now_ms, link=LINK, state=LinkState.UP),
            HeartbeatReport(time_ms=now_ms, link=LINK),
            TimerReport(time_ms=now_ms),
        )
        assert self.trader.state.is_reconciled

    def _is_quiet(self, pair: int, symbol: Symbol) -> bool:
        book = self.host.book.pairs[symbol]
        if book.want != 0 or book.is_time_up:
            return False
        held = book.held
        if held is None:
            return True
        _, high, low, *_ = self._bars[pair][self._row]
        return low > held.stop and not 0.0 < held.take <= high

    def _trade(self, there: list[tuple[int, Symbol]], now_ms: int) -> None:
        name = self.host.name
        self._tell(
            HeartbeatReport(time_ms=now_ms, link=LINK),
            CandlesBeganReport(time_ms=now_ms, strategy=name, open_time_ms=now_ms),
        )
        opens = [(symbol, self._bars[pair][self._row][0]) for pair, symbol in there]
        for symbol, open_ in opens:
            self._tick(symbol, open_)
        self._tell(
            CandlesOpenedReport(
                time_ms=now_ms,
                strategy=name,
                symbols=tuple(symbol for symbol, _ in opens),
            )
        )
        for symbol, open_ in opens:
            if self._held(symbol) is not None:
                self._tick(symbol, open_)
        for pair, symbol in there:
            self._walk_inside(pair, symbol)

    def _walk_inside(self, pair: int, symbol: Symbol) -> None:
        """Down to the low, then up to the high: where a level lies on the way, the price stops there."""
        held = self._held(symbol)
        if held is None:
            return
        open_, high, low, *_ = self._bars[pair][self._row]
        price = stop_price(open_, low, held.stop)
        if price != UNTOUCHED:
            self._tick(symbol, price)
            return
        self._tick(symbol, low)
        while (held := self._held(symbol)) is not None:
            part = held.part
            price = take_price(open_, high, held.take)
            if price == UNTOUCHED:
                return
            self._tick(symbol, price)
            if held.part == part:
                return

    def _close(self, there: list[tuple[int, Symbol]], now_ms: int) -> None:
        closes = []
        for pair, symbol in there:
            open_, high, low, close, volume, atr, volatility, signal = self._bars[pair][self._row]
            self._known[symbol] = self._row
            is_atr_known = self._needs_atr and not isnan(atr)
            is_volatility_known = self._needs_volatility and not isnan(volatility)
            closes.append(
                ClosedCandle(
                    symbol=symbol,
                    candle=Candle(
                        open_time_ms=now_ms,
                        open=open_,
                        high=high,
                        low=low,
                        close=close,
                        volume_base=volume,
                    ),
                    signal=int(signal),
                    atr=atr if is_atr_known else None,
                    volatility=volatility if is_volatility_known else None,
                )
            )
        self._tell(
            CandlesClosedReport(time_ms=now_ms, strategy=self.host.name, closes=tuple(closes))
        )

    def _held(self, symbol: Symbol) -> HeldTrade | None:
        return self.host.book.pairs[symbol].held

    def _tick(self, symbol: Symbol, price: float) -> None:
        time_ms = int(self.tape.time_ms[self._row])
        self._tell(
            *self.exchange.tick(symbol, price, known_row=self._known[symbol], time_ms=time_ms)
        )

    def _tell(self, *messages: Command | Report | StrategyReport) -> None:
        """Let the trader hear messages, and after each all that the exchange says to what it asks."""
        for message in messages:
            self._act(self.trader.step(message).requests)
            while self._answers:
                self._act(self.trader.step(self._answers.popleft()).requests)

    def _act(self, requests: tuple[object, ...]) -> None:
        for request in requests:
            match request:
                case SubmitOrder():
                    pair = self.host.book.pairs[request.symbol]
                    reason = pair.reason if request.side is Side.SELL else 0
                    self._answers += self.exchange.fill(request, row=self._row, reason=reason)
                case FetchAccount():
                    time_ms = int(self.tape.time_ms[self._row])
                    self._answers.append(self.exchange.account_report(time_ms))
                case _:
                    message = f"nobody on a tape can {request}"
                    raise AssertionError(message)

    def sheets(self) -> Sheets:
        """What happened, as the rows that the walk writes."""
        rows = {time: row for row, time in enumerate(self.tape.time_ms.tolist())}
        trades = [self._trade_row(trade, rows) for trade in self._completed]
        floats = [
            (held.slippage, held.lowest / held.entry - 1.0, held.highest / held.entry - 1.0)
            for held in (trade.held for trade in self._completed)
        ]
        blocks = [self.host.book.blocks.get(code, 0) for code in range(len(BLOCKS))]
        return Sheets(
            self.equity,
            np.array(self.exchange.fills, dtype=np.int64).reshape(-1, FILL_COLUMNS),
            np.array(trades, dtype=np.int64).reshape(-1, TRADE_COLUMNS),
            np.array(floats, dtype=np.float64).reshape(-1, TRADE_FLOATS),
            np.array(blocks, dtype=np.int64),
        )

    def _trade_row(self, trade: CompletedTrade, rows: dict[int, int]) -> tuple[int, ...]:
        held = trade.held
        return (
            self.symbols.index(trade.symbol),
            held.lots_first,
            rows[held.entry_time_ms],
            rows[trade.exit_time_ms],
            held.entry_ticks,
            held.cost,
            held.proceeds,
            held.fees,
            held.bars,
            trade.reason,
            trade.exit_ticks,
            held.sales,
        )

    def positions(self) -> tuple[OpenPosition, ...]:
        """What is still held."""
        found = []
        for symbol, pair in self.host.book.pairs.items():
            held = pair.held
            if held is None:
                continue
            quantity = quantity_of(held.lots, pair.grid.lots_per_unit)
            paid = (held.cost + held.fees - held.proceeds) / MONEY_PER_QUOTE
            found.append(
                OpenPosition(
                    symbol=symbol,
                    quantity_base=quantity,
                    entry_time_ms=held.entry_time_ms,
                    entry_price=held.entry,
                    stop_price=held.stop if held.stop_ticks > 0 else None,
                    pnl_quote=quantity * pair.close - paid,
                )
            )
        return tuple(found)


def _settings(symbols: tuple[Symbol, ...], quote: str) -> Settings:
    """Settings under which nothing but the request's own limits decides."""
    settings = Settings()
    replace = msgspec.structs.replace
    wide = 10**15
    return replace(
        settings,
        market=replace(settings.market, pairs=symbols, quote_asset=quote),
        limits=replace(
            settings.limits,
            price_collar_percent=50,
            position_value_max_quote=wide,
            order_value_max_quote=wide,
            open_orders_max=len(symbols) + 1,
        ),
        risk=WITHOUT_LIMITS,
    )
