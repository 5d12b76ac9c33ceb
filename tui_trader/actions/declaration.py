"""What an action is, where it has its key, and the kinds of screens there are."""

from dataclasses import dataclass
from enum import Enum

LINE_LENGTH_MAX = 200
"""Characters of a command on the `:` line."""


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
    STRATEGIES = "strategies"
    RISK = "risk"
    SETTINGS = "settings"
    SIGNALS = "signals"
    MODELS = "models"
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
    STRATEGIES = "Strategies"
    RISK = "Risk"
    SETTINGS = "Settings"
    SIGNALS = "Signals"
    MODELS = "Models"
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

    @property
    def name(self) -> str:
        """The id as a person types it: `move(-20)` is `move-back-20`, `ticket('buy')` is `ticket-buy`."""
        base, _, argument = self.id.partition("(")
        words = [base.replace("_", "-")]
        if argument:
            words.append(argument.rstrip(")").strip("'").replace("-", "back-"))
        return "-".join(words)
