"""The console: a Textual app that attaches to an engine and shows what it says.

Law: the engine is another process. The app keeps a mirror of it, hands each command over once, and
may be closed, killed or cut off at any moment without anything happening to an order.

How to think about it: one reader task feeds the scene, one clock shows it a few times a second, and
nothing else moves. Panes never wait; whatever waits for the engine is here, or in `screens/questions`.
"""

import os

from tui_trader.widgets.terminal import TerminalWatch, console_environment

# Textual reads these when it is imported.
os.environ.update(console_environment(os.environ))

import asyncio
import gc
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial

from rich.text import Text
from textual import events
from textual.binding import BindingsMap

from tui_trader.actions import TABS, Where
from tui_trader.engine.client.frames import Goodbye
from tui_trader.engine.client.mirror import SequenceGap
from tui_trader.engine.client.protocol import EngineClient
from tui_trader.engine.messages.commands import (
    AmendPlacedOrder,
    ClosePosition,
    PlaceOrder,
    ShutDownEngine,
    StartStrategy,
)
from tui_trader.engine.values.errors import TraderError
from tui_trader.engine.values.orders import CommandId
from tui_trader.engine.values.text import sanitize
from tui_trader.screens.announcing import Announcer
from tui_trader.screens.bindings import bindings_of
from tui_trader.screens.console_options import ConsoleOptions
from tui_trader.screens.console_screen import ACTOR, ConsoleScreen
from tui_trader.screens.crash_report import crash_words, record_crash
from tui_trader.screens.emergency_stop import EmergencyStop
from tui_trader.screens.gallery import Gallery
from tui_trader.screens.granting import Granting
from tui_trader.screens.handing_over import HandOver
from tui_trader.screens.keeping import keep, put_aside, recall
from tui_trader.screens.leaving import (
    LEAVE,
    SHUT_DOWN,
    ConsoleExit,
    Departure,
    LeaveDeadline,
    leave_question,
)
from tui_trader.screens.painting import Painting
from tui_trader.screens.questions import Questions
from tui_trader.screens.wishes import (
    AnswersWanted,
    CommandWanted,
    LeaveWanted,
)
from tui_trader.themes import THEMES
from tui_trader.widgets import scene_feed
from tui_trader.widgets.arming import Arming
from tui_trader.widgets.looks import Looks
from tui_trader.widgets.scene import Attachment, Scene

RETRY_FIRST_S, RETRY_MAX_S = 0.25, 5.0
TRADES = (PlaceOrder, AmendPlacedOrder, ClosePosition, StartStrategy)
"""Commands that may take risk: FlattenAll and cancels are not among them."""
SHUT_DOWN_WAIT_MS = 10_000
FRAMES_PER_TURN = 64
SETTLED_S = 1.0
UNSETTLED_MS = 10_000
"""A console that breaks sooner may have broken on what it found of the last one."""

__all__ = ["ConsoleExit", "ConsoleOptions", "Departure", "TraderApp", "run_console"]

Connect = Callable[[], Awaitable[EngineClient]]
"""Attaches to the engine, inside the loop the app runs on; raises a `TraderError` or `OSError`."""


def run_console(connect: Connect, *, options: ConsoleOptions) -> ConsoleExit:
    """Run the console on this terminal until the person leaves."""
    app = TraderApp(connect, options=options)
    app.is_on_terminal = True
    # Nothing of what starts up is garbage, and looking for some costs an eighth of the first paint.
    gc.disable()
    result = app.run()
    app.deadline.lift()
    if app.crash is not None:
        if options.clock() - app.begun_ms < UNSETTLED_MS:
            put_aside(options.set_up_file)
        return app.crash
    result = result or ConsoleExit(how=Departure.DETACHED)
    return replace(result, detail=result.detail or keep(options.set_up_file, app.scene))


