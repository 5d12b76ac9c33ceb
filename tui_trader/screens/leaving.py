"""How a console ends: the ways out, the question before them, and what is told afterwards."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from tui_trader.screens.dialogs.choice import Choice, ChoiceDialog
from tui_trader.widgets.scene import Scene

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


def leave_question(scene: Scene) -> ChoiceDialog:
    """Leave the engine running (Enter), shut it down, or stay."""
    choices = [Choice(key="l", label="leave: the engine keeps running", result=LEAVE)]
    if not scene.is_read_only:
        choices.append(Choice(key="d", label="shut the engine down", result=SHUT_DOWN))
    choices.append(Choice(key="s", label="stay", result=""))
    count = len(scene.orders)
    text = "There are no open orders."
    if count:
        text = f"{count} open order(s) stay at the exchange either way."
    return ChoiceDialog("LEAVE", text, choices)
