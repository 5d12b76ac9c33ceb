"""Actions of the backtest screen."""

from typing import Final

from tui_trader.actions.declaration import Action, Group, Where

_CHART, _TRADES, _RUNS, _FORM = ("bt-chart",), ("bt-trades",), ("bt-runs",), ("bt-form",)
_PANES = {
    "enter": ("bt-form", "bt-trades", "bt-runs"),
    "strategy_file": _FORM,
    "across(1)": ("bt-form", "bt-trades", "bt-chart"),
    "sort": _TRADES,
    "widen(-1)": _CHART,
    "trade_on_demo": ("bt-equity", "bt-metrics", "bt-trades"),
    "delete_run": _RUNS,
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
        group=Group.BACKTEST,
        where=Where.BACKTEST,
        panes=_PANES.get(name, ()),
    )


BACKTEST: Final[tuple[Action, ...]] = (
    _row("run", ("r",), "r", "run", "Run the form; the engine trades on meanwhile."),
    _row("cancel_run", ("x",), "x", "cancel", "Cancel the run that is under way; nothing is kept."),
    _row(
        "enter",
        ("enter",),
        "Enter",
        "choose",
        "Form: choose from a list. Trades: jump to the candle. Runs: reopen.",
    ),
    _row(
        "across(1)",
        ("l", "right"),
        "h l",
        "change",
        "Form: another value. Trades: mark a column. Chart: move.",
    ),
    _row("across(-1)", ("h", "left"), "", "", "The value or column before; back in time."),
    _row("across(20)", ("L", "shift+right"), "H L", "", "Chart: move in big steps."),
    _row("across(-20)", ("H", "shift+left"), "", "", "Back in big steps."),
    _row("move(1)", ("j", "down"), "j k", "", "Next line, field or trade, or the one before."),
    _row("move(-1)", ("k", "up"), "", "", "The line before."),
    _row("move(20)", ("ctrl+d", "pagedown"), "^d ^u", "", "Twenty lines down; ^u goes up."),
    _row("move(-20)", ("ctrl+u", "pageup"), "", "", "Twenty lines up."),
    _row("move(100000)", ("G", "end"), "G", "", "Last line."),
    _row("move(-100000)", ("home",), "Home", "", "First line; gg too."),
    _row("sort", ("s",), "s", "sort", "Sort trades by the marked column; again the other way."),
    _row("widen(-1)", ("plus",), "+ -", "zoom", "Fewer candles, drawn wider; - shows more."),
    _row("widen(1)", ("minus",), "", "", "More candles."),
    _row(
        "strategy_file",
        ("f",),
        "f",
        "own file",
        "Take a strategy of your own: a .py file, or a .csv of signals. Its code is run.",
    ),
    _row(
        "export_folder",
        ("e",),
        "e",
        "export",
        "Write trades and equity into a folder that you name.",
    ),
    _row(
        "trade_on_demo",
        ("t",),
        "t",
        "trade it",
        "Let the strategy of the shown run trade on the demo, by [rules] and [risk]; asks first.",
    ),
    _row("delete_run", ("d",), "d", "delete", "Remove the kept run under the cursor; asks first."),
    _row("look_again", ("u",), "u", "", "Look again which candles, strategies and runs there are."),
    _row("next_pane(1)", ("tab",), "Tab", "pane", "Next pane; Shift+Tab goes back."),
    _row("next_pane(-1)", ("shift+tab",), "", "", "Previous pane."),
    _row("zoom", ("z",), "z", "alone", "Show the active pane alone; again to come back."),
    _row(
        "pane(1)",
        ("1",),
        "1-7",
        "",
        "1 form, 2 equity, 3 chart, 4 trades, 5 metrics, 6 months, 7 runs. In a field of numbers "
        "digits are typed; Tab leaves the form.",
    ),
    _row("pane(2)", ("2",), "", "", "Equity."),
    _row("pane(3)", ("3",), "", "", "Chart."),
    _row("pane(4)", ("4",), "", "", "Trades."),
    _row("pane(5)", ("5",), "", "", "Metrics."),
    _row("pane(6)", ("6",), "", "", "Months."),
    _row("pane(7)", ("7",), "", "", "Kept runs."),
    _row("back", ("escape",), "Esc", "", "Form: the field as it was. Else: back to the form."),
)
