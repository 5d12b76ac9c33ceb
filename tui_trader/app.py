"""The console: a Textual app that attaches to an engine and shows what it says.

Law: the engine is another process. The app keeps a mirror of it, hands each command over once, and
may be closed, killed or cut off at any moment without anything happening to an order.

How to think about it: one reader task feeds the scene, one clock shows it a few times a second, and
nothing else moves. Panes never wait; whatever waits for the engine is in this file.
"""

import os

from tui_trader.widgets.terminal import TerminalWatch, console_environment

# Textual reads these when it is imported.
os.environ.update(console_environment(os.environ))

import asyncio
import gc
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

from rich.console import RenderableType
from rich.text import Text
from textual.app import App
from textual.driver import Driver
from textual.screen import Screen

from tui_trader.actions import Where
from tui_trader.engine.client.frames import Goodbye
from tui_trader.engine.client.mirror import SequenceGap
from tui_trader.engine.client.protocol import EngineClient
from tui_trader.engine.messages.commands import Command, HaltTrading, PlaceOrder, ShutDownEngine
from tui_trader.engine.messages.events import CommandRefused, Event
from tui_trader.engine.messages.queries import (
    Answer,
    AskCandles,
    AskRecentEvents,
    AskTicket,
    CandlesAnswer,
    QueryFailed,
    RecentEventsAnswer,
)
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.errors import TraderError
from tui_trader.engine.values.instruments import Symbol
from tui_trader.engine.values.orders import CommandId
from tui_trader.engine.values.text import sanitize
from tui_trader.screens.bindings import bindings_of
from tui_trader.screens.console_options import ConsoleOptions
from tui_trader.screens.crash_report import crash_words, record_crash
from tui_trader.screens.desk import ACTOR, DeskScreen
from tui_trader.screens.leaving import (
    LEAVE,
    SHUT_DOWN,
    ConsoleExit,
    Departure,
    LeaveDeadline,
    leave_question,
)
from tui_trader.screens.wishes import CandlesWanted, CommandWanted, LeaveWanted
from tui_trader.themes import THEMES, palette_of
from tui_trader.widgets import scene_feed
from tui_trader.widgets.candle_history import CANDLES_MAX
from tui_trader.widgets.diffed_display import DiffedDisplay, is_clogged
from tui_trader.widgets.scene import Attachment, Scene, StopCall
from tui_trader.widgets.terminal_driver import sturdy
from tui_trader.widgets.ticket_form import Sending
from tui_trader.widgets.ticket_question import TicketQuestions

RETRY_FIRST_S, RETRY_MAX_S = 0.25, 5.0
SHUT_DOWN_WAIT_MS = 10_000
EVENTS_AT_START, FRAMES_PER_TURN = 200, 64
CANDLE_RETRY_S, STOP_AGAIN_S = 2.0, 1.0

__all__ = ["ConsoleExit", "ConsoleOptions", "Departure", "TraderApp", "run_console"]

Connect = Callable[[], Awaitable[EngineClient]]
"""Attaches to the engine, inside the loop the app runs on; raises a `TraderError` or `OSError`."""


def run_console(connect: Connect, *, options: ConsoleOptions) -> ConsoleExit:
    """Run the console on this terminal until the person leaves."""
    app = TraderApp(connect, options=options)
    app.is_on_terminal = True
    # What was imported stays for good: the collector need not look at it again and again.
    gc.freeze()
    result = app.run()
    app.deadline.lift()
    if app.crash is not None:
        return app.crash
    return result or ConsoleExit(how=Departure.DETACHED)


