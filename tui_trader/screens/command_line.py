"""The `:` line: typed at the bottom, completed with Tab, said back before Enter, remembered."""

from collections.abc import Callable, Sequence

from textual import events
from textual.strip import Strip

from tui_trader.actions.completion import Vocabulary, completed, completions
from tui_trader.actions.declaration import LINE_LENGTH_MAX
from tui_trader.actions.sentence_reader import SentenceError
from tui_trader.actions.sentences import Change
from tui_trader.screens.dialogs.box import BoxDialog
from tui_trader.screens.sentence_meaning import Meaning
from tui_trader.themes import Palette
from tui_trader.widgets.drawing.dialog_rows import boxed
from tui_trader.widgets.drawing.lines import Piece, clipped, wrapped
from tui_trader.widgets.set_up import COMMANDS_KEPT_MAX

_FRAME = 4
_ECHO_LINES = 2
_SHOWN_MAX = 40
_EXAMPLES = "buy btc 0.5% @mid-10 sl 1.2%   close btc 50%   pair eth   tf 1h   help"


class CommandLine(BoxDialog[Meaning]):
    """The result is what the line means, as it was said back; `None` when the person backs out.

    Args:
        understood: What a line means; raises `SentenceError`.
        words: Names for completion.
        history: What was typed before, oldest first; what is typed here is added.
    """

    WIDTH = 200
    IS_AT_BOTTOM = True

    def __init__(
        self,
        understood: Callable[[str], Meaning],
        words: Vocabulary,
        history: list[str],
        *,
        text: str = "",
    ) -> None:
        super().__init__()
        self._understood, self._words, self._history = understood, words, history
        self._text, self._caret = text, len(text)
        self._draft, self._place = text, len(history)
        self._meaning: Meaning | None = None
        self._error: SentenceError | None = None
        self._found: list[str] = []
        self._read()

    def draw(self, width: int, height: int, palette: Palette) -> Sequence[Strip]:  # noqa: ARG002
        """What it may become, what it means, and the line itself."""
        inner = width - _FRAME
        rows = [[self._offer(inner, palette)], *self._said(inner, palette)]
        room = inner - 3
        first = max(0, self._caret - room)
        before, after = self._text[first : self._caret], self._text[self._caret : first + room]
        rows.append(
            [
                (":", palette.strong),
                (before, palette.field),
                ("▏", palette.field + palette.cursor),
                (f"{after} ", palette.field),
            ]
        )
        rows.append([self._pointer(first, palette)])
        title = "COMMAND · Enter · Tab completes · ↑ ↓ earlier ones · Esc goes back"
        return boxed(title, rows, width=width, palette=palette)

    def _offer(self, width: int, palette: Palette) -> Piece:
        if not self._text:
            return clipped(_EXAMPLES, width), palette.muted
        return clipped("  ".join(self._found[:_SHOWN_MAX]), width), palette.accent

    def _said(self, width: int, palette: Palette) -> list[list[Piece]]:
        text, ink = "", palette.muted
        if self._error is not None and self._text:
            text, ink = f"✗ {self._error.message}", palette.warn
        elif self._meaning is not None:
            text, ink = f"✓ {self._meaning.echo}", palette.up
        parts = wrapped(text, width, lines_max=_ECHO_LINES)
        parts += [""] * (_ECHO_LINES - len(parts))
        return [[(part, ink)] for part in parts]

    def _pointer(self, first: int, palette: Palette) -> Piece:
        """Marks below the word that is to blame; the caret takes a cell of its own."""
        error = self._error
        if error is None or not self._text:
            return "", palette.warn
        shift = [
            1 + column - first + (column >= self._caret) for column in (error.start, error.end)
        ]
        start = max(0, shift[0])
        return " " * start + "^" * max(1, shift[1] - start), palette.warn

    def press(self, key: str, character: str) -> None:
        """Type, move, complete, remember, take or back out."""
        if key in {"escape", "ctrl+c"} or (key == "backspace" and not self._text):
            self.dismiss(None)
            return
        if key == "enter":
            self._take()
            return
        if key == "tab":
            self._replace(completed(self._text[: self._caret], self._found))
        elif key in {"up", "down"}:
            self._remember(-1 if key == "up" else 1)
        elif key in _MOVES:
            self._caret = max(0, min(len(self._text), _MOVES[key](self._caret, len(self._text))))
        elif key in _CUTS:
            self._edit(*_CUTS[key](self._text[: self._caret], self._text[self._caret :]))
        elif character.isprintable():
            self._insert(character)
        self._read()
        self.redraw()

    def on_paste(self, event: events.Paste) -> None:
        """Into the line, without what is no text."""
        event.stop()
        self._insert("".join(char if char.isprintable() else " " for char in event.text.strip()))
        self._read()
        self.redraw()

    def _take(self) -> None:
        if not self._text.strip():
            self.dismiss(None)
        elif self._meaning is not None:
            if not isinstance(self._meaning.sentence, Change) or self._words.settings:
                # A setting that nobody knows may be a secret.
                remember(self._history, self._text.strip())
            self.dismiss(self._meaning)

    def _insert(self, text: str) -> None:
        room = LINE_LENGTH_MAX - len(self._text)
        self._edit(self._text[: self._caret] + text[: max(0, room)], self._text[self._caret :])

    def _edit(self, before: str, after: str) -> None:
        self._text, self._caret = before + after, len(before)
        self._draft, self._place = self._text, len(self._history)

    def _replace(self, before: str) -> None:
        self._edit(before[:LINE_LENGTH_MAX], self._text[self._caret :].lstrip())

    def _remember(self, step: int) -> None:
        self._place = max(0, min(len(self._history), self._place + step))
        there = self._place < len(self._history)
        self._text = self._history[self._place] if there else self._draft
        self._caret = len(self._text)

    def _read(self) -> None:
        self._meaning = self._error = None
        self._found = completions(self._text[: self._caret], self._words)
        try:
            self._meaning = self._understood(self._text)
        except SentenceError as error:
            self._error = error


def remember(history: list[str], line: str) -> None:
    """Add a line, once, as the newest; the oldest goes where there are too many."""
    if line in history:
        history.remove(line)
    history.append(line)
    del history[:-COMMANDS_KEPT_MAX]


_MOVES: dict[str, Callable[[int, int], int]] = {
    "left": lambda caret, _: caret - 1,
    "right": lambda caret, _: caret + 1,
    "home": lambda _, __: 0,
    "ctrl+a": lambda _, __: 0,
    "end": lambda _, length: length,
    "ctrl+e": lambda _, length: length,
}
_CUTS: dict[str, Callable[[str, str], tuple[str, str]]] = {
    "backspace": lambda before, after: (before[:-1], after),
    "delete": lambda before, after: (before, after[1:]),
    "ctrl+u": lambda _, after: ("", after),
    "ctrl+w": lambda before, after: (before[: before.rstrip().rfind(" ") + 1], after),
}
"""What a key leaves of the text before the caret, and after it."""
