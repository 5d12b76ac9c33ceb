"""Base of every screen of the console: what keys do on all of them."""

from tui_trader.screens.commanding import Commanding
from tui_trader.screens.copying import Copying
from tui_trader.screens.dialogs.choice import ChoiceDialog
from tui_trader.screens.exporting import chosen_export, export_choices
from tui_trader.screens.help import HelpScreen
from tui_trader.screens.screen_base import ACTOR as ACTOR
from tui_trader.screens.screen_base import end_of as end_of
from tui_trader.screens.wishes import ExportWanted, LeaveWanted


class ConsoleScreen(Commanding, Copying):
    """Panes, layout and keys. It reads and writes the scene; it never talks to the engine."""

    def action_help(self) -> None:
        """Every key."""
        self.app.push_screen(HelpScreen(self.WHERE, self._scene.keys))

    def action_export(self) -> None:
        """Ask what to write out, and as what."""
        tables = self.tables()
        if not any(table.rows for table in tables):
            self.say("there is nothing here to write out")
            return

        def take(result: str | None) -> None:
            if result:
                self.post_message(ExportWanted(*chosen_export(tables, result)))

        question = "Write which table to a file in the home?"
        self.app.push_screen(ChoiceDialog("EXPORT", question, export_choices(tables)), take)

    def action_leave(self) -> None:
        """Ask how to leave."""
        self.post_message(LeaveWanted())
