"""The live loop: take what is there, step, journal, publish, dispatch.

Law: in this order and no other. No request leaves before the events of its step are durable, and no
client hears of an event before. A journal that fails ends the session: nothing is sent without
its row.

What is journaled as input is every command and every account report but the timer's. Market reports
are not, for now: a replay takes them from stored candles.
"""

import asyncio
import os
import uuid
from collections.abc import Callable, Collection, Coroutine, Sequence

from tui_trader.engine.analysis.strategy_catalogue import strategy_named
from tui_trader.engine.client.frames import PROTOCOL_VERSION, Hello, Welcome, encode_frame
from tui_trader.engine.client.outbox import Outbox
from tui_trader.engine.core.decision import Step
from tui_trader.engine.core.trader import Trader
from tui_trader.engine.messages.codec import Input
from tui_trader.engine.messages.commands import Command, HaltTrading, ShutDownEngine
from tui_trader.engine.messages.events import Event
from tui_trader.engine.messages.queries import (
    Answer,
    JournalEntry,
    Query,
    SettingRow,
)
from tui_trader.engine.messages.reports import (
    InstrumentsReport,
    MarketReport,
    Report,
    TimerReport,
)
from tui_trader.engine.messages.requests import StopEngine
from tui_trader.engine.session.analysis_desk import AnalysisDesk
from tui_trader.engine.session.candles import CandleDesk
from tui_trader.engine.session.dispatch import Dispatcher, Sendable
from tui_trader.engine.session.inbox import REPORTS_MAX, Inbox, Message
from tui_trader.engine.session.ports import Ports as Ports
from tui_trader.engine.session.publisher import Publisher
from tui_trader.engine.session.queries import Desks, QueryDesk
from tui_trader.engine.session.seat import SessionSeat
from tui_trader.engine.session.sentiment import SentimentDesk
from tui_trader.engine.session.signal_desk import SignalDesk
from tui_trader.engine.session.strategy_desk import FindStrategy, StrategyDesk
from tui_trader.engine.values.errors import (
    ConfigError,
    RejectedByExchange,
    StoreError,
    TemporaryFault,
)
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.orders import CommandId

TICK_S = 0.25
PULSE_MS = 1_000
FINISH_S = 3.0
"""Longest wait for the answers to orders that have left, when the engine stops."""
CLOSE_S = 0.4
CANCEL_AGAIN_S = 0.2
CANCEL_TRIES_MAX = 3
STOPPED = "the engine has stopped"
INSTRUMENTS_AGAIN_S = 3_600.0
INSTRUMENTS_RETRY_S_MAX = 30.0


Observer = Callable[[Sequence[JournalEntry]], None]
"""Is shown events that are durable; must not block and must not raise."""


def _ignore(_: Sequence[JournalEntry]) -> None:
    pass


