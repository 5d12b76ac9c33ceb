"""THE table of user actions: bindings, key bar and help overlay are made from it.

Law: a key means one thing in one place, and STOP is bound, with priority, everywhere. Nothing in
the console listens to a key that has no row here.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final


class Where(Enum):
    """Place in which a key has its meaning."""

    EVERYWHERE = "everywhere"
    DESK = "desk"
    TICKET = "order ticket"
    DIALOG = "dialogs"


class Group(Enum):
    """Heading in the help overlay."""

    SAFETY = "Safety"
    TRADING = "Trading"
    LOOKING = "Looking around"
    TICKET = "Order ticket"
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


STOP_KEYS: Final = (
    "exclamation_mark",
    # As reported by terminals that name the key rather than its character, ...
    "shift+1",
    "shift+exclamation_mark",
    # ... with Alt, or with the Escape that was pressed just before it, ...
    "alt+exclamation_mark",
    "alt+shift+1",
    # ... and by an input method left in full-width mode.
    "fullwidth_exclamation_mark",
)
"""`!` by every name a terminal may report it."""

STOP: Final = Action(
    id="stop",
    keys=STOP_KEYS,
    shown="!",
    label="STOP",
    tooltip="Emergency stop: cancel every order and refuse new ones. Acts at once, asks nothing.",
    group=Group.SAFETY,
    where=Where.EVERYWHERE,
    has_priority=True,
)

ACTIONS: Final[tuple[Action, ...]] = (
    STOP,
    Action(
        id="resume",
        keys=("R",),
        shown="R",
        label="resume",
        tooltip="Resume trading after a stop; you are asked to type the word RESUME.",
        group=Group.SAFETY,
    ),
    Action(
        id="ticket('buy')",
        keys=("b",),
        shown="b",
        label="buy",
        tooltip="Open the order ticket to buy the selected pair.",
        group=Group.TRADING,
    ),
    Action(
        id="ticket('sell')",
        keys=("s",),
        shown="s",
        label="sell",
        tooltip="Open the order ticket to sell the selected pair.",
        group=Group.TRADING,
    ),
    Action(
        id="cancel_order",
        keys=("c",),
        shown="c",
        label="cancel order",
        tooltip="Cancel the order under the cursor (in the orders pane).",
        group=Group.TRADING,
        panes=("orders",),
    ),
    Action(
        id="cancel_all",
        keys=("C",),
        shown="C",
        label="cancel all",
        tooltip="Cancel every open order of the account; asks first. New orders stay allowed.",
        group=Group.TRADING,
        panes=("orders",),
    ),
    Action(
        id="move(-1)",
        keys=("k", "up"),
        shown="k ↑",
        label="",
        tooltip="Previous pair; in orders and log the previous line.",
        group=Group.LOOKING,
    ),
    Action(
        id="move(1)",
        keys=("j", "down"),
        shown="j ↓",
        label="pair",
        tooltip="Next pair; in orders and log the next line.",
        group=Group.LOOKING,
        panes=("watch", "chart", "book", "positions"),
    ),
    Action(
        id="timeframe(1)",
        keys=("right_square_bracket",),
        shown="[ ]",
        label="timeframe",
        tooltip="Shorter or longer candles: 1m, 5m, 15m, 1h.",
        group=Group.LOOKING,
        panes=("watch", "chart", "book"),
    ),
    Action(
        id="timeframe(-1)",
        keys=("left_square_bracket",),
        shown="",
        label="",
        tooltip="Shorter candles.",
        group=Group.LOOKING,
    ),
    Action(
        id="next_pane(1)",
        keys=("tab",),
        shown="Tab",
        label="pane",
        tooltip="Next pane; Shift+Tab goes back.",
        group=Group.LOOKING,
    ),
    Action(
        id="next_pane(-1)",
        keys=("shift+tab",),
        shown="",
        label="",
        tooltip="Previous pane.",
        group=Group.LOOKING,
    ),
    *(
        Action(
            id=f"pane({number})",
            keys=(str(number),),
            shown="1-6" if number == 1 else "",
            label="",
            tooltip=f"Go to a pane: {names}.",
            group=Group.LOOKING,
        )
        for number, names in enumerate(
            (
                "1 markets, 2 chart, 3 order book, 4 positions, 5 orders, 6 log",
                "chart",
                "order book",
                "positions",
                "orders",
                "log",
            ),
            1,
        )
    ),
    Action(
        id="zoom",
        keys=("z",),
        shown="z",
        label="zoom",
        tooltip="Show the active pane alone; again to come back.",
        group=Group.LOOKING,
    ),
    Action(
        id="ticket_send",
        keys=("enter",),
        shown="Enter",
        label="send",
        tooltip="Send the order, once; more presses do nothing.",
        group=Group.TICKET,
        where=Where.TICKET,
    ),
    Action(
        id="ticket_close",
        keys=("q", "escape"),
        shown="q",
        label="close",
        tooltip="Close the ticket; an order already sent is not touched.",
        group=Group.TICKET,
        where=Where.TICKET,
    ),
    Action(
        id="ticket_next_field",
        keys=("tab", "down", "shift+tab", "up"),
        shown="Tab",
        label="field",
        tooltip="Between amount and price. Amounts: 0.5, 250$ (or 250usd), 25%.",
        group=Group.TICKET,
        where=Where.TICKET,
    ),
    Action(
        id="ticket_type",
        keys=("t",),
        shown="t",
        label="market/limit",
        tooltip="Switch between a limit and a market order.",
        group=Group.TICKET,
        where=Where.TICKET,
    ),
    Action(
        id="ticket_post_only",
        keys=("p",),
        shown="p",
        label="post-only",
        tooltip="Post-only: the order is refused rather than taking from the book.",
        group=Group.TICKET,
        where=Where.TICKET,
    ),
    Action(
        id="ticket_step",
        keys=("plus", "minus"),
        shown="+ -",
        label="price step",
        tooltip="Limit price one tick up or down.",
        group=Group.TICKET,
        where=Where.TICKET,
    ),
    Action(
        id="help",
        keys=("question_mark", "f1"),
        shown="?",
        label="help",
        tooltip="This overview.",
        group=Group.CONSOLE,
    ),
    Action(
        id="theme",
        keys=("T",),
        shown="T",
        label="",
        tooltip="Other colours: dark, light, none.",
        group=Group.CONSOLE,
        where=Where.EVERYWHERE,
    ),
    Action(
        id="repaint",
        keys=("ctrl+l",),
        shown="^l",
        label="",
        tooltip="Paint the whole screen again.",
        group=Group.CONSOLE,
        where=Where.EVERYWHERE,
        has_priority=True,
    ),
    Action(
        id="leave",
        keys=("q", "ctrl+q"),
        shown="q",
        label="quit",
        tooltip="Leave: keep the engine running, shut it down, or stay.",
        group=Group.CONSOLE,
    ),
    Action(
        id="explain_ctrl_c",
        keys=("ctrl+c",),
        shown="^c",
        label="",
        tooltip="Does nothing but say which keys quit and stop.",
        group=Group.CONSOLE,
        where=Where.EVERYWHERE,
        has_priority=True,
    ),
)


def actions_in(where: Where) -> tuple[Action, ...]:
    """Rows of the table for one place, in table order."""
    return tuple(action for action in ACTIONS if action.where is where)


def bar_actions(where: Where, pane: str) -> tuple[Action, ...]:
    """Rows the key bar shows in a place and pane, STOP not among them: it has its own corner."""
    return tuple(
        action
        for action in actions_in(where)
        if action.label and (not action.panes or pane in action.panes)
    )
