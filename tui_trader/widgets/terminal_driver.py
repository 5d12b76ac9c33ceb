"""Textual's driver, made to go on hearing keys whatever bytes a terminal sends.

Textual ends the app when its input cannot be parsed: one byte that is not UTF-8 (a terminal set to
Latin-1, Meta sent as an eighth bit) or a key report of a newer protocol is enough. The emergency
stop is a key, so what cannot be understood is dropped, and the next key is heard.

It also counts what it writes, and asks the terminal whether it has shown it (`widgets/pace`).
"""

import time
from io import TextIOWrapper
from threading import Event
from typing import TYPE_CHECKING, Any

from textual.drivers.linux_driver import LinuxDriver
from textual.events import CursorPosition

from tui_trader.widgets.pace import ASK

if TYPE_CHECKING:
    from textual.driver import Driver
    from textual.message import Message

LAST_ANSWER_S = 0.3
"""Longest wait, at the end, for an answer that would else be typed into the user's shell."""


class SturdyDriver(LinuxDriver):
    """Reads keys until it is told to stop."""

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 Textual's own
        super().__init__(*args, **options)
        self.written_bytes = 0
        self.answered_s = float("-inf")
        self._is_answered = Event()
        self._is_answered.set()

    def write(self, data: str) -> None:
        """Write, and count."""
        self.written_bytes += len(data) if data.isascii() else len(data.encode())
        super().write(data)

    def ask(self) -> None:
        """Ask where the cursor is; the answer says that everything before was shown."""
        self._is_answered.clear()
        self.write(ASK)

    def process_message(self, message: "Message") -> None:
        """Note when the answer came: the app may have its hands full."""
        if isinstance(message, CursorPosition):
            self.answered_s = time.monotonic()
            self._is_answered.set()
        super().process_message(message)

    def disable_input(self) -> None:
        """Let a last answer come in before nobody reads any more."""
        self._is_answered.wait(LAST_ANSWER_S)
        self._is_answered.set()
        super().disable_input()

    def start_application_mode(self) -> None:
        """One `?` for a glyph the terminal's encoding lacks: Python would write six characters."""
        if isinstance(self._file, TextIOWrapper):
            self._file.reconfigure(errors="replace")
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def _sigcont_application(self, *_: object) -> None:
        """Start again only what a suspension had ended.

        The kernel continues a process whose terminal hangs up, too. Textual would then start a second
        reader, of which only one is ever told to end: the other keeps the process, at full speed.
        """
        if self._must_signal_resume:
            super()._sigcont_application()

    def run_input_thread(self) -> None:
        """Begin anew after input nobody understands; a terminal that is gone ends it (`OSError`)."""
        while not self.exit_event.is_set():
            try:
                super().run_input_thread()
            except ValueError:
                continue


def sturdy(driver: "type[Driver]") -> "type[Driver]":
    """Ours in place of Textual's own; any other driver stays as it is."""
    return SturdyDriver if driver is LinuxDriver else driver
