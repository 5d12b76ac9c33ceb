"""Live and backtest side by side without processes: many strategies and walks, on time that jumps.

The engine's own adapter, session and core run on the exchange that steps through a recording, over real
HTTP and WebSocket; the same candles go through `run_on_core`. Orders must agree in direction, quantity
and candle. `tests/journeys/test_parity.py` shows the same with real processes.
"""

import asyncio
import contextlib
from concurrent.futures import Future, ThreadPoolExecutor
from decimal import Decimal
from typing import NamedTuple

import msgspec
import numpy as np
import pytest

from tests.engine.session.fakes import FakeJournal, command_id
from tests.engine.session.virtual_time import VirtualClock, run_virtual
from tests.simulation.test_faults_survived import TIER
from tui_trader.engine.analysis.candles import Candles
from tui_trader.engine.backtest.core_engine import run_on_core
from tui_trader.engine.backtest.request import BacktestRequest
from tui_trader.engine.backtest.strategy_files import find_strategy
from tui_trader.engine.client.in_process import connect_in_process
from tui_trader.engine.core.host_notes import grid_of, rules_of
from tui_trader.engine.core.trader import Trader
from tui_trader.engine.exchanges.kraken.adapter import KrakenExecution, KrakenFeed, VenueConfig
from tui_trader.engine.exchanges.local_kraken.server import serve
from tui_trader.engine.exchanges.local_kraken.venue import ServeConfig
from tui_trader.engine.exchanges.simulator.tape import TapeCandle, candle_tape
from tui_trader.engine.messages.commands import StartStrategy
from tui_trader.engine.messages.events import (
    CommandRefused,
    OrderSubmitted,
    StrategyNoted,
    StrategyRefilled,
)
from tui_trader.engine.rules.model import RiskRules
from tui_trader.engine.session.session import Ports, Session
from tui_trader.engine.settings.model import MarketSettings, Settings
from tui_trader.engine.settings.rulebook import WITHOUT_LIMITS, RuleSettings
from tui_trader.engine.state.market_view import MarketView
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import TraderError
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.modes import LinkState, Mode
from tui_trader.engine.values.orders import Side

BTC = Symbol("BTC/USD")
TICKS_PER_UNIT = {BTC: 10, Symbol("ETH/USD"): 100, Symbol("SOL/USD"): 100}
HOUR_S = 3_600
BEGIN_S = 1_568_397_600
PATIENCE_S = 60
PLAIN = RuleSettings(
    sizing="amount",
    amount_quote=Decimal(1000),
    stop_percent=Decimal(0),
    slippage_bps=Decimal(0),
    spread_bps=Decimal(0),
)


class Inline(ThreadPoolExecutor):
    """Computes at once: on time that jumps, a thread would take hours."""

    def submit(self, work, /, *args, **kwargs):
        done = Future()
        try:
            done.set_result(work(*args, **kwargs))
        except (TraderError, ArithmeticError, LookupError, ValueError) as error:
            done.set_exception(error)
        return done


class Order(NamedTuple):
    """What must agree: pair, direction, quantity in lots, and start of the candle it was decided in."""

    symbol: Symbol
    side: int
    lots: int
    candle_ms: int


def made_candles(seed: int, count: int) -> Candles:
    """A walk in ticks of 0.1 on hours, with a hole now and then."""
    chance = np.random.default_rng(seed)
    close = np.round(10_000.0 + np.cumsum(chance.normal(0.0, 60.0, count)), 1)
    open_ = np.round(np.concatenate([close[:1], close[:-1]]) + chance.normal(0.0, 3.0, count), 1)
    high = np.round(np.maximum(open_, close) + chance.exponential(20.0, count), 1)
    low = np.round(np.minimum(open_, close) - chance.exponential(20.0, count), 1)
    hours = np.cumsum(np.where(chance.random(count) < 0.05, 3, 1))
    return Candles(
        interval=Interval.H1,
        open_time_ms=(BEGIN_S + HOUR_S * hours) * 1_000,
        open=open_,
        high=high,
        low=low,
        close=close,
        volume=np.round(chance.uniform(20.0, 90.0, count), 4),
    )


def tape_of(candles: Candles, *, start_s: int, ticks_per_unit: int = 10):
    rows = [
        TapeCandle(
            int(candles.open_time_ms[row]) // 1_000,
            *(
                round(float(candles.column(name)[row]) * ticks_per_unit)
                for name in ("open", "high", "low", "close")
            ),
            round(float(candles.volume[row]) * 10**8),
            40,
        )
        for row in range(len(candles))
    ]
    return candle_tape(tuple(rows), interval_s=HOUR_S, start_s=start_s)


