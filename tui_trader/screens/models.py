"""The models screen: what was learned, how it was judged, which one serves; and training beside the engine."""

from textual.geometry import Region

from tui_trader.actions import Where
from tui_trader.engine.messages.signal_queries import ModelRow
from tui_trader.engine.values.candles import Interval
from tui_trader.screens.console_screen import ConsoleScreen
from tui_trader.screens.dialogs.choice import Choice, ChoiceDialog
from tui_trader.screens.dialogs.text import TextDialog
from tui_trader.screens.exporting import ExportTable
from tui_trader.screens.models_layout import ModelsShape, models_regions
from tui_trader.screens.models_tables import (
    drift_export,
    fold_export,
    importance_export,
    model_export,
    promise_export,
)
from tui_trader.screens.models_work import ModelsWork
from tui_trader.screens.wishes import AnswersWanted
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.backtest_rows import tab_column
from tui_trader.widgets.models_board import PANES_IN_ORDER
from tui_trader.widgets.models_panes import (
    FoldsPane,
    ModelDriftPane,
    ModelEquityPane,
    ModelHeadPane,
    ModelListPane,
    PromisesPane,
    VerdictPane,
    WeightsPane,
)
from tui_trader.widgets.models_view import (
    MODELS,
    ask_anew,
    chosen_model,
    judged,
    model_rows,
    move_model,
    place_of_model,
)
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.scene import Attachment

_LIST = ModelListPane.pane_name
_LINES_MAX = 500
_YES = "yes"
_INTERVALS = ", ".join(interval.value for interval in Interval)
_PARTS_MAX = 3


