"""The strategies screen: who trades by itself, why it did or did not, and the way to start, hold and stop one."""

from textual import events
from textual.geometry import Region

from tui_trader.actions import Where
from tui_trader.engine.messages.commands import HoldStrategy, StartStrategy, StopStrategy
from tui_trader.engine.values.strategies import StrategyPhase
from tui_trader.engine.values.time import format_rfc3339
from tui_trader.screens.dialogs.choice import Choice, ChoiceDialog
from tui_trader.screens.exporting import ExportTable
from tui_trader.screens.filtering import Filtering
from tui_trader.screens.strategies_forming import StrategiesForming
from tui_trader.screens.strategies_layout import StrategiesShape, strategies_regions
from tui_trader.themes import Palette
from tui_trader.widgets.backtest_board import within
from tui_trader.widgets.drawing.table import first_row
from tui_trader.widgets.pane import Pane
from tui_trader.widgets.strategies_board import Outcomes, StrategiesBoard, StrategyLine
from tui_trader.widgets.strategies_panes import (
    DecisionsPane,
    RunningPane,
    StartFormPane,
    StrategyPane,
    TermsPane,
)
from tui_trader.widgets.strategies_view import chosen_line, listed_decisions, strategy_lines

_KEEP, _SELL, _CONTINUE = "keep", "sell", "continue"
_HEADS = ("strategy", "decided", "candle", "pair", "signal", "outcome", "gate", "why", "margin")


