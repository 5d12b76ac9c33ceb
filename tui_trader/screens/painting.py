"""How the app paints: through filters and differences, and no faster than the terminal takes it."""

from collections.abc import Sequence

from rich.console import RenderableType
from textual.app import App
from textual.driver import Driver
from textual.filter import LineFilter
from textual.screen import Screen

from tui_trader.screens.leaving import ConsoleExit
from tui_trader.widgets.diffed_display import DiffedDisplay, is_clogged
from tui_trader.widgets.looks import Looks
from tui_trader.widgets.pace import LinkReading, Pace
from tui_trader.widgets.terminal_driver import SturdyDriver, sturdy

RESTLESS = frozenset({"book"})
"""Panes in which everything moves all the time: half of all bytes at 1,000 ticks a second."""
BIG = frozenset({"book", "chart"})


class Painting(App[ConsoleExit], inherit_bindings=False):
    """What stands between the screens and the terminal."""

    _looks: Looks

    def __init__(self) -> None:
        super().__init__()
        self._display_diff, self._pace = DiffedDisplay(), Pace()
        self._is_restless_turn = False

    def get_driver_class(self) -> type[Driver]:
        """One that goes on hearing keys."""
        return sturdy(super().get_driver_class())

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What every line goes through on its way out."""
        return self._looks.filters(super().get_line_filters())

    def on_resize(self) -> None:
        """A terminal may reflow what it shows."""
        self._display_diff.forget()

    def action_repaint(self) -> None:
        """Send every cell again."""
        self._display_diff.forget()
        self.screen.refresh()

    def write_past(self, sequence: str) -> None:
        """Send a sequence that paints nothing."""
        if self._driver is not None and not self.is_headless:
            self._driver.write(sequence)

    # The pace.

    def may_paint(self, *, is_covered: bool) -> bool:
        """Whether it is time for the clock's next frame; what was held back goes out with it."""
        if is_clogged(self._driver) or not self._pace.may_paint(is_covered=is_covered):
            return False
        self._catch_up()
        return True

    def left_out(self, active_pane: str, *, is_covered: bool) -> frozenset[str]:
        """Panes that wait for the next frame: the restless one every other time, unless it is active."""
        if not isinstance(self._driver, SturdyDriver):
            return frozenset()
        self._is_restless_turn = not self._is_restless_turn
        if self._is_restless_turn:
            return frozenset()
        return BIG if is_covered else RESTLESS - {active_pane}

    def put_off(self, *, is_covered: bool) -> frozenset[str]:
        """Panes that an answer of the engine does not paint at once: below a dialog the clock is enough."""
        return BIG if is_covered and isinstance(self._driver, SturdyDriver) else frozenset()

    def link_reading(self) -> LinkReading | None:
        """What the line to the terminal does, every few seconds; never without a terminal."""
        return self._pace.reading() if isinstance(self._driver, SturdyDriver) else None

    def on_cursor_position(self) -> None:
        """The terminal has shown what it was sent."""
        if isinstance(self._driver, SturdyDriver):
            self._pace.answered(self._driver.answered_s)
        self._catch_up()

    def on_app_focus(self) -> None:
        """Somebody looks at the terminal again."""
        self._pace.is_focused = True

    def on_app_blur(self) -> None:
        """Nobody does: once a second is enough."""
        self._pace.is_focused = False

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        driver = self._driver
        if self._display_diff.holds_back(driver, is_behind=self._pace.is_behind()):
            return
        super()._display(screen, self._display_diff.diffed(renderable))
        if isinstance(driver, SturdyDriver) and self._pace.frame_sent(driver.written_bytes):
            driver.ask()

    def _catch_up(self) -> None:
        if self._display_diff.pay_debt():
            self.screen.refresh()
