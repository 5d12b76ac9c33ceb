"""Textual's driver, made to go on hearing keys whatever bytes a terminal sends.

Textual ends the app when its input cannot be parsed: one byte that is not UTF-8 (a terminal set to
Latin-1, Meta sent as an eighth bit) or a key report of a newer protocol is enough. The emergency
stop is a key, so what cannot be understood is dropped, and the next key is heard.
"""

from io import TextIOWrapper
from typing import TYPE_CHECKING

from textual.drivers.linux_driver import LinuxDriver

if TYPE_CHECKING:
    from textual.driver import Driver


class SturdyDriver(LinuxDriver):
    """Reads keys until it is told to stop."""

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
