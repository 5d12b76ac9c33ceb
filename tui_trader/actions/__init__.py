"""THE table of user actions: bindings, mode bar, key bar and help overlay are made from it.

Law: a key means one thing in one place, and STOP is bound, with priority, everywhere. Nothing in
the console listens to a key that has no row here.
"""

from typing import Final

from tui_trader.actions.analysis import ANALYSIS
from tui_trader.actions.backtest import BACKTEST
from tui_trader.actions.declaration import Action, Group, Where
from tui_trader.actions.desk import DESK, TICKET
from tui_trader.actions.desk_panes import DESK_PANES
from tui_trader.actions.drill import DRILL
from tui_trader.actions.everywhere import EVERYWHERE, SCREENS, STOP
from tui_trader.actions.journal import JOURNAL
from tui_trader.actions.markets import MARKETS
from tui_trader.actions.models import MODELS
from tui_trader.actions.orders import ORDERS
from tui_trader.actions.risk import RISK
from tui_trader.actions.settings import SETTINGS
from tui_trader.actions.signals import SIGNALS
from tui_trader.actions.strategies import STRATEGIES
from tui_trader.actions.tabs import TAB_ACTIONS, TABS, Tab

__all__ = [
    "ACTIONS",
    "STOP",
    "TABS",
    "Action",
    "Group",
    "Tab",
    "Where",
    "actions_in",
    "bar_actions",
]

ACTIONS: Final[tuple[Action, ...]] = (
    *EVERYWHERE,
    *TAB_ACTIONS,
    *SCREENS,
    *DESK,
    *DESK_PANES,
    *TICKET,
    *MARKETS,
    *ANALYSIS,
    *ORDERS,
    *JOURNAL,
    *DRILL,
    *STRATEGIES,
    *RISK,
    *SETTINGS,
    *BACKTEST,
    *SIGNALS,
    *MODELS,
)

_SCREENS = frozenset(tab.where for tab in TABS)


def actions_in(where: Where) -> tuple[Action, ...]:
    """Rows of the table for one place, in table order."""
    return tuple(action for action in ACTIONS if action.where is where)


def bar_actions(where: Where, pane: str) -> tuple[Action, ...]:
    """Rows the key bar shows in a place and pane, STOP not among them: it has its own corner.

    Those of every screen come last: they give way where there is no room; safety does not.
    """
    places = (where, Where.SCREENS) if where in _SCREENS else (where,)
    shown = [
        action
        for place in places
        for action in actions_in(place)
        if action.label and (not action.panes or pane in action.panes)
    ]
    return tuple(sorted(shown, key=lambda action: action.group is not Group.SAFETY))
