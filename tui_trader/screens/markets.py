"""The markets screen: every pair in one table."""

from textual.geometry import Region

from tui_trader.actions import Where
from tui_trader.screens.exporting import ExportTable
from tui_trader.screens.filtering import Filtering
from tui_trader.screens.frame import framed
from tui_trader.screens.picking import Picking
from tui_trader.screens.tables import chosen_market, market_export
from tui_trader.screens.wishes import AnswersWanted
from tui_trader.themes import Palette
from tui_trader.widgets.boards import MarketsBoard
from tui_trader.widgets.chart_pane import PairChartPane
from tui_trader.widgets.market_table import all_columns, cards_by_name, market_lines, pick_name
from tui_trader.widgets.markets_pane import FOOT_LINES, TITLE_LINES, MarketsPane
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.scene import INTERVALS

ROWS_MIN, CHART_ROWS_MIN = 4, 8


class MarketsScreen(Filtering, Picking):
    """One table: columns to choose, to sort by, and a filter."""

    WHERE = Where.MARKETS
    PANES = (MarketsPane, PairChartPane)

    def regions(self, palette: Palette) -> dict[str, Region]:
        """The table; below it the chart of the marked pair where few pairs leave it the room."""
        size = self.app.size
        regions, body = framed(size.width, size.height, banner_lines=self.banner_lines(palette))
        if not body.area:
            return regions
        table_rows = TITLE_LINES + max(ROWS_MIN, len(self._scene.symbols)) + FOOT_LINES
        if body.height - table_rows < CHART_ROWS_MIN:
            return {**regions, "markets": body}
        table, chart = body.split_horizontal(table_rows)
        return {**regions, "markets": table, "pair-chart": chart}

    # The filter.

    @property
    def filtered(self) -> MarketsBoard:
        """The board whose filter it is."""
        return self._scene.markets

    def filter_changed(self) -> None:
        """The chosen pair is one of those that are listed."""
        self._keep_selection()

    def _keep_selection(self) -> None:
        symbols = [row.symbol for row in market_lines(self._scene)]
        if symbols and self._scene.symbol not in symbols:
            self.select(symbols[0])

    # Rows and columns.

    def action_move(self, step: int) -> None:
        """Another pair, in the order shown; no further than the ends."""
        symbols = [row.symbol for row in market_lines(self._scene)]
        if symbols:
            symbol = self._scene.symbol
            now = symbols.index(symbol) if symbol in symbols else 0
            self.select(symbols[max(0, min(len(symbols) - 1, now + step))])
            self.sync()

    def action_column(self, step: int) -> None:
        """Mark another column."""
        names = [column.name for column in all_columns(self._scene)]
        board = self._scene.markets
        now = names.index(board.cursor) if board.cursor in names else 0
        board.cursor = names[max(0, min(len(names) - 1, now + step))]
        self.sync()

    def action_sort(self) -> None:
        """Sort by the marked column, the largest first; again the other way round."""
        self._sort_by(self._scene.markets.cursor)

    def _sort_by(self, column: str) -> None:
        board = self._scene.markets
        # Names read from A; of numbers the largest is what people look for.
        board.is_descending = not board.is_descending if board.sort == column else column != "pair"
        board.sort = board.cursor = column
        self.sync()

    def action_timeframe(self, step: int) -> None:
        """Candles the indicators are computed on."""
        board = self._scene.markets
        index = max(0, min(len(INTERVALS) - 1, INTERVALS.index(board.interval) + step))
        board.interval = INTERVALS[index]
        self.post_message(AnswersWanted())
        self.sync()

    def action_open_desk(self) -> None:
        """The pair on the desk."""
        self.show_screen("desk")

    def action_open_analysis(self) -> None:
        """The pair on the analysis screen."""
        self.show_screen("analysis")

    # Indicators as columns.

    def action_add_pick(self) -> None:
        """Choose an indicator to be a column."""
        self.pick_from_catalogue(self._scene.markets.picks)

    def action_edit_pick(self) -> None:
        """Parameters of the marked column."""
        index = self._marked_pick()
        if index is not None:
            self.edit_parameters(self._scene.markets.picks, index)

    def action_remove_pick(self) -> None:
        """Take the marked column away."""
        board = self._scene.markets
        index = self._marked_pick()
        if index is None:
            return
        board.remove_pick(index)
        if board.sort.startswith("pick "):
            board.sort = ""
        board.cursor = pick_name(min(index, len(board.picks) - 1)) if board.picks else "pair"
        self.picks_changed()

    def action_next_output(self) -> None:
        """The next output of the marked column."""
        board, index = self._scene.markets, self._marked_pick()
        if index is None:
            return
        name = board.picks[index].name
        card = cards_by_name(self._scene).get(name)
        if card is None or len(card.outputs) <= 1:
            self.say(f"{name} has one output")
            return
        board.choose_output(index, (board.output(index) + 1) % len(card.outputs))
        self.say(f"{name}: {card.outputs[board.output(index)]}, one of {', '.join(card.outputs)}")

    def _marked_pick(self) -> int | None:
        names = [pick_name(index) for index in range(len(self._scene.markets.picks))]
        if self._scene.markets.cursor in names:
            return names.index(self._scene.markets.cursor)
        self.say("mark an indicator column first (h and l); i adds one")
        return None

    def picked(self, index: int) -> None:
        """Mark the new column."""
        self._scene.markets.cursor = pick_name(index)

    def chosen(self) -> tuple[ExportTable, str] | None:
        """The marked pair."""
        return chosen_market(self._scene)

    def tables(self) -> list[ExportTable]:
        """The table of pairs."""
        return [market_export(self._scene)]

    def clicked(self, message: Pane.Clicked) -> None:
        """A click on a title sorts, on a pair chooses it."""
        pane = self.query_one(MarketsPane)
        if message.pane_name != MarketsPane.pane_name:
            return
        if message.row == TITLE_LINES - 2:
            column = pane.column_at(self._scene, message.column)
            if column is not None:
                self._sort_by(column)
            return
        lines = market_lines(self._scene)
        index = message.row - (TITLE_LINES - 1) + pane.first_row
        if 0 <= index < len(lines):
            self.select(lines[index].symbol)
            self.sync()