class Session:
    """One engine at work.

    Args:
        trader: The core, on the state that the journal left behind.
        ports: The outside.
        version: Ours, for the journal.
        rows: The settings in force, for those who ask.
        observe: Shown every event once it is durable.
        find_strategy: Loads what trades by itself.
    """

    def __init__(
        self,
        trader: Trader,
        ports: Ports,
        *,
        version: str,
        rows: tuple[SettingRow, ...] = (),
        observe: Observer = _ignore,
        find_strategy: FindStrategy = strategy_named,
    ) -> None:
        self._trader = trader
        self._journal, self._feed, self._execution, self._clock, sources, past = ports[:6]
        self._version = version
        self._observe = observe
        self._symbols = tuple(Symbol(name) for name in trader.settings.market.pairs)
        self._inbox = Inbox()
        self._publisher = Publisher()
        self._dispatcher = Dispatcher(
            self._execution,
            self._clock,
            self._inbox.put_result,
            request_timeout_s=float(trader.settings.execution.request_timeout_s),
        )
        candles = CandleDesk(
            self._feed, trader.market, self._clock, symbols=self._symbols, past=past
        )
        self._sentiment = SentimentDesk(
            trader.market,
            candles,
            self._clock,
            symbols=self._symbols,
            sources=sources,
            settings=trader.settings.sentiment,
        )
        analysis = AnalysisDesk(candles, self._clock, symbols=self._symbols)
        self._signals = SignalDesk(ports, trader, deliver=self._inbox.put_signal)
        desks = Desks(candles, analysis, self._sentiment, self._signals)
        self._queries = QueryDesk(
            trader,
            self._journal,
            self._clock,
            desks=desks,
            rows=rows,
            budgets=self._execution.budgets,
        )
        self._strategies = StrategyDesk(
            self._feed,
            self._clock,
            lambda: trader.state.strategies,
            deliver=self._inbox.put_strategy,
            find=find_strategy,
            forecast=self._signals.forecast,
        )
        self._sequence = 0
        self._pulse_due_ms = 0
        self._finishing: asyncio.Task[None] | None = None
        self._failure: StoreError | ConfigError | None = None
        self._is_over = False

    @property
    def is_stopping(self) -> bool:
        """The end has been asked for; no command is taken in any more."""
        return self._trader.state.is_stopping or self._failure is not None

    def start(self) -> None:
        """Take the first step and make it durable; clients may attach from now on.

        Raises:
            StoreError: the journal could not be written.
        """
        self._settle(self._trader.start(self._clock.now_ms(), self._version), inputs=())

    async def run(self) -> None:
        """Live until somebody asks for the end.

        Raises:
            StoreError: the journal failed; nothing was sent without its row.
            ConfigError: the exchange does not list a pair of the settings.
            ExceptionGroup: a bug, in the core, in a port or here.
        """
        farewell = "the engine stopped on a bug; its log says more"
        try:
            async with asyncio.TaskGroup() as group:
                self._dispatcher.start(group)
                background = [group.create_task(work) for work in self._background()]
                await self._loop(group)
                self._dispatcher.stop()
                await _end_all(background)
                farewell = STOPPED if self._failure is None else str(self._failure)
        finally:
            self._is_over = True
            self._publisher.end(farewell)
            await self._close_ports()
        if self._failure is not None:
            raise self._failure

    def attach(self, hello: Hello) -> SessionSeat:
        """Give a client a seat: the state as of the last event, and every event after it."""
        outbox = Outbox()
        welcome = Welcome(
            protocol=PROTOCOL_VERSION,
            sequence=self._sequence,
            time_ms=self._clock.now_ms(),
            pid=os.getpid(),
            state=self._trader.state,
            market=self._trader.market,
        )
        if self._is_over:
            outbox.end(STOPPED)
        else:
            self._publisher.add(outbox)
        return SessionSeat(self, hello, outbox=outbox, welcome_line=encode_frame(welcome))

    def take_in(self, command: Command) -> bool:
        """Queue a command; False when there is no room for it."""
        return self._inbox.put_command(command)

    def shut_down(self, actor: str) -> None:
        """Ask for the end, as if a client had."""
        if not self.is_stopping:
            self.take_in(
                ShutDownEngine(
                    command_id=_new_command_id(), actor=actor, time_ms=self._clock.now_ms()
                )
            )

    def halt(self, *, actor: str, reason: str, asked_ms: int = 0) -> None:
        """Pull the emergency stop from outside the clients, for somebody who asked at `asked_ms`."""
        self.take_in(self._halt_command(actor=actor, reason=reason, asked_ms=asked_ms))

    def now_ms(self) -> int:
        """The engine's time."""
        return self._clock.now_ms()

    async def answer(self, query: Query) -> Answer:
        """Answer a read-only question."""
        return await self._queries.answer(query)

    def leave(self, outbox: Outbox) -> None:
        """Publish to this outbox no more."""
        self._publisher.remove(outbox)

    def _background(self) -> tuple[Coroutine[None, None, None], ...]:
        return (
            self._tick(),
            self._list_instruments(),
            _for_ever("the market feed", self._feed.run(self._symbols, self._hear_feed)),
            _for_ever("the execution", self._execution.run(self._inbox.deliver)),
            _for_ever("the sentiment", self._sentiment.run()),
            _for_ever("the strategies", self._strategies.run()),
            _for_ever("the signals", self._signals.run()),
        )

    def _hear_feed(self, report: Report) -> None:
        # Behind the inbox only the newest candle is left, and the one before would never have ended.
        self._strategies.hear(report)
        self._signals.hear(report)
        self._inbox.deliver(report)

    async def _loop(self, group: asyncio.TaskGroup) -> None:
        while self._failure is None:
            await self._inbox.wait()
            batch = self._inbox.take()
            if lost_count := self._inbox.take_lost_count():
                batch.insert(0, self._halt_for_losses(lost_count))
            try:
                self._advance(batch)
            except StoreError as error:
                self._failure = error
                return
            self._pulse()
            if self.is_stopping and self._finishing is None:
                self._finishing = group.create_task(self._finish())
            if self._finishing is not None and self._finishing.done() and self._inbox.is_empty:
                return

    def _advance(self, batch: Sequence[Message]) -> None:
        steps = [self._trader.step(message) for message in batch]
        together = Step(
            tuple(event for step in steps for event in step.events),
            tuple(request for step in steps for request in step.requests),
        )
        kept = [item for item in batch if not isinstance(item, MarketReport | TimerReport)]
        self._settle(together, inputs=kept)
        self._strategies.look()
        self._signals.look()
        market = [item for item in batch if isinstance(item, MarketReport)]
        if market:
            self._publisher.market(market)

    def _settle(self, step: Step, *, inputs: Sequence[Input]) -> None:
        if step.events or inputs:
            self._record(step.events, inputs)
        sendable: list[Sendable] = [
            request for request in step.requests if not isinstance(request, StopEngine)
        ]
        if sendable:
            self._dispatcher.put(sendable)

    def _record(self, events: Sequence[Event], inputs: Sequence[Input]) -> None:
        self._sequence = self._journal.append(events, inputs)
        first = self._sequence - len(events) + 1
        entries = [
            JournalEntry(sequence=sequence, event=event)
            for sequence, event in enumerate(events, first)
        ]
        if entries:
            self._publisher.events(entries)
            self._observe(entries)

    def _pulse(self) -> None:
        # From the loop itself, so that a loop that hangs does not look alive.
        now_ms = self._clock.monotonic_ms()
        if now_ms >= self._pulse_due_ms:
            self._pulse_due_ms = now_ms + PULSE_MS
            self._publisher.pulse(self._clock.now_ms())

    async def _finish(self) -> None:
        await self._dispatcher.finish(FINISH_S)
        self._inbox.wake()

    async def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        due_s = loop.time()
        while True:
            # After a stall one tick is enough; time that has passed is not made up for.
            due_s = max(due_s + TICK_S, loop.time())
            await asyncio.sleep(due_s - loop.time())
            self._inbox.deliver(TimerReport(time_ms=self._clock.now_ms()))

    async def _list_instruments(self) -> None:
        retry_s = 1.0
        while True:
            try:
                instruments = await self._feed.instruments(self._symbols)
            except TemporaryFault:
                await asyncio.sleep(retry_s)
                retry_s = min(INSTRUMENTS_RETRY_S_MAX, 2 * retry_s)
                continue
            except RejectedByExchange as fault:
                self._failure = ConfigError(str(fault), key="market.pairs")
                self._inbox.wake()
                return
            self._inbox.deliver(
                InstrumentsReport(time_ms=self._clock.now_ms(), instruments=instruments)
            )
            retry_s = 1.0
            await asyncio.sleep(INSTRUMENTS_AGAIN_S)

    def _halt_for_losses(self, lost_count: int) -> HaltTrading:
        reason = (
            f"{lost_count} account reports were lost, because {REPORTS_MAX:,} were waiting; "
            "the next comparison with the exchange finds what they said"
        )
        return self._halt_command(actor="engine", reason=reason)

    def _halt_command(self, *, actor: str, reason: str, asked_ms: int = 0) -> HaltTrading:
        return HaltTrading(
            command_id=_new_command_id(),
            actor=actor,
            reason=reason,
            asked_ms=asked_ms,
            time_ms=self._clock.now_ms(),
        )

    async def _close_ports(self) -> None:
        self._queries.close()
        closing = [
            asyncio.create_task(work) for work in (self._feed.close(), self._execution.close())
        ]
        # Connections that do not close in time close with the process.
        await _end_all(closing, grace_s=CLOSE_S)
        for task in closing:
            if task.done() and not task.cancelled():
                task.result()


async def _end_all(tasks: Collection[asyncio.Task[None]], *, grace_s: float = 0.0) -> None:
    pending = set(tasks)
    if grace_s:
        _, pending = await asyncio.wait(pending, timeout=grace_s)
    for _ in range(CANCEL_TRIES_MAX):
        if not pending:
            return
        for task in pending:
            task.cancel()
        # A link that is told to end says goodbye to the exchange; being told again, it just ends.
        _, pending = await asyncio.wait(pending, timeout=CANCEL_AGAIN_S)


async def _for_ever(name: str, work: Coroutine[None, None, None]) -> None:
    await work
    message = f"{name} ended by itself"
    raise AssertionError(message)


def _new_command_id() -> CommandId:
    return CommandId(str(uuid.uuid4()))
