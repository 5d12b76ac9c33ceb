"""Panes of the backtest screen: what runs, form, equity, chart, trades, metrics, months, kept runs."""

from abc import abstractmethod
from collections.abc import Sequence

from textual.strip import Strip

from tui_trader.engine.values.backtests import BacktestDocument
from tui_trader.engine.values.text import sanitize
from tui_trader.engine.values.time import MS_PER_SECOND
from tui_trader.themes import Palette
from tui_trader.widgets.backtest_board import PANES_IN_ORDER, BacktestBoard, Ended, within
from tui_trader.widgets.backtest_form import fields_of
from tui_trader.widgets.drawing.backtest_rows import (
    NO_CANDLES,
    Progress,
    caution_row,
    ended_rows,
    form_rows,
    progress_row,
    result_rows,
    run_rows,
    tab_row,
)
from tui_trader.widgets.drawing.equity_chart import EquityPicture, equity_chart, minute_words
from tui_trader.widgets.drawing.lines import Piece, line, wrapped
from tui_trader.widgets.drawing.result_rows import (
    TradeList,
    metric_rows,
    metric_titles,
    month_rows,
    trade_rows,
)
from tui_trader.widgets.drawing.trade_chart import TradePicture, trade_chart
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.scene import Scene

_NO_RUN = "No run yet: r runs the form, 7 has the kept ones."
_RUNNING = "A run is under way; it is shown here when it is done."
_TITLE = 1
_READ_OUT_FROM = 76


def said(text: str, *, width: int, palette: Palette, is_bad: bool = False) -> list[Strip]:
    """A sentence in as many lines as it needs."""
    ink = palette.warn if is_bad else palette.muted
    return [
        line(width, palette.base, [(f" {part}", ink)])
        for part in wrapped(text, width - 2, lines_max=6)
    ]


class BacktestHeadPane(Pane):
    """What runs, or what came of it; the tabs of the panes where one stands alone."""

    pane_name = "bt-head"

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The run under way to the second, the one that is shown, and the active pane."""
        board = scene.backtest
        return (scene.pane, board.version, board.ended, board.ended_words, _progress(scene))

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """Three or four lines."""
        width, board = self.size.width, scene.backtest
        progress, document = _progress(scene), board.document
        rows = said(_NO_RUN, width=width, palette=palette)
        if document is not None:
            rows = result_rows(document, width=width, palette=palette)
            rows.append(caution_row(document, width=width, palette=palette))
        if progress is not None:
            title = line(width, palette.base, [(f" {progress.title}", palette.strong)])
            rows = [progress_row(progress, width=width, palette=palette), title]
        elif board.ended in {Ended.CANCELLED, Ended.REFUSED}:
            ended = (board.ended.name, board.ended_words)
            rows = [*ended_rows(ended, width=width, palette=palette), *rows]
        tabs = tab_row(PANES_IN_ORDER, scene.pane, width=width, palette=palette)
        blank = line(width, palette.base, [])
        room = self.size.height - _TITLE
        return [*rows[:room], *[blank] * (room - len(rows)), tabs]


def _progress(scene: Scene) -> Progress | None:
    run = scene.backtest.under_way
    if run is None:
        return None
    return Progress(
        title=run.title,
        done=run.done,
        planned=run.step.planned if run.step is not None else 100,
        step=run.step.step if run.step is not None else "starting",
        taken_s=max(0, scene.now_ms - run.started_ms) // MS_PER_SECOND,
        left_s=run.left_s(scene.now_ms),
        is_cancelling=run.is_cancelling,
    )


class BacktestFormPane(Pane):
    """What is run next."""

    pane_name = "bt-form"
    number = 1

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The form, its cursor, and what was found in the home."""
        board = scene.backtest
        return (
            scene.pane == self.pane_name,
            board.form,
            board.cursor,
            board.looking,
            board.look_fault,
            board.series,
        )

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """A line a field; without candles how to get some."""
        width, height = self.size
        board, form = scene.backtest, scene.backtest.form
        title = self.head(scene, palette, title="FORM", right=[(" r runs ", palette.muted)])
        if board.look_fault:
            rows = said(board.look_fault, width=width, palette=palette, is_bad=True)
            return [title, *rows, *said("u looks again", width=width, palette=palette)]
        if board.series == ():
            return [
                title,
                *(line(width, palette.base, [(f" {text}", None)]) for text in NO_CANDLES),
            ]
        if form is None or board.series is None:
            return [title, *said(board.looking or "…", width=width, palette=palette)]
        fields = fields_of(form, board.series)
        cursor = within(board.cursor, len(fields))
        rows = form_rows(fields, cursor, size=(width, height - _TITLE), palette=palette)
        room = height - _TITLE - len(rows) - 1
        says = wrapped(form.strategy.says, width - 2, lines_max=max(1, room)) if room > 0 else []
        blank = line(width, palette.base, [])
        muted = [line(width, palette.base, [(f" {part}", palette.muted)]) for part in says]
        return [title, *rows, blank, *muted]


