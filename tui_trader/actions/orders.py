"""Actions of the orders screen."""

from typing import Final

from tui_trader.actions.declaration import Action, Group, Where


def _row(  # noqa: PLR0917 a table reads by columns
    name: str, keys: tuple[str, ...], shown: str, label: str, tooltip: str
) -> Action:
    return Action(
        id=name,
        keys=keys,
        shown=shown,
        label=label,
        tooltip=tooltip,
        group=Group.ORDERS,
        where=Where.ORDERS,
    )


ORDERS: Final[tuple[Action, ...]] = (
    _row("cancel_order", ("c",), "c", "cancel", "Cancel the marked order."),
    _row(
        "amend", ("a",), "a", "amend", "Change quantity or price of the marked order in a ticket."
    ),
    _row(
        "cancel_all",
        ("C",),
        "C",
        "cancel all",
        "Cancel every open order of the account; asks first. New orders stay allowed.",
    ),
    _row(
        "next_kind(1)",
        ("v",),
        "v V",
        "which",
        "List all of today, the open ones, those that ended, those that were refused; V goes back.",
    ),
    _row("next_kind(-1)", ("V",), "", "", "The ones before."),
    _row("sort", ("s",), "s", "sort", "Newest, oldest, by pair, by status, largest first."),
    _row("filter", ("slash",), "/", "filter", "List only orders that contain what you type."),
    _row("open_desk", ("enter",), "Enter", "desk", "The pair of the marked order on the desk."),
    _row("move(1)", ("j", "down"), "j k", "", "Next order; k goes to the one before."),
    _row("move(-1)", ("k", "up"), "", "", "The order before."),
    _row("move(20)", ("ctrl+d", "pagedown"), "^d ^u", "", "Twenty further; ^u goes back."),
    _row("move(-20)", ("ctrl+u", "pageup"), "", "", "Twenty back."),
    _row("move(-1000000)", ("home",), "Home", "", "First order; gg too."),
    _row("move(1000000)", ("G", "end"), "G", "", "Last order."),
    _row("zoom", ("z",), "z", "", "Show the list alone; again to come back."),
    _row("back", ("escape",), "Esc", "", "Take the filter away."),
)