def _collect_from_now_on() -> None:
    """What is there by now stays for good: the collector need not look at it again and again."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def _trouble(scene: Scene) -> str:
    """Why nobody should trade now; empty when all is well."""
    if scene.attachment is not Attachment.ATTACHED:
        return "the engine is gone"
    if scene.state.halt is not None:
        return "trading is halted"
    return "prices are old" if scene.is_market_old else ""


class TraderApp(Painting, Granting, inherit_bindings=False):
    """Attachment, clock, commands and the ways out."""

    TITLE = "tui-trader"
    CSS_PATH = "app.tcss"
    BINDINGS = bindings_of(Where.EVERYWHERE)
    DEFAULT_MODE = TABS[0].name
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False

    def __init__(self, connect: Connect, *, options: ConsoleOptions) -> None:
        super().__init__()
        self._connect, self._options = connect, options
        self._looks = Looks(options.theme, glyphs=options.glyphs, is_colour_unwanted=self.no_color)
        now_ms = options.clock()
        self.scene = Scene(
            now_ms=now_ms,
            heard_ms=now_ms,
            is_read_only=options.is_read_only,
            beside=options.beside,
            keys=options.keys,
            arming=Arming(minutes=options.armed_minutes, idle_minutes=options.idle_minutes),
            setting_keys=options.setting_keys,
        )
        self.scene.logs.folder = options.report_folder
        self._bindings = BindingsMap(bindings_of(Where.EVERYWHERE, options.keys))
        self.begun_ms, self._set_up_fault = now_ms, recall(options.set_up_file, self.scene)
        self.is_on_terminal = False
        self.crash: ConsoleExit | None = None
        self._gallery = Gallery(self._make_screen)
        for tab in TABS:
            # Each a mode of its own: a screen is kept while another one is shown.
            self.add_mode(tab.name, partial(self._gallery.screen, tab))
        self.deadline = LeaveDeadline()
        self._terminal: TerminalWatch | None = None
        self._stop = EmergencyStop(
            self.scene,
            options,
            spawn=lambda work: self.run_worker(work, name="halt"),
            changed=self._show,
        )
        self._announcer = Announcer(self.scene, options, write=self.write_past)
        self._hand_over = HandOver(
            self.scene,
            complain=lambda text: self.shown.say(text, is_bad=True),
            changed=self._show,
            stop_lost=self._stop.not_reached,
        )
        self._questions = Questions(
            self.scene,
            spawn=lambda work: self.run_worker(work, name="question"),
            changed=self._show,
        )
        self._shut_down_ms = 0

    @property
    def shown(self) -> ConsoleScreen:
        """The screen that the person sees, maybe below a dialog."""
        tab = next(tab for tab in TABS if tab.name == self.scene.screen)
        return self._gallery.screen(tab)

    def _make_screen(self, kind: type[ConsoleScreen]) -> ConsoleScreen:
        return kind(self.scene, make_id=self._options.make_id, palette=lambda: self._looks.palette)

    def _show(self) -> None:
        self.shown.sync(but=self.put_off(is_covered=self._is_covered()))

    def _is_covered(self) -> bool:
        # The last tick may come when the screens are gone already.
        return self.screen_stack[-1:] != [self.shown]

    def on_mount(self) -> None:
        """Colours, signals, the reader and the clock."""
        self.animation_level = "none"
        for theme in THEMES.values():
            self.register_theme(theme)
        self.theme = self._looks.palette.name
        self.app_resume_signal.subscribe(self, lambda _: self.action_repaint())
        if self.is_on_terminal:
            self._terminal = TerminalWatch()
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                loop.add_signal_handler(number, self._leave_by_signal, number)
        if self.scene.screen != self.DEFAULT_MODE:
            self.switch_mode(self.scene.screen)
        if word := self._set_up_fault or self._options.greeting:
            self.shown.say(word, is_bad=bool(self._set_up_fault))
        self.run_worker(self._stay_attached(), name="attachment")
        self.set_interval(1 / self._options.fps, self._tick, name="clock")
        self.set_timer(SETTLED_S, _collect_from_now_on)

    # The clock.

    def _tick(self) -> None:
        scene = self.scene
        scene.now_ms = self._options.clock()
        scene_feed.watch_stop(scene)
        scene.ticket_rest = max(0, scene.ticket_rest - 1)
        why = scene.arming.watch(scene.now_ms, trouble=_trouble(scene))
        if why:
            self.shown.say(f"trading keys sleep again: {why}", is_bad=True)
        if scene.is_shutting_down and scene.now_ms - self._shut_down_ms > SHUT_DOWN_WAIT_MS:
            scene.is_shutting_down = False
            self.shown.say("the engine has not ended; `tui-trader status` tells more", is_bad=True)
        if self._terminal is not None and self._terminal.is_found_gone():
            self.exit(ConsoleExit(how=Departure.DETACHED, detail="the terminal hung up"))
            return
        self._questions.ask()
        scene.link = self.link_reading() or scene.link
        is_covered = self._is_covered()
        if self.may_paint(is_covered=is_covered):
            self.shown.sync(but=self.left_out(scene.pane, is_covered=is_covered))

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
        self._hand_over.client, detail, count = client, "", 0
        try:
            scene_feed.take_welcome(self.scene, client.welcome)
            self._questions.start(client)
            self._tick()
            async for frame in client.updates():
                if isinstance(frame, Goodbye):
                    detail = sanitize(frame.reason)
                event = scene_feed.take_frame(self.scene, frame)
                if event is not None:
                    self._stop.take_answer(event)
                    self._announcer.take(event)
                    self._hand_over.take_answer(event)
                count += 1
                if count % FRAMES_PER_TURN == 0:
                    await asyncio.sleep(0)
        except (SequenceGap, TraderError, OSError) as fault:
            detail = sanitize(str(fault))
        finally:
            self._hand_over.client = None
            self._questions.stop()
            with suppress(TraderError, OSError):
                await client.close()
        self._lose(detail)

    def _lose(self, detail: str) -> None:
        scene_feed.take_lost(self.scene, detail)
        self._show()

    def on_answers_wanted(self, message: AnswersWanted) -> None:
        """What is shown has changed."""
        message.stop()
        self._questions.ask()

    # Commands.

    async def on_event(self, event: events.Event) -> None:
        """Somebody is there: armed keys stay awake."""
        if isinstance(event, events.InputEvent):
            self.scene.arming.touched_ms = self._options.clock()
            if not self.screen_stack:
                # Typed while the screens are being taken down: nobody is left to read it.
                return
        await super().on_event(event)

    def on_command_wanted(self, message: CommandWanted) -> None:
        """Hand a command over; with real money a trade only while trading keys are armed."""
        message.stop()
        if self.scene.is_asleep and isinstance(message.command, TRADES):
            self.shown.say("trading keys are not armed: nothing was sent", is_bad=True)
            return
        self.run_worker(self._hand_over.send(message.command), name="command")

    def action_stop(self) -> None:
        """Emergency stop: first press, no question."""
        command = self._stop.press(is_engine_there=self._hand_over.client is not None)
        if command is not None:
            self.run_worker(self._hand_over.send(command), name="stop")

    # Small things.

    def action_explain_ctrl_c(self) -> None:
        """What to press instead."""
        keys = self.scene.keys
        leave = next(
            (each.shown for each in keys.in_place(Where.SCREENS) if each.id == "leave"), ""
        )
        self.shown.say(f"ctrl+c does nothing here: {leave or ':quit'} leaves, ! stops trading")

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
            self.run_worker(self._hand_over.send(command), name="shut-down")
            self._show()

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
