"""One engine, from an empty process to an exit code.

The order is the order of trust: the home is ours, the journal is whole, the state is rebuilt from it,
the exchange is there, the emergency stop that waits is pulled; only then anybody may attach.
"""

import asyncio
import contextlib
import gc
import os
import random
import signal
from collections.abc import AsyncIterator, Iterator, Sequence
from urllib.parse import urlsplit

from tui_trader.engine.analysis.strategy import Strategy
from tui_trader.engine.api.socket_server import SocketServer
from tui_trader.engine.core.decision_log import PastDecisions
from tui_trader.engine.core.trader import Trader
from tui_trader.engine.launch.demo_exchange import Address, DemoExchange, DemoExchangeFailed
from tui_trader.engine.launch.log_file import EngineLog
from tui_trader.engine.launch.narrator import Narrator
from tui_trader.engine.launch.options import LaunchOptions
from tui_trader.engine.launch.trainer import TrainProcess
from tui_trader.engine.messages.events import TradingResumed
from tui_trader.engine.messages.queries import JournalEntry
from tui_trader.engine.session.clock import SystemClock
from tui_trader.engine.session.kept_feed import KeptFeed
from tui_trader.engine.session.session import Ports, Session
from tui_trader.engine.state.market_view import MarketView
from tui_trader.engine.state.trading_state import TradingState
from tui_trader.engine.stores.home import EngineCard, Home, HomeLock
from tui_trader.engine.stores.journal import SqliteJournal
from tui_trader.engine.values.errors import ConfigError, StoreError
from tui_trader.engine.values.modes import Mode

EXIT_OK = 0
EXIT_JOURNAL = 1
EXIT_REFUSED = 4
HALT_LOOK_S = 0.5
SETTLED_S = 8.0
DEMO_VENUE, REAL_VENUE = "demo", "kraken"
"""Under which names candles are stored."""

_REFUSED = {
    Mode.PAPER: "paper trading waits for the simulator on real prices; use --mode demo",
    Mode.LIVE: "live trading waits for the risk and execution work; use --mode demo",
}


async def run_engine(options: LaunchOptions) -> int:
    """Run until somebody asks for the end; the exit code of the process.

    Raises:
        HomeBusy: another engine has the home.
        StoreError: the home or the journal cannot be used.
        ConfigError: the exchange does not list a pair.
        DemoExchangeFailed: the local exchange did not come up.
        ExceptionGroup: a bug.
    """
    if options.mode in _REFUSED:
        options.tell(_REFUSED[options.mode])
        return EXIT_REFUSED
    home = Home(options.home)
    home.prepare()
    with HomeLock(home):
        async with _story(home, options) as story:
            return await _Engine(home, options, story).run()


def _find_strategy(text: str) -> Strategy:
    # Loads numpy's half of the house, which an engine without strategies does not need at once.
    from tui_trader.engine.backtest.strategy_files import find_strategy

    return find_strategy(text)


def _end_user_files() -> None:
    # As above: whoever needed it has loaded it.
    from tui_trader.engine.backtest.foreign_program import end_foreign_programs

    end_foreign_programs()


class _Story:
    """The log file and the narrator, told together."""

    def __init__(self, log: EngineLog, narrator: Narrator) -> None:
        self.log = log
        self._narrator = narrator

    def tell(self, text: str) -> None:
        self.log.say(text)
        self._narrator.put(text)

    def show(self, entries: Sequence[JournalEntry]) -> None:
        self.log.events(entries)
        for entry in entries:
            self._narrator.put(entry)


@contextlib.asynccontextmanager
async def _story(home: Home, options: LaunchOptions) -> AsyncIterator[_Story]:
    venue = options.settings.venue
    log = EngineLog(home.logs, (venue.api_key, venue.api_secret))
    narrator = Narrator(options.tell, options.show)
    asyncio.get_running_loop().set_exception_handler(log.bug)
    try:
        yield _Story(log, narrator)
    finally:
        narrator.close()
        log.close()