class StrategiesScreen(StrategiesForming, Filtering):
    """A list, the decisions of the marked one, and a form."""

    WHERE = Where.STRATEGIES
    PANES = (RunningPane, StrategyPane, DecisionsPane, StartFormPane, TermsPane)

    def regions(self, palette: Palette) -> dict[str, Region]:
        """Where each pane stands now."""
        size, board = self.app.size, self._board
        return strategies_regions(
            StrategiesShape(
                width=size.width,
                height=size.height,
                banner_lines=self.banner_lines(palette),
                running=len(self._scene.state.strategies),
                is_starting=board.form is not None,
            )
        )

    @property
    def filtered(self) -> StrategiesBoard:
        """The board whose filter it is."""
        return self._board

    def filter_changed(self) -> None:
        """Other decisions: from the newest on."""
        self._board.decision, self._board.is_following = 0, True

    def takes(self, key: str, character: str) -> bool:
        """A key for the filter, or for the form."""
        if self._board.is_typing:
            return super().takes(key, character)
        return self._type(key, character)

    def on_paste(self, event: events.Paste) -> None:
        """Paste into the filter or the form."""
        if self._board.is_typing:
            super().on_paste(event)
        else:
            self._paste(event)

    def activate(self, pane_name: str) -> None:
        """Make a pane the active one, if it is there."""
        is_form = pane_name == StartFormPane.pane_name
        if is_form and self._board.form is None:
            self.action_new()
            return
        is_hidden = not is_form and pane_name not in self.regions(self._palette())
        if is_hidden and self._board.form is not None:
            self.say("the form is open: Esc closes it")
            return
        super().activate(pane_name)

    def action_next_pane(self, step: int) -> None:
        """Make the next pane that is there the active one."""
        other = StartFormPane if self._board.form is not None else DecisionsPane
        names = [RunningPane.pane_name, other.pane_name]
        now = names.index(self._scene.pane) if self._scene.pane in names else 0
        self.activate(names[(now + step) % len(names)])

    # Lines.

    def action_move(self, step: int) -> None:
        """The next line of the active pane."""
        scene, board = self._scene, self._board
        if self._is_in_form:
            self._to_field(board.cursor + step)
        elif scene.pane == DecisionsPane.pane_name:
            board.decision = within(board.decision + step, len(listed_decisions(scene)))
            board.is_following = board.decision == 0
        else:
            names = [line.name for line in strategy_lines(scene)]
            if names:
                now = names.index(board.chosen) if board.chosen in names else 0
                self._choose(names[within(now + step, len(names))])
        self.sync()

    def _choose(self, name: str) -> None:
        board = self._board
        if board.chosen != name:
            board.chosen, board.decision, board.is_following = name, 0, True

    def action_enter(self) -> None:
        """Form: choose from a list. Strategies: to its decisions."""
        if self._is_in_form:
            self._choose_field()
        elif self._scene.pane == RunningPane.pane_name and self._scene.state.strategies:
            self.activate(DecisionsPane.pane_name)

    def action_next_outcomes(self, step: int) -> None:
        """List others."""
        kinds, board = list(Outcomes), self._board
        board.outcomes = kinds[(kinds.index(board.outcomes) + step) % len(kinds)]
        self.filter_changed()
        self.sync()

    def action_follow(self) -> None:
        """The newest decision."""
        self.filter_changed()
        self.sync()

    def action_back(self) -> None:
        """Close the form; from decisions back, without their filter."""
        board = self._board
        if board.form is not None:
            self._close_form()
        elif board.filter:
            super().action_back()
        else:
            self.activate(RunningPane.pane_name)

    def action_open_desk(self) -> None:
        """The pair of the marked strategy on the desk."""
        line = chosen_line(self._scene)
        if line is not None and line.record.spec.symbols[0] in self._scene.symbols:
            self.select(line.record.spec.symbols[0])
        self.show_screen("desk")

    # What is done with the marked one.

    def _marked(self) -> StrategyLine | None:
        line = chosen_line(self._scene)
        if line is None:
            self.say("no strategy runs: n starts one")
        return line

    def action_stop_strategy(self) -> None:
        """Ask how, then end it."""
        line = self._marked()
        if line is None or not self.may_command():
            return
        held = ", ".join(f"{one.quantity_base.normalize():f} {one.symbol}" for one in line.holds)

        def take(result: str | None) -> None:
            if result in {_KEEP, _SELL} and self.may_command():
                self.wish(StopStrategy, name=line.name, is_flattening=result == _SELL)
                self.say(f"asked the engine to stop {line.name}")

        text = f"It holds {held}." if held else "It holds nothing."
        choices = [Choice(key="n", label="let it run", result="")]
        if held:
            text += " Kept, that stays in your account, and nothing protects it any more."
            choices.append(Choice(key="s", label="sell what it holds, then end", result=_SELL))
        choices.append(Choice(key="e", label="end now, keep what is held", result=_KEEP))
        self.app.push_screen(ChoiceDialog(f"STOP {line.name}", text, choices), take)

    def action_hold(self) -> None:
        """Hold it; or ask, and let a held one enter again."""
        line = self._marked()
        if line is None or not self.may_command():
            return
        if line.record.phase is StrategyPhase.RUNNING:
            self.wish(HoldStrategy, name=line.name)
            self.say(f"asked the engine to hold {line.name}: exits go on, it enters nothing")
        elif line.record.phase is StrategyPhase.CLOSING:
            self.say("it sells what it holds, and ends", is_bad=True)
        else:
            self._ask_to_continue(line)

    def _ask_to_continue(self, line: StrategyLine) -> None:
        spec = line.record.spec

        def take(result: str | None) -> None:
            if result == _CONTINUE and self.may_command():
                self.wish(
                    StartStrategy,
                    name=spec.name,
                    file=spec.file,
                    symbols=spec.symbols,
                    interval=spec.interval,
                    parameters=spec.parameters,
                )

        text = (
            f"Held: {line.record.reason}. It would enter again with the pairs, parameters, sizes and "
            "limits it was started with."
        )
        choices = [
            Choice(key="n", label="leave it held", result=""),
            Choice(key="e", label="let it enter again", result=_CONTINUE),
        ]
        self.app.push_screen(ChoiceDialog(f"CONTINUE {line.name}", text, choices), take)

    def tables(self) -> list[ExportTable]:
        """The decisions that are listed."""
        line = chosen_line(self._scene)
        name = line.name if line is not None else ""
        rows = [
            (
                name,
                format_rfc3339(row.time_ms),
                format_rfc3339(row.candle_ms),
                row.symbol,
                row.signal,
                row.outcome,
                row.gate,
                row.text,
                row.margin,
            )
            for row in listed_decisions(self._scene)
        ]
        return [ExportTable(name="decisions", heads=_HEADS, rows=rows)]

    def clicked(self, message: Pane.Clicked) -> None:
        """A click activates a pane and marks its line."""
        name, board, scene = message.pane_name, self._board, self._scene
        if name not in self._numbered.values():
            return
        self.activate(name)
        pane = self.query_one(f"#{name}")
        if name == StartFormPane.pane_name and message.row >= 0:
            room = max(1, pane.size.height - 1)
            self._to_field(first_row(board.cursor, len(self._fields), room) + message.row)
        elif name == RunningPane.pane_name and 1 <= message.row <= len(scene.state.strategies):
            self._choose(strategy_lines(scene)[message.row - 1].name)
        elif name == DecisionsPane.pane_name and message.row >= 1:
            self._click_decision(message.row - 1)
        self.sync()

    def _click_decision(self, row: int) -> None:
        count, pane = len(listed_decisions(self._scene)), self.query_one(DecisionsPane)
        place = pane.first_row(self._scene) + row
        if place < count:
            self._board.decision = place
            self._board.is_following = place == 0