class _ResultPane(Pane):
    """A title, and rows of the run that is shown; or why there are none."""

    title = ""

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """Which run is shown, and what of it."""
        board = scene.backtest
        is_running = board.under_way is not None
        return (scene.pane == self.pane_name, board.version, is_running, *self.place(board))

    def place(self, board: BacktestBoard) -> tuple[object, ...]:  # noqa: ARG002
        """What of the run is shown."""
        return ()

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """Title and rows."""
        board, document = scene.backtest, scene.backtest.document
        right = self.right(board, palette) if document is not None else []
        title = self.head(scene, palette, title=self.title, right=right)
        if document is None:
            words = _NO_RUN if board.under_way is None else _RUNNING
            return [title, *said(words, width=self.size.width, palette=palette)]
        return [title, *self.rows(document, board, palette)]

    def right(self, board: BacktestBoard, palette: Palette) -> list[Piece]:  # noqa: ARG002
        """What stands at the right of the title."""
        return []

    @abstractmethod
    def rows(
        self, document: BacktestDocument, board: BacktestBoard, palette: Palette
    ) -> list[Strip]:
        """Rows below the title."""


class EquityPane(_ResultPane):
    """Equity beside holding and chance, drawdown below."""

    pane_name = "bt-equity"
    number = 2
    title = "EQUITY"

    def rows(
        self,
        document: BacktestDocument,
        board: BacktestBoard,  # noqa: ARG002
        palette: Palette,
    ) -> list[Strip]:
        """The chart."""
        curve = document.curve
        picture = EquityPicture(
            time_ms=curve.time_ms,
            equity=curve.equity,
            holding=curve.buy_and_hold,
            low=curve.chance_low,
            median=curve.chance_median,
            high=curve.chance_high,
            drawdown=curve.drawdown_ratio,
        )
        size = self.size
        return equity_chart(picture, width=size.width, height=size.height - 1, palette=palette)


class RunChartPane(_ResultPane):
    """Candles with entries and exits."""

    pane_name = "bt-chart"
    number = 3
    title = "CHART"

    def place(self, board: BacktestBoard) -> tuple[object, ...]:
        """Window, mark and what is loaded."""
        return (
            board.pair,
            board.middle_ms,
            board.zoom,
            board.marked,
            id(board.candles.get(board.pair)),
            board.is_loading,
            board.candle_fault,
        )

    def right(self, board: BacktestBoard, palette: Palette) -> list[Piece]:
        """The marked trade in numbers."""
        trade = board.marked_trade
        if trade is None:
            return [(f"{sanitize(board.pair)} ", palette.muted)]
        text = f"▲ {minute_words(trade.entry_time_ms)} {trade.entry_price:,.8g}"
        out = f" ▼ {minute_words(trade.exit_time_ms)} {trade.exit_price:,.8g}"
        if self.size.width < _READ_OUT_FROM:
            text, out = f"▲ {minute_words(trade.entry_time_ms)}", ""
        return [
            (text, None),
            (out, None),
            (f" {trade.return_ratio:+.2%} ", palette.signed(trade.pnl)),
        ]

    def rows(
        self, document: BacktestDocument, board: BacktestBoard, palette: Palette
    ) -> list[Strip]:
        """The chart, or why there is none."""
        width, height = self.size
        if board.candle_fault:
            return said(board.candle_fault, width=width, palette=palette, is_bad=True)
        if not board.shown_candles:
            return said("loading candles…", width=width, palette=palette)
        picture = TradePicture(
            candles=board.shown_candles,
            trades=[trade for trade in document.trades if trade.pair == board.pair],
            middle_ms=board.middle_ms,
            zoom=board.zoom,
            marked=board.marked_trade,
        )
        return trade_chart(picture, width=width, height=height - 1, palette=palette)