class ModelsScreen(ConsoleScreen):
    """A list of models, and for the marked one what is known of it."""

    WHERE = Where.MODELS
    PANES = (
        ModelListPane,
        ModelHeadPane,
        PromisesPane,
        ModelEquityPane,
        FoldsPane,
        WeightsPane,
        ModelDriftPane,
        VerdictPane,
    )

    _is_ready = False

    def on_mount(self) -> None:
        """First drawing."""
        self._is_ready = True
        self._work = ModelsWork(
            self._scene,
            changed=self.sync,
            say=lambda text, is_bad: self.say(text, is_bad=is_bad),
            broke=self.app._handle_exception,  # noqa: SLF001 what Textual does with a worker's bug
        )
        super().on_mount()

    async def on_unmount(self) -> None:
        """What trains ends with the console."""
        await self._work.close()

    def regions(self, palette: Palette) -> dict[str, Region]:
        """Where each pane stands now."""
        size, board = self.app.size, self._scene.models
        return models_regions(
            ModelsShape(
                width=size.width,
                height=size.height,
                banner_lines=self.banner_lines(palette),
                models=len(model_rows(self._scene) or ()),
                active=self._scene.active_panes["models"],
                lower=board.lower,
                zoomed=board.zoomed,
            )
        )

    def sync(self, *, but: frozenset[str] = frozenset()) -> None:
        """Show the board; where no engine tells of models, the home is asked."""
        super().sync(but=but)
        topic, board = self._scene.topic(MODELS), self._scene.models
        is_gone = self._scene.attachment is Attachment.GONE or bool(topic.fault)
        is_told = topic.answer is not None or board.stored is not None or bool(board.stored_fault)
        if self._is_ready and self.is_shown and is_gone and not is_told:
            self._work.look()

    def activate(self, pane_name: str) -> None:
        """Make a pane the active one; below the list it is the one that is shown."""
        board = self._scene.models
        if pane_name != _LIST:
            board.lower = pane_name
        if board.zoomed:
            board.zoomed = pane_name
        super().activate(pane_name)

    # Training.

    def action_train(self) -> None:
        """Ask what to train."""
        scene, row = self._scene, chosen_model(self._scene)
        if scene.is_read_only:
            self.say("this console is read-only: a model would be kept in the home", is_bad=True)
            return
        if scene.models.under_way is not None:
            self.say("a training is under way: x cancels it", is_bad=True)
            return
        value = f"{scene.symbol or 'BTC/USD'} 1h"
        if row is not None:
            value = f"{row.symbol} {row.interval.value}"
        text = (
            "Pair and timeframe; then, if you like, models with commas between (logistic, "
            "random_forest, boosting). On all stored candles of the pair, in a process of its own; "
            "a new model shadows the one that serves until you promote it."
        )
        self.app.push_screen(TextDialog("TRAIN WHAT?", text, value), self._train)

    def _train(self, typed: str | None) -> None:
        if not typed:
            return
        parts = typed.split(maxsplit=_PARTS_MAX - 1)
        pair, timeframe = parts[0].upper(), (parts[1] if len(parts) > 1 else "")
        if "/" not in pair or pair.startswith("-"):
            self.say(f"{pair} is no pair: write it like BTC/USD", is_bad=True)
        elif timeframe not in {interval.value for interval in Interval}:
            self.say(f"after the pair a timeframe is needed: {_INTERVALS}", is_bad=True)
        else:
            models = parts[2].replace(" ", "") if len(parts) == _PARTS_MAX else ""
            self._work.train(pair, timeframe, models=models)
            self.sync()

    def action_cancel_training(self) -> None:
        """End the training that is under way."""
        if self._scene.models.under_way is None:
            self.say("no training is under way")
        else:
            self._work.cancel()
            self.sync()

    def action_look_again(self) -> None:
        """Ask anew."""
        board = self._scene.models
        board.stored, board.stored_fault = None, ""
        ask_anew(self._scene)
        self.post_message(AnswersWanted())
        self.sync()

    # Which one serves.

    def action_promote(self) -> None:
        """Ask, then let the marked one serve."""
        row = self._changeable()
        if row is None:
            return
        if row.state == "champion":
            self.say("this one serves already")
            return
        if row.state == "broken":
            self.say("this one cannot be read: it cannot serve", is_bad=True)
            return
        edge = "" if row.has_edge else " It has no edge after costs: signals of it stay silent."
        text = (
            f"Version {row.version} of {row.symbol} {row.interval.value} speaks from the next candle "
            f"on; the one that serves now is kept.{edge}"
        )
        self._ask("LET THIS MODEL SERVE", text, label="promote it", row=row)

    def action_roll_back(self) -> None:
        """Ask, then let the former one serve again."""
        row = self._changeable()
        if row is not None:
            text = (
                f"The version of {row.symbol} {row.interval.value} that served before serves again, "
                "from the next candle on."
            )
            self._ask("GO BACK TO THE FORMER MODEL", text, label="roll back", row=row)

    def _changeable(self) -> ModelRow | None:
        row = chosen_model(self._scene)
        if self._scene.is_read_only:
            self.say("this console is read-only: nothing was changed", is_bad=True)
            return None
        if self._scene.models.changing:
            self.say(self._scene.models.changing)
            return None
        if row is None:
            self.say("there is no model yet: t trains one")
        return row

    def _ask(self, title: str, text: str, *, label: str, row: ModelRow) -> None:
        def take(result: str | None) -> None:
            if result != _YES:
                return
            if label == "promote it":
                self._work.promote(row)
            else:
                self._work.roll_back(row)

        choices = [
            Choice(key="n", label="leave it as it is", result=""),
            Choice(key="y", label=label, result=_YES),
        ]
        self.app.push_screen(ChoiceDialog(title, text, choices), take)

    # Lines.

    def action_move(self, step: int) -> None:
        """Another model; in other panes another line."""
        board, pane = self._scene.models, self._scene.pane
        if pane == _LIST:
            move_model(self._scene, step)
            row = chosen_model(self._scene)
            if row is not None and row.symbol in self._scene.symbols:
                self.select(row.symbol)
            self.post_message(AnswersWanted())
        else:
            last = max(0, self._line_count(pane) - 1)
            board.lines[pane] = max(0, min(last, board.lines.get(pane, 0) + step))
        self.sync()

    def _line_count(self, pane: str) -> int:
        found = judged(self._scene)
        if found is None:
            return 0
        counts = {
            "md-folds": len(found.folds),
            "md-weights": len(found.importance),
            "md-drift": len(found.drifts),
            "md-promises": len(found.reliability),
        }
        return counts.get(pane, _LINES_MAX)

    def action_open_signals(self) -> None:
        """The signals screen, at the pair of the marked model."""
        row = chosen_model(self._scene)
        if row is not None and row.symbol in self._scene.symbols:
            self.select(row.symbol)
        self.show_screen("signals")

    def action_zoom(self) -> None:
        """Show the active pane alone, or all again."""
        board = self._scene.models
        board.zoomed = "" if board.zoomed else self._scene.pane
        self.sync()

    def action_back(self) -> None:
        """All panes again; then the list."""
        self._scene.models.zoomed = ""
        self.activate(_LIST)

    def tables(self) -> list[ExportTable]:
        """The models, and what is known of the marked one."""
        found = judged(self._scene)
        return [
            model_export(model_rows(self._scene) or ()),
            promise_export(found),
            fold_export(found),
            importance_export(found),
            drift_export(found),
        ]

    def chosen(self) -> tuple[ExportTable, str] | None:
        """The marked model."""
        row = chosen_model(self._scene)
        if row is None:
            return None
        return model_export([row]), f"{row.symbol} {row.interval.value} {row.version}"

    def clicked(self, message: Pane.Clicked) -> None:
        """A click activates a pane, and marks a model."""
        name = message.pane_name
        if name == ModelHeadPane.pane_name:
            tab = tab_column(PANES_IN_ORDER, message.column)
            if message.row == 0 and tab is not None:
                self.activate(tab)
        elif name in self._numbered.values():
            self.activate(name)
            place = message.row - 1 + self.query_one(ModelListPane).first_row
            if name == _LIST and message.row >= 1 and place < len(model_rows(self._scene) or ()):
                self.action_move(place - place_of_model(self._scene))
