"""Actions of the strategies screen."""

from typing import Final

from tui_trader.actions.declaration import Action, Group, Where

_LISTS, _DECISIONS, _FORM = ("st-running", "st-decisions"), ("st-decisions",), ("st-form",)
_PANES = {
    "new": _LISTS,
    "hold": _LISTS,
    "stop_strategy": _LISTS,
    "next_outcomes(1)": _DECISIONS,
    "filter": _DECISIONS,
    "follow": _DECISIONS,
    "let_trade": _FORM,
    "across(1)": _FORM,
    "strategy_file": _FORM,
    "enter": ("st-running", "st-form"),
}


def _row(  # noqa: PLR0917 a table reads by columns
    name: str, keys: tuple[str, ...], shown: str, label: str, tooltip: str
) -> Action:
    return Action(
        id=name,
        keys=keys,
        shown=shown,
        label=label,
        tooltip=tooltip,
        group=Group.STRATEGIES,
        where=Where.STRATEGIES,
        panes=_PANES.get(name, ()),
    )


STRATEGIES: Final[tuple[Action, ...]] = (
    _row("new", ("n",), "n", "new", "Open the form that starts a strategy."),
    _row(
        "let_trade",
        ("t",),
        "t",
        "let it trade",
        "Form: let the strategy trade by itself, by [rules] and [risk]; says the terms and asks.",
    ),
    _row(
        "hold",
        ("p",),
        "p",
        "hold",
        "Hold the marked strategy: it enters nothing, its exits go on. A held one enters again; asks.",
    ),
    _row(
        "stop_strategy",
        ("x",),
        "x",
        "stop",
        "End the marked strategy; asks whether to sell what it holds or to keep it.",
    ),
    _row(
        "enter",
        ("enter",),
        "Enter",
        "choose",
        "Strategies: to its decisions. Form: choose from a list.",
    ),
    _row("across(1)", ("l", "right"), "h l", "change", "Form: another value of the marked field."),
    _row("across(-1)", ("h", "left"), "", "", "The value before."),
    _row(
        "strategy_file",
        ("o",),
        "o",
        "own file",
        "Form: take a strategy of your own, a .py file or a .csv of signals. Its code is run.",
    ),
    _row(
        "next_outcomes(1)",
        ("v",),
        "v V",
        "list",
        "Decisions: all, without “nothing”, bought and sold, blocked and refused; V goes back.",
    ),
    _row("next_outcomes(-1)", ("V",), "", "", "The list before."),
    _row("filter", ("slash",), "/", "search", "Show only decisions that contain what you type."),
    _row("follow", ("f",), "f", "follow", "Back to the newest decision, and stay with it."),
    _row("open_desk", ("d",), "d", "desk", "The pair of the marked strategy on the desk."),
    _row("move(1)", ("j", "down"), "j k", "", "Next line or field; k goes to the one before."),
    _row("move(-1)", ("k", "up"), "", "", "The line before."),
    _row("move(20)", ("ctrl+d", "pagedown"), "^d ^u", "", "Twenty lines further; ^u comes back."),
    _row("move(-20)", ("ctrl+u", "pageup"), "", "", "Twenty lines back."),
    _row("move(1000000)", ("G", "end"), "G", "", "Last line."),
    _row("move(-1000000)", ("home",), "Home", "", "First line; gg too."),
    _row("next_pane(1)", ("tab",), "Tab", "pane", "Next pane; Shift+Tab goes back."),
    _row("next_pane(-1)", ("shift+tab",), "", "", "Previous pane."),
    _row(
        "pane(1)",
        ("1",),
        "1-3",
        "",
        "1 strategies, 2 decisions, 3 form. In a field digits are typed.",
    ),
    _row("pane(2)", ("2",), "", "", "Decisions."),
    _row("pane(3)", ("3",), "", "", "The form."),
    _row("zoom", ("z",), "z", "", "Show the active pane alone; again to come back."),
    _row(
        "back", ("escape",), "Esc", "", "Close the form; take the search away; to the strategies."
    ),
)
