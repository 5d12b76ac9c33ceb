"""The screens of the console by name: each made when it is first shown, and kept from then on.

A screen called `markets` on the mode bar is `MarketsScreen` in `screens/markets.py`. Its row in `TABS`
is all the console needs to know of it.
"""

from collections.abc import Callable
from importlib import import_module

from tui_trader.actions import Tab
from tui_trader.screens.console_screen import ConsoleScreen

Make = Callable[[type[ConsoleScreen]], ConsoleScreen]


def screen_class(tab: Tab) -> type[ConsoleScreen]:
    """Loaded when it is first shown: the desk is to be there at once, and most starts see no other."""
    module = import_module(f"tui_trader.screens.{tab.name}")
    found: type[ConsoleScreen] = getattr(module, f"{tab.name.capitalize()}Screen")
    return found


class Gallery:
    """The screens made so far.

    Args:
        make: Makes one of the given class.
    """

    def __init__(self, make: Make) -> None:
        self._make = make
        self._screens: dict[str, ConsoleScreen] = {}

    def screen(self, tab: Tab) -> ConsoleScreen:
        """The one of that tab, always the same."""
        if tab.name not in self._screens:
            self._screens[tab.name] = self._make(screen_class(tab))
        return self._screens[tab.name]