class Engine:
    """A session on a stepped recording."""

    def __init__(self, exchange, session, recorded, *, journal) -> None:
        self.exchange, self.session, self.recorded, self.journal = (
            exchange,
            session,
            recorded,
            journal,
        )
        self.state, self.market = session._trader.state, session._trader.market
        self.client = connect_in_process(session, name="test")

    async def until(self, condition, what):
        loop = asyncio.get_running_loop()
        end_s = loop.time() + PATIENCE_S
        while not condition():
            assert loop.time() < end_s, f"{what} never came to be"
            await asyncio.sleep(0.02)

    async def rest(self, seconds):
        """Let time pass; it jumps."""
        await asyncio.sleep(seconds)

    def is_ready(self):
        links = self.state.links
        return (
            self.state.is_reconciled
            and len(links) == 2
            and set(links.values()) == {LinkState.UP}
            and self.recorded.keys() <= self.market.tickers.keys()
            and self.recorded.keys() <= self.market.candles.keys()
        )

    async def start(self, name, parameters, *, file=""):
        await self.client.send(
            StartStrategy(
                command_id=command_id(),
                actor="test",
                name=name,
                file=file,
                symbols=tuple(self.recorded),
                interval=Interval.H1,
                parameters=parameters,
            )
        )
        await self.until(lambda: name in self.state.strategies, "the strategy")
        # Long enough for its code to be loaded, on real time.
        await self.until(lambda: self.session._strategies._followers, "its follower")
        follower = next(iter(self.session._strategies._followers.values()))
        await self.until(lambda: follower._begun_ms, "its first candle")

    async def step(self, name, open_ms):
        self.exchange.pace.step(1)
        await self.until(lambda: self.is_settled(name, open_ms), f"the candle {open_ms}")

    def is_settled(self, name, open_ms):
        note = self.state.strategies[name].note
        if note.candle_ms != open_ms or self.state.unsettled:
            return False
        return all(
            self.is_pair_settled(symbol, pair, open_ms) for symbol, pair in note.pairs.items()
        )

    def is_pair_settled(self, symbol, pair, open_ms):
        # Whoever has no candle now acts on what it wants in its next one.
        is_open = open_ms in self.recorded[symbol].open_time_ms
        is_heard = pair.closed_ms < open_ms and (not is_open or self.is_told(symbol, pair, open_ms))
        return is_heard and pair.order is None and (pair.want == 0 or not is_open)

    def is_told(self, symbol, pair, open_ms):
        times = self.recorded[symbol].open_time_ms
        before = times[(times < open_ms) & (times >= self.begin_ms)]
        return not len(before) or pair.closed_ms == before[-1]

    @property
    def begin_ms(self):
        return begin_ms(self.recorded)

    def happened(self, kind):
        return [entry.event for entry in self.journal.read() if isinstance(entry.event, kind)]


def begin_ms(recorded):
    """Start of the candle that is open when the strategy is started: the second of the first pair."""
    return int(next(iter(recorded.values())).open_time_ms[1])


def moments(recorded):
    """Starts of all candles after that one."""
    times = np.unique(np.concatenate([candles.open_time_ms for candles in recorded.values()]))
    return times[times > begin_ms(recorded)].tolist()


@contextlib.asynccontextmanager
async def engine_on(folder, recorded, *, rules, risk=WITHOUT_LIMITS):
    settings = Settings(market=MarketSettings(pairs=tuple(recorded)), rules=rules, risk=risk)
    tapes = {
        symbol: tape_of(
            candles, start_s=begin_ms(recorded) // 1_000, ticks_per_unit=TICKS_PER_UNIT[symbol]
        )
        for symbol, candles in recorded.items()
    }
    async with session_on(folder, tapes, settings, recorded=recorded) as engine:
        yield engine


@contextlib.asynccontextmanager
async def session_on(folder, tapes, settings, *, recorded, models=(None, None)):
    """The engine on an exchange that stands in the first candle of its tapes."""
    clock = VirtualClock()
    asyncio.get_running_loop().set_default_executor(Inline())
    config = ServeConfig(journal=folder / "j.jsonl", speed=0, tapes=tapes)
    async with serve(config, clock=clock) as exchange:
        exchange.pace.step(1)
        venue = VenueConfig(
            rest_url=exchange.rest,
            ws_public_url=exchange.ws,
            ws_private_url=exchange.ws,
            api_key=exchange.key,
            api_secret=exchange.secret,
            request_timeout_s=10.0,
            book_depth=settings.market.book_depth,
        )
        journal, state = FakeJournal(), TradingState()
        feed = KrakenFeed(venue, clock, chance=lambda: 0.5)
        execution = KrakenExecution(venue, clock, chance=lambda: 0.5, tier=TIER)
        trader = Trader(settings, state, MarketView(), mode=Mode.DEMO, venue="127.0.0.1")
        forecaster, waterfalls = models
        ports = Ports(journal, feed, execution, clock, forecaster=forecaster, waterfalls=waterfalls)
        session = Session(trader, ports, version="test", find_strategy=find_strategy)
        session.start()
        running = asyncio.create_task(session.run())
        try:
            engine = Engine(exchange, session, recorded, journal=journal)
            await engine.until(engine.is_ready, "a ready engine")
            yield engine
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await feed.close()
            await execution.close()


async def live_orders(folder, candles, name, parameters, *, rules=PLAIN, risk=WITHOUT_LIMITS):
    """Orders of a live run on one pair, the rules it ran with, and the grids."""
    return await live_run(folder, {BTC: candles}, (name, ""), parameters, rules=rules, risk=risk)


