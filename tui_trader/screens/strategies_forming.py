"""The form of the strategies screen: its keys, the lists and the path it asks for, and the question before it trades."""

from pathlib import Path

import msgspec
from textual import events

from tui_trader.engine.messages.commands import StartStrategy
from tui_trader.engine.values.backtests import StrategyDeclaration
from tui_trader.screens.beside import ProgramRefused, answer_of
from tui_trader.screens.beside_calls import BesideCalls
from tui_trader.screens.console_screen import ConsoleScreen, end_of
from tui_trader.screens.dialogs.choice import Choice, ChoiceDialog
from tui_trader.screens.dialogs.listed import Item, ListedDialog
from tui_trader.screens.dialogs.text import TextDialog
from tui_trader.widgets.backtest_board import within
from tui_trader.widgets.backtest_form import FieldKind, FormField, accepts
from tui_trader.widgets.strategies_board import StrategiesBoard
from tui_trader.widgets.strategies_panes import RunningPane, StartFormPane
from tui_trader.widgets.strategies_view import declared, setting_rows
from tui_trader.widgets.strategy_form import StartForm, fields_of, first_form, stepped

_PASTED_MAX = 40
_START = "start"


class StrategiesForming(ConsoleScreen):
    """Keys change the form; what is typed is checked by the form itself."""

    def on_mount(self) -> None:
        """First drawing."""
        # What Textual does with a worker's bug.
        self._calls = BesideCalls(self.app._handle_exception)  # noqa: SLF001
        super().on_mount()

    async def on_unmount(self) -> None:
        """What is asked beside the console ends with it."""
        await self._calls.close()

    @property
    def _board(self) -> StrategiesBoard:
        return self._scene.strategies

    @property
    def _fields(self) -> list[FormField]:
        form = self._board.form
        if form is None:
            return []
        return fields_of(form, self._scene.state.strategies, symbols=self._scene.symbols)

    @property
    def _marked_field(self) -> FormField | None:
        fields = self._fields
        return fields[within(self._board.cursor, len(fields))] if fields else None

    @property
    def _is_in_form(self) -> bool:
        return self._board.form is not None and self._scene.pane == StartFormPane.pane_name

    def action_new(self) -> None:
        """Open the form, at the first strategy that does not run."""
        scene, board = self._scene, self._board
        if board.form is None:
            looked_at = [scene.symbol] if scene.symbol is not None else []
            symbols = list(dict.fromkeys((*looked_at, *scene.symbols)))
            board.form = first_form(declared(scene), scene.state.strategies, symbols=symbols)
        if board.form is None:
            self.say("the engine has not said yet what can be started", is_bad=True)
            return
        board.fault = ""
        self._to_field(0)
        self.activate(StartFormPane.pane_name)

    def _close_form(self) -> None:
        self._board.form, self._board.fault = None, ""
        self.activate(RunningPane.pane_name)

    def _type(self, key: str, character: str) -> bool:
        """Digits are typed into the marked field, where it takes any."""
        board, marked = self._board, self._marked_field
        if not self._is_in_form or marked is None or board.form is None:
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

    def _paste(self, event: events.Paste) -> None:
        end_of(event)
        for character in event.text[:_PASTED_MAX]:
            self._type("", character)

    def _to_field(self, place: int) -> None:
        board = self._board
        board.cursor, board.is_fresh = within(place, len(self._fields)), True
        marked = self._marked_field
        board.before = marked.text if marked is not None else ""

    def action_across(self, step: int) -> None:
        """Another value of the marked field."""
        board, marked = self._board, self._marked_field
        if not self._is_in_form or marked is None or board.form is None:
            return
        if marked.kind is not FieldKind.CHOICE:
            self.say("this field is typed: digits, Backspace; j and k go to the next one")
            return
        board.form = stepped(
            board.form,
            marked.name,
            step,
            strategies=declared(self._scene),
            symbols=self._scene.symbols,
        )
        self.sync()

    def action_timeframe(self, step: int) -> None:
        """Longer or shorter candles, in the form while it is open."""
        board = self._board
        if not self._is_in_form or board.form is None:
            super().action_timeframe(step)
            return
        board.form = stepped(board.form, "candles", step, strategies=(), symbols=())
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
            self.action_across(1)
        else:
            self._to_field(self._board.cursor + 1)
            self.sync()

    def _choose_strategy(self) -> None:
        board, strategies = self._board, declared(self._scene)
        assert board.form is not None
        items = [Item(name=one.name, title=one.title, says=one.says) for one in strategies]

        def take(names: tuple[str, ...] | None) -> None:
            found = [one for one in strategies if names and one.name == names[0]]
            if found and board.form is not None:
                board.form = board.form.with_strategy(found[0])
                self.sync()

        title = f"STRATEGIES {len(items)} · o in the form takes a file of your own"
        chosen = (board.form.strategy.name,)
        self.app.push_screen(ListedDialog(title, items, chosen=chosen, may_many=False), take)

    def _choose_pairs(self) -> None:
        board, form = self._board, self._board.form
        assert form is not None

        def take(names: tuple[str, ...] | None) -> None:
            if names and board.form is not None:
                board.form = board.form.of_pairs(names)
                self.sync()

        items = [Item(name=pair) for pair in self._scene.symbols]
        chosen = tuple(str(pair) for pair in form.pairs)
        self.app.push_screen(ListedDialog("PAIRS", items, chosen=chosen, may_many=True), take)

    # A strategy of the person's own.

    def action_strategy_file(self) -> None:
        """Ask for the path of a strategy."""
        if self._board.form is None:
            self.say("n opens the form first")
            return

        def take(path: str | None) -> None:
            if not path:
                return
            try:
                full = str(Path(path).expanduser().absolute())
            except RuntimeError:
                self.say(f"{path}: there is no such user", is_bad=True)
            else:
                self._calls.start(self._take_file(full))

        text = "A strategy in one .py file, or signals in a .csv. Python code of the file is run."
        self.app.push_screen(TextDialog("A STRATEGY OF YOUR OWN", text), take)

    async def _take_file(self, path: str) -> None:
        board = self._board
        board.is_looking, board.fault = True, ""
        self.sync()
        try:
            arguments = ("strategies", "show", path, "--json")
            told = await answer_of(self._scene.beside, arguments)
            found = msgspec.json.decode(told, type=StrategyDeclaration)
        except ProgramRefused as refusal:
            board.fault = str(refusal)
        except (msgspec.DecodeError, UnicodeDecodeError):
            board.fault = f"{path} declares what this console does not understand"
        else:
            if board.form is not None:
                board.form = board.form.with_strategy(found, file=path)
        finally:
            board.is_looking = False
        self.sync()

    # The question, and the command.

    def action_let_trade(self) -> None:
        """Ask, then let the engine start what the form says."""
        form = self._board.form
        if form is None:
            self.say("n opens the form first")
            return
        faulty = [each for each in self._fields if each.fault]
        if faulty:
            names = [each.name for each in self._fields]
            self._to_field(names.index(faulty[0].name))
            self.activate(StartFormPane.pane_name)
            self.say(f"{faulty[0].label.strip()}: {faulty[0].fault}", is_bad=True)
        elif self.may_command():
            self._ask_to_start(form)

    def _ask_to_start(self, form: StartForm) -> None:
        def take(result: str | None) -> None:
            if result == _START and self.may_command():
                self._start(form)

        choices = [
            Choice(key="n", label="do not", result=""),
            Choice(key="t", label="let it trade", result=_START),
        ]
        self.app.push_screen(ChoiceDialog("LET IT TRADE", self._terms(form), choices), take)

    def _terms(self, form: StartForm) -> str:
        rows, mode = setting_rows(self._scene), self._scene.state.mode
        chosen = " ".join(f"{name}={value:g}" for name, value in form.parameters.items())
        position = rows["risk.position_max_percent"].value if rows else "?"
        loss = rows["risk.daily_loss_max_percent"].value if rows else "?"
        return (
            f"{form.strategy.name} {chosen}".rstrip()
            + f" on {', '.join(form.pairs)}, candles of {form.interval.value}, by itself, in "
            f"{mode.value if mode is not None else 'unknown'} mode. At most {position} % of equity a "
            f"position; nobody enters after {loss} % lost in a day (0 is no limit). It goes on after "
            "a restart; STOP holds it."
        )

    def _start(self, form: StartForm) -> None:
        self.wish(
            StartStrategy,
            name=form.strategy.name,
            file=form.file,
            symbols=form.pairs,
            interval=form.interval,
            parameters=form.parameters,
        )
        self._board.chosen = form.strategy.name
        self._close_form()
        self.say(f"asked the engine to start {form.strategy.name}")
