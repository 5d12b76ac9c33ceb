"""The `:` line, the palette and the jump overlay, and how what was said there is carried out.

What reads sentences is loaded with the first one: the desk is to be there at once.
"""

from typing import TYPE_CHECKING

from tui_trader.actions import TABS, Action, Where
from tui_trader.engine.values.candles import Interval
from tui_trader.engine.values.instruments import Symbol
from tui_trader.screens.trading import NO_SHORT, Trading
from tui_trader.screens.wishes import AnswersWanted, SettingWanted, ThemeWanted

if TYPE_CHECKING:
    from tui_trader.actions.sentences import Close, Reverse
    from tui_trader.screens.palette import Entry
    from tui_trader.screens.sentence_meaning import Meaning, Reader


class Commanding(Trading):
    """Everything by words. A trade that was said is a ticket that is filled: Enter there sends it."""

    def action_command(self, text: str = "") -> None:
        """Type a command."""
        from tui_trader.screens.command_line import CommandLine

        reader = self._reader()
        line = CommandLine(reader.understood, reader.words, self._scene.commands, text=text)
        self.app.push_screen(line, self._carry_out)

    def action_palette(self) -> None:
        """Find something by a part of its name."""
        from tui_trader.screens.palette import PaletteDialog, entries

        self.app.push_screen(PaletteDialog(entries(self._scene, self.WHERE)), self._take_found)

    def _take_found(self, entry: "Entry | None") -> None:
        if entry is None:
            return
        if entry.is_begun:
            self.action_command(entry.line)
        elif entry.action is not None:
            self._run_action_of(entry.action)
        else:
            self._carry_out_entry(entry)

    def _carry_out_entry(self, entry: "Entry") -> None:
        from tui_trader.actions.sentence_reader import SentenceError

        try:
            meaning = self._reader().understood(entry.line)
        except SentenceError as error:
            # What was listed a moment ago may be gone: an order that filled, a position that closed.
            self.say(error.message, is_bad=True)
        else:
            self._carry_out(meaning)

    def _reader(self) -> "Reader":
        from tui_trader.screens.sentence_meaning import Reader

        return Reader(self._scene, self.WHERE, self._make_id)

    def action_jump_to(self) -> None:
        """Show where one letter goes."""
        from tui_trader.screens.jumping import JumpDialog

        panes = {
            number: name.removeprefix(f"{name[:2]}-") for number, name in self._numbered.items()
        }
        self.app.push_screen(JumpDialog(TABS, panes), self._jumped)

    def _jumped(self, result: str | None) -> None:
        if result is None:
            return
        verb, _, name = result.partition(" ")
        if verb == "screen":
            self.show_screen(name)
        elif verb == "pane":
            self.act(f"pane({name})")
        else:
            self._to_top()

    def _to_top(self) -> None:
        """What Home does on this screen."""
        action = self._actions.get("home")
        if action is not None:
            self.act(action)

    def _carry_out(self, meaning: "Meaning | None") -> None:
        """Carry out what was said, as it was said back."""
        from tui_trader.actions.sentences import (
            Act,
            Amend,
            Cancel,
            Change,
            Close,
            Go,
            Reverse,
            Trade,
        )

        if meaning is None:
            return
        match meaning.sentence:
            case Trade() | Amend():
                self._fill_ticket(meaning)
            case Cancel():
                if meaning.order is not None:
                    self.cancel(meaning.order)
                else:
                    self.action_cancel_all()
            case Close() | Reverse():
                self._close_by_words(meaning.sentence, meaning.symbol)
            case Change(key=key, value=value):
                self.post_message(SettingWanted(key, value))
            case Go() | Act():
                self._follow_words(meaning)

    def _close_by_words(self, sentence: "Close | Reverse", symbol: Symbol | None) -> None:
        from tui_trader.actions.sentences import Close

        assert symbol is not None, "a close was understood without its pair"
        if isinstance(sentence, Close):
            self.ask_close(symbol, percent=sentence.percent)
        else:
            self.ask_close(symbol, before=NO_SHORT)

    def _fill_ticket(self, meaning: "Meaning") -> None:
        if meaning.form is not None and self.may_trade():
            self.show_ticket(meaning.form)

    def _follow_words(self, meaning: "Meaning") -> None:
        from tui_trader.actions.sentences import Go

        sentence = meaning.sentence
        if meaning.screen:
            self.show_screen(meaning.screen)
        elif meaning.symbol is not None:
            self.select(meaning.symbol)
            self.sync()
        elif isinstance(sentence, Go) and sentence.verb == "theme":
            self.post_message(ThemeWanted(sentence.name))
        elif isinstance(sentence, Go):
            self._scene.interval = Interval(sentence.name)
            self.post_message(AnswersWanted())
            self.sync()
        elif meaning.action is not None:
            self._run_action_of(meaning.action)

    def _run_action_of(self, action: Action) -> None:
        if action.where is Where.EVERYWHERE:
            self.call_later(self.run_action, f"app.{action.id}")
        else:
            self.act(action.id)
