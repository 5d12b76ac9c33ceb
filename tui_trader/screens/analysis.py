"""The analysis screen: what the candles of one pair say."""

from collections.abc import Callable

from textual.geometry import Region

from tui_trader.actions import Where
from tui_trader.screens.analysis_layout import AnalysisShape, analysis_regions
from tui_trader.screens.dialogs.choice import Choice, ChoiceDialog
from tui_trader.screens.exporting import ExportTable
from tui_trader.screens.filtering import Filtering
from tui_trader.screens.picking import Picking
from tui_trader.screens.record_tables import analysis_exports, chosen_analysis
from tui_trader.screens.tables import chosen_market
from tui_trader.themes import Palette
from tui_trader.widgets.analysis_panes import (
    AnalysisChartPane,
    LevelsPane,
    PatternsPane,
    ReadingsPane,
    SentimentPane,
    TimeframesPane,
)
from tui_trader.widgets.analysis_view import (
    current_answer,
    picture_of,
    shown_candles,
    shown_patterns,
    shown_readings,
)
from tui_trader.widgets.boards import WIDTHS, AnalysisBoard
from tui_trader.widgets.drawing.analysis_chart import candles_in
from tui_trader.widgets.market_table import pick_title
from tui_trader.widgets.pane import Pane

_LISTS = frozenset({"an-patterns", "an-readings", "an-levels"})
_FAR = 100_000
_LETTERS = "abcdefghijklmnop"


