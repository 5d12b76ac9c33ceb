"""Small wishes of the screens that the app grants: colours, clipboard, files, the way to a setting."""

from abc import abstractmethod

from textual.app import App

from tui_trader.actions import TABS
from tui_trader.screens.console_options import ConsoleOptions
from tui_trader.screens.console_screen import ConsoleScreen
from tui_trader.screens.exporting import write_export
from tui_trader.screens.gallery import Gallery
from tui_trader.screens.leaving import ConsoleExit
from tui_trader.screens.wishes import CopyWanted, ExportWanted, SettingWanted, ThemeWanted
from tui_trader.widgets.looks import Looks

COPY_LENGTH_MAX = 10_000
"""Characters: some terminals drop a longer sequence altogether."""


class Granting(App[ConsoleExit], inherit_bindings=False):
    """What needs the app, but neither engine nor clock."""

    _options: ConsoleOptions
    _looks: Looks
    _gallery: Gallery

    @property
    @abstractmethod
    def shown(self) -> ConsoleScreen:
        """The screen that the person sees, maybe below a dialog."""

    def action_theme(self) -> None:
        """The other colours."""
        self._wear(self._looks.go_on())

    def on_theme_wanted(self, message: ThemeWanted) -> None:
        """The colours of that name."""
        message.stop()
        self._wear(self._looks.wear(message.name))

    def _wear(self, name: str) -> None:
        self.theme = name
        self.shown.sync()
        self.shown.say(f"theme {name}")

    def on_setting_wanted(self, message: SettingWanted) -> None:
        """Take it to the screen where settings are changed."""
        message.stop()
        tab = next((tab for tab in TABS if tab.name == "settings"), None)
        if tab is None:
            self.shown.say(f"`tui-trader config set {message.key} VALUE` changes it", is_bad=True)
            return
        screen = self._gallery.screen(tab)
        self.shown.show_screen(tab.name)
        # It may have to be mounted first.
        screen.call_later(screen.take_setting, message.key, message.value)

    def on_copy_wanted(self, message: CopyWanted) -> None:
        """To the clipboard of the terminal, which may be far away; whether it took it, it does not say."""
        message.stop()
        self.copy_to_clipboard(message.text[:COPY_LENGTH_MAX])
        self.shown.say(f"sent to the terminal's clipboard: {message.what}")

    def on_export_wanted(self, message: ExportWanted) -> None:
        """Write a table to a file, and say to which."""
        message.stop()
        folder = self._options.export_folder
        if folder is None:
            self.shown.say("this console has no home to write to", is_bad=True)
            return
        try:
            path = write_export(
                message.table, message.kind, folder=folder, now_ms=self._options.clock()
            )
        except OSError as error:
            self.shown.say(f"not written: {error.strerror or error}", is_bad=True)
        else:
            self.shown.say(
                f"{len(message.table.rows)} rows written to {path.parent.name}/{path.name}"
            )
