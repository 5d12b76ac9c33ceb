"""A line of text that narrows a list: what the screens with a filter have in common."""

from abc import abstractmethod
from typing import Protocol

from textual import events

from tui_trader.screens.console_screen import ConsoleScreen, end_of

FILTER_LENGTH_MAX = 40


class Filtered(Protocol):
    """A board with a filter."""

    filter: str
    is_typing: bool


class Filtering(ConsoleScreen):
    """While the filter is typed every key belongs to it, but STOP and those that go elsewhere."""

    @property
    @abstractmethod
    def filtered(self) -> Filtered:
        """The board whose filter it is."""

    def filter_changed(self) -> None:
        """Other entries are listed now."""

    def takes(self, key: str, character: str) -> bool:
        """A key for the filter."""
        board = self.filtered
        if not board.is_typing:
            return False
        if key in {"enter", "escape"}:
            board.is_typing = False
            if key == "escape":
                board.filter = ""
        elif key == "backspace":
            board.filter = board.filter[:-1]
        elif character.isprintable():
            board.filter = (board.filter + character)[:FILTER_LENGTH_MAX]
        self._changed()
        return True

    def on_paste(self, event: events.Paste) -> None:
        """Paste into the filter."""
        end_of(event)
        if self.filtered.is_typing:
            text = "".join(char for char in event.text if char.isprintable())
            self.filtered.filter = (self.filtered.filter + text)[:FILTER_LENGTH_MAX]
            self._changed()

    def _changed(self) -> None:
        self.filter_changed()
        self.sync()

    def action_filter(self) -> None:
        """Type a filter."""
        self.filtered.is_typing = True
        self.sync()

    def action_back(self) -> None:
        """Take the filter away."""
        self.filtered.filter = ""
        self._changed()
