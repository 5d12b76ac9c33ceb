"""Actions of the journal screen."""

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
        group=Group.JOURNAL,
        where=Where.JOURNAL,
    )


JOURNAL: Final[tuple[Action, ...]] = (
    _row(
        "next_level(1)",
        ("v",),
        "v V",
        "level",
        "Everything, without routine, warnings and errors, errors alone; V goes back.",
    ),
    _row("next_level(-1)", ("V",), "", "", "The level before."),
    _row("filter", ("slash",), "/", "search", "Show only lines that contain what you type."),
    _row(
        "other_source",
        ("s",),
        "s",
        "journal/log",
        "The log files of the engine, thirty days of them, instead of the journal; s again goes back.",
    ),
    _row("to_moment", ("t",), "t", "time", "To a moment that you type: 10:40, yesterday, -2h."),
    _row("follow", ("f",), "f", "follow", "Back to the newest line, and stay with it."),
    _row(
        "day(1)",
        ("d",),
        "d D",
        "day",
        "To the last line of the day before, reading back as far as needed; D goes to the next.",
    ),
    _row("day(-1)", ("D",), "", "", "To the last line of the day after."),
    _row("move(1)", ("j", "down"), "j k", "older", "The line before it; k goes to a newer one."),
    _row("move(-1)", ("k", "up"), "", "", "A newer line."),
    _row("move(20)", ("ctrl+d", "pagedown"), "^d ^u", "", "Twenty lines back; ^u comes again."),
    _row("move(-20)", ("ctrl+u", "pageup"), "", "", "Twenty newer."),
    _row("move(1000000)", ("G", "end"), "G", "", "The oldest line that was read; more follow."),
    _row("move(-1000000)", ("home",), "Home", "", "The newest line; gg too."),
    _row("zoom", ("z",), "z", "", "Show the list alone; again to come back."),
    _row("back", ("escape",), "Esc", "", "Take the search away."),
)
