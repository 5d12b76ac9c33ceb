"""Actions of the settings screen."""

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
        group=Group.SETTINGS,
        where=Where.SETTINGS,
    )


SETTINGS: Final[tuple[Action, ...]] = (
    _row(
        "edit",
        ("enter", "e"),
        "Enter",
        "change",
        "Type or choose another value: it is checked, the difference is shown, then it is written.",
    ),
    _row("undo", ("u",), "u", "undo", "Put back what was written last; asks with the difference."),
    _row("default", ("d",), "d", "default", "Back to the default; asks with the difference."),
    _row("filter", ("slash",), "/", "search", "Show only settings that contain what you type."),
    _row(
        "next_which(1)",
        ("v",),
        "v V",
        "list",
        "All settings, those that are not at their defaults, the limits; V goes back.",
    ),
    _row("next_which(-1)", ("V",), "", "", "The list before."),
    _row("section(1)", ("s",), "s S", "section", "The next section; S goes to the one before."),
    _row("section(-1)", ("S",), "", "", "The section before."),
    _row(
        "first_steps",
        ("w",),
        "w",
        "set up",
        "The questions of a first start: colours, pairs, limits; while no settings file is there.",
    ),
    _row("move(1)", ("j", "down"), "j k", "", "Next setting; k goes to the one before."),
    _row("move(-1)", ("k", "up"), "", "", "The setting before."),
    _row("move(20)", ("ctrl+d", "pagedown"), "^d ^u", "", "Twenty further; ^u comes back."),
    _row("move(-20)", ("ctrl+u", "pageup"), "", "", "Twenty back."),
    _row("move(1000000)", ("G", "end"), "G", "", "Last setting."),
    _row("move(-1000000)", ("home",), "Home", "", "First setting; gg too."),
    _row("zoom", ("z",), "z", "", "Show the list alone; again to come back."),
    _row("back", ("escape",), "Esc", "", "Take the search away."),
)
