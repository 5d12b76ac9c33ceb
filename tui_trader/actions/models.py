"""Actions of the models screen."""

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
        group=Group.MODELS,
        where=Where.MODELS,
    )


MODELS: Final[tuple[Action, ...]] = (
    _row(
        "train",
        ("t",),
        "t",
        "train",
        "Train a model of a pair you name, in a process of its own; the engine trades on meanwhile.",
    ),
    _row("cancel_training", ("x",), "x", "cancel", "Cancel the training; what is stored stays."),
    _row("promote", ("p",), "p", "promote", "Let the marked model serve; asks first."),
    _row(
        "roll_back",
        ("b",),
        "b",
        "roll back",
        "Let the model that served before serve again, of the marked one's pair; asks first.",
    ),
    _row("open_signals", ("enter",), "Enter", "signals", "The signals screen, at this pair."),
    _row("move(1)", ("j", "down"), "j k", "line", "Next model, or line; k goes back."),
    _row("move(-1)", ("k", "up"), "", "", "The one before."),
    _row("move(20)", ("ctrl+d", "pagedown"), "^d ^u", "", "Twenty lines on; ^u comes back."),
    _row("move(-20)", ("ctrl+u", "pageup"), "", "", "Twenty lines back."),
    _row("move(-1000000)", ("home",), "Home", "", "First line; gg too."),
    _row("move(1000000)", ("G", "end"), "G", "", "Last line."),
    _row("look_again", ("u",), "u", "", "Ask again which models there are."),
    _row("next_pane(1)", ("tab",), "Tab", "pane", "Next pane; Shift+Tab goes back."),
    _row("next_pane(-1)", ("shift+tab",), "", "", "Previous pane."),
    *(
        _row(
            f"pane({number})",
            (str(number),),
            "1-7" if number == 1 else "",
            "",
            "1 models, 2 promises, 3 equity, 4 folds, 5 importance, 6 drift, 7 verdict."
            if number == 1
            else f"Pane {number}.",
        )
        for number in range(1, 8)
    ),
    _row("zoom", ("z",), "z", "zoom", "Show the active pane alone; again to come back."),
    _row("back", ("escape",), "Esc", "", "Back to the list."),
)
