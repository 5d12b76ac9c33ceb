"""Actions of the desk and of its order ticket."""

from typing import Final

from tui_trader.actions.declaration import Action, Group, Where

DESK: Final[tuple[Action, ...]] = (
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
)

TICKET: Final[tuple[Action, ...]] = (
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
)