class _Engine:
    def __init__(self, home: Home, options: LaunchOptions, story: _Story) -> None:
        self._home = home
        self._options = options
        self._story = story
        self._clock = SystemClock()
        self._session: Session | None = None
        self._is_ended_early = False
        self._state = TradingState()
        self._past = PastDecisions()

    async def run(self) -> int:
        with contextlib.closing(SqliteJournal(self._home.journal)) as journal, self._signals():
            self._rebuild(journal)
            exchange = DemoExchange(self._home, self._options.settings.demo, self._story.tell)
            exchange.begin()
            try:
                await self._trade(journal, exchange)
            except StoreError as error:
                # The exchange stays: orders may rest there, and the next engine finds them.
                self._story.tell(f"stopped: {error}")
                return EXIT_JOURNAL
            except (ConfigError, DemoExchangeFailed):
                await exchange.end()
                raise
            except asyncio.CancelledError:
                if not self._is_ended_early:
                    raise
                self._story.tell("ended before it had begun to trade")
            await exchange.end()
            self._story.tell("ended")
            return EXIT_OK

    def _rebuild(self, journal: SqliteJournal) -> None:
        began_ms = self._clock.monotonic_ms()
        for entry in journal.read():
            self._state.apply(entry.event)
            self._past.hear(entry.event)
        if journal.last_sequence:
            took_ms = self._clock.monotonic_ms() - began_ms
            orders = len(self._state.open_orders())
            self._story.tell(
                f"rebuilt from {journal.last_sequence:,} events in {took_ms} ms; open orders: {orders}"
            )

    async def _trade(self, journal: SqliteJournal, exchange: DemoExchange) -> None:
        settings = self._options.settings
        # Takes half a second, which the exchange uses to come up.
        from tui_trader.engine.analysis.desk_answers import warm_up
        from tui_trader.engine.exchanges.kraken.adapter import (
            CounterLimits,
            KrakenExecution,
            KrakenFeed,
            OrderLimits,
            VenueConfig,
        )
        from tui_trader.engine.launch.models import kept_waterfalls, model_process
        from tui_trader.engine.launch.sentiment import sentiment_sources
        from tui_trader.engine.stores.candles.store import ParquetCandleStore
        from tui_trader.engine.stores.candles.venue_store import VenueCandleStore

        warm_up()
        # A quarter of a million objects that stay for good: the collector walked them in 180 ms, and
        # the loop stood still meanwhile. Once more when what is loaded on first use is there too.
        gc.freeze()
        asyncio.get_running_loop().call_later(SETTLED_S, gc.freeze)
        address = await exchange.address()
        self._story.log.hide(address.secret)
        venue = VenueConfig(
            rest_url=address.rest,
            ws_public_url=address.ws,
            ws_private_url=address.ws,
            api_key=address.key,
            api_secret=address.secret,
            request_timeout_s=float(settings.execution.request_timeout_s),
            book_depth=settings.market.book_depth,
            nonce_file=self._home.nonce_file(address.key),
        )
        chance = random.SystemRandom().random
        # The local exchange counts no calls; at Kraken's pace a comparison would take seconds.
        local_tier = CounterLimits(level_max=500, decay_per_s=50, reserve=5, wait_max_ms=60_000)
        local_orders = OrderLimits(level_max=500, decay_per_s=50, cancel_reserve=20)
        venue_name = DEMO_VENUE if self._options.mode is Mode.DEMO else REAL_VENUE
        candles = VenueCandleStore(ParquetCandleStore(self._home.path), venue_name)
        feed = KrakenFeed(venue, self._clock, chance=chance)
        ports = Ports(
            journal,
            KeptFeed(feed, candles, self._story.tell),
            KrakenExecution(
                venue, self._clock, chance=chance, tier=local_tier, orders=local_orders
            ),
            self._clock,
            sentiment_sources(settings.sentiment, self._home.path, self._clock),
            past=candles,
            forecaster=model_process(self._home, settings, self._story.tell),
            waterfalls=kept_waterfalls(self._home, self._story.tell),
            trainer=self._trainer(venue_name),
        )
        self._session = self._make_session(ports, address)
        await self._serve(self._session, exchange)

    def _trainer(self, venue_name: str) -> TrainProcess:
        rows, tell = self._options.rows, self._story.tell
        return TrainProcess(self._home.path, venue_name, rows=rows, tell=tell)

    def _make_session(self, ports: Ports, address: Address) -> Session:
        trader = Trader(
            self._options.settings,
            self._state,
            MarketView(abilities=ports.execution.abilities),
            mode=self._options.mode,
            venue=urlsplit(address.rest).netloc,
        )
        trader.hosts.recall(self._past)
        return Session(
            trader,
            ports,
            version=self._options.version,
            rows=self._options.rows,
            observe=self._observe,
            find_strategy=_find_strategy,
        )

    async def _serve(self, session: Session, exchange: DemoExchange) -> None:
        session.start()
        self._pull_waiting_stop(session)
        server = SocketServer(session, self._home.prepare_socket())
        await server.open()
        self._home.write_card(
            EngineCard(
                pid=os.getpid(),
                started_ms=self._clock.now_ms(),
                version=self._options.version,
                mode=self._options.mode.value,
            )
        )
        self._story.tell(
            f"{self._options.mode.value} engine in {self._home.path} (pid {os.getpid()})"
        )
        watching = [
            asyncio.create_task(exchange.watch()),
            asyncio.create_task(self._watch_for_stop(session)),
        ]
        try:
            await session.run()
        finally:
            for task in watching:
                task.cancel()
            # A file that does not answer would keep a thread, and the thread this process.
            _end_user_files()
            await server.close()
            self._home.remove_card()

    def _pull_waiting_stop(self, session: Session) -> None:
        latch = self._home.read_halt()
        if latch is not None and self._state.halt is None:
            session.halt(actor=latch.actor, reason=latch.reason, asked_ms=latch.time_ms)

    async def _watch_for_stop(self, session: Session) -> None:
        # Who could not reach this engine leaves a latch in the home: it counts as soon as it is seen.
        while True:
            await asyncio.sleep(HALT_LOOK_S)
            if self._home.halt.exists():
                self._pull_waiting_stop(session)

    def _observe(self, entries: Sequence[JournalEntry]) -> None:
        if any(isinstance(entry.event, TradingResumed) for entry in entries):
            try:
                self._home.remove_halt()
            except StoreError as error:
                # The safe side: it is seen again in half a second, and halts again.
                self._story.tell(str(error))
        self._story.show(entries)

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        starting = asyncio.current_task()
        assert starting is not None

        def end() -> None:
            if self._session is not None:
                self._session.shut_down("signal")
            else:
                self._is_ended_early = True
                starting.cancel()

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, end)
        # The terminal may go; the engine trades on until it is told to end.
        before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
        try:
            yield
        finally:
            signal.signal(signal.SIGHUP, before)
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)
