"""The journal screen: what happened, by weight, day and words, as far back as anybody looks; in the journal or the log files."""

import asyncio

from textual.geometry import Region

from tui_trader.actions import Where
from tui_trader.engine.values.time import MS_PER_DAY, MS_PER_SECOND
from tui_trader.screens.beside_calls import BesideCalls
from tui_trader.screens.dialogs.text import TextDialog
from tui_trader.screens.exporting import ExportTable
from tui_trader.screens.filtering import Filtering
from tui_trader.screens.listed_layout import listed_regions
from tui_trader.screens.log_reading import read_newer, read_older
from tui_trader.screens.tables import line_export
from tui_trader.screens.wishes import AnswersWanted
from tui_trader.themes import Palette
from tui_trader.widgets.journal_pane import JournalDetailPane, JournalPane, board_shown
from tui_trader.widgets.line_board import Level, LineBoard
from tui_trader.widgets.log_board import LogBoard
from tui_trader.widgets.moments import EXAMPLES, moment_named
from tui_trader.widgets.pane import Pane

_DETAIL_LINES = 5
_FOLLOW_MS = MS_PER_SECOND
_PAGES_AT_ONCE = 8


class JournalScreen(Filtering):
    """Lines by level, a search, a cursor that follows the newest until it is moved."""

    WHERE = Where.JOURNAL
    PANES = (JournalPane, JournalDetailPane)

    def on_mount(self) -> None:
        """First drawing."""
        # What Textual does with a worker's bug.
        self._calls = BesideCalls(self.app._handle_exception)  # noqa: SLF001
        self._is_reading = False
        super().on_mount()

    async def on_unmount(self) -> None:
        """Reading ends with the console."""
        await self._calls.close()

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
    def _board(self) -> LineBoard:
        return board_shown(self._scene)

    @property
    def filtered(self) -> LineBoard:
        """The board whose filter it is."""
        return self._board

    def filter_changed(self) -> None:
        """Other lines: from the newest on."""
        self._board.choose()
        self.post_message(AnswersWanted())

    def sync(self, *, but: frozenset[str] = frozenset()) -> None:
        """Show the lines; read what is wanted of the files."""
        if self.is_shown:
            self._board.settle()
            self._read_on()
        super().sync(but=but)

    # Journal or files.

    def action_other_source(self) -> None:
        """The log files instead of the journal, or the journal again."""
        logs = self._scene.logs
        if logs.folder is None:
            self.say("this console has no home to read log files from", is_bad=True)
            return
        logs.is_shown = not logs.is_shown
        if logs.is_shown and not logs.has_begun:
            logs.choose()
        self.sync()

    def _read_on(self) -> None:
        logs, now_ms = self._scene.logs, self._scene.now_ms
        if not logs.is_shown or self._is_reading or logs.folder is None:
            return
        wants_older = not logs.has_begun or logs.wants_lines_below(logs.cursor)
        is_due = abs(now_ms - logs.read_ms) >= _FOLLOW_MS
        wants_newer = logs.has_begun and is_due and not logs.is_apart
        if (wants_older and not logs.fault) or wants_newer:
            self._is_reading = True
            self._calls.start(self._read(logs, is_older=wants_older and not wants_newer))

    async def _read(self, logs: LogBoard, *, is_older: bool) -> None:
        chosen, folder = logs.chosen, logs.folder
        assert folder is not None
        logs.read_ms = self._scene.now_ms
        try:
            for _ in range(_PAGES_AT_ONCE if is_older else 1):
                read, place = (read_older, logs.begin) if is_older else (read_newer, logs.end)
                page = await asyncio.to_thread(read, folder, place)
                if chosen != logs.chosen:
                    # Read for other lines than are wanted now.
                    break
                logs.fault = ""
                if not is_older:
                    logs.take_newer(page)
                    break
                logs.take_older(page)
                if not logs.wants_lines_below(logs.cursor):
                    break
        except OSError as error:
            logs.fault = f"{error.strerror or error}"
        finally:
            self._is_reading = False
        self.sync()

    # Lines.

    def action_next_level(self, step: int) -> None:
        """Show more, or less."""
        levels, board = list(Level), self._board
        board.choose(level=levels[(levels.index(board.level) + step) % len(levels)])
        self.post_message(AnswersWanted())
        self.sync()

    def action_follow(self) -> None:
        """The newest line."""
        board = self._board
        if isinstance(board, LogBoard) and board.is_apart:
            board.choose()
        board.cursor, board.is_following, board.seek_ms = 0, True, None
        self.sync()

    def action_move(self, step: int) -> None:
        """Mark another line; at the end of what was read, more is read."""
        self._board.move(step)
        self.post_message(AnswersWanted())
        self.sync()

    def action_day(self, step: int) -> None:
        """The newest line of a day before, or of the one after."""
        board = self._board
        marked = board.marked
        if marked is None:
            return
        today = marked.time_ms // MS_PER_DAY
        if step > 0:
            board.seek(today * MS_PER_DAY - 1)
        else:
            days = [entry.time_ms // MS_PER_DAY for entry in board.shown]
            later = min((day for day in days if day > today), default=None)
            if later is None:
                self.say("this is the newest day")
                return
            board.move(days.index(later) - board.cursor)
        self.post_message(AnswersWanted())
        self.sync()

    def action_to_moment(self) -> None:
        """Ask for a moment, and mark the line of it."""

        def take(text: str | None) -> None:
            if not text:
                return
            moment_ms = moment_named(text, now_ms=self._scene.now_ms)
            if moment_ms is None:
                self.say(f"that names no moment; such as {EXAMPLES}", is_bad=True)
                return
            self._board.seek(moment_ms)
            self.post_message(AnswersWanted())
            self.sync()

        self.app.push_screen(TextDialog("TO WHICH MOMENT? (UTC)", f"Such as {EXAMPLES}"), take)

    def tables(self) -> list[ExportTable]:
        """The lines that are shown."""
        return [line_export(self._board.shown)]

    def chosen(self) -> tuple[ExportTable, str] | None:
        """The marked line."""
        marked = self._board.marked
        return (line_export([marked]), marked.text) if marked is not None else None

    def clicked(self, message: Pane.Clicked) -> None:
        """A click marks a line."""
        board, pane = self._board, self.query_one(JournalPane)
        place = message.row + pane.first_row
        if message.pane_name == pane.pane_name and message.row >= 0 and place < len(board.shown):
            self.action_move(place - board.cursor)
