"""The screens there are, in the order of the mode bar, and the keys that go to them."""

from dataclasses import dataclass
from typing import Final

from tui_trader.actions.declaration import Action, Group, Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One screen: its name on the mode bar, its key, the place its own keys belong to.

    Args:
        first_pane: Name of the pane that is active at first; that of the screen where none is given.
    """

    name: str
    key: str
    where: Where
    says: str
    first_pane: str = ""

    @property
    def shown(self) -> str:
        """The key as a person reads it."""
        return "," if self.key == "comma" else self.key.upper()


TABS: Final = (
    Tab(
        name="desk",
        key="f2",
        where=Where.DESK,
        says="prices, book, orders and log of one pair",
        first_pane="watch",
    ),
    Tab(name="markets", key="f3", where=Where.MARKETS, says="every pair in one table"),
    Tab(
        name="analysis",
        key="f4",
        where=Where.ANALYSIS,
        says="what the candles of a pair say",
        first_pane="an-chart",
    ),
    Tab(
        name="backtest",
        key="f5",
        where=Where.BACKTEST,
        says="a strategy on candles of the past",
        first_pane="bt-form",
    ),
    Tab(
        name="orders",
        key="f6",
        where=Where.ORDERS,
        says="what was asked for today, what became of it, and which rule refused",
    ),
    Tab(
        name="journal",
        key="f7",
        where=Where.JOURNAL,
        says="what happened, by weight and words, as far back as you look",
    ),
    Tab(name="drill", key="f8", where=Where.DRILL, says="rehearse a disaster on a throw-away demo"),
    Tab(
        name="strategies",
        key="f9",
        where=Where.STRATEGIES,
        says="who trades by itself, why or why not; start, hold and stop one",
        first_pane="st-running",
    ),
    Tab(
        name="risk",
        key="f10",
        where=Where.RISK,
        says="every limit with what is left of it, what is held, and which rule said no last",
        first_pane="rk-limits",
    ),
    Tab(
        name="signals",
        key="f11",
        where=Where.SIGNALS,
        says="what models say of each pair, how such words have held, and why it did not trade",
        first_pane="sg-pairs",
    ),
    Tab(
        name="models",
        key="f12",
        where=Where.MODELS,
        says="what was learned, how it was judged, which model serves; and training",
        first_pane="md-list",
    ),
    Tab(
        name="settings",
        key="comma",
        where=Where.SETTINGS,
        says="every setting with where it is from; change one after a look at the difference",
    ),
)
"""F1 is help; of the keys up to F12 each later screen takes the next; `,` ends the bar."""

TAB_ACTIONS: Final[tuple[Action, ...]] = (
    *(
        Action(
            id=f"screen('{tab.name}')",
            keys=(tab.key,),
            shown=tab.shown,
            label="",
            tooltip=f"The {tab.name} screen: {tab.says}.",
            group=Group.SCREENS,
            where=Where.SCREENS,
        )
        for tab in TABS
    ),
    Action(
        id="next_screen(1)",
        keys=("greater_than_sign",),
        shown="< >",
        label="screen",
        tooltip="Next screen of the mode bar; < goes back. A click on the bar does too.",
        group=Group.SCREENS,
        where=Where.SCREENS,
    ),
    Action(
        id="next_screen(-1)",
        keys=("less_than_sign",),
        shown="",
        label="",
        tooltip="Previous screen.",
        group=Group.SCREENS,
        where=Where.SCREENS,
    ),
)
