"""The drill screen: rehearse a disaster on a throw-away demo, and read what the engine does about it."""

from textual.geometry import Region

from tui_trader.actions import Where
from tui_trader.engine.values.errors import TraderError
from tui_trader.engine.values.text import sanitize
from tui_trader.screens.console_screen import ConsoleScreen
from tui_trader.screens.drill_run import DrillRun
from tui_trader.screens.frame import framed
from tui_trader.themes import Palette
from tui_trader.widgets.drill_board import DRILLS, DrillStep
from tui_trader.widgets.drill_pane import LIST_LINES, DrillListPane, DrillStoryPane
from tui_trader.widgets.pane import Pane


class DrillScreen(ConsoleScreen):
    """A list of disasters above the story of the marked one."""

    WHERE = Where.DRILL
    PANES = (DrillListPane, DrillStoryPane)
    _run: DrillRun | None = None

    def regions(self, palette: Palette) -> dict[str, Region]:
        """The list, and below it the story."""
        size = self.app.size
        regions, body = framed(size.width, size.height, banner_lines=self.banner_lines(palette))
        if not body.area:
            return regions
        listed, story = body.split_horizontal(LIST_LINES)
        return {**regions, "drill": listed, "drill-story": story}

    def action_move(self, step: int) -> None:
        """Mark another one."""
        board = self._scene.drills
        board.cursor = max(0, min(len(DRILLS) - 1, board.cursor + step))
        board.offset = 0
        self.sync()

    def action_scroll(self, step: int) -> None:
        """Older steps, or newer ones."""
        board = self._scene.drills
        board.offset = max(0, min(len(board.steps), board.offset + step))
        self.sync()

    def action_run_drill(self) -> None:
        """Let the marked one happen; one at a time."""
        board = self._scene.drills
        if board.running:
            self.say(f"{board.running} is still under way; x cancels it")
            return
        name = DRILLS[board.cursor].name
        self._run = DrillRun(self._scene.beside.words, watch=self._take)
        board.start(name, self._scene.now_ms)
        self.app.run_worker(self._rehearse(self._run, name), name="drill")
        self.sync()

    async def _rehearse(self, run: DrillRun, name: str) -> None:
        board = self._scene.drills
        try:
            board.verdicts[name] = await run.verdict(name)
        except TraderError as fault:
            board.trouble = "cancelled" if run.is_given_up else sanitize(str(fault))
        finally:
            board.running = ""
        self.sync()

    def _take(self, step: DrillStep) -> None:
        self._scene.drills.take(step)
        self.sync()

    def action_end_drill(self) -> None:
        """Give it up."""
        if self._run is None or not self._scene.drills.running:
            self.say("no drill is under way")
            return
        self._run.give_up()
        self.say("cancelling: it ends its engine and its exchange first")

    def clicked(self, message: Pane.Clicked) -> None:
        """A click marks a drill."""
        if message.pane_name == "drill" and 0 <= message.row < len(DRILLS):
            self.action_move(message.row - self._scene.drills.cursor)
