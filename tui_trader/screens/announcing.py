"""What happens when something happened: a toast, and where the person asked for it a bell or a desktop note.

Law: the terminal gets one bell and one note in two seconds at most, however much happens.
"""

import time
from collections.abc import Callable

from tui_trader.engine.messages.events import Event
from tui_trader.engine.values.text import sanitize
from tui_trader.screens.console_options import ConsoleOptions
from tui_trader.widgets.scene import Scene

PAUSE_S = 2.0
_LENGTH_MAX = 120
BELL = "\a"


class Announcer:
    """Tells the person what deserves it.

    Args:
        write: Sends a sequence to the terminal, past everything that is painted.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        scene: Scene,
        options: ConsoleOptions,
        *,
        write: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._scene, self._options, self._write, self._clock = scene, options, write, clock
        self._told_s = float("-inf")

    def take(self, event: Event) -> None:
        """An event that has just been heard."""
        line = self._scene.toasts.take(event, self._scene.now_ms)
        wishes = self._options.rings_bell, self._options.notes_on_desktop
        if line is None or not any(wishes) or self._clock() - self._told_s < PAUSE_S:
            return
        self._told_s = self._clock()
        if self._options.notes_on_desktop:
            # OSC 9, as iTerm2, Windows Terminal, kitty and foot show it. Cleaned once more: what
            # stands between its ends would be obeyed.
            self._write(f"\x1b]9;tui-trader: {sanitize(line.text, length_max=_LENGTH_MAX)}{BELL}")
        if self._options.rings_bell:
            self._write(BELL)