class TradesPane(_ResultPane):
    """Every finished trade."""

    pane_name = "bt-trades"
    number = 4
    title = "TRADES"

    def place(self, board: BacktestBoard) -> tuple[object, ...]:
        """Cursor and order."""
        return (board.trade, board.column, board.sort, board.is_descending, board.marked)

    def right(self, board: BacktestBoard, palette: Palette) -> list[Piece]:
        """Which of how many."""
        count = len(board.ordered())
        return [(f"{within(board.trade, count) + 1:,} of {count:,} ", palette.muted)]

    def rows(
        self, document: BacktestDocument, board: BacktestBoard, palette: Palette
    ) -> list[Strip]:
        """The table."""
        if not document.trades:
            return said(
                "No trade was made: the strategy never entered.",
                width=self.size.width,
                palette=palette,
            )
        size = (self.size.width, self.size.height - 1)
        return trade_rows(trade_list(document, board), size=size, palette=palette)


def trade_list(document: BacktestDocument, board: BacktestBoard) -> TradeList:
    """The trades in the order asked for."""
    places = board.ordered()
    return TradeList(
        rows=[(place, document.trades[place]) for place in places],
        cursor=within(board.trade, len(places)),
        column=board.column,
        sort=board.sort,
        is_descending=board.is_descending,
        charted=board.marked,
    )


class MetricsPane(_ResultPane):
    """Metrics beside holding and chance; warnings and assumptions below them."""

    pane_name = "bt-metrics"
    number = 5
    title = "METRICS"

    def place(self, board: BacktestBoard) -> tuple[object, ...]:
        """First line shown."""
        return (board.metric,)

    def right(self, board: BacktestBoard, palette: Palette) -> list[Piece]:
        """How many runs by chance."""
        assert board.document is not None
        seeds = board.document.beside.random_entry.seeds
        return [(f"beside {seeds} by chance " if seeds else "no trades to shuffle ", palette.muted)]

    def last_first(self, board: BacktestBoard) -> int:
        """The furthest that can be scrolled to."""
        if board.document is None or self._last is None:
            return 0
        lines = metric_rows(board.document, width=self.size.width, palette=self._last[1])
        return max(0, len(lines) - (self.size.height - 2))

    def rows(
        self, document: BacktestDocument, board: BacktestBoard, palette: Palette
    ) -> list[Strip]:
        """Titles, then as many lines as there is room for, from the one scrolled to."""
        width, room = self.size.width, self.size.height - 2
        lines = metric_rows(document, width=width, palette=palette)
        first = max(0, min(board.metric, len(lines) - room))
        return [metric_titles(document, width=width, palette=palette), *lines[first : first + room]]


class MonthsPane(_ResultPane):
    """Returns by month."""

    pane_name = "bt-months"
    number = 6
    title = "MONTHS"

    def place(self, board: BacktestBoard) -> tuple[object, ...]:
        """First year shown."""
        return (board.month,)

    def rows(
        self, document: BacktestDocument, board: BacktestBoard, palette: Palette
    ) -> list[Strip]:
        """Titles, and the newest years where not all of them have room."""
        room = max(1, self.size.height - 2)
        years = document.months
        last = max(room, len(years) - board.month)
        shown = years[max(0, last - room) : last]
        return month_rows(shown, width=self.size.width, palette=palette)


class RunsPane(Pane):
    """Runs that are kept in the home."""

    pane_name = "bt-runs"
    number = 7

    def inputs(self, scene: Scene) -> tuple[object, ...]:
        """The list, its cursor, and which one is shown."""
        board = scene.backtest
        return (
            scene.pane == self.pane_name,
            board.runs,
            board.run,
            board.version,
            board.looking,
            board.look_fault,
        )

    def draw(self, scene: Scene, palette: Palette) -> Sequence[Strip]:
        """The table."""
        board, width = scene.backtest, self.size.width
        count = len(board.runs or ())
        right: list[Piece] = [(f"{count:,} kept ", palette.muted)] if count else []
        title = self.head(scene, palette, title="RUNS", right=right)
        if board.runs is None:
            why = board.look_fault or board.looking or "…"
            return [title, *said(why, width=width, palette=palette)]
        if not board.runs:
            return [title, *said("No run is kept yet.", width=width, palette=palette)]
        shown = board.document.id if board.document is not None else None
        rows = run_rows(
            board.runs,
            within(board.run, count),
            shown=shown,
            size=(width, self.size.height - 1),
            palette=palette,
        )
        return [title, *rows]
