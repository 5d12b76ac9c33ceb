"""What an action is, where it has its key, and the kinds of screens there are."""

from dataclasses import dataclass
from enum import Enum


class Where(Enum):
    """Place in which a key has its meaning."""

    EVERYWHERE = "everywhere"
    SCREENS = "every screen"
    DESK = "desk"
    MARKETS = "markets"
    ANALYSIS = "analysis"
    BACKTEST = "backtest"
    ORDERS = "orders"
    JOURNAL = "journal"
    DRILL = "drill"
    SIGNALS = "signals"
    TICKET = "order ticket"
    DIALOG = "dialogs"


class Group(Enum):
    """Heading in the help overlay."""

    SAFETY = "Safety"
    SCREENS = "Screens"
    TRADING = "Trading"
    LOOKING = "Looking around"
    DESK = "Chart and ladder"
    TICKET = "Order ticket"
    MARKETS = "Markets"
    ANALYSIS = "Analysis"
    BACKTEST = "Backtest"
    ORDERS = "Orders"
    JOURNAL = "Journal"
    DRILL = "Drill"
    SIGNALS = "Signals"
    CONSOLE = "Console"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing a person can do.

    Args:
        id: Stable name; the method `action_<id>` of the app or the screen carries it out.
        keys: Textual's names of its keys; any of them.
        shown: The key as a person reads it; `""` when the row above speaks for this one too.
        label: One or two words for the key bar; `""` keeps it out of the bar.
        tooltip: One sentence for the help overlay.
        panes: Panes in which the key bar offers it; empty for all.
        has_priority: Acts before any text field or dialog sees the key.
    """

    id: str
    keys: tuple[str, ...]
    shown: str
    label: str
    tooltip: str
    group: Group
    where: Where = Where.DESK
    panes: tuple[str, ...] = ()
    has_priority: bool = False
