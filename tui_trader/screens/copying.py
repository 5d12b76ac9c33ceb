"""The chosen row on the clipboard of the terminal: by an escape sequence, so it works over ssh too."""

from tui_trader.screens.exporting import ExportTable, row_text
from tui_trader.screens.screen_base import ScreenBase
from tui_trader.screens.wishes import CopyWanted


class Copying(ScreenBase):
    """Copies what the cursor is on; screens say what that is."""

    def tables(self) -> list[ExportTable]:
        """What of this screen can be written out."""
        return []

    def chosen(self) -> tuple[ExportTable, str] | None:
        """The row under the cursor as a table of one, and its name; `None` where there is no row."""
        return None

    def action_copy(self) -> None:
        """The whole row, with tabs between its cells."""
        chosen = self.chosen()
        if chosen is None or not chosen[0].rows:
            self.say("no row is chosen here: nothing was copied")
        else:
            self.post_message(CopyWanted(row_text(chosen[0].rows[0]), f"the row of {chosen[1]}"))

    def action_copy_name(self) -> None:
        """Its id, or its pair."""
        chosen = self.chosen()
        if chosen is None or not chosen[1]:
            self.say("nothing is chosen here: nothing was copied")
        else:
            self.post_message(CopyWanted(chosen[1], chosen[1]))
