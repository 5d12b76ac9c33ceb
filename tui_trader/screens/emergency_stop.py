"""The emergency stop as the console carries it out: first press, no question, with or without an engine."""

import time
from collections.abc import Callable, Coroutine

from tui_trader.engine.messages.commands import HaltTrading
from tui_trader.engine.messages.events import CommandRefused, Event
from tui_trader.engine.values.orders import CommandId
from tui_trader.screens.console_options import ConsoleOptions
from tui_trader.screens.console_screen import ACTOR
from tui_trader.screens.halt_beside import UNDER_WAY, halt_beside
from tui_trader.widgets.scene import Scene, StopCall

AGAIN_S = 1.0


class EmergencyStop:
    """What a press of STOP does.

    Args:
        spawn: Runs a coroutine beside everything else.
        changed: Called when the scene is another one.
    """

    def __init__(
        self,
        scene: Scene,
        options: ConsoleOptions,
        *,
        spawn: Callable[[Coroutine[None, None, None]], object],
        changed: Callable[[], None],
    ) -> None:
        self._scene, self._options, self._spawn, self._changed = scene, options, spawn, changed
        self._command_id: CommandId | None = None
        self.pressed_s = -AGAIN_S

    def press(self, *, is_engine_there: bool) -> HaltTrading | None:
        """The command to hand over, if there is one to be."""
        if self._is_held_down(is_engine_there=is_engine_there):
            return None
        scene, command = self._scene, None
        scene.now_ms = scene.stop_ms = self._options.clock()
        if scene.is_read_only:
            scene.stop = StopCall.READ_ONLY
        elif not is_engine_there:
            self.not_reached()
        else:
            scene.stop = StopCall.SENT
            self._command_id = CommandId(self._options.make_id())
            command = HaltTrading(
                command_id=self._command_id, actor=ACTOR, reason="emergency stop key"
            )
        self._changed()
        return command

    def not_reached(self) -> None:
        """Without an engine: let the program's own `halt` reach the exchange, once at a time."""
        scene, command = self._scene, self._options.halt_command
        scene.stop = StopCall.NOT_REACHED
        if command and scene.stop_beside != UNDER_WAY:
            scene.stop_beside = UNDER_WAY
            self._spawn(self._halt_beside(command))

    def take_answer(self, event: Event) -> None:
        """Any answer but a refusal ends the waiting."""
        is_ours = self._command_id is not None and event.command_id == self._command_id
        if is_ours and not isinstance(event, CommandRefused):
            self._scene.stop = None

    async def _halt_beside(self, command: tuple[str, ...]) -> None:
        self._scene.stop_beside = await halt_beside(command)
        self._changed()

    def _is_held_down(self, *, is_engine_there: bool) -> bool:
        """A key that repeats must not have the exchange cancel thirty times a second."""
        now_s, scene = time.monotonic(), self._scene
        is_under_way = scene.stop is StopCall.SENT or scene.state.halt is not None
        if is_engine_there and is_under_way and now_s - self.pressed_s < AGAIN_S:
            return True
        self.pressed_s = now_s
        return False
