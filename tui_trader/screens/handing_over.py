"""Commands on their way to the engine: each handed over once, and what became of it told.

Law: when handing over fails nobody knows whether the engine got it, so nothing is ever sent again.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from tui_trader.engine.messages.commands import (
    AmendPlacedOrder,
    Command,
    HaltTrading,
    PlaceOrder,
)
from tui_trader.engine.messages.events import CommandRefused, Event
from tui_trader.engine.values.errors import TraderError
from tui_trader.engine.values.text import sanitize
from tui_trader.widgets.scene import Scene
from tui_trader.widgets.ticket_form import Sending

if TYPE_CHECKING:
    from tui_trader.engine.client.protocol import EngineClient
    from tui_trader.engine.values.orders import CommandId

SENT_MAX = 200


class HandOver:
    """The one way a command leaves the console.

    Args:
        complain: Says a sentence where the person looks.
        changed: Called when the scene is another one.
        stop_lost: Called when it was the emergency stop that could not be handed over.
    """

    def __init__(
        self,
        scene: Scene,
        *,
        complain: Callable[[str], None],
        changed: Callable[[], None],
        stop_lost: Callable[[], None],
    ) -> None:
        self._scene, self._complain, self._changed = scene, complain, changed
        self._stop_lost = stop_lost
        self.client: EngineClient | None = None
        self._sent: dict[CommandId, None] = {}

    async def send(self, command: Command) -> None:
        """Hand one over."""
        self._sent[command.command_id] = None
        while len(self._sent) > SENT_MAX:
            del self._sent[next(iter(self._sent))]
        client = self.client
        try:
            if client is None:
                raise ConnectionError
            await client.send(command)
        except (TraderError, OSError):
            self._lose(command)

    def _lose(self, command: Command) -> None:
        scene = self._scene
        if isinstance(command, HaltTrading):
            self._stop_lost()
        elif isinstance(command, PlaceOrder | AmendPlacedOrder):
            form = scene.ticket
            if form is not None and form.command_id == command.command_id:
                scene.ticket = replace(form, sending=Sending.LOST)
        scene.is_shutting_down = False
        self._complain("the engine is gone: it may or may not have got that")

    def take_answer(self, event: Event) -> None:
        """An event may be the answer to what was sent from here."""
        if event.command_id is None:
            return
        ticket = self._scene.ticket
        is_ticket = ticket is not None and event.command_id == ticket.command_id
        if is_ticket:
            self._changed()
        elif isinstance(event, CommandRefused) and event.command_id in self._sent:
            del self._sent[event.command_id]
            self._complain(sanitize(f"refused by {event.gate}: {event.reason}"))
