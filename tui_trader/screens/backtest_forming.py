"""The form of the backtest screen: its keys, and the lists and the path it asks for."""

from textual import events

from tui_trader.screens.backtest_work import BacktestWork
from tui_trader.screens.console_screen import ConsoleScreen, end_of
from tui_trader.screens.dialogs.listed import Item, ListedDialog
from tui_trader.screens.dialogs.text import TextDialog
from tui_trader.widgets.backtest_board import BacktestBoard, within
from tui_trader.widgets.backtest_choices import pairs_of
from tui_trader.widgets.backtest_form import (
    FieldKind,
    FormField,
    accepts,
    fields_of,
    stepped,
)
from tui_trader.widgets.backtest_panes import BacktestFormPane

_PASTED_MAX = 40


class BacktestForming(ConsoleScreen):
    """Keys change the form; what is typed is checked by the form itself."""

    _work: BacktestWork

    @property
    def _board(self) -> BacktestBoard:
        return self._scene.backtest

    # The form.

    @property
    def _fields(self) -> list[FormField]:
        board = self._board
        if board.form is None or board.series is None:
            return []
        return fields_of(board.form, board.series)

    @property
    def _marked_field(self) -> FormField | None:
        fields = self._fields
        return fields[within(self._board.cursor, len(fields))] if fields else None

    def takes(self, key: str, character: str) -> bool:
        """Digits are typed into the marked field of the form, where it takes any."""
        board, marked = self._board, self._marked_field
        if self._scene.pane != BacktestFormPane.pane_name or marked is None or board.form is None:
            return False
        if key == "backspace" and marked.kind is not FieldKind.CHOICE:
            board.form = board.form.typed(marked.name, marked.text[:-1])
        elif accepts(marked, character):
            # The first digit replaces what stands there, as in a pocket calculator.
            before = "" if board.is_fresh else marked.text
            board.form = board.form.typed(marked.name, before + character)
        else:
            return False
        board.is_fresh = False
        self.sync()
        return True

    def on_paste(self, event: events.Paste) -> None:
        """A day or a number, pasted into its field."""
        end_of(event)
        for character in event.text[:_PASTED_MAX]:
            self.takes("", character)

    def _to_field(self, place: int) -> None:
        board = self._board
        board.cursor = within(place, len(self._fields))
        board.is_fresh = True
        marked = self._marked_field
        board.before = marked.text if marked is not None else ""

    def _step_field(self, step: int) -> None:
        board, marked = self._board, self._marked_field
        if marked is None or board.form is None:
            return
        if marked.kind is not FieldKind.CHOICE:
            self.say("this field is typed: digits, Backspace; j and k go to the next one")
            return
        series, strategies = board.series or (), board.strategies or ()
        board.form = stepped(board.form, marked, step, series=series, strategies=strategies)
        self.sync()

    def _choose_field(self) -> None:
        marked = self._marked_field
        if marked is None:
            return
        if marked.name == "strategy":
            self._choose_strategy()
        elif marked.name == "pairs":
            self._choose_pairs()
        elif marked.kind is FieldKind.CHOICE:
            self._step_field(1)
        else:
            self._to_field(self._board.cursor + 1)
            self.sync()

    def _choose_strategy(self) -> None:
        board, strategies = self._board, self._board.strategies or ()
        assert board.form is not None
        items = [Item(name=one.name, title=one.title, says=one.says) for one in strategies]

        def take(names: tuple[str, ...] | None) -> None:
            chosen = [one for one in strategies if names and one.name == names[0]]
            if chosen and board.form is not None:
                board.form = board.form.with_strategy(chosen[0])
                self.sync()

        title = f"STRATEGIES {len(items)} · f in the form takes a file of your own"
        chosen = (board.form.strategy.name,)
        self.app.push_screen(ListedDialog(title, items, chosen=chosen, may_many=False), take)

    def _choose_pairs(self) -> None:
        board, form = self._board, self._board.form
        assert form is not None
        there = pairs_of(board.series or (), form.venue, form.interval)

        def take(names: tuple[str, ...] | None) -> None:
            if names and board.form is not None:
                board.form = board.form.of_pairs(names)
                self.sync()

        items = [Item(name=pair) for pair in there]
        title = f"PAIRS with candles of {form.interval.value} from {form.venue}"
        self.app.push_screen(ListedDialog(title, items, chosen=form.pairs, may_many=True), take)

    def action_strategy_file(self) -> None:
        """Ask for the path of a strategy."""
        if self._board.form is None:
            self.say("there is no form yet", is_bad=True)
            return

        def take(path: str | None) -> None:
            if path:
                self._work.take_file(path)

        text = "A strategy in one .py file, or signals in a .csv. Python code of the file is run."
        self.app.push_screen(TextDialog("A STRATEGY OF YOUR OWN", text), take)

    def action_timeframe(self, step: int) -> None:
        """Longer or shorter candles in the form."""
        board = self._board
        candles = next((each for each in self._fields if each.name == "candles"), None)
        if board.form is not None and candles is not None:
            series, strategies = board.series or (), board.strategies or ()
            board.form = stepped(board.form, candles, step, series=series, strategies=strategies)
            self.sync()
