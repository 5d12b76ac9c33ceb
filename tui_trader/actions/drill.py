"""Actions of the drill screen."""

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
        group=Group.DRILL,
        where=Where.DRILL,
    )


DRILL: Final[tuple[Action, ...]] = (
    _row(
        "run_drill",
        ("enter",),
        "Enter",
        "rehearse",
        "Let the marked disaster happen to a throw-away demo; your engine is not touched.",
    ),
    _row("end_drill", ("x",), "x", "cancel", "Give the rehearsal up and clear it away."),
    _row("move(1)", ("j", "down"), "j k", "drill", "Next drill; k goes to the one before."),
    _row("move(-1)", ("k", "up"), "", "", "The drill before."),
    _row("move(100)", ("G", "end"), "Home G", "", "Last drill; Home and gg go to the first."),
    _row("move(-100)", ("home",), "", "", "First drill."),
    _row("zoom", ("z",), "z", "", "Show the list alone; again to come back."),
    _row("scroll(1)", ("ctrl+u", "pageup"), "^u ^d", "", "Older steps; ^d shows newer ones."),
    _row("scroll(-1)", ("ctrl+d", "pagedown"), "", "", "Newer steps."),
)