class AnalysisScreen(Filtering, Picking):
    """Chart, readings, patterns, levels and timeframes of the selected pair."""

    WHERE = Where.ANALYSIS
    PANES = (
        AnalysisChartPane,
        ReadingsPane,
        PatternsPane,
        LevelsPane,
        SentimentPane,
        TimeframesPane,
    )

    def regions(self, palette: Palette) -> dict[str, Region]:
        """Where each pane stands now."""
        size = self.app.size
        return analysis_regions(
            AnalysisShape(
                width=size.width,
                height=size.height,
                banner_lines=self.banner_lines(palette),
                active=self._scene.active_panes["analysis"],
                zoomed=self._scene.analysis.zoomed,
            )
        )

    def activate(self, pane_name: str) -> None:
        """Make a pane the active one; one that stands alone gives its place."""
        if self._scene.analysis.zoomed:
            self._scene.analysis.zoomed = pane_name
        super().activate(pane_name)

    def action_zoom(self) -> None:
        """Show the active pane alone, or all again."""
        board = self._scene.analysis
        board.zoomed = "" if board.zoomed else self._scene.pane
        self.sync()

    def action_timeframe(self, step: int) -> None:
        """Longer or shorter candles; what was marked belongs to the others."""
        board = self._scene.analysis
        board.pan, board.cross, board.mark, board.pattern = 0, None, None, 0
        super().action_timeframe(step)

    # Lists.

    @property
    def filtered(self) -> AnalysisBoard:
        """The board whose filter it is."""
        return self._scene.analysis

    def filter_changed(self) -> None:
        """From the first line that is left."""
        self._scene.analysis.reading = self._scene.analysis.pattern = 0

    def action_filter(self) -> None:
        """Type what readings and patterns must contain."""
        if self._scene.pane not in {"an-readings", "an-patterns"}:
            self.activate("an-readings")
        super().action_filter()

    def action_move(self, step: int) -> None:
        """A line of the active list; on the chart another pair."""
        scene, board = self._scene, self._scene.analysis
        answer = current_answer(scene)
        match scene.pane:
            case "an-patterns":
                board.pattern = _within(board.pattern + step, len(shown_patterns(scene)))
            case "an-readings":
                board.reading = _within(board.reading + step, len(shown_readings(scene)))
            case "an-levels":
                board.level = _within(board.level + step, len(answer.turns) if answer else 0)
            case _ if abs(step) == 1:
                board.pan, board.cross, board.mark, board.pattern = 0, None, None, 0
                self.select_next(step)
            case _:
                pass
        self.sync()

    def action_edge(self, step: int) -> None:
        """To an end of the list; on the chart to the newest candle."""
        if self._scene.pane in _LISTS:
            self.action_move(step * _FAR)
        else:
            self.action_pan(_FAR)

    def action_jump(self) -> None:
        """Bring the candle of the line under the cursor into the middle, and mark it."""
        scene, board, answer = self._scene, self._scene.analysis, current_answer(self._scene)
        patterns = shown_patterns(scene)
        time_ms = None
        if scene.pane == "an-patterns" and patterns:
            time_ms = patterns[_within(board.pattern, len(patterns))].open_time_ms
        elif scene.pane == "an-levels" and answer is not None and answer.turns:
            time_ms = answer.turns[_within(board.level, len(answer.turns))].open_time_ms
        if time_ms is None:
            self.say("go to the patterns (3) or levels (4) and choose a line")
            return
        board.mark = board.cross = time_ms
        self._bring_into_sight(time_ms)
        self.sync()

    def action_neutral(self) -> None:
        """Patterns that take no side, or not."""
        board = self._scene.analysis
        board.shows_neutral, board.pattern = not board.shows_neutral, 0
        self.sync()

    # The chart.

    def action_widen(self, step: int) -> None:
        """Candles narrower or wider."""
        board = self._scene.analysis
        place = WIDTHS.index(board.candle_width) - step
        board.candle_width = WIDTHS[_within(place, len(WIDTHS))]
        self.sync()

    def action_cross_hair(self) -> None:
        """On at the newest candle in sight, or off."""
        board, candles = self._scene.analysis, shown_candles(self._scene)
        if board.cross is not None or not candles:
            board.cross = None
        else:
            board.cross = candles[_within(len(candles) - 1 - board.pan, len(candles))].open_time_ms
        self.sync()

    def action_pan(self, step: int) -> None:
        """Move the cross-hair, and the window with it; the window alone without one."""
        board, candles = self._scene.analysis, shown_candles(self._scene)
        times = [candle.open_time_ms for candle in candles]
        if board.cross in times:
            place = _within(times.index(board.cross) + step, len(times))
            board.cross = times[place]
            self._bring_into_sight(times[place])
        elif times:
            room = candles_in(picture_of(self._scene), self._chart_width())
            board.pan = max(0, min(board.pan - step, len(times) - room))
        self.sync()

    def _bring_into_sight(self, time_ms: int) -> None:
        board = self._scene.analysis
        times = [candle.open_time_ms for candle in shown_candles(self._scene)]
        if time_ms not in times:
            return
        room = candles_in(picture_of(self._scene), self._chart_width())
        back = len(times) - 1 - times.index(time_ms)
        if not board.pan <= back < board.pan + room:
            # In the middle: what came before and after is why one looks.
            board.pan = max(0, min(back - room // 2, len(times) - room))

    def _chart_width(self) -> int:
        return self.query_one(AnalysisChartPane).size.width

    def action_back(self) -> None:
        """Filter, cross-hair and mark away."""
        board = self._scene.analysis
        board.cross = board.mark = None
        super().action_back()

    # Indicators.

    def action_add_pick(self) -> None:
        """Choose an indicator to draw."""
        self.pick_from_catalogue(self._scene.analysis.picks)

    def action_remove_pick(self) -> None:
        """Ask which to take away."""

        def remove(index: int) -> None:
            del self._scene.analysis.picks[index]
            self.picks_changed()

        self._which("TAKE AWAY", remove)

    def action_edit_pick(self) -> None:
        """Ask which to change."""
        self._which("CHANGE", lambda index: self.edit_parameters(self._scene.analysis.picks, index))

    def _which(self, title: str, chosen: Callable[[int], None]) -> None:
        picks = self._scene.analysis.picks
        if not picks:
            self.say("there is no indicator on the chart; i adds one")
            return
        choices = [
            Choice(key=_LETTERS[index], label=pick_title(pick), result=str(index))
            for index, pick in enumerate(picks)
        ]

        def take(result: str | None) -> None:
            if result:
                chosen(int(result))

        self.app.push_screen(ChoiceDialog(title, "Which indicator?", choices), take)

    def tables(self) -> list[ExportTable]:
        """What is said of the pair."""
        return analysis_exports(current_answer(self._scene))

    def chosen(self) -> tuple[ExportTable, str] | None:
        """The line of the active list; on the chart the pair."""
        found = chosen_analysis(self._scene, current_answer(self._scene))
        return found or chosen_market(self._scene)

    def clicked(self, message: Pane.Clicked) -> None:
        """A click activates a pane and chooses its line."""
        board = self._scene.analysis
        if message.pane_name not in self._numbered.values():
            return
        self.activate(message.pane_name)
        if message.pane_name == "an-patterns" and message.row >= 0:
            row = message.row + self.query_one(PatternsPane).first_row
            board.pattern = _within(row, len(shown_patterns(self._scene)))
            self.action_jump()


def _within(place: int, count: int) -> int:
    return max(0, min(count - 1, place))
