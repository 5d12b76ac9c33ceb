"""Actions of the markets screen."""

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
        group=Group.MARKETS,
        where=Where.MARKETS,
    )


MARKETS: Final[tuple[Action, ...]] = (
    _row("open_desk", ("enter",), "Enter", "desk", "Open the pair on the desk."),
    _row("open_analysis", ("a",), "a", "analysis", "Open the pair on the analysis screen."),
    _row("sort", ("s",), "s", "sort", "Sort by the marked column; again turns the order round."),
    _row("filter", ("slash",), "/", "filter", "Show only pairs that contain what you type."),
    _row("add_pick", ("i",), "i", "add column", "Add an indicator of the catalogue as a column."),
    _row("edit_pick", ("e",), "e", "edit", "Change the parameters of the marked indicator column."),
    _row(
        "next_output",
        ("o",),
        "o",
        "output",
        "Show the next output of the marked indicator column, such as macd's signal and histogram.",
    ),
    _row("remove_pick", ("x",), "x", "remove", "Take the marked indicator column away."),
    _row("move(1)", ("j", "down"), "j ↓", "", "Next pair."),
    _row("move(-1)", ("k", "up"), "k ↑", "", "Previous pair."),
    _row("move(1000)", ("G", "end"), "G", "", "Last pair."),
    _row("move(-1000)", ("home",), "Home", "", "First pair; gg too."),
    _row("move(10)", ("ctrl+d", "pagedown"), "^d ^u", "", "Ten pairs further; ^u goes back."),
    _row("move(-10)", ("ctrl+u", "pageup"), "", "", "Ten pairs back."),
    _row("zoom", ("z",), "z", "", "Show the table alone; again to come back."),
    _row("column(1)", ("l", "right"), "h l", "column", "Mark the next column, or the one before."),
    _row("column(-1)", ("h", "left"), "", "", "Mark the column before."),
    _row("back", ("escape",), "Esc", "", "Take the filter away."),
)