class TraderApp(App[ConsoleExit], inherit_bindings=False):
    """Attachment, clock, commands and the ways out."""

    TITLE = "tui-trader"
    CSS_PATH = "app.tcss"
    BINDINGS = bindings_of(Where.EVERYWHERE)
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False

    def __init__(self, connect: Connect, *, options: ConsoleOptions) -> None:
        super().__init__()
        self._connect, self._options = connect, options
        self._client: EngineClient | None = None
        self._display_diff = DiffedDisplay()
        self._palette = palette_of("plain" if self.no_color else options.theme)
        now_ms = options.clock()
        self.scene = Scene(now_ms=now_ms, heard_ms=now_ms, is_read_only=options.is_read_only)
        self.is_on_terminal = False
        self.crash: ConsoleExit | None = None
        self._desk = DeskScreen(self.scene, make_id=options.make_id, palette=lambda: self._palette)
        self.deadline = LeaveDeadline()
        self._terminal: TerminalWatch | None = None
        self._stop_id: CommandId | None = None
        self._stop_sent_s = -STOP_AGAIN_S
        self._sent_ids: dict[CommandId, str] = {}
        self._is_asking_candles = False
        self._questions = TicketQuestions()
        self._shut_down_ms = 0

    def get_driver_class(self) -> type[Driver]:
        """One that goes on hearing keys."""
        return sturdy(super().get_driver_class())

    def get_default_screen(self) -> Screen[None]:
        """The desk."""
        return self._desk

    def on_mount(self) -> None:
        """Colours, signals, the reader and the clock."""
        self.animation_level = "none"
        for theme in THEMES.values():
            self.register_theme(theme)
        self.theme = self._palette.name
        self.app_resume_signal.subscribe(self, lambda _: self.action_repaint())
        if self.is_on_terminal:
            self._terminal = TerminalWatch()
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                loop.add_signal_handler(number, self._leave_by_signal, number)
        self.run_worker(self._stay_attached(), name="attachment")
        self.set_interval(1 / self._options.fps, self._tick, name="clock")

    def on_resize(self) -> None:
        """A terminal may reflow what it shows."""
        self._display_diff.forget()

    # The clock.

    def _tick(self) -> None:
        scene = self.scene
        scene.now_ms = self._options.clock()
        scene_feed.watch_stop(scene)
        if scene.is_shutting_down and scene.now_ms - self._shut_down_ms > SHUT_DOWN_WAIT_MS:
            scene.is_shutting_down = False
            self._desk.say("the engine has not ended; `tui-trader status` tells more", is_bad=True)
        if self._terminal is not None and self._terminal.is_found_gone():
            self.exit(ConsoleExit(how=Departure.DETACHED, detail="the terminal hung up"))
            return
        self._ask_candles()
        self._ask_ticket()
        if not is_clogged(self._driver):
            if self._display_diff.pay_debt():
                self.screen.refresh()
            self._desk.sync()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if not self._display_diff.holds_back(self._driver):
            super()._display(screen, self._display_diff.diffed(renderable))

    # The attachment.

    async def _stay_attached(self) -> None:
        pause_s = RETRY_FIRST_S
        while True:
            try:
                client = await self._connect()
            except (TraderError, OSError) as fault:
                self._lose(sanitize(str(fault)))
            else:
                pause_s = RETRY_FIRST_S
                await self._follow(client)
            if self.scene.is_shutting_down:
                self.exit(ConsoleExit(how=Departure.SHUT_DOWN))
                return
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, RETRY_MAX_S)

    async def _follow(self, client: EngineClient) -> None:
        """Take in everything until the engine is gone."""
        self._client, detail, count = client, "", 0
        try:
            scene_feed.take_welcome(self.scene, client.welcome)
            self.run_worker(self._ask_past(client), name="past")
            self._tick()
            async for frame in client.updates():
                if isinstance(frame, Goodbye):
                    detail = sanitize(frame.reason)
                event = scene_feed.take_frame(self.scene, frame)
                if event is not None:
                    self._notice(event)
                count += 1
                if count % FRAMES_PER_TURN == 0:
                    await asyncio.sleep(0)
        except (SequenceGap, TraderError, OSError) as fault:
            detail = sanitize(str(fault))
        finally:
            self._client = None
            with suppress(TraderError, OSError):
                await client.close()
        self._lose(detail)

    def _lose(self, detail: str) -> None:
        scene_feed.take_lost(self.scene, detail)
        self._desk.sync()

    def _notice(self, event: Event) -> None:
        """Answers to what this console asked for."""
        if event.command_id is None:
            return
        if event.command_id == self._stop_id and not isinstance(event, CommandRefused):
            self.scene.stop = None
        ticket = self.scene.ticket
        is_ticket = ticket is not None and event.command_id == ticket.command_id
        if isinstance(event, CommandRefused) and not is_ticket:
            if self._sent_ids.pop(event.command_id, None) is not None:
                reason = sanitize(f"refused by {event.gate}: {event.reason}")
                self._desk.say(reason, is_bad=True)
        elif is_ticket:
            self._desk.sync()

    # Questions.

    async def _ask_past(self, client: EngineClient) -> None:
        with suppress(TraderError, OSError):
            answer = await client.ask(AskRecentEvents(limit=EVENTS_AT_START))
            if isinstance(answer, RecentEventsAnswer):
                scene_feed.take_past(self.scene, answer.entries)

    def on_candles_wanted(self, message: CandlesWanted) -> None:
        """The selected pair or timeframe changed."""
        message.stop()
        self._ask_candles()

    def _ask_candles(self) -> None:
        client = self._client
        if client is None or self._is_asking_candles:
            return
        missing = scene_feed.candles_missing(self.scene)
        if missing:
            self._is_asking_candles = True
            self.run_worker(self._fetch_candles(client, missing[0]), name="candles")

    async def _fetch_candles(self, client: EngineClient, key: tuple[Symbol, Interval]) -> None:
        """One history at a time; the next is asked for when this one is here."""
        try:
            query = AskCandles(symbol=key[0], interval=key[1], count=CANDLES_MAX)
            answer = await client.ask(query)
            if isinstance(answer, CandlesAnswer):
                scene_feed.take_history(self.scene, answer)
            else:
                await asyncio.sleep(CANDLE_RETRY_S)
        except (TraderError, OSError):
            await asyncio.sleep(CANDLE_RETRY_S)
        finally:
            self._is_asking_candles = False
        self._ask_candles()
        self._desk.sync()

    def _ask_ticket(self) -> None:
        client = self._client
        if client is None:
            return
        question = self._questions.due(self.scene, time.monotonic())
        if question is not None:
            self.run_worker(self._fetch_ticket(client, question), name="ticket")

    async def _fetch_ticket(self, client: EngineClient, question: AskTicket) -> None:
        answer: Answer
        try:
            answer = await client.ask(question)
        except (TraderError, OSError) as fault:
            answer = QueryFailed(reason=str(fault))
        self._questions.take(self.scene, answer)
        self._desk.sync()

    # Commands.

    def on_command_wanted(self, message: CommandWanted) -> None:
        """Hand a command over."""
        message.stop()
        self.run_worker(self._send(message.command), name="command")

    async def _send(self, command: Command) -> None:
        """Hand over once; when that fails nobody knows, and nothing is sent again."""
        self._sent_ids[command.command_id] = type(command).__name__
        while len(self._sent_ids) > EVENTS_AT_START:
            del self._sent_ids[next(iter(self._sent_ids))]
        client = self._client
        try:
            if client is None:
                raise ConnectionError
            await client.send(command)
        except (TraderError, OSError):
            self._could_not_send(command)

    def _could_not_send(self, command: Command) -> None:
        scene = self.scene
        if isinstance(command, HaltTrading):
            self._desk.stop_not_reached(self._options.halt_command)
        elif isinstance(command, PlaceOrder):
            form = scene.ticket
            if form is not None and form.command_id == command.command_id:
                scene.ticket = replace(form, sending=Sending.LOST)
        scene.is_shutting_down = False
        self._desk.say("the engine is gone: it may or may not have got that", is_bad=True)

    def action_stop(self) -> None:
        """Emergency stop: first press, no question."""
        if self._is_stop_held_down():
            return
        scene = self.scene
        scene.now_ms = scene.stop_ms = self._options.clock()
        if scene.is_read_only:
            scene.stop = StopCall.READ_ONLY
        elif self._client is None:
            self._desk.stop_not_reached(self._options.halt_command)
        else:
            scene.stop = StopCall.SENT
            self._stop_id = CommandId(self._options.make_id())
            command = HaltTrading(
                command_id=self._stop_id, actor=ACTOR, reason="emergency stop key"
            )
            self.run_worker(self._send(command), name="stop")
        self._desk.sync()

    def _is_stop_held_down(self) -> bool:
        """A key that repeats must not have the exchange cancel thirty times a second."""
        now_s, scene = time.monotonic(), self.scene
        is_under_way = scene.stop is StopCall.SENT or scene.state.halt is not None
        if self._client is not None and is_under_way and now_s - self._stop_sent_s < STOP_AGAIN_S:
            return True
        self._stop_sent_s = now_s
        return False

    # Small things.

    def action_repaint(self) -> None:
        """Send every cell again."""
        self._display_diff.forget()
        self.screen.refresh()

    def action_theme(self) -> None:
        """The other colours."""
        names = list(THEMES)
        name = names[(names.index(self._palette.name) + 1) % len(names)]
        self._palette, self.theme = palette_of(name), name
        self._desk.sync()

    def action_explain_ctrl_c(self) -> None:
        """What to press instead."""
        self._desk.say("ctrl+c does nothing here: q leaves, ! stops trading")

    # The ways out.

    def on_leave_wanted(self, message: LeaveWanted) -> None:
        """Ask how; without an engine there is nothing to ask."""
        message.stop()
        if self.scene.attachment is not Attachment.ATTACHED:
            self.exit(ConsoleExit(how=Departure.ENGINE_GONE))
            return
        self.push_screen(leave_question(self.scene), self._leave_as)

    def _leave_as(self, result: str | None) -> None:
        if result == LEAVE:
            self.exit(ConsoleExit(how=Departure.DETACHED))
        elif result == SHUT_DOWN:
            self.scene.is_shutting_down = True
            self._shut_down_ms = self.scene.now_ms
            command = ShutDownEngine(command_id=CommandId(self._options.make_id()), actor=ACTOR)
            self.run_worker(self._send(command), name="shut-down")
            self._desk.sync()

    def _leave_by_signal(self, number: signal.Signals) -> None:
        self.deadline.set(exit_code=128 + number)
        self.exit(ConsoleExit(how=Departure.DETACHED, detail=number.name))

    def _fatal_error(self) -> None:
        """Instead of Textual's crash screen, which prints local variables."""
        error = self._exception or RuntimeError("unknown")
        options = self._options
        report = record_crash(error, folder=options.report_folder, now_ms=options.clock())
        self.crash = ConsoleExit(how=Departure.CRASHED, detail=type(error).__name__, report=report)
        self._exit_renderables.append(Text(crash_words(error, report)))
        self._close_messages_no_wait()