async def live_run(folder, recorded, named, parameters, *, rules=PLAIN, risk=WITHOUT_LIMITS):
    """Orders of a live run of the strategy of a name and, perhaps, a file."""
    name, file = named
    decided = {}
    async with engine_on(folder, recorded, rules=rules, risk=risk) as engine:
        await engine.start(name, parameters, file=file)
        for open_ms in moments(recorded):
            await engine.step(name, open_ms)
        for event in engine.happened(StrategyNoted):
            for pair in event.note.pairs.values():
                if pair.order is not None:
                    decided[pair.order] = pair.order_candle_ms
        submitted = engine.happened(OrderSubmitted)
        assert engine.happened(CommandRefused) == []
        assert engine.happened(StrategyRefilled) == []
        spec = engine.state.strategies[name].spec
        grids = {symbol: grid_of(engine.market.instruments[symbol]) for symbol in recorded}
    orders = [
        Order(
            event.symbol,
            1 if event.side is Side.BUY else -1,
            int(event.quantity_base * 10**8),
            decided[event.client_order_id],
        )
        for event in submitted
    ]
    return orders, rules_of(spec), grids


def started_in(strategy, first_ms):
    """Live begins with the candle that is open then: what came before is history, and nobody acts on it."""

    def signals(candles, choices):
        said = strategy.signals(candles, choices)
        return [
            np.where(pair.open_time_ms < first_ms, 0, one)
            for pair, one in zip(candles, said, strict=True)
        ]

    return msgspec.structs.replace(strategy, signals=signals)


def backtest_orders(candles, name, parameters, *, rules, grid):
    return backtest_run({BTC: candles}, name, parameters, rules=rules, grids=grid)


def backtest_run(recorded, found, parameters, *, rules, grids):
    """Orders of the same on the core; `found` is a name or the path of a file."""
    trade_rules, risk = rules
    outcome = run_on_core(
        BacktestRequest(
            candles=recorded,
            strategy=started_in(find_strategy(found), begin_ms(recorded)),
            parameters=parameters,
            grids=grids,
            rules=trade_rules,
            risk=risk,
            is_sold_at_end=False,
        )
    )
    fills, symbols = outcome.fills, list(recorded)
    rows = zip(
        fills.pair.tolist(),
        fills.side.tolist(),
        fills.lots.tolist(),
        fills.time_ms.tolist(),
        strict=True,
    )
    return [Order(symbols[pair], *row) for pair, *row in rows]


SHORT = {
    "sma_cross": {"fast": 2, "slow": 4},
    "ema_cross": {"fast": 2, "slow": 4},
    "donchian_breakout": {"enter": 4, "leave": 2},
    "buy_and_hold": {},
    "random_entry": {"seed": 3, "wait": 4.0, "hold": 4.0},
}


@pytest.mark.parametrize(("name", "seed"), [("sma_cross", 1), ("buy_and_hold", 2)])
def test_live_places_the_orders_of_the_backtest(tmp_path, name, seed):
    candles = made_candles(seed, 24)
    live, rules, grid = run_virtual(live_orders(tmp_path, candles, name, SHORT[name]))
    assert live
    assert live == backtest_orders(candles, name, SHORT[name], rules=rules, grid=grid)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", SHORT)
def test_every_kind_of_strategy_places_them_on_every_walk(tmp_path, name, seed):
    candles = made_candles(10 + seed, 80)
    live, rules, grid = run_virtual(live_orders(tmp_path, candles, name, SHORT[name]))
    assert live == backtest_orders(candles, name, SHORT[name], rules=rules, grid=grid)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3))
def test_a_stop_inside_a_candle_is_the_same_order_in_the_same_candle(tmp_path, seed):
    """Stepped, the engine sees a candle's low when the candle is over: it sells then, at another price."""
    rules = msgspec.structs.replace(PLAIN, stop_percent=Decimal("0.6"), take_percent=Decimal(0))
    candles = made_candles(20 + seed, 80)
    name, parameters = "random_entry", {"seed": seed, "wait": 3.0, "hold": 12.0}
    live, held, grid = run_virtual(live_orders(tmp_path, candles, name, parameters, rules=rules))
    expected = backtest_orders(candles, name, parameters, rules=held, grid=grid)
    assert live == expected


PAUSES = msgspec.structs.replace(
    WITHOUT_LIMITS,
    cool_down_minutes=150,
    losing_streak_max=2,
    losing_streak_pause_minutes=400,
    trades_per_day_max=3,
)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3))
def test_pauses_and_the_most_entries_of_a_day_hold_live_on_the_clock_of_the_candles(tmp_path, seed):
    """Without a stop: what a stop brings differs by up to a percent, and with it who has lost."""
    candles = made_candles(30 + seed, 80)
    name, parameters = "random_entry", {"seed": seed, "wait": 2.0, "hold": 4.0}
    live, held, grid = run_virtual(live_orders(tmp_path, candles, name, parameters, risk=PAUSES))
    free = (held[0], RiskRules())
    assert len(live) < len(backtest_orders(candles, name, parameters, rules=free, grid=grid))
    assert live == backtest_orders(candles, name, parameters, rules=held, grid=grid)
