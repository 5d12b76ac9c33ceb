"""The chart and the trades of the backtest screen: which trade is marked, which candles are in sight."""

from tui_trader.screens.backtest_forming import BacktestForming
from tui_trader.widgets.backtest_board import TRADE_KEYS, ZOOMS, within
from tui_trader.widgets.backtest_panes import RunChartPane, TradesPane, trade_list
from tui_trader.widgets.drawing.result_rows import columns_shown
from tui_trader.widgets.drawing.trade_chart import candles_in, index_at, plot_width

_MARGIN_MIN = 400
"""Candles to both sides of the middle below which more are fetched."""


class BacktestCharting(BacktestForming):
    """Jumps, moves and zooms; candles that are not loaded yet are fetched."""

    # Trades.

    def _mark_column(self, step: int) -> None:
        board, pane = self._board, self.query_one(TradesPane)
        if board.document is None:
            return
        # Through all of them, those that had no room too: the marked one always has.
        names = list(TRADE_KEYS)
        if len(board.document.pairs) == 1:
            names.remove("pair")
        shown = columns_shown(trade_list(board.document, board), pane.size.width)
        now = names.index(board.column) if board.column in names else names.index(shown[0])
        board.column = names[within(now + step, len(names))]
        self.sync()

    def action_sort(self) -> None:
        """Sort by the marked column; again the other way round."""
        board = self._board
        if self._scene.pane != TradesPane.pane_name:
            self.say("go to the trades (4) and mark a column with h and l")
            return
        board.is_descending = not board.is_descending if board.sort == board.column else True
        board.sort, board.trade = board.column, 0
        self.sync()

    def _jump(self) -> None:
        place = self._board.selected_trade()
        if place is None:
            self.say("no trade to jump to")
            return
        self._mark_trade(place)
        self.activate(RunChartPane.pane_name)

    def _mark_trade(self, place: int) -> None:
        board = self._board
        assert board.document is not None
        trade = board.document.trades[place]
        board.marked, board.pair = place, trade.pair
        board.middle_ms = (trade.entry_time_ms + trade.exit_time_ms) // 2
        if trade.exit_time_ms - trade.entry_time_ms > self._span_ms():
            # Both ends have no room in the window: what a jump is to is the entry.
            board.middle_ms = trade.entry_time_ms

    # The chart.

    def _room(self) -> int:
        board = self._board
        # None while the screen is taken down: the clock may tick once more.
        panes = self.query(RunChartPane)
        width = plot_width(board.shown_candles, panes.first().size.width if panes else 0)
        return max(1, candles_in(board.zoom, width))

    def _span_ms(self) -> int:
        found = self._board.candles.get(self._board.pair)
        return self._room() * found.interval.ms if found is not None else 0

    def _chart_next(self, step: int) -> None:
        board, document = self._board, self._board.document
        if document is None or not document.trades:
            return
        now = board.marked if board.marked is not None else (-1 if step > 0 else 0)
        place = within(now + step, len(document.trades))
        self._mark_trade(place)
        board.trade = board.ordered().index(place)

    def _pan(self, step: int) -> None:
        board = self._board
        candles = board.shown_candles
        if not candles:
            return
        room, last = self._room(), len(candles) - 1
        middle = last - room // 2 if board.middle_ms is None else index_at(candles, board.middle_ms)
        stride = max(1, -board.zoom)
        middle = max(min(room // 2, last), min(middle + step * stride, last - room // 2))
        board.middle_ms = candles[within(middle, len(candles))].open_time_ms
        self.sync()

    def action_widen(self, step: int) -> None:
        """Candles wider or narrower, or many of them as one."""
        board = self._board
        board.zoom = ZOOMS[within(ZOOMS.index(board.zoom) + step, len(ZOOMS))]
        self.sync()

    def _fetch_candles(self) -> None:
        board, document = self._board, self._board.document
        if document is None or board.is_loading or board.candle_fault:
            return
        if RunChartPane.pane_name not in self._regions.regions:
            return
        if document.id is None:
            board.candle_fault = "this run was not kept, so its candles are not known"
        elif self._lacks_candles():
            middle_ms = board.middle_ms if board.middle_ms is not None else document.last_time_ms
            self._work.load_candles(around_ms=middle_ms)

    def _lacks_candles(self) -> bool:
        board = self._board
        found = board.candles.get(board.pair)
        if found is None:
            return True
        if board.middle_ms is None or not found.candles:
            return False
        middle, last = index_at(found.candles, board.middle_ms), len(found.candles) - 1
        # A quarter at the most: on a very wide terminal no answer would ever have enough of them.
        margin = min(max(_MARGIN_MIN, self._room() // 2), last // 4)
        lacks_before = found.candles[0].open_time_ms > found.first_time_ms and middle < margin
        lacks_after = found.candles[-1].open_time_ms < found.last_time_ms and middle > last - margin
        return lacks_before or lacks_after
