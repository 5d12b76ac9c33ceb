"""Actions of the analysis screen."""

from typing import Final

from tui_trader.actions.declaration import Action, Group, Where

_PANES = {
    "jump": ("an-patterns", "an-levels"),
    "neutral": ("an-patterns",),
    "filter": ("an-readings", "an-patterns"),
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
        group=Group.ANALYSIS,
        where=Where.ANALYSIS,
        panes=_PANES.get(name, ()),
    )


ANALYSIS: Final[tuple[Action, ...]] = (
    _row(
        "jump",
        ("enter",),
        "Enter",
        "to candle",
        "In patterns and levels: jump to that candle, marked.",
    ),
    _row("add_pick", ("i",), "i", "indicator", "Add an indicator: over the candles or below them."),
    _row("remove_pick", ("x",), "x", "remove", "Take an indicator away; asks which."),
    _row("edit_pick", ("e",), "e", "edit", "Change an indicator's parameters; asks which."),
    _row(
        "cross_hair", ("c",), "c", "cross-hair", "Read off candles: h and l move from one to one."
    ),
    _row(
        "pan(-1)", ("h", "left"), "h l", "pan", "Back in time, and forward; moves the cross-hair."
    ),
    _row("pan(1)", ("l", "right"), "", "", "Forward in time."),
    _row("pan(-20)", ("H", "shift+left"), "H L", "", "Back in time in big steps, and forward."),
    _row("pan(20)", ("L", "shift+right"), "", "", "Forward in big steps."),
    _row(
        "edge(-1)",
        ("home",),
        "Home G",
        "",
        "First line of a list, G the last; on the chart the newest candle.",
    ),
    _row("edge(1)", ("G", "end"), "", "", "Last line of a list; on the chart the newest candle."),
    _row("move(10)", ("ctrl+d", "pagedown"), "^d ^u", "", "Ten lines of a list down; ^u goes up."),
    _row("move(-10)", ("ctrl+u", "pageup"), "", "", "Ten lines up."),
    _row("widen(-1)", ("plus",), "+ -", "zoom", "Fewer candles, drawn wider; - shows more."),
    _row("widen(1)", ("minus",), "", "", "More candles."),
    _row("move(1)", ("j", "down"), "j k", "", "Next line of a list; on the chart the next pair."),
    _row("move(-1)", ("k", "up"), "", "", "The line before; on the chart the pair before."),
    _row("neutral", ("n",), "n", "neutral", "Show or hide patterns that take no side."),
    _row("next_pane(1)", ("tab",), "Tab", "pane", "Next pane; Shift+Tab goes back."),
    _row("next_pane(-1)", ("shift+tab",), "", "", "Previous pane."),
    _row("zoom", ("z",), "z", "alone", "Show the active pane alone; again to come back."),
    _row(
        "pane(1)",
        ("1",),
        "1-6",
        "",
        "1 chart, 2 readings, 3 patterns, 4 levels, 5 mood, 6 timeframes.",
    ),
    _row("pane(2)", ("2",), "", "", "Readings."),
    _row("pane(3)", ("3",), "", "", "Patterns."),
    _row("pane(4)", ("4",), "", "", "Levels and divergences."),
    _row("pane(5)", ("5",), "", "", "Sentiment."),
    _row("pane(6)", ("6",), "", "", "Timeframes."),
    _row(
        "filter",
        ("slash",),
        "/",
        "filter",
        "List only readings and patterns that contain what you type.",
    ),
    _row("back", ("escape",), "Esc", "", "Filter, cross-hair and mark away."),
)
