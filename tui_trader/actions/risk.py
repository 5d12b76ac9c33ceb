"""Actions of the risk screen."""

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
        group=Group.RISK,
        where=Where.RISK,
    )


RISK: Final[tuple[Action, ...]] = (
    _row(
        "open_setting",
        ("enter", "e"),
        "Enter",
        "its setting",
        "The setting behind the marked limit or refusal; of an exposure, its desk.",
    ),
    _row("open_desk", ("d",), "d", "desk", "The pair of the marked exposure on the desk."),
    _row("next_pane(1)", ("tab",), "Tab", "pane", "Next pane; Shift+Tab goes back."),
    _row("next_pane(-1)", ("shift+tab",), "", "", "Previous pane."),
    _row("pane(1)", ("1",), "1-4", "pane", "1 limits, 2 exposures, 3 account, 4 what tripped."),
    _row("pane(2)", ("2",), "", "", "Exposures."),
    _row("pane(3)", ("3",), "", "", "The account."),
    _row("pane(4)", ("4",), "", "", "What tripped."),
    _row("zoom", ("z",), "z", "", "Show the active pane alone; again to come back."),
    _row("move(1)", ("j", "down"), "j k", "", "Next line; k goes to the one before."),
    _row("move(-1)", ("k", "up"), "", "", "The line before."),
    _row("move(20)", ("ctrl+d", "pagedown"), "^d ^u", "", "Twenty further; ^u comes back."),
    _row("move(-20)", ("ctrl+u", "pageup"), "", "", "Twenty back."),
    _row("move(1000000)", ("G", "end"), "G", "", "Last line."),
    _row("move(-1000000)", ("home",), "Home", "", "First line; gg too."),
)
