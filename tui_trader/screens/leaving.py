"""How a console ends: the ways out, the question before them, and what is told afterwards."""

import os
import threading
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from tui_trader.screens.dialogs.choice import Choice, ChoiceDialog
from tui_trader.widgets.drawing.position_rows import held
from tui_trader.widgets.scene import Scene

LEAVE_WITHIN_S = 3.0
LEAVE, SHUT_DOWN = "leave", "shut down"


class Departure(Enum):
    """How the person left."""

    DETACHED = "detached"
    """The engine runs on."""
    SHUT_DOWN = "shut down"
    """The engine was asked to end, and did."""
    ENGINE_GONE = "engine gone"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleExit:
    """The end of a console; `report` is the file of a crash report, if one was written."""

    how: Departure
    detail: str = ""
    report: Path | None = None


class LeaveDeadline:
    """A terminal that never reads again must not keep the process: restoring it would block."""

    def __init__(self) -> None:
        self._timer: threading.Timer | None = None

    def set(self, *, exit_code: int) -> None:
        """End the process soon, whatever the terminal does."""
        self._timer = threading.Timer(LEAVE_WITHIN_S, os._exit, (exit_code,))
        self._timer.daemon = True
        self._timer.start()

    def lift(self) -> None:
        """The app has ended in order: nothing is left to be cut short."""
        if self._timer is not None:
            self._timer.cancel()


def leave_question(scene: Scene) -> ChoiceDialog:
    """Leave the engine running (Enter), shut it down, or stay."""
    choices = [Choice(key="l", label="leave: the engine keeps running", result=LEAVE)]
    if not scene.is_read_only:
        choices.append(Choice(key="d", label="shut the engine down", result=SHUT_DOWN))
    choices.append(Choice(key="s", label="stay", result=""))
    return ChoiceDialog("LEAVE", " ".join(_what_stays(scene)), choices)


def _what_stays(scene: Scene) -> list[str]:
    """What goes on without the person, and what only the engine watches."""
    orders, positions = len(scene.orders), held(scene.state.positions)
    said = [
        f"{orders} open order(s) stay at the exchange either way."
        if orders
        else "There are no open orders."
    ]
    if positions:
        said.append(f"Held: {', '.join(position.symbol for position in positions)}.")
    if scene.state.strategies:
        said.append("Stops of strategies act only while the engine runs.")
    return said
