"""The journal screen: what happened, by weight, day and words, as far back as anybody looks."""

from textual.geometry import Region

from tui_trader.actions import Where
from tui_trader.engine.values.time import MS_PER_DAY
from tui_trader.screens.exporting import ExportTable
from tui_trader.screens.filtering import Filtering
from tui_trader.screens.listed_layout import listed_regions
from tui_trader.screens.tables import line_export
from tui_trader.screens.wishes import AnswersWanted
from tui_trader.themes import Palette
from tui_trader.widgets.journal_board import JournalBoard, Level
from tui_trader.widgets.journal_pane import JournalDetailPane, JournalPane
from tui_trader.widgets.pane import Pane

_DETAIL_LINES = 5


class JournalScreen(Filtering):
    """Lines by level, a search, a cursor that follows the newest until it is moved."""

    WHERE = Where.JOURNAL
    PANES = (JournalPane, JournalDetailPane)

    def regions(self, palette: Palette) -> dict[str, Region]:
        """Lines and the marked one in full."""
        size = self.app.size
        return listed_regions(
            (JournalPane.pane_name, JournalDetailPane.pane_name),
            (size.width, size.height),
            below=_DETAIL_LINES,
            banner_lines=self.banner_lines(palette),
        )

    @property
    def filtered(self) -> JournalBoard:
        """The board whose filter it is."""
        return self._scene.journal

    def filter_changed(self) -> None:
        """Other lines: from the newest on."""
        self._scene.journal.choose()
        self.post_message(AnswersWanted())

    def action_next_level(self, step: int) -> None:
        """Show more, or less."""
        levels, board = list(Level), self._scene.journal
        board.choose(level=levels[(levels.index(board.level) + step) % len(levels)])
        self.post_message(AnswersWanted())
        self.sync()

    def action_follow(self) -> None:
        """The newest line."""
        self._scene.journal.choose()
        self.sync()

    def action_move(self, step: int) -> None:
        """Mark another line; at the end of what was read, more is read."""
        self._scene.journal.move(step)
        self.post_message(AnswersWanted())
        self.sync()

    def action_day(self, step: int) -> None:
        """The newest line of a day before, or after."""
        board = self._scene.journal
        if not board.shown:
            return
        now = board.shown[min(board.cursor, len(board.shown) - 1)].time_ms // MS_PER_DAY
        days = [entry.time_ms // MS_PER_DAY for entry in board.shown]
        wanted = max((day for day in days if day < now), default=None)
        if step < 0:
            wanted = min((day for day in days if day > now), default=None)
        if wanted is None:
            self.say("no other day among these lines; G reads further back")
        else:
            self.action_move(days.index(wanted) - board.cursor)

    def chosen(self) -> tuple[ExportTable, str] | None:
        """The marked line."""
        board = self._scene.journal
        lines = board.shown[board.cursor : board.cursor + 1]
        return (line_export(lines), lines[0].text) if lines else None

    def tables(self) -> list[ExportTable]:
        """The lines that are shown."""
        return [line_export(self._scene.journal.shown)]

    def clicked(self, message: Pane.Clicked) -> None:
        """A click marks a line."""
        board, pane = self._scene.journal, self.query_one(JournalPane)
        place = message.row + pane.first_row
        if message.pane_name == pane.pane_name and message.row >= 0 and place < len(board.shown):
            self.action_move(place - board.cursor)
