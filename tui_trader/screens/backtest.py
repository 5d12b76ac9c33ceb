"""The backtest screen: a strategy on candles of the past, computed beside the console."""

from pathlib import Path

from textual.geometry import Region

from tui_trader.actions import Where
from tui_trader.engine.messages.commands import StartStrategy
from tui_trader.engine.values.backtests import BacktestDocument
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.modes import Mode
from tui_trader.screens.backtest_charting import BacktestCharting
from tui_trader.screens.backtest_layout import BacktestShape, backtest_regions
from tui_trader.screens.backtest_work import BacktestWork
from tui_trader.screens.dialogs.choice import Choice, ChoiceDialog
from tui_trader.screens.dialogs.text import TextDialog
from tui_trader.screens.exporting import ExportTable
from tui_trader.screens.record_tables import backtest_exports, chosen_backtest
from tui_trader.themes import Palette
from tui_trader.widgets.backtest_board import PANES_IN_ORDER, within
from tui_trader.widgets.backtest_form import faults_of
from tui_trader.widgets.backtest_panes import (
    BacktestFormPane,
    BacktestHeadPane,
    EquityPane,
    MetricsPane,
    MonthsPane,
    RunChartPane,
    RunsPane,
    TradesPane,
)
from tui_trader.widgets.drawing.backtest_rows import tab_column
from tui_trader.widgets.drawing.table import first_row
from tui_trader.widgets.pane import Pane

_REMOVE, _START = "remove", "start"


class BacktestScreen(BacktestCharting):
    """Form, run, result; what is computed is computed by `tui-trader backtest` in a process of its own."""

    WHERE = Where.BACKTEST
    PANES = (
        BacktestHeadPane,
        BacktestFormPane,
        EquityPane,
        RunChartPane,
        TradesPane,
        MetricsPane,
        MonthsPane,
        RunsPane,
    )

    def on_mount(self) -> None:
        """First drawing, and a look at what there is."""
        self._work = BacktestWork(
            self._scene,
            changed=self.sync,
            say=lambda text, is_bad: self.say(text, is_bad=is_bad),
            broke=self.app._handle_exception,  # noqa: SLF001 what Textual does with a worker's bug
        )
        self._work.look()
        super().on_mount()

    async def on_unmount(self) -> None:
        """What computes ends with the console."""
        await self._work.close()

    def regions(self, palette: Palette) -> dict[str, Region]:
        """Where each pane stands now."""
        size, document = self.app.size, self._board.document
        return backtest_regions(
            BacktestShape(
                width=size.width,
                height=size.height,
                banner_lines=self.banner_lines(palette),
                active=self._scene.active_panes["backtest"],
                zoomed=self._board.zoomed,
                years=len(document.months) if document is not None else 0,
            )
        )

    def sync(self, *, but: frozenset[str] = frozenset()) -> None:
        """Show the board; fetch the candles that the chart lacks."""
        super().sync(but=but)
        if self.is_shown:
            self._fetch_candles()

    def activate(self, pane_name: str) -> None:
        """Make a pane the active one; one that stands alone gives its place."""
        if self._board.zoomed:
            self._board.zoomed = pane_name
        super().activate(pane_name)

    # Running.

    def action_run(self) -> None:
        """Run the form, if nothing is wrong with it."""
        board = self._board
        if self._scene.is_read_only:
            self.say("this console is read-only: a run would be kept in the home", is_bad=True)
        elif board.under_way is not None:
            self.say("a run is under way: x cancels it", is_bad=True)
        elif board.form is None or board.series is None:
            self.say("no candles, no strategies: nothing to run yet", is_bad=True)
        elif faults := faults_of(board.form, board.series):
            fault = faults[0]
            self._to_field([each.name for each in self._fields].index(fault.name))
            self.activate(BacktestFormPane.pane_name)
            self.say(f"{fault.label.strip()}: {fault.fault}", is_bad=True)
        else:
            self._work.run()
            if self._scene.pane == BacktestFormPane.pane_name:
                self.activate(EquityPane.pane_name)
            self.sync()

    def action_cancel_run(self) -> None:
        """End the run that is under way."""
        if self._board.under_way is None:
            self.say("no run is under way")
        else:
            self._work.cancel()
            self.sync()

    def action_look_again(self) -> None:
        """Look up candles, strategies and runs."""
        self._work.look()
        self.sync()

    # Lines.

    def action_move(self, step: int) -> None:
        """The next line of the active pane; on the chart the next trade."""
        board = self._board
        match self._scene.pane:
            case BacktestFormPane.pane_name:
                self._to_field(board.cursor + step)
            case TradesPane.pane_name:
                board.trade = within(board.trade + step, len(board.ordered()))
            case RunChartPane.pane_name:
                self._chart_next(step)
            case MetricsPane.pane_name:
                board.metric = max(0, min(board.metric + step, self._metric_last()))
            case MonthsPane.pane_name:
                years = len(board.document.months) if board.document is not None else 0
                board.month = within(board.month - step, years)
            case RunsPane.pane_name:
                board.run = within(board.run + step, len(board.runs or ()))
            case _:
                pass
        self.sync()

    def _metric_last(self) -> int:
        return self.query_one(MetricsPane).last_first(self._board)

    def action_across(self, step: int) -> None:
        """Another value, column, or moment."""
        match self._scene.pane:
            case BacktestFormPane.pane_name:
                self._step_field(1 if step > 0 else -1)
            case TradesPane.pane_name:
                self._mark_column(1 if step > 0 else -1)
            case RunChartPane.pane_name:
                self._pan(step)
            case _:
                pass

    def action_enter(self) -> None:
        """What the line under the cursor offers."""
        board = self._board
        match self._scene.pane:
            case BacktestFormPane.pane_name:
                self._choose_field()
            case TradesPane.pane_name:
                self._jump()
            case RunsPane.pane_name:
                if board.selected_run is not None:
                    self._work.reopen(board.selected_run.id)
            case _:
                pass

    # Written out, and copied.

    def tables(self) -> list[ExportTable]:
        """The shown run, and the kept ones."""
        return backtest_exports(self._board)

    def chosen(self) -> tuple[ExportTable, str] | None:
        """The marked trade, or the marked run."""
        return chosen_backtest(self._board, self._scene.pane)

    # Kept runs.

    def action_delete_run(self) -> None:
        """Remove the run under the cursor, after a question."""
        run = self._board.selected_run
        if self._scene.pane != RunsPane.pane_name or run is None:
            self.say("go to the runs (7) and choose one")
            return
        if self._scene.is_read_only:
            self.say("this console is read-only: nothing was removed", is_bad=True)
            return

        def take(result: str | None) -> None:
            if result == _REMOVE:
                self._work.delete(run.id)

        text = f"{run.strategy} on {run.pair} {run.timeframe}, kept as {run.id}. It cannot be had back."
        choices = [
            Choice(key="n", label="keep it", result=""),
            Choice(key="d", label="remove it", result=_REMOVE),
        ]
        self.app.push_screen(ChoiceDialog("REMOVE THIS RUN", text, choices), take)

    def action_export_folder(self) -> None:
        """Ask for a folder, and write the run there."""
        board = self._board
        shown = board.document.id if board.document is not None else None
        is_list = self._scene.pane == RunsPane.pane_name and board.selected_run is not None
        run_id = board.selected_run.id if is_list and board.selected_run is not None else shown
        if run_id is None:
            self.say("no kept run is shown: run the form, or choose one (7)")
            return
        if self._scene.is_read_only:
            self.say("this console is read-only: nothing was written", is_bad=True)
            return

        def take(folder: str | None) -> None:
            if folder:
                self._work.export(run_id, folder)

        text = "Trades and equity as CSV, JSON and Parquet, and run.json. A new folder is made."
        value = f"~/backtest-{run_id}"
        self.app.push_screen(TextDialog("EXPORT INTO WHICH FOLDER?", text, value), take)

    # From the past to the present.

    def action_trade_on_demo(self) -> None:
        """Ask, then let the engine start the strategy of the shown run; on the demo alone."""
        document = self._board.document
        if document is None:
            self.say("no run is shown: run the form, or choose one (7)")
        elif self._scene.state.mode is not Mode.DEMO:
            self.say("from here a strategy starts on the demo alone", is_bad=True)
        elif self.may_command():
            chosen = self._chosen(document)
            words = " ".join(f"{name}={value:g}" for name, value in chosen.items())

            def take(result: str | None) -> None:
                if result == _START and self.may_command():
                    self._start_strategy(document, chosen)

            text = (
                f"{document.strategy} {words}".rstrip()
                + f" on {document.pair} {document.timeframe}, with the sizes, stops and limits of "
                "[rules] and [risk] as the engine has them now, whatever the run had."
            )
            choices = [
                Choice(key="n", label="do not", result=""),
                Choice(key="t", label="let it trade", result=_START),
            ]
            self.app.push_screen(ChoiceDialog("TRADE THIS ON THE DEMO", text, choices), take)

    def _chosen(self, document: BacktestDocument) -> dict[str, float]:
        """Parameters of a run that are not at their defaults, where those are known."""
        declared = [one for one in self._board.strategies or () if one.name == document.strategy]
        defaults = {one.name: one.default for each in declared for one in each.parameters}
        return {
            name: value
            for name, value in document.parameters.items()
            if defaults.get(name) != value
        }

    def _start_strategy(self, document: BacktestDocument, chosen: dict[str, float]) -> None:
        file = document.call.strategy_file
        self.wish(
            StartStrategy,
            name=document.strategy,
            file=str(Path(file).expanduser().absolute()) if file else "",
            symbols=document.call.pairs,
            interval=Interval(document.timeframe),
            parameters=chosen,
        )
        self.say("asked the engine; in a shell: tui-trader strategies status (or stop)")

    # Small things.

    def action_zoom(self) -> None:
        """Show the active pane alone, or all again."""
        board = self._board
        board.zoomed = "" if board.zoomed else self._scene.pane
        self.sync()

    def action_back(self) -> None:
        """The field as it was; from other panes back to the form."""
        board, marked = self._board, self._marked_field
        if self._scene.pane != BacktestFormPane.pane_name:
            self.activate(BacktestFormPane.pane_name)
        elif marked is not None and board.form is not None and not board.is_fresh:
            board.form = board.form.typed(marked.name, board.before)
            board.is_fresh = True
            self.sync()

    def clicked(self, message: Pane.Clicked) -> None:
        """A click activates a pane and chooses its line."""
        board, name = self._board, message.pane_name
        if name == BacktestHeadPane.pane_name:
            tab = tab_column(PANES_IN_ORDER, message.column)
            is_tabs = message.row == self.query_one(BacktestHeadPane).size.height - 2
            if is_tabs and tab is not None:
                self.activate(tab)
            return
        if name not in self._numbered.values():
            return
        self.activate(name)
        room = max(1, self.query_one(f"#{name}").size.height - 1)
        if name == BacktestFormPane.pane_name and message.row >= 0:
            self._to_field(first_row(board.cursor, len(self._fields), room) + message.row)
        elif name == TradesPane.pane_name and message.row >= 1:
            count = len(board.ordered())
            board.trade = within(first_row(board.trade, count, room - 1) + message.row - 1, count)
        elif name == RunsPane.pane_name and message.row >= 1:
            count = len(board.runs or ())
            board.run = within(first_row(board.run, count, room - 1) + message.row - 1, count)
        self.sync()
